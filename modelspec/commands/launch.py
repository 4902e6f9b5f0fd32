"""`modelspec launch`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from modelspec.api import launch
from modelspec.console import (
    OutputPath,
    choice_option,
    extensions_option,
    one_spec,
    say,
    set_text_option,
    show,
    spec_argument,
)
from modelspec.diagnostics import Finding
from modelspec.files import refuse_existing, write_atomically
from modelspec.launchers import (
    KINDS,
    LAUNCHERS,
    OPTIONS,
    parse_duration,
    parse_memory,
    parse_mount,
)
from modelspec.report import render_findings


@click.command(
    "launch",
    epilog="Example: modelspec launch --print slurm specs/digits.yaml --workers 4 --gpus 1 "
    "--time 2h -o digits.sh",
)
@spec_argument
@click.option(
    "--print",
    "launcher",
    type=click.Choice(tuple(LAUNCHERS)),
    required=True,
    help="Whose file to print: a JobSet or TrainJob, a batch script, or a script for `ray job`.",
)
@click.option(
    "-o", "--file", type=OutputPath(is_printed=True), help="Write the text to this file instead."
)
@click.option("--force", is_flag=True, help="Replace the file.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="How many processes train together, one on each machine.",
)
@click.option(
    "--workers-per-node",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How many of them share a machine (slurm).",
)
@click.option("--gpus", type=click.IntRange(min=0), default=0, help="GPUs of each worker.")
@click.option("--cpus", type=click.IntRange(min=1), help="CPUs of each worker.")
@click.option("--memory", metavar="SIZE", help="Memory of each worker, such as 16Gi.")
@click.option(
    "--image", help="The container image, with modelspec in it. Slurm runs it with pyxis."
)
@click.option(
    "--volume",
    "volumes",
    multiple=True,
    metavar="SOURCE:PATH",
    help="Mount a PersistentVolumeClaim (kubernetes) or a folder of the machines (slurm with "
    "--image) at PATH. May be given several times.",
)
@click.option(
    "--workdir",
    help="The folder of the job that SPEC and --output are relative to. By default the first "
    "--volume, or the folder that the job is submitted from.",
)
@click.option("--output", help="The run folder, for all attempts.  [default: runs/NAME]")
@click.option(
    "--time", metavar="TIME", help="The longest time of an attempt, such as 90m, 12h or 1-12:00:00."
)
@click.option("--partition", help="The partition of Slurm.")
@click.option(
    "--retries",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    help="How often to resume the run after a lost worker, a full disk or, with slurm, the end of "
    "the time.",
)
@choice_option(
    "--kind",
    choices=KINDS,
    about="The object of Kubernetes; trainjob is Kubeflow Trainer's, with its TrainingRuntime.",
)
@click.option("--name", help="The name of the job. By default that of the spec.")
@set_text_option
@extensions_option
@click.pass_context
def command(
    context: click.Context,
    /,
    spec: str | None,
    launcher: str,
    file: Path | None,
    force: bool,
    **how: Any,
) -> int:
    """Print what Kubernetes, Slurm or Ray reads to train SPEC with several workers.

    SPEC is checked here, and trained where the job runs: give its path as the job sees it. All
    attempts of the job run one command, which starts the run or resumes it.
    """
    if file is not None:
        refuse_existing(file, force=force)
    memory, time = how["memory"], how["time"]
    found: list[Finding] = []
    text = launch(
        one_spec(spec),
        launcher,
        overrides=how["overrides"],
        output=how["output"],
        name=how["name"],
        given=_given(context),
        found=found,
        command=("modelspec", *sys.argv[1:]),
        workers=how["workers"],
        workers_per_node=how["workers_per_node"],
        gpus=how["gpus"],
        cpus=how["cpus"],
        memory=None if memory is None else parse_memory(memory),
        image=how["image"],
        seconds=None if time is None else parse_duration(time),
        partition=how["partition"],
        mounts=tuple(map(parse_mount, how["volumes"])),
        workdir=how["workdir"],
        retries=how["retries"],
        kind=how["kind"],
    )
    if found:
        say(render_findings(found).rstrip("\n"))
    if launcher == "kubernetes" and not how["volumes"]:
        say(
            "no --volume: unless the image or the cluster brings a shared disk, the run ends with "
            "its pods, and an attempt has nothing to resume"
        )
    if file is None:
        show(text, is_data=True)
        return 0
    write_atomically(file, text)
    say(f"wrote {file}; submit it with: {LAUNCHERS[launcher].start.replace('FILE', str(file))}")
    return 0


def _given(context: click.Context) -> list[str]:
    """The options that were given of those that not all launchers take."""
    names = {option: "volumes" if option == "volume" else option for option in OPTIONS}
    default = (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP)
    return [
        option
        for option, name in names.items()
        if context.get_parameter_source(name.replace("-", "_")) not in default
    ]
