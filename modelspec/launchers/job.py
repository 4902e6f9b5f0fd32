"""What a launcher is to start: so many workers that run one command."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from modelspec.diagnostics import UsageError

MULTI_WORKER = "training.distribute={multi_worker: {timeout: 600}}"
"""The override that makes a process with TF_CONFIG a worker. Machines do not start at once: images
are fetched, and disks are mounted."""

FINAL_CODES = (1, 2, 4)
"""Exit codes of `train` that another attempt would give again: errors in the spec or the command
line, and an expectation that the finished training missed."""

GRACE = 120
"""Seconds from the signal that ends a worker to its end by force: time for a checkpoint."""

_NAME = 40
"""Characters of a name that leave room in a DNS label (63) for what follows in names of pods."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume of a worker.

    Attributes:
        source: what is mounted: a claim of Kubernetes, a folder of the machines of Slurm.
        path: the absolute path in the worker.
    """

    source: str
    path: str


@dataclass(frozen=True, slots=True)
class ClusterJob:
    """A training as its launcher sees it.

    Attributes:
        name: a DNS label, see `job_name`.
        spec: the path of the spec, absolute or from `workdir`.
        output: the run folder, absolute or from `workdir`.
        overrides: "PATH=VALUE", as `--set` takes them.
        command: what wrote the job, for a comment.
        workers: their number.
        workers_per_node: how many of them share a machine.
        gpus: of each worker.
        cpus: of each worker.
        memory: of each worker, in bytes.
        image: the container image.
        seconds: the longest time of an attempt.
        partition: of Slurm.
        mounts: the volumes of each worker.
        workdir: the folder that the command runs in.
        retries: how often the job is begun anew after a lost worker.
        kind: of the object of Kubernetes.
        extensions: the spec's extensions may be imported.
        is_multi_worker: the spec itself says so, with what it sets of it.
    """

    name: str
    spec: str
    output: str
    overrides: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    workers: int = 2
    workers_per_node: int = 1
    gpus: int = 0
    cpus: int | None = None
    memory: int | None = None
    image: str | None = None
    seconds: int | None = None
    partition: str | None = None
    mounts: tuple[Mount, ...] = field(default=())
    workdir: str | None = None
    retries: int = 3
    kind: str = "jobset"
    extensions: bool = False
    is_multi_worker: bool = False

    def worker_command(self) -> list[str]:
        """The words that each worker runs, the same in each attempt."""
        distribute = [] if self.is_multi_worker else ["--set", MULTI_WORKER]
        return [*self.train_command(), *distribute]

    def train_command(self) -> list[str]:
        """The words of the training, which begin the run or resume it."""
        words = [
            "modelspec",
            "train",
            _no_option(self.spec),
            "-o",
            self.output,
            "--resume-existing",
        ]
        for override in self.overrides:
            words += ["--set", override]
        return [*words, "--allow-extensions"] if self.extensions else words


def _no_option(path: str) -> str:
    return f"./{path}" if path.startswith("-") else path


def parse_mount(text: str) -> Mount:
    """Read SOURCE:PATH.

    Raises:
        UsageError: it is not two parts, or the path is not absolute.
    """
    source, colon, path = text.partition(":")
    if not source or not colon or not path.startswith("/") or re.search(r"[:,\n]", path):
        example = "data-claim:/data"
        raise UsageError(f"expected SOURCE:PATH with an absolute path, as {example}, got {text!r}")
    return Mount(source, path)


def job_name(wanted: str) -> str:
    """A text, such as the name of a spec, as a DNS label that begins with a letter."""
    label = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")
    if not label[:1].isalpha():
        label = f"run-{label}".strip("-")
    return label[:_NAME].rstrip("-")


def require_absolute(path: str, what: str) -> str:
    """The path, where it is absolute.

    Raises:
        UsageError: it is not.
    """
    if not PurePosixPath(path).is_absolute():
        raise UsageError(f"{what} must be an absolute path, got {path!r}")
    return path
