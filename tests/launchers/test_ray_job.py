"""`launch --print ray`: what the script submits."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from launcher_jobs import ODD, job

from modelspec.launchers import launcher_text

RAY = '#!/bin/sh\nprintf "%s\\0" "$@" >words\n'


def submitted(text: str, folder: Path) -> list[str]:
    (folder / "ray").write_text(RAY)
    (folder / "ray").chmod(0o755)
    env = {"PATH": f"{folder}:/usr/bin:/bin"}
    subprocess.run(["sh"], input=text.encode(), env=env, cwd=folder, check=True)
    return (folder / "words").read_bytes().decode().split("\0")[:-1]


def test_the_cluster_runs_a_training_that_asks_ray_for_its_workers(tmp_path: Path) -> None:
    text = launcher_text("ray", job(workdir=None, retries=2), ())
    start = ["job", "submit", "--working-dir", ".", "--"]
    train = ["modelspec", "train", "specs/digits.yaml", "-o", "runs/digits", "--resume-existing"]
    amounts = ["--workers", "4", "--gpus", "2", "--cpus", "8", "--retries", "2"]
    wanted = [*start, *train, "--launcher", "ray", *amounts]
    assert submitted(text, tmp_path) == wanted


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_the_words_that_ray_runs(name: str, tmp_path: Path) -> None:
    text = launcher_text("ray", job(workdir=name, spec=name, output=name, command=(name,)), ())
    words = submitted(text, tmp_path)
    assert words[3] == name
    entrypoint = shlex.join(words[5:])  # as `ray job submit` does, for a shell of the cluster
    assert shlex.split(entrypoint)[2:5] == [name if name[0] != "-" else f"./{name}", "-o", name]
    assert not (tmp_path / "HACKED").exists()
