"""What commands share: options and arguments, and printing.

Data goes to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import click

from modelspec.completions import complete_specs
from modelspec.configuration import Configuration, current_configuration, use_configuration
from modelspec.diagnostics import Finding, Severity, UsageError, join_words, printable_lines
from modelspec.document import find_one, model_format
from modelspec.report import Strictness, render_findings
from modelspec.spec import parse_override
from modelspec.spec.data import is_remote
from modelspec.spec.extensions import permit_extensions


def show(text: str, *, is_data: bool = False) -> None:
    """Print a text to standard output.

    Tables are cut to the width of a terminal, and to nothing else. Where nobody reads any more, as
    behind `| head`, the rest is dropped: the exit code stays that of the command.

    Args:
        text: whole lines.
        is_data: whether a program reads it, such as JSON or a spec: it is UTF-8 then, also where
            text for people has another encoding.
    """
    try:
        _print(text, is_data=is_data)
    except BrokenPipeError:
        discard(sys.stdout)


def discard(*streams: TextIO) -> None:
    """Let what is still printed go nowhere; what is left in the streams would fail once more."""
    for stream in streams:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _print(text: str, *, is_data: bool) -> None:
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    if not is_data and _is_terminal(sys.stdout):
        import shutil

        from modelspec.report import fit_tables

        text = fit_tables(text, shutil.get_terminal_size().columns)
    if not is_data or encoding == "utf8" or not hasattr(sys.stdout, "buffer"):
        click.echo(text, nl=False, color=True)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def print_findings(findings: Sequence[Finding], *, is_aside: bool = False) -> None:
    """Print the findings that the configuration shows, and which errors it hides.

    Args:
        findings: all of them.
        is_aside: whether standard output is the file that a command makes, as with
            `launch --print slurm > job.sh`: they go to standard error then.
    """
    configuration = current_configuration()
    shown = [finding for finding in findings if configuration.is_shown(finding)]
    if is_aside:
        _print_aside(render_findings(shown, (), "text", colour=is_colour_on(sys.stderr)))
    else:
        print_report(shown)
    mention_hidden(findings, shown)


def _print_aside(text: str) -> None:
    try:
        click.echo(text, nl=False, err=True, color=True)
    except BrokenPipeError:
        discard(sys.stderr)


def print_report(
    findings: Sequence[Finding],
    files: Sequence[str] = (),
    form: str = "text",
    *,
    strict: Strictness = False,
) -> None:
    """Print findings to standard output; in colour as `is_colour_on` says."""
    colour = is_colour_on(sys.stdout)
    text = render_findings(findings, files, form, strict=strict, colour=colour)
    show(text, is_data=form != "text")


def mention_hidden(findings: Sequence[Finding], shown: Sequence[Finding]) -> None:
    """Print to standard error which errors are hidden, as they make the check fail."""
    visible = set(shown)
    hidden = [f.code for f in findings if f.severity is Severity.ERROR and f not in visible]
    if hidden:
        one = len(hidden) == 1
        codes = join_words(f"`{code}`" for code in sorted(set(hidden)))
        say(f"{len(hidden)} error{'' if one else 's'} not shown: {codes}")


def is_colour_on(stream: object) -> bool:
    """Whether a stream is a terminal that shows colours. NO_COLOR (no-color.org) is for none,
    FORCE_COLOR for colours elsewhere too, TERM=dumb is a terminal without."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return _is_terminal(stream) and os.environ.get("TERM") != "dumb"


def _is_terminal(stream: object) -> bool:
    isatty = getattr(stream, "isatty", None)
    return bool(isatty and isatty())


def say(text: str) -> None:
    """Print a note to standard error."""
    try:
        click.echo(printable_lines(text), err=True)
    except BrokenPipeError:
        discard(sys.stderr)


class DataPath(click.Path):
    """The path of a data file, or its address, which stays a text."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Leave an address as it is; a path would have one slash where an address has two."""
        is_address = isinstance(value, str) and is_remote(value)
        return value if is_address else super().convert(value, param, ctx)


