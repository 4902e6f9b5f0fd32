"""Types of Arrow's arrays, and which of them a column can be made of."""

from __future__ import annotations

from typing import Any

from .column_uses import LABEL, NUMBER, TEXT, ColumnUse


class UnsuitableTypeError(Exception):
    """An Arrow array cannot become a column for its use; the text goes after the column's name.

    Attributes:
        hint: what to do.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


def check_type(kind: Any, use: ColumnUse) -> None:
    """Raise UnfitError where no column of this Arrow type can be what it is used for."""
    import pyarrow.types as pt

    inner = innermost(kind)
    if is_time(inner) and use.kind not in (TEXT, LABEL):
        hint = (
            "store numbers, such as the days since a date, or the hour and the weekday in separate"
            " columns"
        )
        raise UnsuitableTypeError(f"holds {kind}, but {use.text} takes numbers", hint)
    is_known = (
        pt.is_null(inner)
        or pt.is_boolean(inner)
        or pt.is_integer(inner)
        or pt.is_floating(inner)
        or pt.is_decimal(inner)
        or is_text(inner)
        or is_time(inner)
    )
    if not is_known:
        raise UnsuitableTypeError(f"holds {kind}, not numbers or text")
    if is_list(storage(kind)) and (is_text(inner) or is_time(inner)) and use.kind == NUMBER:
        raise UnsuitableTypeError(f"holds {kind}, but {use.text} takes numbers")


def is_text(kind: Any) -> bool:
    """Whether the values are strings."""
    import pyarrow.types as pt

    return bool(pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind))


def is_time(kind: Any) -> bool:
    """Whether the values are dates, times, or durations."""
    import pyarrow.types as pt

    return bool(pt.is_temporal(kind))


def is_list(kind: Any) -> bool:
    """Whether each value is a list."""
    import pyarrow.types as pt

    return bool(pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind))


def storage(kind: Any) -> Any:
    """The type without the extension or the dictionary around it."""
    import pyarrow as pa
    import pyarrow.types as pt

    while True:
        if isinstance(kind, pa.BaseExtensionType):
            kind = kind.storage_type
        elif pt.is_dictionary(kind):
            kind = kind.value_type
        else:
            return kind


def innermost(kind: Any) -> Any:
    """The type of the values inside all lists."""
    kind = storage(kind)
    while is_list(kind):
        kind = storage(kind.value_type)
    return kind
