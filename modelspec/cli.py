"""The table of commands. Only the module of the command that runs is imported."""

from __future__ import annotations

import importlib
import keyword
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import Any

import click

import modelspec
from modelspec.diagnostics import (
    ConfigurationError,
    ModelspecError,
    SpecError,
    prepare_output,
)
from modelspec.machine import own_process

COMMANDS = {
    "init": "Create a spec from a data file or a template.",
    "validate": "Check spec files, without TensorFlow.",
    "summarize": "Print a model's layers, shapes, parameters, FLOPs and memory.",
    "plot": "Draw a model: layers, shapes, parameters, findings.",
    "diff": "Show how two specs, runs or models differ.",
    "git-setup": "Let git show how models differ.",
    "fetch": "Fetch the data sets and remote files that a spec names.",
    "train": "Fit a spec's model to its data and write a run folder.",
    "launch": "Write the job of a training for Kubernetes, Slurm or Ray.",
    "tune": "Search the space of a spec for better values.",
    "evaluate": "Evaluate a trained model on its test split or a file.",
    "predict": "Run predictions on new data with a trained model.",
    "card": "Write the model card of a run, or its bill of materials.",
    "report": "Write a page about a run, or several side by side.",
    "reproduce": "Train a run again from its lock, and compare the bits.",
    "runs": "List and compare training runs.",
    "expand": "Expand a spec: blocks, params, repeats and all defaults.",
    "convert": "Convert a model between sequential and functional form.",
    "import": "Create a spec from a saved Keras model.",
    "export": "Export a model to another format.",
    "benchmark": "Compare a model's exports: size, speed, memory.",
    "explain": "Explain a Keras class or the code of a finding.",
    "schema": "Print the JSON Schema of spec files, for editors.",
    "completion": "Let the shell complete commands, options, specs and runs.",
    "doctor": "Show installed versions, devices and extras.",
}
"""Command to its line in `modelspec --help`. The module of a command has its name, with "_" for
"-" and behind a keyword of Python."""


@contextmanager
def _reader_may_go() -> Iterator[None]:
    """End well where nobody reads what is printed, as behind `| head`; click would end with 1."""
    try:
        yield
    except BrokenPipeError:
        from modelspec.console import discard

        discard(sys.stdout, sys.stderr)
        raise click.exceptions.Exit(0) from None


MAKES_A_FILE = ("convert", "expand", "launch")
"""Commands that print what a shell writes into a file."""


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name.replace("-", "_")
        module = importlib.import_module(f"modelspec.commands.{name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            from modelspec.diagnostics import COMMAND_HINTS, did_you_mean

            written = COMMAND_HINTS.get(args[0]) or _for_file(args[0])
            close = f"; write {written}" if written else did_you_mean(args[0], COMMANDS)
            ctx.fail(f'there is no command "{args[0]}"{close}')
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Findings are shown while the command's configuration, which hides some, still holds."""
        try:
            with _reader_may_go():
                return super().invoke(ctx)
        except SpecError as error:
            from modelspec.console import print_findings

            print_findings(error.findings, is_aside=ctx.invoked_subcommand in MAKES_A_FILE)
            return error.exit_code

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        with _reader_may_go():  # `modelspec --help | head -1`
            return super().make_context(*args, **more)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _for_file(word: str) -> str:
    """What to write for a file in place of a command; "" for no file."""
    if not os.path.isfile(word):  # noqa: PTH113  # pathlib is not imported for each start
        return ""
    if word.endswith((".yaml", ".yml", ".json")):
        return f"modelspec validate {word}, or modelspec train {word}"
    return f"modelspec init --data {word} --target COLUMN"


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"modelspec {modelspec.__version__}")
        ctx.exit()


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: modelspec validate specs/",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Keras models as YAML files: read, review, check, train and ship them."""
    from modelspec.configuration import Configuration, use_configuration

    ctx.with_resource(use_configuration(Configuration()))


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code (the language reference, section 9)."""
    own_process()
    _tell_of_other_package()
    sys.exit(run(args))


def _tell_of_other_package() -> None:
    """Say that files of this package were overwritten, or another's were: see `installation`.

    All that it costs each start is a look at one name and at one path.
    """
    is_own = hasattr(modelspec, "shares_folder")
    if is_own and (not modelspec.shares_folder() or sys.argv[1:2] == ["doctor"]):
        return
    from modelspec.installation import look_at_installation

    problem = look_at_installation().problem()
    if problem:
        click.echo(f"modelspec: {problem}", err=True)
    if not is_own:
        sys.exit(3)


def run(args: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code instead of leaving."""
    prepare_output()
    try:
        code = cli.main(args=args, prog_name="modelspec", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except ConfigurationError as error:
        _tell(str(error))
        return error.exit_code
    except ModelspecError as error:
        _tell(f"modelspec: {error}")
        return error.exit_code
    except click.ClickException as error:
        from modelspec.misuse import hint_for

        hint = hint_for(error, sys.argv[1:] if args is None else args)
        if hint and isinstance(error, click.NoSuchOption):  # the nearest letters were not meant
            error = click.NoSuchOption(error.option_name, ctx=error.ctx)
        shown = StringIO()
        error.show(shown)
        _tell(shown.getvalue().rstrip("\n"))
        if hint:
            _tell(f"hint: {hint}")
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _tell("modelspec: interrupted")
        return 130
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _tell(f"modelspec: {where}{error.strerror or error}")
        return 3


def _tell(text: str) -> None:
    """Print why a command ends, where somebody still reads."""
    from modelspec.console import say

    say(text)
