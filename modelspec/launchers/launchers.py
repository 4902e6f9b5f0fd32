"""The table of launchers, and which options each takes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from modelspec.diagnostics import UsageError, join_words

from .job import ClusterJob
from .kubernetes import kubernetes_text
from .ray_job import ray_text
from .slurm import slurm_text


@dataclass(frozen=True, slots=True)
class Launcher:
    """One of the launchers.

    Attributes:
        write: from a job to the text of its file.
        options: those that it takes beside the ones that all take.
        start: what submits the file, with FILE for its name.
    """

    write: Callable[[ClusterJob], str]
    options: frozenset[str]
    start: str


OPTIONS = frozenset(("image", "kind", "memory", "partition", "time", "volume", "workers-per-node"))
"""Options that not all launchers take."""

LAUNCHERS = {
    "kubernetes": Launcher(
        kubernetes_text,
        frozenset(("image", "kind", "memory", "time", "volume")),
        "kubectl apply -f FILE",
    ),
    "slurm": Launcher(slurm_text, OPTIONS - {"kind"}, "sbatch FILE"),
    "ray": Launcher(ray_text, frozenset(), "sh FILE"),
}


def launcher_text(name: str, job: ClusterJob, given: Collection[str]) -> str:
    """What a launcher reads for a job.

    Args:
        name: of the launcher.
        job: what to start.
        given: those of `OPTIONS` that were given.

    Raises:
        UsageError: the launcher takes no such option, or what it was given is not one of its names;
            or a text of the job is not UTF-8.
    """
    launcher = LAUNCHERS[name]
    for option in sorted(set(given) - launcher.options):
        others = [other for other, one in LAUNCHERS.items() if option in one.options]
        raise UsageError(f"--{option} is for {join_words(others)}, not for {name}")
    for text in (job.spec, job.output, job.workdir or "", *job.overrides):
        if not _is_utf8(text):
            raise UsageError(f"the files of launchers are UTF-8, which {text!r} is not")
    return launcher.write(job)


def _is_utf8(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
