"""The vocabularies that tokenizers learned against the layers that take and give their tokens."""

from __future__ import annotations

from collections.abc import Iterable

from modelspec.analysis import analyze
from modelspec.analysis.lints import small_tables
from modelspec.data import Data
from modelspec.diagnostics import Findings, Related
from modelspec.graph import Graph
from modelspec.spec import Spec
from modelspec.spec.data import Columns
from modelspec.spec.model import KerasObject

from .outputs import Output


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
