"""The vocabularies that tokenizers learned against the layers that take and give their tokens."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.analysis import analyze
from modelspec.analysis.data import lookups_of_inputs, report_unknown_category
from modelspec.analysis.lints import small_tables
from modelspec.data.examples import Examples
from modelspec.diagnostics import Findings, Related, Span
from modelspec.framework import all_layers
from modelspec.graph import Graph
from modelspec.spec import Spec
from modelspec.spec.data import Columns, label_text
from modelspec.spec.model import KerasObject

from .outputs import Output

if TYPE_CHECKING:
    from modelspec.data import Data


def check_vocabularies(
    outputs: Iterable[Output], data: Data, spec: Spec, graph: Graph, findings: Findings
) -> None:
    """Check that every token has a unit of the output, and a row of the Embedding.

    Args:
        outputs: the outputs with their losses.
        data: with what the tokenizers learned.
        spec: says where things stand.
        graph: of the model.
        findings: takes vocabularies that are larger than what the model has for them.
    """
    tokenizers = data.learned.tokenizers
    if not tokenizers:
        return
    sizes = {name: one.size for name, one in tokenizers.items()}
    targets = {str(target.name): target for target in data.plan.targets}
    for output in outputs:
        target = targets.get(output.name)
        if target is not None and target.tokens is not None:
            _check_units(output, target, sizes[target.tokens], data, graph, findings)
    fed = {entry.name: columns for entry, columns in data.plan.inputs}
    named = {
        name: columns.tokens
        for name, columns in fed.items()
        if columns is not None and columns.tokens is not None
    }
    of_inputs = {name: sizes[tokenizer] for name, tokenizer in named.items()}
    for table, name in small_tables(spec, analyze(graph, Findings()), of_inputs):
        _report_table(table, named[name], of_inputs[name], findings)


def check_known_categories(
    model: Any, graph: Graph, examples: Examples, span: Span, findings: Findings
) -> None:
    """Report the first category that a lookup of a trained model does not know.

    Keras would stop with the trace of a graph that has no names of the spec.

    Args:
        model: the Keras model, adapted; one without the layers is not looked at.
        graph: of the model.
        examples: to predict for.
        span: where the finding points.
        findings: takes it.
    """
    for lookup in () if model is None else lookups_of_inputs(graph):
        values = examples.inputs.get(lookup.input)
        if lookup.unknown or not isinstance(values, np.ndarray):
            continue
        layer = next((one for one in all_layers(model) if one.name == lookup.layer), None)
        if layer is None:
            continue
        known = tuple(map(label_text, layer.get_vocabulary()))
        words, first = np.unique(values.reshape(len(values), -1)[:, 0], return_index=True)
        for word, index in sorted(
            zip(words.tolist(), first.tolist(), strict=True), key=itemgetter(1)
        ):
            text = word.decode() if isinstance(word, bytes) else label_text(word)
            if text not in known:
                place = examples.table.locate(int(examples.rows[index]))
                report_unknown_category(lookup, known, (text, place), span, findings)
                return


def _check_units(
    output: Output, target: Columns, size: int, data: Data, graph: Graph, findings: Findings
) -> None:
    units = output.shape[-1] if output.shape else None
    if units is None or units >= size or not output.loss_class:
        return
    span = graph.output_spans[graph.output_names.index(output.name)]
    related = (Related(span, f"the output `{output.name}` is here"),)
    message = (
        f"the tokenizer `{target.tokens}` has {size} tokens after learning, and the output "
        f"`{output.name}` has {units} units"
    )
    hint = f"give the last layer {size} units, or the tokenizer at most {units} tokens"
    place = data.plan.tokens[str(target.tokens)].span
    findings.error(place, "too-few-units", message, hint=hint, related=related)


def _report_table(table: KerasObject, tokenizer: str, size: int, findings: Findings) -> None:
    """A number past the end of an Embedding stops a training, or gives zeros without a word."""
    rows = table.args["input_dim"]
    message = (
        f"{rows} rows are too few: the tokenizer `{tokenizer}` has {size} tokens after learning"
    )
    place = table.arg_spans["input_dim"]
    hint = f"write `input_dim: {size}`, or give the tokenizer at most {rows} tokens"
    findings.error(place, "embedding-too-small", message, hint=hint)
