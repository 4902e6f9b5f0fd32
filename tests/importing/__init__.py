"""Tests of importing; a package, so that its tests share their models."""
