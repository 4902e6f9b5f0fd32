"""A study: what is proposed, refused, counted, and what a kill leaves."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from searches import coordinator, facts, search, write_spec

from modelspec.diagnostics import UsageError
from modelspec.tuning import ProposalState, StudyRecord, StudyStatus, read_study
from modelspec.tuning.brackets import Rungs
from modelspec.tuning.views import study_page

MAKES = ("set_trial_user_attr", "set_trial_state_values", "create_new_trial")
TINY = ("[1, 7]}", "[4, 5]}"), ("choice: [2, 4, 8]", "choice: [2, 4]")
FIXED = (
    """
      choice:
        - Adam: {learning_rate: {log: [1e-3, 1e-1]}}
        - SGD: {momentum: 0.9, learning_rate: {log: [1e-3, 1e-1]}}""",
    " {choice: [Adam, SGD]}",
)


class Killed(BaseException):
    """What takes the place of SIGKILL."""


def killing(act: Callable[..., Any], left: list[int], *, before: bool) -> Callable[..., Any]:
    """An act of the storage that ends the process when none is left."""

    def acted(*args: Any, **more: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and before:
            raise Killed
        found = act(*args, **more)
        if left[0] == 0:
            raise Killed
        return found

    return acted


def run_killed(spec: Path, folder: Path, at: int, *, before: bool) -> bool:
    """Work on a study until the storage is changed for the n-th time; whether it came so far."""
    one, left = coordinator(spec, folder), [at]
    for name in MAKES:
        act = getattr(one.study.storage, name)
        setattr(one.study.storage, name, killing(act, left, before=before))
    try:
        one.run()
    except Killed:
        return True
    return False


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the search; findings name it."""
    return write_spec(tmp_path_factory.mktemp("spec"))


@pytest.fixture(scope="module")
def whole(spec: Path) -> StudyRecord:
    """The record of a study that was left alone."""
    return search(spec, spec.parent / "study")


def test_only_what_can_be_built_is_trained_and_counted(whole: StudyRecord) -> None:
    assert whole.status is StudyStatus.COMPLETE
    assert len(whole.counted) == len(whole.complete) == 5
    refused = [one for one in whole.proposals if one.state is ProposalState.REFUSED]
    assert refused
    assert {one.kind for one in refused} == {"invalid"}
    assert all(one.finding["line"] and one.violation == 1.0 and not one.run for one in refused)
    assert all(one.values["params.kernel"] <= 4 and one.epochs == 4 for one in whole.complete)
    assert whole.best.objectives["val_loss"] == min(
        o.objectives["val_loss"] for o in whole.complete
    )


def test_a_killed_study_ends_as_one_that_was_left_alone(
    tmp_path: Path, spec: Path, whole: StudyRecord
) -> None:
    assert run_killed(spec, tmp_path / "study", 9, before=True)
    with (tmp_path / "study" / "study.journal").open("a") as file:
        file.write('{"op_code":8,"worker')  # and the power failed in the midst of a line
    assert facts(search(spec, tmp_path / "study")) == facts(whole)
    assert facts(read_study(tmp_path / "study")) == facts(whole)


@pytest.mark.slow
def test_a_study_that_is_killed_at_each_change_of_its_storage(
    tmp_path: Path, spec: Path, whole: StudyRecord
) -> None:
    at, before = 1, True
    while run_killed(spec, tmp_path / f"study-{at}", at, before=before):
        assert facts(search(spec, tmp_path / f"study-{at}")) == facts(whole)
        at, before = at + 1, not before
    assert at > 15


@pytest.mark.slow
def test_a_space_that_is_used_up_ends_the_study_without_tensorflow(tmp_path: Path) -> None:
    spec = write_spec(tmp_path, *TINY, FIXED, ("trials: 5", "trials: 9"), ("[4, 5]", "[6, 7]"))
    script = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from searches import search
record = search(Path({str(spec)!r}), Path({str(tmp_path / "study")!r}), script="a worker")
assert "tensorflow" not in sys.modules
print(record.ended)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout == "all 8 points of the space are tried; 0 could be trained\n", done.stderr
    assert not (tmp_path / "study" / "workers").exists()


def test_equal_points_are_one_trial(tmp_path: Path) -> None:
    spec = write_spec(tmp_path, *TINY, FIXED, ("trials: 5", "trials: 9"))
    record = search(spec, tmp_path / "study")
    assert record.ended == "all 8 points of the space are tried; 4 could be trained"
    keys = [tuple(one.values.items()) for one in record.proposals]
    repeated = [one for one in record.proposals if one.state is ProposalState.DUPLICATE]
    assert len(set(keys)) == 8 == len(keys) - len(repeated)
    assert all(keys[one.number] == keys[one.duplicate_of] for one in repeated)


GRID = ("{tpe: {n_startup_trials: 3}}", "grid")


def test_a_grid_takes_each_point_once_in_an_order_of_its_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = write_spec(tmp_path, *TINY, FIXED, GRID, ("trials: 5", "trials: 9"))
    record = search(spec, tmp_path / "listed")
    points = [tuple(one.values.values()) for one in record.proposals]
    assert record.ended == "all 8 points of the space are tried; 4 could be trained"
    assert len(set(points)) == len(points) == 8
    assert points != sorted(points)
    monkeypatch.setattr("modelspec.tuning.samplers.LISTED", 7)  # more are drawn
    spec = write_spec(tmp_path, *TINY, FIXED, GRID, ("trials: 5", "trials: 4"))
    drawn = [tuple(one.values.values()) for one in search(spec, tmp_path / "drawn").proposals]
    assert len(set(drawn)) == len(drawn) >= 4


