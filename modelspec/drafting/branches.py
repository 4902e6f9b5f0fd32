"""The layers between each input and the hidden layers: scaling, encoding, embedding."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from modelspec.document import format_scalar, parse_scalar
from modelspec.spec.expressions import escaped
from modelspec.spec.model import UniqueNames

from .roles import DATE, EMBEDDING, EPOCH, LIST, NUMBER, ONE_HOT, TEXT, Role, is_code

MOST_WORDS = 2_000
"""Words of a text column that get a column each."""


@dataclass(frozen=True, slots=True)
class DraftLayer:
    """One layer: its name, its Keras object as YAML in flow style, and why it is there."""

    name: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """One input with the layers that read it.

    Attributes:
        name: of the input.
        shape: as YAML.
        dtype: of the input, or "" for float32.
        columns: that feed it.
        layers: in order.
        takes_list: whether the input takes a list of columns, not a single one.
        options: of its column under `data.inputs`, as YAML in flow style.
        is_each: whether the layers are made for each of the columns; one of them is `categories`.
    """

    name: str
    shape: str
    dtype: str
    columns: tuple[str, ...]
    layers: tuple[DraftLayer, ...]
    takes_list: bool = False
    options: str = ""
    is_each: bool = False

    @property
    def input(self) -> str:
        """What a spec says of the input, without its braces."""
        return f"shape: {self.shape}" + (f", dtype: {self.dtype}" if self.dtype else "")


class DraftNames:
    """Names of inputs and layers, each used once."""

    def __init__(self) -> None:
        self._names = UniqueNames(first=2)

    def unique(self, wish: str) -> str:
        """A name like `wish`, of letters, digits and underscores, that is not taken yet."""
        stem = re.sub(r"\W+", "_", wish, flags=re.ASCII).strip("_").lower()[:60] or "column"
        if not stem[0].isalpha() or not isinstance(parse_scalar(stem), str):  # 1st, true, null
            stem = f"column_{stem}"
        return self._names.unique(stem)


def build_branches(roles: Sequence[Role], names: DraftNames) -> list[Branch]:
    """A branch for all numbers together, and one for each other column."""
    numbers = [role.column.name for role in roles if role.kind in (NUMBER, EPOCH)]
    numbers += [name for role in roles if role.kind == DATE for name in derived_columns(role)]
    found = [_numbers(numbers, names)] if numbers else []
    alike = [role for role in roles if role.kind == ONE_HOT and not _is_integer(role)]
    if len(alike) < ALIKE:
        alike = []
    single = [role for role in roles if role.kind in MAKERS and role not in alike]
    for role in single:
        found += MAKERS[role.kind](role, names)
    return [*found, _each(alike, names)] if alike else found


ALIKE = 8
"""From so many columns of categories on, their layers are written once."""


def _numbers(columns: Sequence[str], names: DraftNames) -> Branch:
    name = names.unique("numbers")
    why = "learns mean and variance from the training split, so that all columns have one scale"
    layer = DraftLayer(names.unique("scaled"), "Normalization", why)
    return Branch(name, f"[{len(columns)}]", "", tuple(columns), (layer,), takes_list=True)


def _each(roles: Sequence[Role], names: DraftNames) -> Branch:
    """The same layers for each of many columns of categories."""
    name = names.unique("categories")
    text = 'output_mode: one_hot, max_tokens: "${categories + 2}", pad_to_max_tokens: true'
    why = "a 0 or 1 for each text, one for those not seen in training, and one for a missing value"
    columns = tuple(role.column.name for role in roles)
    layer = DraftLayer("code", f"{{StringLookup: {{{text}}}}}", why)
    return Branch(name, "[1]", "string", columns, (layer,), takes_list=True, is_each=True)


def _is_integer(role: Role) -> bool:
    return role.column.is_whole and not is_code(role.column)


def _one_hot(role: Role, names: DraftNames) -> list[Branch]:
    column = role.column
    name = names.unique(column.name)
    kind = "IntegerLookup" if _is_integer(role) else "StringLookup"
    missing = bool(column.missing) and kind == "StringLookup"  # -1 is an IntegerLookup's unknown
    tokens = column.distinct + missing + 1
    text = f"output_mode: one_hot, max_tokens: {tokens}, pad_to_max_tokens: true"
    why = f"{role.why}, and one more for values not seen in training"
    layer = DraftLayer(names.unique(f"{name}_code"), f"{{{kind}: {{{text}}}}}", why)
    dtype = "int64" if kind == "IntegerLookup" else "string"
    return [Branch(name, "[1]", dtype, (column.name,), (layer,))]


def _embedding(role: Role, names: DraftNames) -> list[Branch]:
    column = role.column
    name = names.unique(column.name)
    tokens = column.distinct + bool(column.missing) + 1
    size = min(32, max(4, round(1.6 * column.distinct**0.4)))
    layers = (
        DraftLayer(
            names.unique(f"{name}_code"), f"{{StringLookup: {{max_tokens: {tokens}}}}}", role.why
        ),
        DraftLayer(
            names.unique(f"{name}_vector"),
            f"{{Embedding: {{input_dim: {tokens}, output_dim: {size}}}}}",
        ),
        DraftLayer(names.unique(f"{name}_flat"), "Flatten"),
    )
    return [Branch(name, "[1]", "string", (column.name,), layers)]


def _text(role: Role, names: DraftNames) -> list[Branch]:
    name = names.unique(role.column.name)
    words = min(MOST_WORDS, role.vocabulary + 2)
    text = f"output_mode: multi_hot, max_tokens: {words}, pad_to_max_tokens: true"
    layers = (
        DraftLayer(
            names.unique(f"{name}_words"),
            f"{{TextVectorization: {{{text}}}}}",
            f"{role.why}: which of the {words} most frequent words it contains",
        ),
        DraftLayer(names.unique(f"{name}_sense"), "{Dense: {units: 16, activation: relu}}"),
    )
    return [Branch(name, "[]", "string", (role.column.name,), layers)]


def _date(role: Role, names: DraftNames) -> list[Branch]:
    """Month and hour as sine and cosine, and the weekday; days are among the numbers."""
    column, found = role.column.name, []
    form = f', format: "{role.form}"' if role.form else ""
    circles = [part for part in role.parts if part in ON_CIRCLE]
    if circles:
        options = f"date: [{', '.join(circles)}], cyclic: true{form}"
        name = names.unique(column)
        found.append(Branch(name, f"[{2 * len(circles)}]", "", (column,), (), options=options))
    if "weekday" in role.parts:
        name = names.unique(f"{column}_weekday")
        layer = _one_hot_part("weekday", name, names)
        options = f"date: weekday{form}"
        found.append(Branch(name, "[1]", "", (column,), (layer,), options=options))
    return found


ON_CIRCLE = ("month", "hour")
"""Parts that change a little from one to the next, the last beside the first; a Sunday may be
unlike a Saturday and a Monday."""


def _one_hot_part(part: str, name: str, names: DraftNames) -> DraftLayer:
    text = f"{{CategoryEncoding: {{num_tokens: {SIZES[part]}, output_mode: one_hot}}}}"
    return DraftLayer(names.unique(f"{name}_code"), text, f"the {part}: a 0 or 1 for each")


def _epoch(role: Role, names: DraftNames) -> list[Branch]:
    """Hour and weekday, which `derive` makes of the seconds."""
    found = []
    for part, derived in zip(role.parts, derived_columns(role), strict=True):
        name = names.unique(derived)
        layer = _one_hot_part(part, name, names)
        found.append(Branch(name, "[1]", "int64", (derived,), (layer,)))
    return found


def derived_columns(role: Role) -> dict[str, str]:
    """The columns that `derive` makes of a column of dates or of seconds: what each is, as YAML."""
    column = role.column.name
    if role.kind == DATE and role.since:
        form = f', format: "{role.form}"' if role.form else ""
        named = format_scalar(escaped(column), flow=True)
        return {f"{column}_days": f"{{date: {named}, since: {role.since}{form}}}"}
    if role.takes_log:
        return {column: f"{{log1p: {format_scalar(escaped(column), flow=True)}}}"}
    if role.kind != EPOCH:
        return {}
    unit = 1000 if min(map(int, role.column.counts)) > MOST_SECONDS else 1
    value = column if column.isidentifier() else f"row['{column}']"
    forms = {
        "hour": f"{value} // {3600 * unit} % 24",
        "weekday": f"({value} // {86400 * unit} + 3) % 7",
    }
    return {f"{column}_{part}": f'"${{{forms[part]}}}"' for part in role.parts}


SIZES = {"hour": 24, "weekday": 7}
MOST_SECONDS = 10_000_000_000


def _list(role: Role, names: DraftNames) -> list[Branch]:
    name = names.unique(role.column.name)
    tokens = role.vocabulary + 1
    text = f'output_mode: multi_hot, max_tokens: {tokens}, pad_to_max_tokens: true, mask_token: ""'
    layer = DraftLayer(names.unique(f"{name}_code"), f"{{StringLookup: {{{text}}}}}", role.why)
    options = f'split: "{role.separator}", pad: {role.length}'
    columns = (role.column.name,)
    return [Branch(name, f"[{role.length}]", "string", columns, (layer,), options=options)]


MAKERS: dict[str, Callable[[Role, DraftNames], list[Branch]]] = {
    ONE_HOT: _one_hot,
    EMBEDDING: _embedding,
    TEXT: _text,
    DATE: _date,
    EPOCH: _epoch,
    LIST: _list,
}
"""The kinds of column that get a separate input."""
