"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from modelspec.diagnostics import UsageError
from modelspec.document import find_one, model_format
from modelspec.spec import parse_override
from modelspec.spec.extensions import permit_extensions

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _overrides(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    try:
        return dict(parse_override(value) for value in values)
    except UsageError as error:
        raise click.BadParameter(str(error)) from error


set_option: Decorator = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    callback=_overrides,
    help="Override one value of the spec, such as training.epochs=3. May be given several times.",
)

threshold_option: Decorator = click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Decision threshold: predict the positive class at or above this probability.",
)

spec_argument: Decorator = click.argument("spec", required=False, type=click.Path())


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


def one_model(path: str | None) -> str:
    """The given spec or exported model, or the only spec under the current folder.

    Raises:
        UsageError: there is none, or there are several.
    """
    if path is not None and model_format(Path(path)) is not None:
        return path
    return find_one(path)