def test_halving_goes_on_with_the_best(tmp_path: Path) -> None:
    spec = write_spec(tmp_path, ("seed: 7", "seed: 7\n  halving: {from: 1, factor: 2}"))
    record = search(spec, tmp_path / "study", workers=2)
    rung = {
        one.number: (tmp_path / "study" / one.run / "jobs.txt").read_text().split()
        for one in record.counted
    }
    assert sorted(map(len, rung.values())) == [1, 1, 1, 2, 3]
    assert len(record.complete) == 1
    assert rung[record.complete[0].number] == ["1", "2", "4"]
    paused = [one for one in record.counted if one.state is ProposalState.PAUSED]
    assert sorted(one.epochs for one in paused) == [1, 1, 1, 2]


HYPERBAND = (
    ("seed: 7", "seed: 7\n  hyperband: {from: 1, factor: 2}"),
    ("trials: 5", "trials: 10"),
)


def test_hyperband_has_brackets_that_begin_with_more_epochs(tmp_path: Path) -> None:
    spec = write_spec(tmp_path, *HYPERBAND)
    record = search(spec, tmp_path / "study", workers=2)
    assert record.halving == {"from": 1, "factor": 2, "brackets": 3}
    brackets = [one.bracket for one in record.counted]
    assert brackets == [0] * 4 + [1] * 3 + [2] * 3
    trained = {
        bracket: sorted(
            (tmp_path / "study" / one.run / "jobs.txt").read_text().split()
            for one in record.counted
            if one.bracket == bracket
        )
        for bracket in range(3)
    }
    assert trained == {
        0: [["1"], ["1"], ["1", "2"], ["1", "2", "4"]],
        1: [["2"], ["2"], ["2", "4"]],
        2: [["4"]] * 3,
    }
    assert "first trained: 4 to epoch 1, 3 to epoch 2 and 3 to epoch 4" in study_page(record)


def test_a_killed_hyperband_ends_as_one_that_was_left_alone(tmp_path: Path) -> None:
    spec = write_spec(tmp_path, *HYPERBAND)
    whole = search(spec, tmp_path / "whole")
    for at in (9, 22):
        assert run_killed(spec, tmp_path / f"{at}", at, before=True)
        assert facts(search(spec, tmp_path / f"{at}")) == facts(whole)


def test_trials_are_divided_among_brackets_as_in_the_table_of_hyperband() -> None:
    rungs = Rungs.of(81, 1, 3, has_brackets=True)
    assert rungs.epochs == (1, 3, 9, 27, 81)
    assert rungs.sizes(143) == (81, 34, 15, 8, 5)  # table 1 of Li et al. 2018
    for trials in range(5, 200):
        sizes = rungs.sizes(trials)
        assert sum(sizes) == trials
        assert min(sizes) >= 1
        assert sizes == tuple(sorted(sizes, reverse=True))


def test_a_worker_that_dies_twice_is_a_result(tmp_path: Path) -> None:
    spec = write_spec(tmp_path, ("trials: 5", "trials: 1"))
    record = search(spec, tmp_path / "study", script="import os; input(); os.kill(os.getpid(), 9)")
    (failed,) = record.counted
    assert failed.state is ProposalState.FAILED
    how = "the process that trained it died twice: it was killed by SIGKILL, "
    assert failed.reason.startswith(how)


def test_a_storage_of_another_spec_is_refused(tmp_path: Path) -> None:
    one = coordinator(write_spec(tmp_path), tmp_path / "study")
    with pytest.raises(UsageError, match="began with another spec"):
        type(one.study)(one.study.storage, "study", one.study.search, "another")


@pytest.mark.slow
def test_several_processes_work_on_one_study(tmp_path: Path) -> None:
    spec = write_spec(tmp_path, ("trials: 5", "trials: 12"))
    script = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from searches import FAKE_WORKER, search
slow = FAKE_WORKER.replace("    run =", "    import time; time.sleep(0.3); run =")
search(Path({str(spec)!r}), Path({str(tmp_path / "study")!r}), script=slow, workers=2)
"""
    started = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(3)]
    lost = tmp_path / "study" / "coordinators"
    while not list(lost.glob(f"*-{started[0].pid}.lock")) or not read_trials(tmp_path / "study"):
        time.sleep(0.05)
    started[0].kill()  # while its workers train: others take their trials
    assert [one.wait(120) for one in started] == [-9, 0, 0]
    record = read_study(tmp_path / "study")
    assert len(record.complete) == len(record.counted) == 12
    values = [tuple(one.values.items()) for one in record.counted]
    assert len(set(values)) == 12
    jobs = [(tmp_path / "study" / one.run / "jobs.txt").read_text() for one in record.counted]
    assert sum(job != "4\n" for job in jobs) <= 2  # the trials of the lost process, at most


def read_trials(folder: Path) -> list[Any]:
    try:
        return list(read_study(folder).counted)
    except UsageError:
        return []
