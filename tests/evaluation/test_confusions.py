"""Confusion matrices of pixels and steps: the counts, and the file of a run that keeps them."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelspec.evaluation import Confusion, Counted, MaskExample, read_confusions, save_confusions
from modelspec.evaluation.saved import SplitOrigin

ORIGIN = SplitOrigin("aa", "bb", {"../images/0.png": "cc"})


def mask_confusion(output: str = "mask") -> Confusion:
    """Three classes of two masks of 3 x 4 pixels, of which the last is predicted nowhere."""
    truth = np.array([[0, 0, 1, 1], [0, 0, 1, 2], [-1, 0, 0, 2]], dtype=np.int16)
    said = np.array([[0, 0, 1, 0], [0, 0, 1, 1], [0, 0, 0, 1]], dtype=np.int16)
    counts = np.array([[6, 0, 0], [1, 2, 0], [0, 2, 0]], dtype=np.int64)
    worst = (MaskExample(4, 0.25, truth, said), MaskExample(0, 0.5, said, said))
    labels = ("ground", "disc", "square")
    return Confusion(output, labels, counts, None, Counted.PIXELS, 7, worst)


def anything(origin: SplitOrigin) -> bool:
    return True


def test_counts_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    steps = Confusion("tags", ("no", "yes"), np.array([[5, 1], [0, 2]]), 0.3, Counted.STEPS, 4)
    save_confusions(tmp_path, "test", [mask_confusion(), steps], ORIGIN)
    found = read_confusions(tmp_path, "test", lambda origin: origin == ORIGIN)
    assert found is not None
    for one, had in zip(found, (mask_confusion(), steps), strict=True):
        assert one.counts.tolist() == had.counts.tolist()
        facts = [(a.output, a.labels, a.threshold, a.of, a.examples) for a in (one, had)]
        assert facts[0] == facts[1]
        assert len(one.worst) == len(had.worst)
        for mask, before in zip(one.worst, had.worst, strict=True):
            assert (mask.row, mask.iou) == (before.row, before.iou)
            assert mask.truth.tolist() == before.truth.tolist()
            assert mask.predicted.tolist() == before.predicted.tolist()


def test_splits_of_the_same_weights_stay_and_stale_ones_are_not_read(tmp_path: Path) -> None:
    save_confusions(tmp_path, "validation", [mask_confusion()], ORIGIN)
    save_confusions(tmp_path, "test", [mask_confusion()], ORIGIN)
    assert read_confusions(tmp_path, "validation", anything) is not None
    assert read_confusions(tmp_path, "validation", lambda origin: False) is None
    assert read_confusions(tmp_path, "train", anything) is None
    save_confusions(tmp_path, "test", [mask_confusion()], SplitOrigin("dd", "bb", {}))
    assert read_confusions(tmp_path, "validation", anything) is None
    assert read_confusions(tmp_path, "test", anything) is not None


def _with_class(content: Any) -> None:
    content["splits"]["test"]["outputs"]["mask"]["labels"].append("more")


def _with_text(content: Any) -> None:
    content["splits"]["test"]["outputs"]["mask"]["worst"][0]["truth"] = "no mask"


def _with_version(content: Any) -> None:
    content["version"] = 99


def _with_list(content: Any) -> None:
    content["splits"]["test"]["outputs"] = [1]


def _with_pixel_of_no_class(content: Any) -> None:
    mask = content["splits"]["test"]["outputs"]["mask"]["worst"][0]
    pixels = np.full((3, 4), -2, dtype="<i2").tobytes()
    mask["truth"] = base64.b64encode(zlib.compress(pixels)).decode()


def _with_bomb(content: Any) -> None:
    mask = content["splits"]["test"]["outputs"]["mask"]["worst"][0]
    mask["shape"] = [1 << 13, 1 << 12]
    mask["truth"] = mask["predicted"] = base64.b64encode(zlib.compress(bytes(1 << 26))).decode()


def _with_number_of_no_size(content: Any) -> None:
    content["splits"]["test"]["outputs"]["mask"]["examples"] = float("inf")


DAMAGES = [
    *(_with_class, _with_text, _with_version, _with_list, _with_pixel_of_no_class, _with_bomb),
    *(_with_number_of_no_size, None),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_none(tmp_path: Path, damage: Any) -> None:
    path = save_confusions(tmp_path, "test", [mask_confusion()], ORIGIN)
    if damage is None:
        path.write_bytes(path.read_bytes()[:-40])
    else:
        content = json.loads(path.read_text(encoding="utf-8"))
        damage(content)
        path.write_text(json.dumps(content), encoding="utf-8")
    assert read_confusions(tmp_path, "test", anything) is None
    save_confusions(tmp_path, "test", [mask_confusion()], ORIGIN)
    assert read_confusions(tmp_path, "test", anything) is not None


@pytest.mark.parametrize("shape", [(5, 7), (4, 6, 6)])
def test_what_is_counted_in_batches_is_what_numpy_counts_of_all(shape: tuple[int, ...]) -> None:
    from modelspec.training.saved_predictions.confusions import ConfusionCounter

    draw = np.random.default_rng(0)
    truth = draw.integers(0, 5, (30, *shape[1:]))  # 3 is passed over, and 4 is no class
    scores = draw.random((30, *shape[1:], 4)) + 0.6 * np.eye(5)[truth][..., :4]
    padding = draw.random((30, shape[1])) > 0.2
    meaning = {"kind": "classes", "labels": list("abcd"), "from_logits": False}
    counter = ConfusionCounter("y", meaning, ignored=3)
    for start in range(0, 30, shape[0]):
        part = slice(start, start + shape[0])
        counter.add(truth[part], scores[part], padding[part], None)
    found, said = counter.result(), scores.argmax(axis=-1)
    assert found is not None and found.examples == 30
    keep = (truth < 3) & padding.reshape(30, shape[1], *[1] * (len(shape) - 2))
    counts = [[int((keep & (truth == i) & (said == j)).sum()) for j in range(4)] for i in range(4)]
    assert found.counts.tolist() == counts
    if len(shape) == 2:
        assert found.of is Counted.STEPS and not found.worst
        return
    assert found.of is Counted.PIXELS
    ious = []
    for row in range(30):
        pairs = [(keep[row] & (truth[row] == i), keep[row] & (said[row] == i)) for i in range(4)]
        of_classes = [(a & b).sum() / (a | b).sum() for a, b in pairs if (a | b).any()]
        ious.append(np.mean(of_classes))
    assert [one.row for one in found.worst] == np.argsort(ious, kind="stable")[:6].tolist()
    assert [one.iou for one in found.worst] == pytest.approx(sorted(ious)[:6])
    first = found.worst[0]
    assert (first.truth[keep[first.row]] == truth[first.row][keep[first.row]]).all()
    assert (first.truth[~keep[first.row]] == -1).all()


def test_too_many_classes_have_no_matrix() -> None:
    from modelspec.training.saved_predictions.confusions import ConfusionCounter

    meaning = {"kind": "classes", "labels": None, "from_logits": False}
    counter = ConfusionCounter("word", meaning)
    counter.add(np.zeros((2, 3), dtype=np.int64), np.ones((2, 3, 2001)))
    assert counter.result() is None
    why = "`word` has 2,001 classes, and a confusion matrix is of 2,000 at most"
    assert counter.why_not_counted == why
