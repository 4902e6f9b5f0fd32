"""study.html: one file that says all that the record says, and loads nothing."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from study_cases import ACCURACY, PARAMS, made_record

from modelspec.tuning.views import study_page
from modelspec.tuning.views.page.scales import scale_of_values

HALVED = made_record(200, halving={"from": 3, "factor": 3}, epochs=27)
RECORDS = {
    "sixty": made_record(60),
    "halving": HALVED,
    "front": made_record(20, objectives=(ACCURACY, PARAMS)),
    "few": made_record(3),
    "nothing": replace(made_record(2), proposals=()),
}


class _Page(HTMLParser):
    """The elements of a page; it fails where they are not closed in turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag == name]


@pytest.mark.parametrize("name", RECORDS)
def test_a_page_is_whole_and_loads_nothing(name: str) -> None:
    text = study_page(RECORDS[name])
    page = _Page(text)
    assert len(text) < 300_000
    policy = page.all("meta")[2]["content"]
    assert str(policy).startswith("default-src 'none'")
    assert not re.search(r"https?:|src=|@import|url\(", text)
    assert not re.search(r"\b(nan|inf)\b", re.sub(r"the loss is nan", "", text))
    for dot in page.all("circle"):
        assert 0 <= float(dot["cx"] or -1) <= 920
        assert 0 <= float(dot["cy"] or -1) <= 380
    assert len(page.all("tr")) >= len(RECORDS[name].counted)
    assert all(one["aria-label"] for one in page.all("svg"))


def test_the_pictures_have_a_mark_for_each_trial() -> None:
    page = _Page(study_page(HALVED))
    valued = [one for one in HALVED.counted if one.objectives]
    classes = [str(one.get("class", "")) for one in page.all("path")]
    assert sum("line" in one.split() for one in classes) == len(valued)
    assert sum("part" in one.split() for one in classes) == len(valued) - len(HALVED.complete)
    assert len(page.all("circle")) == 2 * len(valued)  # over the trials, and by the epochs
    assert classes.count("failed") == len(HALVED.counted) - len(valued)


def test_what_is_in_messages_is_text() -> None:
    text = study_page(RECORDS["sixty"])
    assert "got 131,338 &lt;b&gt;" in text
    assert "<b>" not in text
    assert "digits.yaml:12" in text


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 1.0), (-3.0, 7e9), (1e-9, 1e-8), (2.0, 2.0), (0.1, 4e7), (-1.0, -0.5)]
)
def test_an_axis_has_its_values_and_some_names(low: float, high: float) -> None:
    scale = scale_of_values([low, high])
    assert 0 <= scale.place(low) <= scale.place(high) <= 1
    assert scale.place(low) < scale.place(high) or low == high
    assert 1 <= len(scale.ticks) <= 12
    assert all(0 <= place <= 1 for place, _ in scale.ticks)


def test_what_was_set_is_in_the_command_to_repeat_it() -> None:
    record = replace(RECORDS["few"], overrides={"training.seed": 3, "params.kinds": ["a b"]})
    command = "tune digits.yaml --set training.seed=3 --set 'params.kinds=[\"a b\"]'"
    assert command in study_page(record)


def test_importance_says_why_it_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "needs 10 trials that were trained to their end, and there are 3" in study_page(
        RECORDS["few"]
    )
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert "It needs Optuna, which was not installed" in study_page(RECORDS["sixty"])


def test_importance_finds_what_decides() -> None:
    pytest.importorskip("optuna")
    bars = study_page(RECORDS["sixty"]).partition("Importance of the settings")[2]
    names = re.findall(r'<th scope="row"><code>([^<]+)', bars)
    assert names[0] == "params.width"
    assert len(names) == 5
