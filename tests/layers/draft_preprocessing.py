"""Random calls of preprocessing layers."""

from __future__ import annotations

from random import Random
from typing import Any

import draw
from draw import Draft, asked
from question import Question

from modelspec.layers.rule.rule import Tensor

FLAGS = (True, False)
WORDS = ("a", "b", "c", "d", "1", "2")


def _number(rng: Random, axes: int) -> Tensor:
    return draw.tensor(rng, draw.rank(rng, axes, 0.15), 5, 0.08)


def _text(rng: Random, wrong: float = 0.1) -> Tensor:
    shape = rng.choice(((None, 1), (None, 1), (None,), (None, 4), (2, 3), (), (None, 2, 1)))
    if draw.chance(rng, wrong):
        return Tensor(shape, rng.choice(("float32", "int32", "bool")))
    return Tensor(shape, "string")


def normalization(rng: Random) -> Question:
    x = _number(rng, rng.choice((1, 2, 3)))
    args: dict[str, Any] = draw.some(rng, invert=FLAGS)
    axis: Any = rng.choice((-1, None, draw.axis(rng, x.rank), draw.axes_of(rng, x.rank)))
    if draw.flag(rng):
        args["axis"] = axis
    sizes = [size or 2 for size in x.shape]
    if draw.chance(rng, 0.35):
        last = sizes[-1] if sizes else 1
        mean: Any = rng.choice((0.5, [1.0] * last, [1.0] * last, [0.0], [[0.0] * last], [1.0, 2.0]))
        args |= {"mean": mean, "variance": mean if draw.chance(rng, 0.9) else 2.0}
        if draw.chance(rng, 0.08):
            del args["variance"]
    return asked(args, x)


def rescaling(rng: Random) -> Question:
    x = _number(rng, rng.choice((1, 2, 3, 4)))
    last = x.shape[-1] if x.rank and x.shape[-1] else 2
    scales: tuple[Any, ...] = (2.0, 0.1, 3, [1.0] * last, [[2.0]], [1.0, 2.0], [[1.0], [2.0, 3.0]])
    args = {"scale": rng.choice(scales), **draw.some(rng, offset=(0.0, [1.0], [0.5] * last))}
    return asked(args, x)


def discretization(rng: Random) -> Question:
    args = draw.some(rng, output_mode=("int", "one_hot", "multi_hot", "count"),
                     sparse=(False, False, True), dtype=(None, "float16", "int64"))  # fmt: skip
    edges = {"bin_boundaries": [0.0, 1.0]}
    both = {"num_bins": 4, "bin_boundaries": [0.0]}
    args |= rng.choice((edges, edges, {"num_bins": 4}, both, {}, {"bin_boundaries": []}))
    return asked(args, _number(rng, rng.choice((1, 2, 3))))


def category_encoding(rng: Random) -> Question:
    args = {"num_tokens": rng.randint(1, 5)}
    args |= draw.some(rng, output_mode=("one_hot", "multi_hot", "count"), sparse=FLAGS)
    shape = draw.shape(rng, rng.choice((0, 1, 2, 2, 3)), 4)
    x = Tensor(shape, rng.choice(("int32", "int64", "float32", "string", "bool")))
    if draw.chance(rng, 0.2):
        return asked(args, x, count_weights=Tensor(shape))
    return asked(args, x)


def hashing(rng: Random) -> Question:
    args = {"num_bins": rng.randint(1, 5)}
    args |= draw.some(
        rng, output_mode=("int", "one_hot", "multi_hot", "count"), sparse=(False, False, True),
        salt=(None, 3, [1, 2]), dtype=(None, None, "int32", "float32", "float16"),
        mask_value=(None, "", 0),
    )  # fmt: skip
    x = _text(rng) if draw.flag(rng) else _number(rng, rng.choice((1, 2, 3)))
    return asked(args, x)


def hashed_crossing(rng: Random) -> Question:
    args = {"num_bins": rng.randint(1, 5)}
    args |= draw.some(rng, output_mode=("int", "one_hot"), dtype=(None, None, "int32", "float32"))
    shape = rng.choice(((None, 1), (None, 1), (None,), (2, 1), (2,), (None, 3), ()))
    dtype = rng.choice(("string", "string", "int32", "int64", "float32"))
    pair = [Tensor(shape, dtype), Tensor(shape, rng.choice((dtype, "int64")))]
    if draw.chance(rng, 0.1):
        pair[1] = Tensor((None,), dtype)
    if draw.chance(rng, 0.1):
        pair.append(pair[0])
    return asked(args, tuple(pair[: rng.choice((2, 2, 2, 2, 3, 1))]))


def _vocabulary(rng: Random, words: tuple[Any, ...], front: list[Any]) -> list[Any]:
    found: list[Any] = rng.sample(words, rng.randint(1, len(words)))
    if draw.chance(rng, 0.15):
        found = [*front, *found]
    if draw.chance(rng, 0.06):
        found = rng.choice(([], [*found, found[0]]))
    return found


