"""Plain tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]], right: str = "") -> str:
    """Columns as wide as their widest cell, two spaces apart.

    Args:
        header: the names of the columns.
        rows: cells as text.
        right: the names of the columns that are set flush right, separated by commas.
    """
    widths = [max(len(str(row[i])) for row in [header, *rows]) for i in range(len(header))]
    flush = set(right.split(","))

    def line(cells: Sequence[str]) -> str:
        parts = [
            cell.rjust(width) if name in flush else cell.ljust(width)
            for cell, width, name in zip(cells, widths, header, strict=True)
        ]
        return "  ".join(parts).rstrip()

    rule = "  ".join("─" * width for width in widths)
    return "\n".join([line(header), rule, *(line(row) for row in rows)]) + "\n"
