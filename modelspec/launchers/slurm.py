"""A batch script for Slurm's `sbatch`: one task a worker, TF_CONFIG from the nodes of the job."""

from __future__ import annotations

import re
import shlex

from modelspec.diagnostics import UsageError

from .comment import comment_lines
from .job import FINAL_CODES, GRACE, ClusterJob, require_absolute
from .quantities import slurm_memory, slurm_time

_PARTITION = re.compile(r"[A-Za-z0-9_.-]+(,[A-Za-z0-9_.-]+)*", re.ASCII)

# Ports follow from the number of the job, so that jobs that share a node do not meet. Ranks go up
# node by node (--distribution=block), as the addresses do.
_ADDRESSES = """\
port=$((20000 + SLURM_JOB_ID * {tasks} % 10000))
addresses=""
for host in $(scontrol show hostnames "$SLURM_JOB_NODELIST"); do
  for ((task = 0; task < {tasks}; task++)); do
    addresses+="${{addresses:+, }}\\"$host:$((port + task))\\""
  done
done
export WORKER_ADDRESSES=$addresses
"""

# --wait: the others notice a lost worker by themselves, and the chief needs time for a checkpoint
_RUN = """\
# shellcheck disable=SC2016 # the shell of each task expands it
worker='task="{{\\"type\\": \\"worker\\", \\"index\\": $SLURM_PROCID}}"
export TF_CONFIG="{{\\"cluster\\": {{\\"worker\\": [$WORKER_ADDRESSES]}}, \\"task\\": $task}}"
exec "$@"'
srun --wait={grace} --distribution=block{container} bash -c "$worker" worker {command}
code=$?
"""

# A signal at the end of the time, a lost node and a killed worker: the same job again, which
# resumes the run. `scancel` ends this script too, before it comes here.
_REQUEUE = """\
case $code in
  0 | {final}) ;; # complete, or another attempt would end in the same way
  *)
    if [ "${{SLURM_RESTART_COUNT:-0}}" -lt {retries} ]; then
      scontrol requeue "$SLURM_JOB_ID"
    fi
    ;;
esac
"""


def slurm_text(job: ClusterJob) -> str:
    """The script of a job.

    Raises:
        UsageError: the workers do not fill their nodes, or a name is not one of Slurm.
    """
    _require_names(job)
    parts = [
        "#!/bin/bash\n",
        comment_lines(job.command, "Submit it with sbatch, from the folder of the job."),
        "".join(f"#SBATCH --{option}\n" for option in _options(job)),
        "\nset -u\n",
    ]
    if job.workdir is not None:
        parts.append(f"cd -- {shlex.quote(job.workdir)} || exit 2\n")
    parts.append(_ADDRESSES.format(tasks=job.workers_per_node))
    command = shlex.join(job.worker_command())
    parts.append(_RUN.format(grace=GRACE, container=_container(job), command=command))
    if job.retries:
        final = " | ".join(map(str, FINAL_CODES))
        parts.append(_REQUEUE.format(final=final, retries=job.retries))
    return "".join([*parts, "exit $code\n"])


def _require_names(job: ClusterJob) -> None:
    if job.workers % job.workers_per_node:
        message = f"{job.workers} workers do not fill nodes of {job.workers_per_node}"
        raise UsageError(f"{message}: --workers must be a multiple of --workers-per-node")
    if job.partition is not None and not _PARTITION.fullmatch(job.partition):
        raise UsageError(f"expected the name of a partition of Slurm, got {job.partition!r}")
    if job.mounts and job.image is None:
        message = "--volume mounts a folder in a container: give --image too"
        raise UsageError(f"{message}, or use the folder by its own path")


def _options(job: ClusterJob) -> list[str]:
    """What the `#SBATCH` lines have; none has a text that could end its line."""
    share = job.workers_per_node
    memory = None if job.memory is None else slurm_memory(job.memory * share)
    values = {
        "job-name": job.name,
        "nodes": job.workers // share,
        "ntasks": job.workers,
        "ntasks-per-node": share,
        "cpus-per-task": job.cpus,
        "gpus-per-task": job.gpus or None,
        "mem": memory,
        "time": None if job.seconds is None else slurm_time(job.seconds),
        "partition": job.partition,
        "output": "%x-%j.log",
        "open-mode": "append",
        "signal": f"TERM@{GRACE}",
    }
    given = [f"{name}={value}" for name, value in values.items() if value is not None]
    return [*given, "requeue" if job.retries else "no-requeue"]


def _container(job: ClusterJob) -> str:
    """Options of `srun` that its plugin pyxis adds."""
    if job.image is None:
        return ""
    words = [f"--container-image={job.image}"]
    if job.mounts:
        mounts = ",".join(f"{_full(mount.source)}:{mount.path}" for mount in job.mounts)
        words.append(f"--container-mounts={mounts}")
    if job.workdir is not None:
        words.append(f"--container-workdir={job.workdir}")
    return f" {shlex.join(words)}"


def _full(source: str) -> str:
    if "," in source:
        raise UsageError(f"the folder of --volume must have no comma for slurm, got {source!r}")
    return require_absolute(source, "the folder of --volume for slurm")
