"""Whether a spec leaves columns to its table; that is told without a look at the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from modelspec.diagnostics import Span
from modelspec.document import LocatedDict, LocatedList
from modelspec.spec.data import column_key

ANY = "*"
"""What stands for any characters in a pattern."""

EXCEPT = "except"


def leaves_columns(document: Mapping[str, Any]) -> bool:
    """Whether a spec leaves columns to its table."""
    data = document.get("data")
    if not isinstance(data, LocatedDict):
        return False
    missing = data.get("missing")
    return (
        any(is_open(item) for key in ("inputs", "targets") for item in items_of(data.get(key)))
        or any(ANY in name for name in (missing if isinstance(missing, LocatedDict) else ()))
        or bool(groups_of(document))
    )


def items_of(section: Any) -> Iterable[Any]:
    """What is written of each input or target; of the only one where no names are written."""
    has_names = isinstance(section, LocatedDict) and EXCEPT not in section
    return section.values() if has_names else (section,)


def groups_of(document: Mapping[str, Any]) -> LocatedDict | None:
    """The groups of `each` of the model."""
    model = document.get("model")
    body = model.get("functional") if isinstance(model, LocatedDict) else None
    found = body.get("each") if isinstance(body, LocatedDict) else None
    return found if isinstance(found, LocatedDict) else None


def written_names(item: Any) -> Sequence[str]:
    """The names in a name, in a list of them, or in nothing."""
    return [item] if isinstance(item, str) else list(item or ())


def is_open(item: Any) -> bool:
    """Whether the columns of an input or a target are known only with the table."""
    if isinstance(item, LocatedDict):
        return EXCEPT in item or is_open(item.get(column_key(item)))
    names = [item] if isinstance(item, str) else item if isinstance(item, LocatedList) else []
    return any(isinstance(name, str) and ANY in name for name in names)


def with_column(options: LocatedDict, key: str, columns: Any, place: Span) -> LocatedDict:
    """What is written of an input or a target, with `column` in the place of another key."""
    made = LocatedDict(options.span)
    for option, value in options.items():
        if option == key:
            made.put("column", columns, options.key_spans[key], place)
        else:
            made.put(option, value, options.key_spans[option], options.value_spans[option])
    return made
