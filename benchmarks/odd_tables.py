"""Odd tables, made by seed, each beside the table that it should have been.

A European csv, a copy of the target, ids, dates, 500 columns, 40 rows, 3 % positives, rare classes,
stray texts, cp1252; and, written after the drafts were good for these ten, dates in words, spaces
around categories, and a time of day in German dates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

FEWEST = 5
"""Rows of a class; those with fewer are slips of the pen, which init leaves out."""


class Odd(NamedTuple):
    """A file as people have it, the table that it should have been, row for row, and the target."""

    text: str
    cleaned: pd.DataFrame
    target: str
    encoding: str = "utf-8"


def _csv(frame: pd.DataFrame, **options: Any) -> str:
    return frame.to_csv(index=False, **options)


def _base(rows: int, seed: int) -> tuple[Any, pd.DataFrame, Any]:
    """Columns of numbers and categories, and a signal that is for the most part linear."""
    r = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": r.integers(18, 90, rows),
            "income": np.exp(r.normal(10, 0.6, rows)).round(2),
            "score": r.normal(0, 1, rows).round(3),
            "visits": r.poisson(3, rows),
            "plan": r.choice(["basic", "plus", "pro"], rows, p=[0.5, 0.3, 0.2]),
            "region": r.choice(["north", "south", "east", "west"], rows),
        }
    )
    signal = (
        0.03 * (frame["age"] - 50)
        + 0.8 * frame["score"]
        + 0.6 * (np.log(frame["income"]) - 10)
        + frame["plan"].map({"basic": -0.4, "plus": 0.1, "pro": 0.9})
        + 0.3 * (frame["visits"] > 3)
    )
    return r, frame, signal


def _yes(r: Any, signal: Any, shift: float = 0.0) -> Any:
    return np.where(r.random(len(signal)) < 1 / (1 + np.exp(-1.5 * signal - shift)), "yes", "no")


def european() -> Odd:
    r, frame, signal = _base(1500, 1)
    frame["price"] = (np.exp(7 + 0.5 * signal + r.normal(0, 0.15, len(frame)))).round(2)

    def shown(value: float) -> str:
        return f"{value:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")

    odd = frame.assign(
        income=frame["income"].map(shown),
        price=frame["price"].map(shown),
        score=frame["score"].map(lambda value: str(value).replace(".", ",")),
    )
    return Odd(_csv(odd, sep=";"), frame, "price")


def leak() -> Odd:
    r, frame, signal = _base(1200, 2)
    frame["churned"] = _yes(r, signal)
    code = np.where(frame["churned"] == "yes", 7, 3)
    noisy = np.where(r.random(len(frame)) < 0.002, 10 - code, code)
    refund = np.where(frame["churned"] == "yes", r.uniform(5, 50, len(frame)).round(2), 0)
    return Odd(_csv(frame.assign(status_code=noisy, refund=refund)), frame, "churned")


def ids() -> Odd:
    r, frame, signal = _base(1500, 3)
    customers = r.integers(1000, 1300, len(frame))
    of_customer = dict(zip(range(1000, 1300), r.normal(0, 0.6, 300), strict=True))
    frame["bought"] = _yes(r, signal + np.array([of_customer[c] for c in customers]))
    odd = frame.assign(
        row=r.permutation(len(frame)) + 70_000,
        token=[f"{r.integers(1 << 40):010x}" for _ in range(len(frame))],
        customer_id=customers,
        zip=[f"{r.integers(100, 130):05}" for _ in range(len(frame))],
    )
    return Odd(_csv(odd), frame, "bought")


def dates() -> Odd:
    r, frame, signal = _base(2000, 4)
    days = pd.to_datetime("2019-01-01") + pd.to_timedelta(np.arange(len(frame)) * 0.9, unit="D")
    seconds = r.integers(1_546_300_800, 1_700_000_000, len(frame))
    weekday, month = days.dayofweek, days.month
    frame["sales"] = (
        200 + 40 * signal + 30 * (weekday >= 5) + 25 * np.sin(month / 12 * 2 * np.pi)
        + np.arange(len(frame)) * 0.02 + r.normal(0, 15, len(frame))
    ).round(1)  # fmt: skip
    odd = frame.assign(**{"order date": days.strftime("%m/%d/%Y"), "created_at": seconds})
    cleaned = frame.assign(
        day=np.arange(len(frame)), weekday=weekday.astype(str), month=month.astype(str)
    )
    return Odd(_csv(odd), cleaned, "sales")


def wide() -> Odd:
    r = np.random.default_rng(5)
    genes = r.normal(0, 1, (700, 480)).round(3)
    frame = pd.DataFrame(genes, columns=[f"gene_{i}" for i in range(480)])
    for i in range(20):
        frame[f"mark_{i}"] = r.choice(["low", "mid", "high"], 700)
    signal = genes[:, :40] @ r.normal(0, 0.35, 40) + (frame["mark_0"] == "high") * 1.5 - 0.5
    frame["ill"] = _yes(r, signal)
    return Odd(
        _csv(frame.mask(r.random(frame.shape) < 0.01).assign(ill=frame["ill"])), frame, "ill"
    )


def few() -> Odd:
    r, frame, signal = _base(40, 6)
    frame["result"] = _yes(r, 2 * signal)
    return Odd(_csv(frame), frame, "result")


def rare_positives() -> Odd:
    r, frame, signal = _base(6000, 7)
    frame["fraud"] = _yes(r, signal, -4.6)
    return Odd(_csv(frame), frame, "fraud")


def rare_class() -> Odd:
    r, frame, signal = _base(1500, 8)
    noisy = signal + r.normal(0, 0.5, len(frame))
    grade = pd.cut(noisy, [-99, -0.8, 0.6, 2.6, 99], labels=["low", "mid", "high", "top"])
    frame["grade"] = grade.astype(str)
    frame.loc[[3, 700], "grade"] = "typo"
    return Odd(_csv(frame), frame, "grade")


def strays() -> Odd:
    r, frame, signal = _base(1500, 9)
    frame["time"] = (30 + 8 * signal + r.normal(0, 3, len(frame))).round(1)
    odd = frame.astype(object)
    marks = {"income": "?", "age": -999, "visits": "n/a", "time": "unknown"}
    for (column, mark), share in zip(marks.items(), (0.06, 0.05, 0.1, 0.01), strict=True):
        lost = r.random(len(frame)) < share
        odd.loc[lost, column] = mark
        frame[column] = frame[column].astype(float).mask(lost)
    return Odd(_csv(odd), frame, "time")


def windows() -> Odd:
    r, frame, signal = _base(1200, 10)
    frame["region"] = frame["region"].replace({"north": "Nürnberg", "south": "Düsseldorf"})
    frame["größe"] = r.normal(170, 10, len(frame)).round(1)
    frame["zufrieden"] = _yes(r, signal + (frame["größe"] - 170) / 12)
    odd = frame.assign(income=frame["income"].map(lambda value: f"{value:,.2f}"))
    return Odd(_csv(odd), frame, "zufrieden", "cp1252")


def month_names() -> Odd:
    """Dates in words, and late ones on weekends."""
    r, frame, signal = _base(1500, 12)
    days = pd.to_datetime("2015-01-01") + pd.to_timedelta(r.integers(0, 3000, 1500), unit="D")
    weekend = days.day_of_week >= 5
    frame["late"] = _yes(r, signal + weekend * 1.0)
    odd = frame.assign(signup=[day.strftime("%d %B %Y") for day in days])
    return Odd(_csv(odd), frame.assign(weekday=days.day_of_week.astype(str)), "late")


def spaces() -> Odd:
    """Categories with spaces around them."""
    r, frame, signal = _base(1500, 13)
    frame["good"] = _yes(r, signal)

    def spaced(value: str) -> str:
        return str(r.choice([value, f" {value}", f"{value} ", f"  {value}"]))

    odd = frame.assign(plan=frame["plan"].map(spaced), region=frame["region"].map(spaced))
    return Odd(_csv(odd), frame, "good")


def stamps() -> Odd:
    """A German csv of every seven hours."""
    r, frame, signal = _base(1500, 15)
    hours = pd.to_timedelta(np.arange(len(frame)) * 7, unit="h")
    when = pd.to_datetime("2023-01-01") + hours
    daily = 30 * np.sin(when.hour / 24 * 2 * np.pi)
    frame["demand"] = (100 + 20 * signal + daily + r.normal(0, 8, len(frame))).round(1)
    commas = {
        name: frame[name].map(lambda value: str(value).replace(".", ","))
        for name in ("income", "score", "demand")
    }
    odd = frame.assign(**commas, Zeit=when.strftime("%d.%m.%Y %H:%M"))
    return Odd(_csv(odd, sep=";"), frame.assign(hour=when.hour.astype(str)), "demand")


ODD: dict[str, Callable[[], Odd]] = {
    "european": european,
    "leak": leak,
    "ids": ids,
    "dates": dates,
    "wide": wide,
    "few": few,
    "rare_positives": rare_positives,
    "rare_class": rare_class,
    "strays": strays,
    "windows": windows,
    "month_names": month_names,
    "spaces": spaces,
    "stamps": stamps,
}
