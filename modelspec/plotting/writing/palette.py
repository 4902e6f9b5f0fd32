"""The colours of a picture, light and dark."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from modelspec.plotting.families import Family


class Theme(StrEnum):
    """Which colours a picture has."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Tone(NamedTuple):
    """The colours of a family: of the card, of its border and bar, of the text on it."""

    fill: str
    edge: str
    ink: str


class Palette(NamedTuple):
    """All colours of a theme."""

    page: str
    text: str
    muted: str
    line: str
    frame: str
    frame_edge: str
    error: str
    warning: str
    on_error: str
    focus: str
    families: dict[Family, Tone]


LIGHT = Palette(
    page="#fcfdff",
    text="#18202c",
    muted="#566173",
    line="#8290a5",
    frame="#f1f5fa",
    frame_edge="#b8c4d4",
    error="#d1242f",
    warning="#9a6700",
    on_error="#ffffff",
    focus="#0a58ca",
    families={
        Family.CONVOLUTION: Tone("#e8f0fe", "#2f6fde", "#1d4fa8"),
        Family.DENSE: Tone("#efebff", "#7352e0", "#5636bd"),
        Family.NORMALIZATION: Tone("#e0f5f1", "#12948a", "#0b6b64"),
        Family.ACTIVATION: Tone("#fff3dc", "#d9931a", "#8a5a06"),
        Family.POOLING: Tone("#e8f6e3", "#4d9a35", "#35701f"),
        Family.RECURRENT: Tone("#e0f4fb", "#1389b0", "#0d6480"),
        Family.ATTENTION: Tone("#fce8f7", "#c43da6", "#972a7e"),
        Family.PREPROCESSING: Tone("#f6efe2", "#a37b3c", "#77571f"),
        Family.REGULARIZATION: Tone("#f0f2f5", "#93a0b2", "#566173"),
        Family.MERGE: Tone("#e7ecf3", "#55657d", "#3b4a60"),
        Family.OP: Tone("#f3f6da", "#8d9a22", "#606a10"),
        Family.MODEL: Tone("#e7ebfa", "#3f55b5", "#2c3f92"),
        Family.ENDS: Tone("#ffffff", "#55657d", "#2c3849"),
        Family.OTHER: Tone("#f3f4f6", "#858d9a", "#545b66"),
    },
)

DARK = Palette(
    page="#10151d",
    text="#e8edf4",
    muted="#9dabbe",
    line="#76859b",
    frame="#161d27",
    frame_edge="#3b495c",
    error="#ff6b6b",
    warning="#e3b341",
    on_error="#10151d",
    focus="#8ab8ff",
    families={
        Family.CONVOLUTION: Tone("#172845", "#5b95f5", "#a9c8ff"),
        Family.DENSE: Tone("#251f47", "#9079f2", "#c9bdff"),
        Family.NORMALIZATION: Tone("#0f302e", "#2fb5aa", "#8be0d8"),
        Family.ACTIVATION: Tone("#382a10", "#dba03a", "#f3cd86"),
        Family.POOLING: Tone("#1a3216", "#69b853", "#b0e2a1"),
        Family.RECURRENT: Tone("#0f2f3b", "#35a9d0", "#96daf1"),
        Family.ATTENTION: Tone("#3a1734", "#d964bf", "#f5b0e5"),
        Family.PREPROCESSING: Tone("#33290f", "#b8924e", "#e2c68f"),
        Family.REGULARIZATION: Tone("#20262f", "#728096", "#b3bfce"),
        Family.MERGE: Tone("#222c3a", "#8797ae", "#c4d0e0"),
        Family.OP: Tone("#2a2f10", "#a5b23c", "#d9e28c"),
        Family.MODEL: Tone("#1c2450", "#7388e6", "#bcc8ff"),
        Family.ENDS: Tone("#1a222e", "#8797ae", "#dbe4f0"),
        Family.OTHER: Tone("#23272e", "#858d9a", "#c0c6d0"),
    },
)

PALETTES = {Theme.LIGHT: LIGHT, Theme.DARK: DARK}


def class_of(family: Family) -> str:
    """The name that a style sheet has for a family."""
    return family.name.lower()


def style_sheet(theme: Theme) -> str:
    """The rules that colour a picture; those of "auto" follow the reader's setting."""
    if theme is not Theme.AUTO:
        return _rules(PALETTES[theme])
    return f"{_rules(LIGHT)}@media (prefers-color-scheme: dark){{{_rules(DARK)}}}"


def variable_style() -> str:
    """Rules that take colours from variables, and the variables: as the reader's setting says, or
    as the attribute `data-theme` of the page."""
    dark = _variables(DARK)
    return (
        f":root{{{_variables(LIGHT)}}}"
        f"@media (prefers-color-scheme: dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f":root[data-theme=dark]{{{dark}}}{_rules(_NAMED)}"
    )


def _variables(palette: Palette) -> str:
    plain = {name: value for name, value in palette._asdict().items() if name != "families"}
    parts = [f"--{name.replace('_', '-')}:{value}" for name, value in plain.items()]
    for family, tone in palette.families.items():
        parts += [f"--{class_of(family)}-{name}:{value}" for name, value in tone._asdict().items()]
    return ";".join(parts)


def _named() -> Palette:
    names = [name for name in Palette._fields if name != "families"]
    plain: dict[str, Any] = {name: f"var(--{name.replace('_', '-')})" for name in names}
    tones = {
        family: Tone(*(f"var(--{class_of(family)}-{name})" for name in Tone._fields))
        for family in Family
    }
    return Palette(**plain, families=tones)


_NAMED = _named()
"""Each colour by the name of its variable."""


def _rules(palette: Palette) -> str:
    rules = [
        f".page{{fill:{palette.page}}}",
        f"text{{fill:{palette.text}}}",
        f".muted,.shape,.total{{fill:{palette.muted}}}",
        f".line{{stroke:{palette.line}}}",
        f".head{{fill:{palette.line}}}",
        f".frame{{fill:{palette.frame};stroke:{palette.frame_edge}}}",
        f".deep{{fill:{palette.page}}}",
        f".error,.bad-text{{fill:{palette.error}}}",
        f".warning,.odd-text{{fill:{palette.warning}}}",
        f".on-badge{{fill:{palette.on_error}}}",
    ]
    for family, tone in palette.families.items():
        name = class_of(family)
        rules.append(f".{name} .box{{fill:{tone.fill};stroke:{tone.edge}}}")
        rules.append(f".{name} .bar{{fill:{tone.edge}}}")
        rules.append(f".{name} .ink{{fill:{tone.ink}}}")
    rules.append(f".bad .box,.bad .frame{{stroke:{palette.error}}}")
    rules.append(f".odd .box,.odd .frame{{stroke:{palette.warning}}}")
    return "".join(rules)
