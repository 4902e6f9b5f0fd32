"""Results show themselves in notebooks: small, escaped, in the colours of the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import modelspec
from modelspec.markup import MOST_ROWS, curves, table, text, view

SPECS = Path(__file__).parents[1] / "specs"


def _check(html: str) -> None:
    """It is well-formed, runs and fetches nothing, and has no colour of its own."""
    from xml.etree import ElementTree

    ElementTree.fromstring(html)
    assert not re.search(r"<script|<style|https?:|#[0-9a-f]{3}|javascript|\bon\w+=", html)
    assert len(html) < 20_000


def test_a_summary_shows_its_layers() -> None:
    html = modelspec.summarize(SPECS / "penguins.yaml")._repr_html_()
    _check(html)
    assert ">hidden<" in html and "FLOPs" in html


def test_a_spec_shows_its_inputs_and_findings() -> None:
    html = modelspec.open_spec(SPECS / "penguins.yaml")._repr_html_()
    _check(html)
    assert ">measures<" in html and "[4]" in html and "no findings" in html


def test_a_difference_shows_itself() -> None:
    html = modelspec.diff(SPECS / "digits.yaml", SPECS / "digits_mixup.yaml")._repr_html_()
    _check(html)
    assert "digits_mixup.yaml" in html


def test_text_is_escaped() -> None:
    bad = "<script>alert('x')</script>&"
    html = view(bad, table((bad,), [(bad, bad)]), text(f"{bad}\n{bad}"))
    _check(html)
    assert html.count("&lt;script&gt;") == 6


def test_a_long_table_is_cut() -> None:
    html = view("t", table(("n",), [(number,) for number in range(MOST_ROWS + 5)]))
    assert "and 5 more rows" in html and f">{MOST_ROWS}<" not in html


def test_curves_are_drawn_without_what_is_not_finite() -> None:
    found = curves("loss", {"loss": [3.0, float("nan"), 1.0], "val_loss": [2.0]})
    assert found is not None and found.count("<path") == 1 and "nan" not in found
    assert curves("loss", {"loss": [1.0]}) is None


@pytest.mark.tensorflow
def test_a_run_shows_metrics_and_curves(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    from modelspec.training import Run

    run = Run(tmp_path / "a<b", None, {"loss": [2.0, 1.0]}, {"loss": 1.0, "test_loss": 1.5})
    html = run._repr_html_()
    _check(html)
    assert "a&lt;b" in html and "test_loss" in html and "<svg" in html
