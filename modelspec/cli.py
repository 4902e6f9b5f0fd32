"""The table of commands. A command's module is imported when it is called, and no other."""

from __future__ import annotations

import importlib
import keyword
import os
import sys
from collections.abc import Sequence

import click

from modelspec.diagnostics import ModelspecError, SpecError

COMMANDS = {
    "init": "Write a first spec, from a data file or from a template.",
    "validate": "Check spec files, without TensorFlow.",
    "summarize": "Print a model's layers, shapes and parameters.",
    "train": "Fit a spec's model to its data, into a run folder.",
    "evaluate": "Measure a trained run on its test split or another file.",
    "predict": "Let a trained run answer for a file of new examples.",
    "runs": "List and compare trained runs.",
    "expand": "Write a spec out: blocks, params, repeats and all defaults.",
    "convert": "Write the same model in the other form, sequential or functional.",
    "import": "Write a spec from a Keras model.",
    "export": "Write a spec's or a run's model in another format.",
    "benchmark": "Measure a run's exports side by side: size, speed, memory.",
    "explain": "Say what a layer takes, or what a code of a finding means.",
    "schema": "Print the JSON Schema of spec files, for editors.",
    "doctor": "Say which versions, devices and extras are there.",
}
"""Command to its line in `modelspec --help`. Its module has the same name, or the name and "_"."""


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        module = importlib.import_module(f"modelspec.commands.{name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            from modelspec.diagnostics import did_you_mean

            ctx.fail(f'there is no command "{args[0]}"{did_you_mean(args[0], COMMANDS)}')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"modelspec {version('keras-modelspec')}")
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
def cli() -> None:
    """Keras models as files that can be read, reviewed, checked, trained and shipped."""


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code (the language reference, section 9)."""
    sys.exit(run(args))


def run(args: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code instead of leaving."""
    try:
        code = cli.main(args=args, prog_name="modelspec", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except SpecError as error:
        from modelspec.commands.console import print_findings

        print_findings(error.findings)
        return error.exit_code
    except ModelspecError as error:
        click.echo(f"modelspec: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("modelspec: interrupted", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"modelspec: {where}{error.strerror or error}", err=True)
        return 3
