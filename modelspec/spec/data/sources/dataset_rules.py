"""What a spec may say of a data set by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import Findings, Related, did_you_mean, join_words, suggest

from .datasets import DATA_SETS
from .kinds import DATASET
from .source import Source


def data_set_shape(source: Source) -> tuple[int, ...] | None:
    """The shape of an example; None for lists of unlike lengths, or where the name is unknown."""
    known = DATA_SETS.get(str(source.options["name"]))
    if known is None or known.shape is not None:
        return None if known is None else known.shape
    if source.options["words"]:
        return ()
    length = source.options["length"]
    return None if length is None else (length,)


def refuse_data_sets(sources: Mapping[str, Source], findings: Findings) -> None:
    """Report unknown data sets, options that a data set does not have, and unequal halves.

    Args:
        sources: split to its source, of any kind.
        findings: takes the errors.
    """
    named = {split: source for split, source in sources.items() if source.kind == DATASET}
    for source in named.values():
        _refuse_unknown(source, findings)
    train = named.get("train")
    for split, source in named.items():
        if train is not None and source.options["name"] == train.options["name"]:
            _refuse_unequal_halves(train, split, source, findings)


def _refuse_unknown(source: Source, findings: Findings) -> None:
    name = str(source.options["name"])
    if name not in DATA_SETS:
        close = suggest(name, DATA_SETS)
        message = f'Keras has no data set "{name}"{close.text}'
        hint = (
            f"its data sets are {join_words(DATA_SETS)}; one of TensorFlow Datasets is written as"
            f" `{{tfds: {name}}}`"
        )
        findings.error(
            source.place("name"), "wrong-value", message, hint=hint, replace=close.replace
        )
        return
    known = ("name", "split", *DATA_SETS[name].options)
    for option in source.option_spans:
        if option not in known:
            message = f"`{name}` has no option `{option}`{did_you_mean(option, known)}"
            hint = f"its options are {join_words(f'`{each}`' for each in known)}"
            findings.error(source.place(option), "wrong-value", message, hint=hint)
    if source.options.get("words") and source.options["length"] is not None:
        message = "`length` is for numbers of words, and `words` asks for text"
        hint = "remove one of them; a TextVectorization has `output_sequence_length`"
        findings.error(source.place("length"), "wrong-value", message, hint=hint)


def _refuse_unequal_halves(train: Source, split: str, source: Source, findings: Findings) -> None:
    """Both halves of a data set are cut and numbered by the same options."""
    names = [name for name in {**train.options, **source.options} if name != "split"]
    for name in names:
        ours, theirs = source.options.get(name), train.options.get(name)
        if ours != theirs:
            message = f"`{split}` reads {source.options['name']} with `{name}` {_shown(ours)}, and"
            message += f" `train` with {_shown(theirs)}"
            hint = "give both the same options except for `split`"
            related = (Related(train.place(name), "`train` is here"),)
            place = source.place(name)
            findings.error(place, "mixed-sources", message, hint=hint, related=related)


def _shown(value: Any) -> str:
    return "unset" if value is None else str(value)
