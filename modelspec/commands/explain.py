"""`modelspec explain`."""

from __future__ import annotations

import click

from modelspec.api import validate_text
from modelspec.completions import complete_names
from modelspec.diagnostics import UsageError, did_you_mean
from modelspec.report import (
    argument_pages,
    asked_workers,
    class_names,
    class_page,
    classes_named,
    code_page,
    inner_key_pages,
    key_pages,
    known_codes,
    page_of,
    refusal_pages,
)
from modelspec.spec import divided_among

EXAMPLE = "example.yaml"
"""The file name that findings of an example show."""


@click.command("explain", epilog="Examples: modelspec explain Conv2D; modelspec explain cycle")
@click.argument("name", required=False, shell_complete=complete_names)
def command(name: str | None) -> int:
    """Explain the arguments of a Keras class or op, the code of a finding, or a key of a spec.

    NAME is a class such as Conv2D, an op such as ops.matmul, an identifier such as adam, the
    code in brackets at the end of a finding, an argument such as units or Dense.units, or a key
    such as training.epochs. Without NAME, all codes are listed.
    """
    if name is None:
        click.echo(_all_codes(), nl=False)
        return 0
    page = page_of(name)
    pages = [class_page(schema, name) for schema in classes_named(name)]
    if page is not None:
        with divided_among(asked_workers(page.fails)):
            findings = validate_text(page.fails, EXAMPLE) if page.fails else []
        pages.insert(0, code_page(page, findings))
    pages = pages or refusal_pages(name) or key_pages(name)
    pages = pages or [*inner_key_pages(name), *argument_pages(name)]
    if not pages:
        near = did_you_mean(name, [*known_codes(), *class_names()])
        raise UsageError(f'"{name}" is neither a Keras name nor a code nor a key{near}')
    click.echo("\n".join(pages), nl=False)
    return 0


def _all_codes() -> str:
    width = max(map(len, known_codes()))
    pages = [page for code in sorted(known_codes()) if (page := page_of(code)) is not None]
    return "".join(f"{page.code:{width}}  {page.summary}\n" for page in pages)
