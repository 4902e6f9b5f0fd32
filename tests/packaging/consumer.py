"""A program that uses modelspec. `.ci/run` has mypy check it against the installed wheel."""

from typing import assert_type

import modelspec

findings = modelspec.validate("spec.yaml")
assert_type(findings, list[modelspec.Finding])
assert_type(findings[0].code, str)
assert_type(modelspec.__version__, str)
