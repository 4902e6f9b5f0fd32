"""`modelspec explain`."""

from __future__ import annotations

import click

from modelspec.api import validate_text
from modelspec.diagnostics import UsageError, did_you_mean
from modelspec.report import (
    class_names,
    class_page,
    classes_named,
    code_page,
    known_codes,
    page_of,
)

EXAMPLE = "example.yaml"
"""What a page calls the file of its example."""


@click.command("explain", epilog="Examples: modelspec explain Conv2D; modelspec explain cycle")
@click.argument("name", required=False)
def command(name: str | None) -> int:
    """Say what a Keras class or op takes, or what a finding's code means.

    NAME is a class such as Conv2D, an op such as ops.matmul, an identifier such as adam, or the
    code that stands in brackets at the end of a finding. Without one, all codes are listed.
    """
    if name is None:
        click.echo(_all_codes(), nl=False)
        return 0
    page = page_of(name)
    pages = [class_page(schema, name) for schema in classes_named(name)]
    if page is not None:
        said = validate_text(page.fails, EXAMPLE) if page.fails else []
        pages.insert(0, code_page(page, said))
    if not pages:
        near = did_you_mean(name, [*known_codes(), *class_names()])
        raise UsageError(f'"{name}" is neither a name of Keras nor a code{near}')
    click.echo("\n".join(pages), nl=False)
    return 0


def _all_codes() -> str:
    width = max(map(len, known_codes()))
    pages = [page for code in sorted(known_codes()) if (page := page_of(code)) is not None]
    return "".join(f"{page.code:{width}}  {page.summary}\n" for page in pages)
