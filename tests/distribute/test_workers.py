"""Processes that batches are dealt to: their results, their errors, their end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from worker_cases import Squares, UnsendableError, open_nothing, open_squares

from modelspec.diagnostics import CannotRunError
from modelspec.processes import how_it_ended
from modelspec.training.workers import Workers
from modelspec.training.workers.devices import gpu_environment

PREDICT = ("predict", 0)


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    """This process and two others."""
    with Workers(3, open_squares) as workers:
        workers.wait()
        yield workers


def here(batch: int) -> tuple[int, int]:
    """What this process computes of a batch."""
    return Squares().predict_batch(batch)


def test_results_are_in_the_order_of_the_batches_whoever_computed_them(pool: Workers) -> None:
    found = pool.map(range(40), here, PREDICT)
    assert [square for square, _ in found] == [number * number for number in range(40)]
    makers = {process for _, process in found}
    assert os.getpid() in makers and len(makers) == 3
    assert sum(pool.computed) == sum(process != os.getpid() for _, process in found)


def test_there_may_be_no_batch_or_fewer_than_workers(pool: Workers) -> None:
    assert pool.map([], here, PREDICT) == []
    assert [square for square, _ in pool.map([5], here, PREDICT)] == [25]


def test_what_computing_raises_is_raised_here_whoever_computed(pool: Workers) -> None:
    with pytest.raises(ArithmeticError, match="no square of -1"):
        pool.map([1, 2, -1, 4, -1, 6, -1], here, PREDICT)
    with pytest.raises(CannotRunError, match="UnsendableError: 3 and 2"):
        pool._workers[0].compute(("predict", 1), 3)
    assert str(UnsendableError(3, 2)) == "3 and 2"
    assert [square for square, _ in pool.map([1, 2], here, PREDICT)] == [1, 4]


def test_what_reading_a_batch_raises_is_raised(pool: Workers) -> None:
    def batches() -> Iterator[int]:
        yield from range(5)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        pool.map(batches(), here, PREDICT)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
def test_a_worker_that_dies_is_named() -> None:
    with Workers(2, open_squares) as workers:
        workers.wait()
        with pytest.raises(CannotRunError) as error:
            workers.map([99] * 8, lambda _: workers._workers[0]._process.join(60), PREDICT)
    how = "was killed by SIGKILL, as the system does where memory is not enough"
    assert str(error.value) == f"worker 1 of 2 {how}"
    assert error.value.exit_code == 3


def test_a_worker_that_cannot_open_the_run_says_why() -> None:
    with Workers(2, open_nothing) as workers, pytest.raises(FileNotFoundError, match="it is gone"):
        workers.wait()


def test_how_a_process_ended_is_said() -> None:
    assert how_it_ended(3) == "ended with exit code 3"
    assert how_it_ended(-15) == "was killed by SIGTERM"
    assert how_it_ended(-250) == "was killed by signal 250"


def test_workers_take_the_gpus_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0, 3")
    found = [gpu_environment(worker)["CUDA_VISIBLE_DEVICES"] for worker in range(4)]
    assert found == ["0", "3", "0", "3"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert gpu_environment(1) == {}