class OutputPath(click.Path):
    """The path of a file or folder to write, in which "-" is standard output.

    Args:
        is_printed: whether the command prints where no path is given, and so for "-"; another
            refuses it, as it would write a file of this name.
    """

    def __init__(self, *, is_printed: bool, **how: Any) -> None:
        super().__init__(path_type=Path, **how)
        self.is_printed = is_printed

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; None for what is printed."""
        if str(value) != "-":
            return super().convert(value, param, ctx)
        if not self.is_printed:
            self.fail("this cannot go to standard output; name a file", param, ctx)
        return None


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _overrides(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    try:
        return dict(parse_override(value) for value in values)
    except UsageError as error:
        raise click.BadParameter(str(error)) from error


def _set_option(callback: Callable[..., Any] | None) -> Decorator:
    return click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="PATH=VALUE",
        callback=callback,
        help="Override one value of the spec, such as training.epochs=3. May be given several "
        "times.",
    )


set_option = _set_option(_overrides)
set_text_option = _set_option(None)
"""The same as the texts that were given, for another command to read."""


def choice_option(*names: str, choices: Iterable[str], about: str) -> Decorator:
    """An option that is one of some words, by default the first.

    Args:
        names: of the option, and of its parameter where that has another one.
        choices: the words.
        about: its help.
    """
    words = tuple(map(str, choices))
    return click.option(
        *names, type=click.Choice(words), default=words[0], show_default=True, help=about
    )


def format_option(choices: Iterable[str], about: str = "The output format.") -> Decorator:
    """`--format`, as the parameter `form`."""
    return choice_option("--format", "form", choices=choices, about=about)


threshold_option: Decorator = click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    help="Decision threshold: predict the positive class of two, or a label, above this "
    "probability.  [default: that of the run, or 0.5]",
)


workers_option: Decorator = click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="How many processes of this machine compute: they take the batches in turn, each on a GPU "
    "where there are several. What comes out is that of one process.  [default: 1]",
)


def log_format_option(shown: str, each: str) -> Decorator:
    """`--log-format`.

    Args:
        shown: what a terminal has.
        each: for what there is one line elsewhere.
    """
    return click.option(
        "--log-format",
        type=click.Choice(("auto", "lines", "json")),
        default="auto",
        help=f"Progress on standard error: {shown} on a terminal, otherwise one line per {each} "
        "(auto); always lines; or one JSON object per event.",
    )


spec_argument: Decorator = click.argument(
    "spec", required=False, type=click.Path(), shell_complete=complete_specs
)


def _allow(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Allow extensions while the command runs."""
    ctx.with_resource(permit_extensions(value))


extensions_option: Decorator = click.option(
    "--allow-extensions",
    is_flag=True,
    expose_value=False,
    callback=_allow,
    help="Import the Python modules that the spec lists under `extensions`, which runs their code. "
    "MODELSPEC_ALLOW_EXTENSIONS=1 always does.",
)


def _configure(ctx: click.Context, param: click.Parameter, value: Path | bool | None) -> None:
    """Use another configuration than the one that is found, or none, while the command runs."""
    if not value:
        return
    given = ctx.meta.setdefault("modelspec.configuration", param.opts[0])
    if given != param.opts[0]:
        raise click.UsageError(f"{given} and {param.opts[0]} exclude each other: give one")
    file = value if isinstance(value, Path) else None
    configuration = Configuration(file, is_isolated=file is None)
    ctx.find_root().with_resource(use_configuration(configuration))


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--config FILE` and `--no-config`."""
    config = click.option(
        "--config",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        expose_value=False,
        callback=_configure,
        help="Take the configuration from FILE. By default from modelspec.toml, or [tool.modelspec]"
        " in pyproject.toml, in the folder of the spec or above.",
    )
    isolated = click.option(
        "--no-config",
        "--isolated",
        is_flag=True,
        expose_value=False,
        callback=_configure,
        help="Pass over all configurations.",
    )
    return config(isolated(command))


def one_spec(path: str | None, *, takes_stdin: bool = False) -> str:
    """The given spec, or the only one under the current folder; "-" is standard input where that
    is taken.

    Raises:
        UsageError: there is none, or there are several.
    """
    return find_one(path, current_configuration().is_ignored, takes_stdin=takes_stdin)


def one_model(path: str | None) -> str:
    """The given spec, exported model or "-", or the only spec under the current folder.

    Raises:
        UsageError: there is none, or there are several.
    """
    if path is not None and model_format(Path(path)) is not None:
        return path
    return one_spec(path, takes_stdin=True)
