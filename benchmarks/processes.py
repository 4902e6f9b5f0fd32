"""Whole programs, timed in turn, so that what else the machine does meets all of them alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """One run of a program: seconds from its start to its end, its peak of memory in MB, the
    seconds that it and its children had a core, which a busy machine changes less, and all that
    it printed."""

    seconds: float
    peak: float
    cpu: float
    said: str


Command = Sequence[str | Path]
Commands = Mapping[str, Callable[[int], Command]]
"""What to run by name, given the number of the round."""


def quiet() -> dict[str, str]:
    """This environment, without TensorFlow's log, and with bytecode kept as `pip install` does."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def with_bytecode(folder: Path) -> dict[str, str]:
    """The same with bytecode in a folder of its own; the first run there compiles all it uses."""
    return {**quiet(), "PYTHONPYCACHEPREFIX": str(folder)}


def run(command: Command, environment: Mapping[str, str], folder: Path | None = None) -> Run:
    """Run a program in a folder; a program that fails ends the benchmark with what it said."""
    begin = time.perf_counter()
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{said[-2000:]}")
    seconds = time.perf_counter() - begin
    return Run(seconds, usage.ru_maxrss / 1e3, usage.ru_utime + usage.ru_stime, said)


def median_of(runs: Sequence[Run]) -> Run:
    """The medians of some runs, column by column, without what they printed."""
    columns = zip(*(once[:3] for once in runs), strict=True)
    seconds, peak, cpu = map(statistics.median, columns)
    return Run(seconds, peak, cpu, "")


def fork(call: Callable[[], int], folder: Path, said: Path) -> int:
    """Call a function in a copy of this process; the id of the copy.

    What is imported here need not be imported there. TensorFlow must not have computed anything
    here: its threads do not come along.

    Args:
        call: gives the exit code.
        folder: the copy's current one.
        said: the file that takes all that it prints.
    """
    sys.stdout.flush()
    copy = os.fork()
    if copy:
        return copy
    code = 1
    try:
        os.chdir(folder)
        output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(output, stream)
        code = call()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def spent(process: int) -> float:
    """The seconds that a running program has had a core; it need not be one of Python's."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def race(commands: Commands, rounds: int, folder: Path) -> dict[str, list[Run]]:
    """Every program once a round, one at a time, in a folder; the runs by name."""
    environment = quiet()
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            once = run(command(number), environment, folder)
            found[name].append(once)
            print(f"round {number + 1}: {name} {once.seconds:.2f} s", flush=True)
    return found


def against_script(folder: Path, script: str, arguments: Command, rounds: int, most: float) -> int:
    """`modelspec train` of a folder's spec.yaml against a plain Keras script, as an exit code.

    Args:
        folder: where both run; spec.yaml is in it.
        script: the text of the script.
        arguments: what it is given.
        rounds: how often both run.
        most: the ratio of times that is allowed.
    """
    (folder / "plain.py").write_text(script)
    train = ["train", folder / "spec.yaml", "-o", folder / "run", "--force"]
    commands: Commands = {
        "modelspec": lambda _: [sys.executable, "-m", "modelspec", *train],
        "plain Keras": lambda _: [sys.executable, folder / "plain.py", *arguments],
    }
    return 0 if judge(race(commands, rounds, folder), "plain Keras", most) else 1


def judge(found: Mapping[str, Sequence[Run]], peer: str, most: float) -> bool:
    """Print the medians, and of modelspec by the peer the median of the ratios, round by round;
    whether that is within the bound."""
    for name, runs in found.items():
        wall = statistics.median(run.seconds for run in runs)
        cpu = statistics.median(run.cpu for run in runs)
        print(f"{name:14} {wall:7.2f} s, {cpu:7.2f} s of processor time")
    pairs = zip(found["modelspec"], found[peer], strict=True)
    ratio = statistics.median(ours.seconds / theirs.seconds for ours, theirs in pairs)
    print(f"modelspec takes {ratio:.2f} of the time of {peer}; the bound is {most}")
    return ratio <= most
