"""What a study shows while it runs and at its end."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import pytest
from study_cases import ACCURACY, PARAMS, made_record

from modelspec.tuning import Proposal, ProposalState, StudyRecord, StudyStatus
from modelspec.tuning.views import StudyProgress, summary_text

LINES = [
    'refused 5 points: "conv" (Conv2D): kernel larger than its input, line 12',
    "trial 5: width=64 stages=1 rate=0.2638 optimizer=SGD",
    "trial 5 done: val_accuracy 0.9107 after 9 epochs, 8.6 s  best so far",
    "trial 6: width=64 stages=3 rate=0.4633 optimizer=SGD",
    "trial 6 done: val_accuracy 0.8917 after 9 epochs, 8.0 s  (best val_accuracy 0.9107)",
    "trial 7: width=128 stages=1 rate=0.09295 optimizer=SGD",
    "trial 7 done: val_accuracy 0.9398 after 9 epochs, 3.7 s  best so far",
]
SUMMARY = """\
60 trials, 1 of them failed, 47 points refused
  refused: 38 "conv" (Conv2D): kernel larger than its input, line 12
  refused: 9 params: expected at most 100,000, got 131,338 <b>, line 31
  failed: 1 the loss is nan after epoch 2
best val_accuracy 0.9727 (trial 44): width=128 stages=1 rate=0.1513 optimizer=SGD"""
FRONT = [
    "front: 2 trials of which none is better in everything",
    "  val_accuracy 0.9579, params 38,400 (trial 19): width=128 stages=1 rate=0.1956 optimizer=SGD",
]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def steps(record: StudyRecord) -> list[StudyRecord]:
    """The records that led to one: each trial is begun, then ends."""
    running = replace(record, status=StudyStatus.RUNNING, proposals=())
    found, done = [], list[Proposal]()
    for one in record.proposals:
        if one.state.is_counted:
            begun = replace(one, state=ProposalState.RUNNING, objectives={}, epochs=0, seconds=0.0)
            found.append(replace(running, proposals=(*done, begun)))
        done.append(one)
        found.append(replace(running, proposals=tuple(done)))
    return [*found, record]


def shown(record: StudyRecord, log_format: str, stream: io.StringIO) -> str:
    progress = StudyProgress(log_format, stream, clock=lambda: 0.0)
    for one in steps(record):
        news = {"event": "epoch", "epoch": 1, "logs": {"val_accuracy": 0.5}}
        at_work = [p.number for p in one.proposals if p.state is ProposalState.RUNNING]
        progress(one, dict.fromkeys(at_work, news))
    progress.close()
    return stream.getvalue()


def test_lines_have_refused_points_together_and_each_trial_twice() -> None:
    record = made_record(3, seed=1)
    assert shown(record, "lines", io.StringIO()).splitlines() == LINES
    again = io.StringIO()
    StudyProgress("lines", again)(replace(record, status=StudyStatus.RUNNING), {})
    assert again.getvalue() == "goes on: 3 trials, 5 points refused\n"


def test_json_has_an_object_an_event() -> None:
    events = [
        json.loads(line) for line in shown(made_record(4), "json", io.StringIO()).split("\n")[:-1]
    ]
    kinds = [event["event"] for event in events]
    assert kinds.count("begin") == kinds.count("epoch") == 4
    assert sum(len(event["points"]) for event in events if event["event"] == "refused") > 0
    assert events[-1]["event"] == "end"
    assert events[-1]["best"]["objectives"]["val_accuracy"] > 0.9


def test_a_terminal_has_a_table_of_what_runs_and_the_best(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    text = shown(made_record(8), "auto", _Terminal())
    assert "digits: " in text
    rows = [line for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines() if "9/9" in line]
    assert all("complete    9/9" in row and len(row.rstrip()) <= 60 for row in rows)
    assert any("training    1/9" in line for line in text.splitlines())


def test_the_summary_says_what_was_refused_what_failed_and_what_is_best() -> None:
    assert summary_text(made_record(60)) == SUMMARY
    two = summary_text(made_record(20, objectives=(ACCURACY, PARAMS)))
    assert two.splitlines()[3:5] == FRONT
    ended = replace(made_record(4), trials=60, ended="all 12 points of the space are tried")
    assert summary_text(ended).startswith(f"4 of 60 trials, 4 points refused: {ended.ended}\n")
    empty = replace(made_record(1), proposals=())
    assert summary_text(empty) == "0 of 1 trial\nno trial has a value"
