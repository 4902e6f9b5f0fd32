"""The page of a code: what it means, a spec that causes it, and how to fix it.

The page of a lint is the docstring of its module. The codes of earlier stages have an entry in
`CODES`, and most of them a spec in `diagnostics/examples.txt`. Both are loaded only when a page
or a code is asked for.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

_EXAMPLES = Path(__file__).parent.parent / "diagnostics" / "examples.txt"
_FAILS, _PASSES = "Fails:", "Passes:"
_WORKERS = re.compile(r"^# .*--workers (\d+)$", re.MULTILINE)


class Page(NamedTuple):
    """The documentation of one code.

    Attributes:
        code: in kebab-case.
        text: paragraphs that say what it means and how to fix it.
        fails: a spec that triggers the code, or "".
        passes: the same spec fixed, or "".
    """

    code: str
    text: str
    fails: str = ""
    passes: str = ""

    @property
    def summary(self) -> str:
        """The first sentence, on one line."""
        line = " ".join(self.text.split("\n\n", 1)[0].split())
        head, stop, _ = line.partition(". ")
        return head + stop.rstrip()


def asked_workers(example: str) -> int | None:
    """How many workers the comment of an example is for: `# modelspec validate --workers 4`; None
    where it has none."""
    found = _WORKERS.search(example)
    return None if found is None else int(found[1])


def lint_codes() -> frozenset[str]:
    """The codes of all lints."""
    from modelspec.analysis.lints import LINTS

    return frozenset(LINTS)


@cache
def known_codes() -> frozenset[str]:
    """Every code that a finding can have."""
    from modelspec.diagnostics import CODES

    return lint_codes() | CODES.keys()


def page_of(code: str) -> Page | None:
    """The page of a code, or None where there is no such code."""
    if code in lint_codes():
        return _lint_page(code)
    from modelspec.diagnostics import CODES

    if code not in CODES:
        return None
    return Page(code, CODES[code], examples().get(code, ""))


@cache
def examples() -> dict[str, str]:
    """Code to a spec that causes it."""
    _, *sections = ("\n" + _EXAMPLES.read_text(encoding="utf-8")).split("\n=== ")
    parts = (section.partition("\n") for section in sections)
    return {code: text.rstrip("\n") + "\n" for code, _, text in parts}


def _lint_page(code: str) -> Page:
    from textwrap import dedent

    from modelspec.analysis.lints import page as lint_page

    text, _, rest = (lint_page(code) or "").partition(f"\n{_FAILS}\n")
    fails, _, passes = rest.partition(f"\n{_PASSES}\n")
    return Page(code, text.strip(), *(dedent(part).strip("\n") for part in (fails, passes)))
