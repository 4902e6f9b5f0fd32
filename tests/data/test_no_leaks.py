"""Rows never stand in two splits, and what is learned is learned from the training split alone."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from data_cases import TWO_INPUTS
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.tensorflow

SHARES = st.sampled_from([0.0, 0.05, 0.2, 0.45])
SECTION = (
    "{train: {csv: t.csv}, validation: 0.2, test: 0.2, stratify: kind, targets: kind,"
    " inputs: {numbers: [x1, x2], word: kind}, missing: {x1: mean, x2: median}, stream: STREAM}"
)


@settings(max_examples=200)
@given(
    dropped=st.lists(st.booleans(), min_size=12, max_size=80),
    shares=st.tuples(SHARES, SHARES),
    seed=st.integers(0, 2**31),
    kinds=st.one_of(st.none(), st.integers(1, 5)),
)
def test_every_row_that_is_kept_is_in_one_split(
    dropped: list[bool], shares: tuple[float, float], seed: int, kinds: int | None
) -> None:
    import numpy as np

    from modelspec.data.prepare.splits import split_rows
    from modelspec.data.table.table import Column

    rows = np.flatnonzero([not gone for gone in dropped])
    strata = None
    if kinds is not None:
        words = np.asarray([f"k{i * i % kinds}" for i in range(len(dropped))], dtype=object)
        strata = Column(words, np.asarray([i % 7 == 3 for i in range(len(dropped))]))
    parts = split_rows(rows, *shares, seed, strata)
    together = np.concatenate(parts)
    assert sorted(together.tolist()) == rows.tolist()
    for part in parts:
        assert part.tolist() == sorted(part.tolist())
    assert [part.tolist() for part in split_rows(rows, *shares, seed, strata)] == [
        part.tolist() for part in parts
    ]


def lines(rows: int) -> list[list[str]]:
    chance = random.Random(5)
    return [
        [
            "" if i % 11 == 4 else f"{chance.gauss(0, 1):.3f}",
            "" if i % 13 == 4 else f"{chance.gauss(5, 1):.3f}",
            "abc"[i % 3],
        ]
        for i in range(rows)
    ]


def text(rows: list[list[str]]) -> str:
    return "\n".join(["x1,x2,kind", *(",".join(row) for row in rows), ""])


@pytest.mark.parametrize("stream", ["false", "true"])
def test_what_is_learned_does_not_know_the_other_splits(
    load: Any, tmp_path: Path, stream: str
) -> None:
    section = SECTION.replace("STREAM", stream)
    rows = lines(120)
    before, findings = load(section, {"t.csv": text(rows)}, TWO_INPUTS)
    assert not findings
    changed = [row.copy() for row in rows]
    for part in (before.validation, before.test):
        for row in part.rows.tolist():
            changed[row][:2] = ["1000", "" if row % 2 else "-1000"]
    after, findings = load(section, {"t.csv": text(changed)}, TWO_INPUTS)
    assert not findings
    for split in ("train", "validation", "test"):
        assert getattr(before, split).rows.tolist() == getattr(after, split).rows.tolist()
    assert after.learned == before.learned
    changed[before.train.rows[0]][0] = "1000"
    other, _ = load(section, {"t.csv": text(changed)}, TWO_INPUTS)
    assert other.learned != before.learned  # the test can fail


def test_layers_that_learn_do_not_know_the_other_splits(load: Any, tmp_path: Path) -> None:
    import numpy as np

    from modelspec.api.building import build_opened
    from modelspec.compile.stages import compile_text
    from modelspec.diagnostics.findings import Findings
    from modelspec.training.prepare.adapting import adapt_layers

    model = TWO_INPUTS.replace("all: Concatenate", "all: Concatenate\n      scaled: Normalization")
    model = model.replace("-> all ->", "-> all -> scaled ->")
    section = SECTION.replace("STREAM", "true")
    rows = lines(60)

    def weights(table: list[list[str]]) -> tuple[Any, list[Any]]:
        findings = Findings()
        data, problems = load(section, {"t.csv": text(table)}, model)
        assert not problems
        spec = f"modelspec: 1\nmodel: {model}\ndata: {section}\n"
        opened = compile_text(spec, "spec.yaml", tmp_path / "spec.yaml", findings)
        assert opened is not None
        built = build_opened(opened)
        adapt_layers(built, opened.graph, data.train, opened.spec.data.train.span, findings)
        assert not len(findings)
        scaled, code = built.get_layer("scaled"), built.get_layer("code")
        return data, [np.asarray(scaled.mean), np.asarray(scaled.variance), code.get_vocabulary()]

    data, before = weights(rows)
    for row in [*data.validation.rows.tolist(), *data.test.rows.tolist()]:
        rows[row][0] = "1e6"
    _, after = weights(rows)
    assert before[0].tolist() == after[0].tolist()
    assert before[1].tolist() == after[1].tolist()
    assert before[2] == after[2]


@settings(max_examples=100)
@given(
    rows=st.integers(5, 90),
    count=st.integers(2, 5),
    seed=st.integers(0, 2**31),
    kinds=st.one_of(st.none(), st.integers(1, 4)),
)
def test_every_row_validates_in_one_fold(
    rows: int, count: int, seed: int, kinds: int | None
) -> None:
    import numpy as np

    from modelspec.data.prepare.splits import fold_rows
    from modelspec.data.table.table import Column

    numbers, strata = np.arange(0, 2 * rows, 2), None
    if kinds is not None:
        words = np.asarray([f"k{i // 2 % kinds}" for i in range(2 * rows)], dtype=object)
        strata = Column(words, np.zeros(2 * rows, dtype=np.bool_))
    parts = [fold_rows(numbers, (number, count), seed, strata) for number in range(1, count + 1)]
    validating = np.concatenate([part.validation for part in parts])
    assert sorted(validating.tolist()) == numbers.tolist()
    for part in parts:
        assert sorted([*part.train.tolist(), *part.validation.tolist()]) == numbers.tolist()
        if kinds is not None and strata is not None:
            for kind in range(kinds):
                have = int((strata.values[part.validation] == f"k{kind}").sum())
                share = int((strata.values[numbers] == f"k{kind}").sum()) / count
                assert abs(have - share) < 2
