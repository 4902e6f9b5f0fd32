"""`launch --print slurm`: the options of `sbatch` that the script names, and what its tasks run."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from launcher_jobs import ODD, job, names

from modelspec.diagnostics import UsageError
from modelspec.launchers import Mount, launcher_text

COUNT = r"[1-9]\d*"
SBATCH = {
    "job-name": r"\S+",
    "nodes": COUNT,
    "ntasks": COUNT,
    "ntasks-per-node": COUNT,
    "cpus-per-task": COUNT,
    "gpus-per-task": COUNT,
    "mem": rf"{COUNT}[KMGT]",
    "time": r"(\d+-)?\d\d:\d\d:\d\d",
    "partition": r"[\w.,-]+",
    "output": r"\S+",
    "open-mode": "append|truncate",
    "signal": r"([RB]{1,2}:)?[A-Z0-9]+(@\d+)?",
    "requeue": "",
    "no-requeue": "",
}
"""Options of sbatch (its manual page, 24.11) to the form of their values."""

SRUN = """\
#!/bin/bash
# A step of two tasks: what each of them is told, a word a line, with a blank between tasks.
while [[ $1 == --* ]]; do echo "$1" >>"$LOG/options"; shift; done
for SLURM_PROCID in 0 1; do SLURM_PROCID=$SLURM_PROCID PATH=$LOG:$PATH "$@"; done
exit "${CODE:-0}"
"""
TRAIN = '#!/bin/bash\nprintf "%s\\0" "$TF_CONFIG" "$@" >>"$LOG/words"\n'
CONTROL = """\
#!/bin/bash
if [[ $1 == show ]]; then printf "one\\ntwo\\n"; else echo "$*" >>"$LOG/requeued"; fi
"""


def script(**changed: Any) -> str:
    return launcher_text("slurm", job(**{"mounts": (), "image": None, **changed}), ())


def run(text: str, folder: Path, **environment: str) -> int:
    """Run a script with commands that only tell what they were told."""
    for name, program in (("srun", SRUN), ("modelspec", TRAIN), ("scontrol", CONTROL)):
        path = folder / name
        path.write_text(program)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    for name in ("words", "options", "requeued"):
        (folder / name).unlink(missing_ok=True)
    given = {"SLURM_JOB_ID": "12", "SLURM_JOB_NODELIST": "x", "LOG": str(folder), **environment}
    path = f"{folder}:{os.environ['PATH']}"
    env = {"PATH": path, **given}
    return subprocess.run(
        ["bash"], input=text.encode(), env=env, cwd=folder, check=False
    ).returncode


def told(folder: Path) -> list[str]:
    return (folder / "words").read_bytes().decode().split("\0")[:-1]


def options_of(text: str) -> dict[str, str]:
    found = [line.partition("=") for line in re.findall(r"^#SBATCH --(.*)$", text, re.M)]
    return {name: value for name, _, value in found}


@pytest.mark.parametrize(
    "changed",
    [
        {"partition": "gpu,long"},
        {"gpus": 0, "cpus": None, "memory": None, "seconds": None, "retries": 0},
        {"workers": 8, "workers_per_node": 4, "seconds": 100_000, "memory": 10**9},
    ],
)
def test_the_options_are_those_of_sbatch(changed: dict[str, Any]) -> None:
    for name, value in options_of(script(**changed)).items():
        assert re.fullmatch(SBATCH[name], value), name


def test_amounts_are_those_of_a_node() -> None:
    found = options_of(script(workers=8, workers_per_node=4, memory=3 * 2**30, gpus=1))
    wanted = {"nodes": "2", "ntasks": "8", "ntasks-per-node": "4", "mem": "12G"}
    assert wanted.items() <= found.items()
    assert (found["gpus-per-task"], found["time"]) == ("1", "02:00:00")


@pytest.mark.parametrize("changed", [{}, {"retries": 0}, {"image": "i", "mounts": ()}])
def test_shellcheck_finds_nothing(changed: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "job.sh"
    file.write_text(script(command=("modelspec", "launch"), **changed))
    subprocess.run(["shellcheck", str(file)], check=True)


def test_each_task_finds_the_others_and_itself(tmp_path: Path) -> None:
    assert run(script(workdir=None, workers=2), tmp_path) == 0
    train = ["train", "specs/digits.yaml", "-o", "runs/digits", "--resume-existing"]
    train += ["--set", "training.distribute={multi_worker: {timeout: 600}}"]
    found = told(tmp_path)
    assert [found[1:8], found[9:]] == [train, train]
    hosts = ["one:20012", "two:20012"]
    for index, text in enumerate((found[0], found[8])):
        task = {"type": "worker", "index": index}
        assert json.loads(text) == {"cluster": {"worker": hosts}, "task": task}
    assert "--distribution=block" in (tmp_path / "options").read_text()


def test_workers_that_share_a_node_have_ports_of_their_own(tmp_path: Path) -> None:
    assert run(script(workdir=None, workers_per_node=2), tmp_path, SLURM_JOB_ID="10007") == 0
    cluster = json.loads(told(tmp_path)[0])["cluster"]["worker"]
    assert cluster == ["one:20014", "one:20015", "two:20014", "two:20015"]


@pytest.mark.parametrize(
    ("code", "restarts", "again"),
    [(0, 0, 0), (1, 0, 0), (2, 0, 0), (4, 0, 0), (3, 0, 1), (143, 0, 1), (137, 1, 1), (137, 2, 0)],
)
def test_a_lost_worker_requeues_and_an_error_does_not(
    code: int, restarts: int, again: int, tmp_path: Path
) -> None:
    environment = {"CODE": str(code), "SLURM_RESTART_COUNT": str(restarts)}
    assert run(script(workdir=None, retries=2), tmp_path, **environment) == code
    assert (tmp_path / "requeued").exists() == bool(again)


@given(spec=names, output=names)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(spec=ODD[5], output=ODD[3])
def test_no_name_breaks_out_of_its_word_in_bash(spec: str, output: str, tmp_path: Path) -> None:
    words = ("modelspec", "launch", spec, output)
    text = script(workdir=None, spec=spec, output=output, command=words, workers=2)
    assert run(text, tmp_path) == 0
    path = f"./{spec}" if spec.startswith("-") else spec
    assert told(tmp_path)[1:5] == ["train", path, "-o", output]
    assert not (tmp_path / "HACKED").exists()


def test_odd_folders_and_names_are_quoted(tmp_path: Path) -> None:
    for text in ODD:
        folder = tmp_path / text
        folder.mkdir()
        there = script(workdir=str(folder), spec=text, output=text, command=("m", text), workers=2)
        assert run(there, tmp_path) == 0
        assert told(tmp_path)[2].removeprefix("./") == text
    assert not (tmp_path / "HACKED").exists()


def test_a_container_is_that_of_pyxis(tmp_path: Path) -> None:
    text = script(image="r.io/x:1", mounts=(Mount("/nfs/a b", "/data"),), workdir=str(tmp_path))
    assert run(text, tmp_path) == 0
    options = (tmp_path / "options").read_text().splitlines()
    assert options[-3:] == [
        "--container-image=r.io/x:1",
        "--container-mounts=/nfs/a b:/data",
        f"--container-workdir={tmp_path}",
    ]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"workers": 3, "workers_per_node": 2}, "3 workers do not fill nodes of 2"),
        ({"partition": "a b"}, "expected the name of a partition of Slurm, got 'a b'"),
        ({"mounts": (Mount("/a", "/b"),)}, "give --image too"),
        (
            {"mounts": (Mount("a", "/b"),), "image": "x"},
            "the folder of --volume for slurm must be an absolute path, got 'a'",
        ),
        ({"mounts": (Mount("/a,c", "/b"),), "image": "x"}, "must have no comma for slurm"),
    ],
)
def test_what_slurm_would_refuse_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        script(**changed)
