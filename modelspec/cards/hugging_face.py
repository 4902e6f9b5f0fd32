"""A model card for Hugging Face: metadata as YAML, then markdown for people."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from modelspec.diagnostics import join_words
from modelspec.document import format_flow
from modelspec.files import sha256_of
from modelspec.runs import METRIC_PREFIXES, RunFile
from modelspec.spec import format_number

from .card_facts import CardFacts, about_file, limitations
from .markdown import cell_code, code, escape, fenced, table
from .metadata import metadata
from .settings import training_settings

FOR_A_PERSON = "TO BE FILLED IN BY A PERSON"
"""What stands where a card needs what no file says."""

MOST_LABELS = 20
"""Classes that a card lists."""

MOST_CLASSES = 30
"""Classes whose figures it has, the most frequent first."""

QUESTIONS = {
    "intended use": "What is this model for, who uses it, and which decisions may rest on it?",
    "out of scope": "What must it not be used for?",
    "data": "Who collected the data, from whom or what, when, and who may use them?",
    "risks": "Whom can a wrong prediction harm, and which groups does it serve worse than others?",
    "contact": "Who is to be asked about it?",
}


def as_hugging_face(facts: CardFacts) -> str:
    """The card."""
    head = yaml.safe_dump(metadata(facts), sort_keys=False, allow_unicode=True, width=10_000)
    parts = [part for part in _parts(facts) if part]
    return f"---\n{head}---\n\n" + "\n".join(parts)


def _parts(facts: CardFacts) -> Iterator[str]:
    yield f"# {escape(facts.name)}\n"
    yield from _about(facts)
    yield "## Intended use\n"
    yield _question("intended use")
    yield _question("out of scope")
    yield from _inputs_and_outputs(facts)
    yield from _how_to_load(facts)
    yield from _data(facts)
    yield from _training(facts)
    yield from _evaluation(facts)
    yield from _limits(facts)
    yield from _reproduce(facts)
    yield "## Contact\n"
    yield _question("contact")


def _question(about: str) -> str:
    return f"> **{FOR_A_PERSON}:** {QUESTIONS[about]}\n"


def _about(facts: CardFacts) -> Iterator[str]:
    if facts.description:
        yield f"{escape(facts.description)}\n"
    params, flops = facts.summary.params["total"], facts.summary.flops
    size = "an unknown number of parameters" if params is None else f"{params:,} parameters"
    work = "" if flops is None else f" and {flops:,} FLOPs for one example"
    kind = "Sequential" if facts.summary.kind == "sequential" else "functional"
    yield f"A {kind} Keras model with {size}{work}, described by the file `{RunFile.SPEC}`.\n"
    if facts.is_gan:
        yield (
            "It is the generator of a pair that was trained in turn; its counterpart, the "
            "discriminator, is shown and counted too.\n"
        )
    if facts.members:
        yield (
            f"It was trained {len(facts.members)} times, and each training made a model: "
            f"{_listed([code(f'{one}/{RunFile.MODEL}') for one in facts.members])}. "
            "The figures below are means over all of them.\n"
        )
    if facts.picture:
        yield (
            "From top to bottom, each box is a layer with its class and its parameters, and each "
            "line is a tensor with its shape, without the batch axis.\n"
        )
        yield fenced(facts.picture, "mermaid")


def _inputs_and_outputs(facts: CardFacts) -> Iterator[str]:
    yield "## Inputs and outputs\n"
    rows = [
        (cell_code(one["name"]), _shape(one["shape"]), cell_code(one["dtype"]))
        for one in facts.inputs
    ]
    yield table(("input", "shape", "dtype"), rows)
    yield table(("output", "shape", "what its numbers mean"), list(_output_rows(facts)))
    yield (
        "The first axis is the batch. The model takes raw values: what it does to them before the "
        "first weights is part of it.\n"
    )


def _output_rows(facts: CardFacts) -> Iterator[tuple[str, str, str]]:
    for one in facts.summary.outputs:
        meaning = facts.outputs.get(one["name"], {})
        yield cell_code(one["name"]), _shape(one["shape"]), _meaning(meaning)


def _meaning(meaning: Mapping[str, Any]) -> str:
    labels, kind = meaning.get("labels"), meaning.get("kind")
    listed = ""
    if labels:
        shown = [cell_code(label) for label in labels[:MOST_LABELS]]
        more = len(labels) - len(shown)
        listed = ", ".join(shown) + (f" and {more} more" if more else "")
    numbers = "logits" if meaning.get("from_logits") else "probabilities"
    if kind == "binary" and listed:
        one = "logit" if meaning.get("from_logits") else "probability"
        return f"the {one} of the second of {listed}"
    if kind in ("classes", "labels") and listed:
        return f"{numbers} of {listed}"
    if kind == "tokens":
        return f"{numbers} of the tokens of {cell_code(meaning.get('tokens'))}"
    columns = meaning.get("columns")
    return ", ".join(cell_code(column) for column in columns) if columns else "numbers"


def _shape(shape: object) -> str:
    if not isinstance(shape, list):
        return "?"
    return cell_code(
        format_flow(
            ["batch" if i == 0 else "?" if s is None else s for i, s in enumerate(shape)]
        ).replace('"', "")
    )


def _how_to_load(facts: CardFacts) -> Iterator[str]:
    yield "## How to use it\n"
    model = f"{facts.members[0]}/{RunFile.MODEL}" if facts.members else str(RunFile.MODEL)
    if facts.compiled.spec.document.get("extensions"):
        modules = _listed([code(one) for one in facts.compiled.spec.document["extensions"]])
        yield (
            f"The model has classes of {modules}, which Keras does not have: import that code "
            "before the model is loaded, and only if you trust it.\n"
        )
    yield fenced(
        f'import keras\n\nmodel = keras.saving.load_model("{model}")\nmodel.summary()', "python"
    )
    if facts.compiled.spec.data is not None and not facts.is_gan:
        folder = facts.members[0] if facts.members else "."
        yield "For a file with the columns of the training data, read as the training did:\n"
        yield fenced(
            f"pip install 'keras-modelspec[tensorflow]'\n"
            f"modelspec predict {folder} --data new.csv -o predictions.csv",
            "bash",
        )


def _data(facts: CardFacts) -> Iterator[str]:
    section = facts.compiled.spec.data
    yield "## Data\n"
    if section is None:
        yield "The spec says nothing of data.\n"
        return
    yield _question("data")
    names, examples = facts.source_names, facts.examples
    splits = [split for split in METRIC_PREFIXES if split in examples]
    digests = facts.record.digests or facts.data.get("digests") or {}
    if splits:
        rows = [
            (split, escape(names[split]), f"{examples[split]:,}", cell_code(digests.get(split, "")))
            for split in splits
        ]
        yield table(("split", "source", "examples", "fingerprint of files and rows"), rows)
    else:
        yield f"Its source is {escape(names['train'])}.\n"
    if facts.members:
        yield f"This is the division of {code(facts.members[0])}; others have other rows.\n"
    if section.where:
        shown = _listed([code(condition.text) for condition in section.where])
        yield f"Only rows that meet {shown} count{_counted(facts)}.\n"
    files = [
        (cell_code(one.path), cell_code(one.sha256 or "not computed, too large"))
        for one in facts.data_files
    ]
    if files:
        yield table(("file", "SHA-256 when the training began"), files)


def _counted(facts: CardFacts) -> str:
    found = [one for one in (facts.data.get("where") or {}).values() if isinstance(one, dict)]
    shown = [f"{one['counted']:,} of {one['rows']:,}" for one in found]
    return f", {_listed(shown)}" if shown else ""


def _training(facts: CardFacts) -> Iterator[str]:
    yield "## Training\n"
    if facts.compiled.spec.training is None:
        yield "The spec says nothing of training.\n"
        return
    rows = [(cell_code(name), cell_code(value)) for name, value in training_settings(facts)]
    yield table(("setting", "value"), rows)
    if facts.record.overrides:
        shown = [code(f"{path}={format_flow(v)}") for path, v in facts.record.overrides.items()]
        yield f"Other than in `{RunFile.SPEC}`: {_listed(shown)}.\n"


def _evaluation(facts: CardFacts) -> Iterator[str]:
    yield "## Evaluation\n"
    metrics, deviations = facts.record.metrics, facts.record.deviations
    splits = [split for split in METRIC_PREFIXES if metrics.get(split)]
    if not splits:
        yield "The run has no metrics.\n"
        return
    names = dict.fromkeys(name for split in splits for name in metrics[split])
    rows = [
        (
            cell_code(name),
            *(
                _measured(metrics[s].get(name), deviations.get(s, {}).get(name))
                + _ends(facts.measured.intervals.get(f"{METRIC_PREFIXES[s]}{name}"))
                for s in splits
            ),
        )
        for name in names
    ]
    yield table(("metric", *splits), rows)
    if "train" in splits:
        yield "Those of `train` were logged during an epoch, while the weights changed.\n"
    if deviations:
        yield f"After ± is the standard deviation over {len(facts.members)} trainings.\n"
    if facts.measured.intervals:
        yield (
            "In brackets is an interval of 95 %: two models whose intervals overlap widely are not "
            "told apart by these rows.\n"
        )
    yield from _by_class(facts)
    yield from _by_slice(facts)
    yield from _expectations(facts)


def _by_class(facts: CardFacts) -> Iterator[str]:
    for output in dict.fromkeys(one.output for one in facts.measured.classes):
        found = [one for one in facts.measured.classes if one.output == output]
        yield f"By class of {code(output)}, on the {facts.measured.split} split:\n"
        rows = [
            (
                cell_code(one.label),
                *(_or_none(value) for value in (one.precision, one.recall, one.f1)),
                f"{one.examples:,}",
            )
            for one in found[:MOST_CLASSES]
        ]
        yield table(("class", "precision", "recall", "F1", "examples"), rows)
        if len(found) > MOST_CLASSES:
            yield f"The other {len(found) - MOST_CLASSES} are rarer.\n"


def _by_slice(facts: CardFacts) -> Iterator[str]:
    for column in dict.fromkeys(one.column for one in facts.measured.slices):
        found = [one for one in facts.measured.slices if one.column == column]
        yield f"By {code(column)}, on the {facts.measured.split} split:\n"
        rows = [
            (
                cell_code(one.value),
                cell_code(f"{one.output} {one.measure}"),
                f"{_or_none(one.figure)}{_ends(one.ends)}",
                f"{one.examples:,}",
            )
            for one in found
        ]
        yield table((escape(column), "measure", "value", "examples"), rows)


def _expectations(facts: CardFacts) -> Iterator[str]:
    if facts.expectations:
        yield "What the spec expects:\n"
        rows = [
            (
                cell_code(one.name),
                escape(one.where or "all"),
                escape(one.bounds),
                "" if one.is_met and one.where else _or_none(one.value),
                "met" if one.is_met else "**missed**",
            )
            for one in facts.expectations
        ]
        yield table(("metric", "rows", "expected", "measured", ""), rows)


def _or_none(value: float | None) -> str:
    return "-" if value is None or not math.isfinite(value) else f"{value:.4g}"


def _ends(ends: tuple[float, float] | None) -> str:
    return "" if ends is None else f" \\[{ends[0]:.3g}, {ends[1]:.3g}\\]"


def _measured(value: float | None, deviation: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "not a number"
    return f"{value:.4g}" if deviation is None else f"{value:.4g} ± {deviation:.2g}"


def _limits(facts: CardFacts) -> Iterator[str]:
    yield "## Limits\n"
    found = limitations(facts)
    if found:
        yield "".join(f"- {escape(one)}\n" for one in found)
    yield _question("risks")


def _reproduce(facts: CardFacts) -> Iterator[str]:
    yield "## How to reproduce it\n"
    packages = facts.environment.get("packages") or {}
    pins = [f"{name}=={version}" for name, version in packages.items() if version]
    lines = [f"pip install {shlex.join(_with_extra(pins))}"] if pins else []
    lines.append(_train_command(facts))
    yield fenced("\n".join(lines), "bash")
    yield (
        f"`{RunFile.SPEC}` names the data by paths from its own folder: they must lie there. "
        f"The same data, seed and versions on the same kind of machine give the same weights.\n"
    )
    if RunFile.REPRODUCTION in facts.files:
        yield (
            "Where the run was made, `modelspec reproduce` with its folder does this and compares "
            "the bits.\n"
        )
    yield table(("environment", ""), list(_environment(facts)))
    rows = [
        (cell_code(name), about_file(name), cell_code(sha256_of(path)))
        for name, path in facts.files.items()
    ]
    yield table(("file", "what it has", "SHA-256"), rows)


def _with_extra(pins: Sequence[str]) -> list[str]:
    return [pin.replace("keras-modelspec==", "keras-modelspec[tensorflow]==") for pin in pins]


def _train_command(facts: CardFacts) -> str:
    sets = [
        part
        for path, value in facts.record.overrides.items()
        for part in ("--set", f"{path}={format_flow(value)}")
    ]
    if facts.compiled.spec.document.get("extensions"):
        sets.append("--allow-extensions")
    return shlex.join(["modelspec", "train", str(RunFile.SPEC), *sets])


def _environment(facts: CardFacts) -> Iterator[tuple[str, str]]:
    found = facts.environment
    if facts.record.started:
        yield "trained", escape(facts.record.started)
    for key in ("python", "platform", "cores"):
        if found.get(key) is not None:
            yield key, escape(found[key])
    if found.get("devices"):
        yield "devices", escape(", ".join(map(str, found["devices"])))
    commit = found.get("commit")
    if isinstance(commit, dict) and commit.get("id"):
        changed = ", with changes that are not committed" if commit.get("changed") else ""
        yield "commit of the spec", f"{cell_code(commit['id'])}{changed}"
    memory = facts.summary.memory.get("inference")
    if memory is not None:
        yield "memory of a prediction", f"{format_number(memory)} bytes"


def _listed(texts: Sequence[str]) -> str:
    return join_words(texts, most=len(texts))
