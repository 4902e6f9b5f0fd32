"""`modelspec train`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from modelspec.api import smoke, train_request, train_requested
from modelspec.completions import complete_runs
from modelspec.console import (
    OutputPath,
    choice_option,
    config_options,
    extensions_option,
    log_format_option,
    one_spec,
    print_findings,
    say,
    set_option,
    show,
    spec_argument,
)
from modelspec.diagnostics import join_words

MOST_WORKERS = 1024

OF_RAY = ("retries", "gpus", "cpus")
"""The options that only --launcher ray takes."""


class WorkerCount(click.ParamType):  # type: ignore[type-arg]  # not generic in older versions
    """A number of workers, or `auto`."""

    name = "workers"

    def convert(self, value: Any, param: Any, ctx: Any) -> int | str:
        """The number, or "auto"."""
        if value == "auto" or isinstance(value, int):
            return str(value) if value == "auto" else int(value)
        if value.isascii() and value.isdigit() and 0 < int(value) <= MOST_WORKERS:
            return int(value)
        return self.fail(
            f"{value!r} is neither a number from 1 to {MOST_WORKERS} nor auto; write --workers 2",
            param,
            ctx,
        )


@click.command("train", epilog="Example: modelspec train specs/digits.yaml --set training.epochs=3")
@spec_argument
@click.option(
    "-o",
    "--output",
    type=OutputPath(is_printed=False),
    help="The run folder. By default the first free one of runs/NAME, runs/NAME-2, ...",
)
@click.option(
    "--resume",
    shell_complete=complete_runs,
    metavar="RUN",
    type=click.Path(path_type=Path),
    help="Resume the run in this folder from its last checkpoint. SPEC can then be omitted.",
)
@click.option(
    "--resume-existing",
    is_flag=True,
    help="Resume the run that is in the folder of -o already, if one is; a complete one is left as "
    "it is. For launchers, which repeat a command.",
)
@log_format_option("a bar", "epoch")
@click.option("--force", is_flag=True, help="Replace the run in the folder.")
@click.option(
    "--fetch",
    is_flag=True,
    help="First fetch the data sets that the spec names, as `modelspec fetch` does.",
)
@click.option(
    "--workers",
    metavar="N|auto",
    type=WorkerCount(),
    help="Divide each batch among N processes of this machine, which share its cores. auto takes "
    "all GPUs of this machine in one process.",
)
@choice_option(
    "--launcher",
    choices=("local", "ray"),
    about="What starts the workers: this process, or Ray, on the machines of its cluster.",
)
@click.option(
    "--retries",
    type=click.IntRange(min=0),
    help="How often Ray begins the workers anew after a lost one, to resume the run.  [default: 3]",
)
@click.option("--gpus", type=click.IntRange(min=0), help="GPUs of each worker of Ray.")
@click.option(
    "--cpus", type=click.IntRange(min=1), help="CPUs of each worker of Ray.  [default: 1]"
)
@click.option(
    "--smoke", is_flag=True, help="Take one training step on the data, without creating a run."
)
@set_option
@config_options
@extensions_option
def command(
    spec: str | None,
    output: Path | None,
    resume: Path | None,
    log_format: str,
    overrides: dict[str, Any],
    **how: Any,
) -> int:
    """Fit the model of a spec to its data, and write a run folder.

    A run that a signal, a crash or a power failure ended can be continued with --resume; it ends
    with the same weights as an uninterrupted run. Epochs, callbacks and checkpoints of its spec
    may change in between.

    With --workers the weights and values are those that one process gives. Where the spec has
    `distribute: multi_worker` and TF_CONFIG is set, this process is one of the workers.

    Exit code 0: trained, and every `expect.metrics` is met; 1: errors in the spec or the data;
    3: TensorFlow is missing, disk or memory is not enough, or a worker was lost; 4: an expectation
    is missed; 130 and 143: interrupted by SIGINT or SIGTERM, with a checkpoint saved.
    """
    line, force = " ".join(["modelspec", *sys.argv[1:]]), how["force"]
    if resume is not None and (output is not None or force):
        raise click.UsageError(
            "--resume continues in the run's own folder: leave out -o and --force"
        )
    if how["resume_existing"] and (output is None or force or resume is not None):
        raise click.UsageError(
            "--resume-existing is for the folder of -o: give -o, and leave out --force and --resume"
        )
    if resume is not None and how["fetch"]:
        raise click.UsageError("--fetch is for a new run: use `modelspec fetch` before --resume")
    if how["smoke"]:
        _refuse_options_of_runs(is_run=resume is not None or output is not None or force, **how)
        found = smoke(one_spec(spec), overrides)
        show("  ".join(f"{name} {value:.4g}" for name, value in found.items()) + "\n")
        say("one training step succeeded; nothing was saved")
        return 0
    source = one_spec(spec) if spec is not None or resume is None else None
    request = train_request(
        source,
        resume=resume,
        output=output,
        overrides=overrides,
        force=force,
        fetch=how["fetch"],
        resume_existing=how["resume_existing"],
        command=line,
        log_format=log_format,
    )
    run = train_requested(request, how["workers"], how["launcher"], **_asked_of_launcher(how))
    from modelspec.training import Run

    if not run.is_chief:  # the chief says it
        return 4 if run.missed else 0
    if run.findings:
        print_findings(run.findings)
    if not isinstance(run, Run):
        for name, mean in run.metrics.items():
            deviation, count = run.deviations[name], len(run.runs)
            say(f"{name}: {mean:.4g} ± {deviation:.2g} over {count} {run.kind}")
    show(f"{run.path}\n")
    if run.missed:
        for miss in run.missed:
            say(f"missed: {miss}")
        return 4
    return 0


def _asked_of_launcher(how: Mapping[str, Any]) -> dict[str, int]:
    """The options that only Ray takes, where they are given."""
    asked = {name: how[name] for name in OF_RAY if how[name] is not None}
    if how["launcher"] == "local" and asked:
        options = ", ".join(f"--{name}" for name in asked)
        raise click.UsageError(f"{options}: only with --launcher ray")
    if how["launcher"] == "ray" and not isinstance(how["workers"], int):
        raise click.UsageError("--launcher ray needs --workers N")
    return asked


def _refuse_options_of_runs(*, is_run: bool, **how: Any) -> None:
    """Refuse what --smoke does not go with."""
    if how["fetch"]:
        raise click.UsageError("--fetch is for a run: use `modelspec fetch` before --smoke")
    if is_run:
        raise click.UsageError("--smoke creates no run: leave out --resume, -o and --force")
    several = ["workers"] if how["workers"] not in (None, 1) else []
    several += ["launcher"] if how["launcher"] != "local" else []
    several += [name for name in OF_RAY if how[name] is not None]
    if several:
        options = join_words(f"--{name}" for name in several)
        raise click.UsageError(f"--smoke takes its step in one process; write it without {options}")
