"""A script that submits a training to a Ray cluster, where `train --launcher ray` starts it."""

from __future__ import annotations

import shlex

from .comment import comment_lines
from .job import ClusterJob


def ray_text(job: ClusterJob) -> str:
    """The script of a job; RAY_ADDRESS says where the cluster is, as Ray's own commands read it."""
    submit = ["ray", "job", "submit", "--working-dir", job.workdir or "."]
    words = [*submit, "--", *ray_command(job)]
    head = comment_lines(job.command, "RAY_ADDRESS=http://HOST:8265 says where the cluster is.")
    return f"#!/bin/sh\n{head}exec {shlex.join(words)}\n"


def ray_command(job: ClusterJob) -> list[str]:
    """The words that run on the cluster: the process that they start asks Ray for the workers."""
    amounts = {"workers": job.workers, "gpus": job.gpus or None, "cpus": job.cpus}
    options = [
        word
        for name, amount in amounts.items()
        if amount is not None
        for word in (f"--{name}", str(amount))
    ]
    return [*job.train_command(), "--launcher", "ray", *options, "--retries", str(job.retries)]
