"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from modelspec.diagnostics import UsageError
from modelspec.spec import parse_override

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
    help="Replace one value of the spec, such as training.epochs=3. May be given several times.",
)

spec_argument: Decorator = click.argument("spec", required=False, type=click.Path())
