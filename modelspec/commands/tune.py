"""`modelspec tune`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from modelspec.api import tune
from modelspec.console import (
    OutputPath,
    config_options,
    extensions_option,
    log_format_option,
    one_spec,
    say,
    set_option,
    show,
    spec_argument,
)


@click.command("tune", epilog="Example: modelspec tune specs/searches/digits.yaml --workers 2")
@spec_argument
@click.option(
    "-o",
    "--output",
    type=OutputPath(is_printed=False),
    help="The study folder. By default the first free one of runs/NAME-study, runs/NAME-study-2, "
    "...",
)
@click.option(
    "--resume",
    metavar="STUDY",
    type=click.Path(path_type=Path),
    help="Resume the study in this folder, or work on it beside another process. SPEC can then "
    "be omitted.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How many trials are trained at once, each in a process; they share the cores.",
)
@log_format_option("a table", "event")
@click.option("--force", is_flag=True, help="Replace the study in the folder.")
@set_option
@config_options
@extensions_option
def command(
    spec: str | None,
    output: Path | None,
    resume: Path | None,
    overrides: dict[str, Any],
    log_format: str,
    **how: Any,
) -> int:
    """Search the `tune.space` of a spec for better values, and write a study folder.

    Each trial is a run folder. Points that do not validate or exceed a bound of `expect` are never
    trained. A study that a signal, a crash or a power failure ended can be continued with --resume;
    it ends as an uninterrupted one.

    Exit code 0: the study is complete; 1: errors in the spec or the data; 3: Optuna or TensorFlow
    is missing, disk or memory is not enough, or the database of `tune.storage` cannot be used; 130
    and 143: interrupted by SIGINT or SIGTERM.
    """
    from modelspec.spec.tune import without_password

    force = how["force"]
    if resume is not None and (output is not None or force):
        raise click.UsageError(
            "--resume goes on in the study's own folder: leave out -o and --force"
        )
    source = one_spec(spec) if spec is not None or resume is None else None
    result = tune(
        source,
        resume=resume,
        output=output,
        overrides=overrides,
        workers=how["workers"],
        force=force,
        command=without_password(" ".join(["modelspec", *sys.argv[1:]])),
        log_format=log_format,
    )
    from modelspec.tuning.views import summary_text

    say(summary_text(result.record))
    show(f"{result.path}\n")
    return 0