def _lookup_args(rng: Random, words: tuple[Any, ...], mask: Any, unknown: Any) -> dict[str, Any]:
    args = draw.some(
        rng, output_mode=("int", "one_hot", "multi_hot", "count", "tf_idf"),
        sparse=(False, False, False, True), pad_to_max_tokens=(False, False, True),
        num_oov_indices=(0, 1, 1, 2), mask_token=(None, mask), invert=(False, False, True),
    )  # fmt: skip
    if draw.chance(rng, 0.7):
        args["vocabulary"] = _vocabulary(rng, words, [mask, unknown])
    if draw.chance(rng, 0.4):
        args["max_tokens"] = rng.choice((4, 9, 12))
    wanted = args.get("output_mode") == "tf_idf" and draw.chance(rng, 0.85)
    if wanted or draw.chance(rng, 0.05):
        count = len(args.get("vocabulary", [1, 2]))
        args["idf_weights"] = [1.0] * (count if draw.chance(rng, 0.9) else count + 1)
    return args


def string_lookup(rng: Random) -> Question:
    args = _lookup_args(rng, WORDS, "", "[UNK]") | draw.some(rng, salt=(None, 3, [1, 2]))
    if args.get("invert") and draw.chance(rng, 0.7):
        return asked(args, Tensor((None, 2), "int64"))
    return asked(args, _text(rng))


def integer_lookup(rng: Random) -> Question:
    args = _lookup_args(rng, (1, 2, 3, 5, 7), 0, -1)
    args |= draw.some(rng, salt=(None, None, None, 3), oov_method=("floormod", "farmhash"))
    return asked(args, _number(rng, rng.choice((1, 2, 3))))


def text_vectorization(rng: Random) -> Question:
    args = _lookup_args(rng, WORDS, "", "[UNK]")
    for name in ("num_oov_indices", "mask_token", "invert"):
        args.pop(name, None)
    args |= draw.some(rng, split=("whitespace", "character", None), ngrams=(None, 2, [1, 2]),
                      output_sequence_length=(None, None, 4),
                      standardize=(None, "lower"), ragged=(False, False, False, True))  # fmt: skip
    return asked(args, _text(rng))


def mel_spectrogram(rng: Random) -> Question:
    args = draw.some(rng, fft_length=(16, 64), sequence_stride=(4, 10), num_mel_bins=(3, 8),
                     sequence_length=(None, 16, 32))  # fmt: skip
    shape = rng.choice(((None, 400), (None, None), (400,), (2, 300), (None, 400, 2), ()))
    return asked(args, Tensor(shape, rng.choice(("float32", "float32", "int32", "string"))))


def stft_spectrogram(rng: Random) -> Question:
    modes = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")
    args: dict[str, Any] = {"window": None}
    args |= draw.some(
        rng, mode=modes, frame_length=(16, 20), frame_step=(None, 5, 17), fft_length=(None, 32, 8),
        padding=("valid", "same"), expand_dims=FLAGS,
        data_format=("channels_last", "channels_first"), scaling=(None, "density"),
    )  # fmt: skip
    args["frame_length"] = rng.choice((16, 20))
    sizes = (rng.choice((60, 60, 10, None)), rng.choice((1, 2, 2, None)))
    if args.get("data_format") == "channels_first":
        sizes = sizes[::-1]
    shape = (None, *sizes)[: draw.rank(rng, 3, 0.06)]
    return asked(args, Tensor(shape, rng.choice(("float32",) * 6 + ("int32", "float16", "string"))))


STEPS: tuple[Any, ...] = (
    {"Rescaling": {"scale": 2.0}}, {"RandomFlip": {}}, {"Resizing": {"height": 4, "width": 5}},
    {"Dense": {"units": 3}}, {"Normalization": {}}, {"CenterCrop": {"height": 2, "width": 2}},
    {"Normalization": {"axis": None}}, {"RandomContrast": {"factor": 0.2}},
    {"RandomCrop": {"height": 2, "width": 2}},
)  # fmt: skip


def pipeline(rng: Random) -> Question:
    layers = [rng.choice(STEPS) for _ in range(rng.choice((0, 1, 2, 2, 3)))]
    known = (None, 8, 8, 3)
    shape = known if draw.chance(rng, 0.8) else draw.shape(rng, rng.choice((3, 4)))
    return asked({"layers": layers}, Tensor(shape, rng.choice(("float32", "uint8"))))


DRAFTS: dict[str, Draft] = {
    "CategoryEncoding": category_encoding,
    "Discretization": discretization,
    "HashedCrossing": hashed_crossing,
    "Hashing": hashing,
    "IntegerLookup": integer_lookup,
    "MelSpectrogram": mel_spectrogram,
    "Normalization": normalization,
    "Pipeline": pipeline,
    "Rescaling": rescaling,
    "STFTSpectrogram": stft_spectrogram,
    "StringLookup": string_lookup,
    "TextVectorization": text_vectorization,
}
