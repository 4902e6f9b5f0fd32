"""What a whole spec is asked, with Keras on real numbers as the judge.

1. Is the verdict of `validate` that of Keras: does what it accepts build, run and train, and does
   what it refuses fail?
2. Does what trained save, load and predict the same?
3. Are shapes, dtypes, params and trained params those of the model that ran?
4. No traceback.
5. Do expand, convert, import of JSON and export to Python give the same model?
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import re
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from modelspec.analysis import Analysis, analyze
from modelspec.analysis.facts import count_parameters, tensors_of
from modelspec.analysis.sizes import find_sizes, fixed_batch_size, open_places
from modelspec.compile.stages import (
    compile_text,
    expand_document,
    load_document,
)
from modelspec.diagnostics import Findings, SpecError
from modelspec.framework import clean_message, start_keras
from modelspec.graph import Graph, build_graph
from modelspec.layers.rule import Tensor
from modelspec.spec import Spec, parse_spec


class Verdict(NamedTuple):
    """What came of one spec.

    Attributes:
        kind: `agree` (accepted, and all of it holds), `refused` (by both), `not asked` (refused
            before there is a model that Keras could be asked about), `not trained` (accepted, but
            with an output of unknown size, for which there are no targets),
            `stricter on purpose` (refused for a reason in DELIBERATE), `foretold` (accepted with a
            warning that says so), `depends on values` (the numbers drawn are no indices of a
            table, or the words in no vocabulary, which data may be), or what is wrong:
            `false refusal`, `does not build`, `does not run`, `does not train`, `does not save`,
            `does not load`, `predicts differently`, `wrong fact`, `traceback`, `round trip`.
        words: what was seen.
        codes: the codes of the findings of `validate`.
    """

    kind: str
    words: str = ""
    codes: tuple[str, ...] = ()


RIGHT = (
    *("agree", "refused", "not asked", "not trained"),
    *("stricter on purpose", "foretold", "depends on values"),
)
"""Kinds of verdict that are not wrong."""

DELIBERATE = {
    "one-class-output: ": "a softmax or a class number over one unit is the same for each example, "
    "so that nothing is learned",
    "shape-mismatch: .* of the one in a batch$": "the noise of a Dropout makes several examples of "
    "a stated batch of one, in training only",
}
"""Errors about models that Keras trains to no purpose, by code and words, with the reason."""

FORETOLD = {
    "not-loadable": ("does not load|predicts differently", "could not be deserialized|^by "),
    "batch-too-small": ("does not run|does not train", "at least k columns|does not index into"),
    "not-on-every-device": (
        "does not run|does not train",
        "equal length strides|NHWC|CPU|channels_last|Input dims must be <= 5|primitive descriptor"
        "|as many biases",
    ),
}
"""Warnings that say what will fail, by code: the kinds of verdict and words of Keras."""


class _Failed(Exception):  # noqa: N818 - not an error of the harness
    """Keras failed at a stage."""

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(words)
        self.kind = kind
        self.words = words


def ask(text: str, *, round_trips: bool = False) -> Verdict:
    """Put one spec to `validate` and to Keras."""
    findings = Findings()
    try:
        compiled = compile_text(text, "drawn", None, findings)
    except Exception:
        return Verdict("traceback", _last_lines(traceback.format_exc()))
    listed = findings.sorted()
    codes = tuple(dict.fromkeys(found.code for found in listed))
    if compiled is None:
        errors = [f for f in listed if f.severity == "error"]
        return _refused(text, codes, errors)
    spec, graph, analysis = compiled.spec, compiled.graph, compiled.analysis
    start_keras()
    with _quiet():
        try:
            ran = _run_at_some_size(spec, graph)
            _check_facts(analysis, ran)
            _check_open_sizes(analysis, ran)
            if round_trips:
                _check_round_trips(text, compiled, ran)
        except _Failed as failed:
            return Verdict(_kind(failed, codes), failed.words, codes)
        finally:
            _forget()
    return Verdict("agree", "", codes)


def _kind(failed: _Failed, codes: tuple[str, ...]) -> str:
    """The kind of a verdict on a spec that was accepted and failed."""
    for code, (kinds, words) in FORETOLD.items():
        if code in codes and re.fullmatch(kinds, failed.kind) and re.search(words, failed.words):
            return "foretold"
    return "depends on values" if _NO_INDEX.search(failed.words) else failed.kind


def _refused(text: str, codes: tuple[str, ...], errors: list[Any]) -> Verdict:
    """The verdict on a spec that `validate` refuses.

    A model must also answer in an eager call, `model(x)`, as notebooks make it: where that alone
    fails, the refusal is right.
    """
    said = "; ".join(f"{f.code}: {f.message}" for f in errors[:2])
    made = _despite_errors(text)
    if made is None:
        return Verdict("not asked", said, codes)
    start_keras()
    with _quiet():
        try:
            ran = run(*made)
            with _stage("does not run", say="outside of a graph"):
                ran.model(ran.inputs, training=False)
        except _Failed as failed:
            return Verdict("refused", f"{said} | {failed.kind}: {failed.words}", codes)
        except Exception as error:  # the builder may trip over what the schema refuses
            return Verdict("not asked", f"{said} | {error!r}", codes)
        finally:
            _forget()
    meant = all(re.match("|".join(DELIBERATE), f"{f.code}: {f.message}") for f in errors)
    return Verdict("stricter on purpose" if meant else "false refusal", said, codes)


def _despite_errors(text: str) -> tuple[Spec, Graph] | None:
    """Spec and graph of a text whose shapes, losses or arguments have errors."""
    findings = Findings()
    document = load_document(text, "drawn", {}, findings)
    expanded = None if document is None else expand_document(document, findings)
    if expanded is None or findings.has_errors:
        return None
    spec = parse_spec(expanded[0], None, findings)
    graph = build_graph(spec.model, findings)
    return None if graph is None or findings.has_errors else (spec, graph)


BATCH = 13
"""Examples of a batch: no size that specs have, so that what holds for one batch size only is seen
to fail."""


class Ran(NamedTuple):
    """A model that was built, run, trained, saved and loaded.

    Attributes:
        model: as it was built, now trained for a step.
        inputs: a batch, as the model takes it.
        calls: what each call of each layer returned on it, by layer name.
        outputs: of the trained model on the batch.
    """

    model: Any
    inputs: Any
    calls: dict[str, list[Any]]
    outputs: Any


def _run_at_some_size(spec: Spec, graph: Graph) -> Ran:
    """`run`; where the inputs leave sizes open and it fails at that of synthetic data, then at
    others: what is accepted must run at one of them.

    Raises:
        _Failed: of the first size, where all of them fail.
    """
    from modelspec.data.examples import synthetic

    try:
        return run(spec, graph)
    except _Failed as failed:
        sizes = {size for entry in graph.inputs for size in entry.shape or ()}
        if None not in sizes or failed.kind == "not trained":
            raise
        for size in sorted({*sizes} - {None, 0}) or [4]:
            _forget()
            with (
                contextlib.suppress(_Failed),
                patch.object(synthetic, "DEFAULT_SIZE", size),
            ):
                return run(spec, graph)
        raise


def run(spec: Spec, graph: Graph) -> Ran:
    """Build a model, run it, train a step, save it, load it, and compare predictions.

    Raises:
        _Failed: at the first stage that fails.
    """
    from modelspec.building import build_model
    from modelspec.training.smoke import _synthetic_data
    from modelspec.training.train import set_seed

    data = _synthetic_data(spec, fixed_batch_size(graph) or BATCH)
    tried = replace(spec, data=data, expect=None)
    set_seed(tried)
    findings = Findings()
    with _stage("does not build", findings):
        model = build_model(tried, graph, findings)
    batches = _prepare(tried, graph, model)
    if batches is None:
        raise _Failed("not trained", "no targets can be made: a size is not known")
    (batch,) = batches
    inputs = batch[0]
    try:
        with _stage("does not run"):
            probe = _Probe(model, inputs)
            calls, untrained = probe(inputs)
    except _Failed as failed:
        raise _Failed(failed.kind, f"{_guilty(model, inputs)}{failed.words}") from failed
    if all(map(_SCOPE.fullmatch, graph.output_names)):
        _make_variables(model, batch[1], untrained)
    with _stage("does not train"):
        model.fit(batches, verbose=0)
    _forget_states(model)
    with _stage("does not run"):
        _, outputs = probe(inputs)
    _check_saved(model, inputs, outputs)
    return Ran(model, inputs, calls, outputs)


def _prepare(spec: Spec, graph: Graph, model: Any) -> Any:
    """Compile and adapt the model; a tf.data.Dataset of one batch, whose size a graph does not
    know, as in every training. None where no targets can be made."""
    from modelspec.data.examples import synthetic
    from modelspec.training.prepare import prepare_training

    findings = Findings()
    try:
        with (
            _stage("does not train", findings),
            patch.object(synthetic, "analyze", partial(_analyze_with, model)),
        ):
            if spec.training is None:
                raise ValueError("the spec has no training")
            prepared = prepare_training(spec, graph, model, findings)
            batches = prepared.training_feed().in_order().take(1)
            list(batches)  # reading it may fail
    except _Failed:
        errors = [found for found in findings.sorted() if found.severity == "error"]
        if errors and all(found.code == "no-synthetic-target" for found in errors):
            return None
        raise
    return batches


def _make_variables(model: Any, targets: Any, outputs: Any) -> None:
    """Make the variables of optimizer, loss and metrics, where `fit` would trace its step once
    to make them and once again to run: half the time of a spec. What fails here fails there, but
    for names of outputs that a scope of a graph refuses: those have to be left to `fit`."""
    with contextlib.suppress(Exception):
        model.optimizer.build(model.trainable_variables)
    for part in (model._compile_loss, model._compile_metrics):
        if part is not None and not part.built:
            with contextlib.suppress(Exception):
                part.build(targets, outputs)


def _analyze_with(model: Any, graph: Graph, findings: Findings) -> Analysis:
    """The analysis; of outputs that it does not know, as behind an error, what Keras states."""
    found = analyze(graph, findings)
    made = {
        name: Tensor(tuple(output.shape), output.dtype)
        for name, output in zip(graph.output_names, model.outputs, strict=False)
    }
    known = {name: tensor for name, tensor in found.outputs.items() if tensor is not None}
    return replace(found, outputs={**made, **known})


class _Probe:
    """The forward pass of a model in a graph, with what each call of each layer returns.

    The graph knows no batch size, as that of `predict`.
    """

    def __init__(self, model: Any, inputs: Any) -> None:
        import keras
        import tensorflow as tf

        from modelspec.framework.private_api import call_nodes

        functional = getattr(model, "_functional", None) or model
        self.nodes = {
            operation.name: [
                list(keras.tree.flatten(node.output_tensors))
                for node in call_nodes(operation)
                if node.output_tensors and node in functional._nodes
            ]
            for operation in functional.operations
        }
        inner = keras.Model(functional._inputs_struct, [self.nodes, functional._outputs_struct])
        signature = keras.tree.map_structure(
            lambda x: tf.TensorSpec([None, *x.shape[1:]], x.dtype), inputs
        )
        self.call = tf.function(lambda x: inner(x, training=False), input_signature=[signature])

    def __call__(self, inputs: Any) -> tuple[dict[str, list[Any]], Any]:
        calls, outputs = self.call(inputs)
        return calls, outputs


def _guilty(model: Any, inputs: Any) -> str:
    """Which layer or op a forward pass fails in, and on what."""
    import keras
    import tensorflow as tf

    from modelspec.framework.private_api import functional_of, run_graph

    last = ""

    def watch(operation: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal last
            tensors = [t for t in keras.tree.flatten(args) if hasattr(t, "shape")]
            shown = ", ".join(f"{t.dtype.name}{list(t.shape)}" for t in tensors)
            last = f"{type(operation).__name__} on {shown}: "
            return operation(*args, **kwargs)

        return call

    with contextlib.suppress(Exception):
        tf.function(lambda x: run_graph(functional_of(model), x, watch))(inputs)
        return ""
    return last


def _check_saved(model: Any, inputs: Any, outputs: Any) -> None:
    import keras

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        with _stage("does not save"):
            model.save(path)
        with _stage("does not load"):
            again = keras.models.load_model(path)
    before = keras.tree.flatten(outputs)
    try:
        after = keras.tree.flatten(again(inputs, training=False))
        for one, other in zip(before, after, strict=True):
            _same(one, other, "predicts differently")
    except Exception:  # an eager call may round in another way than a graph, or fail alone
        _forget_states(again)
        with _stage("does not run after loading"):
            after = keras.tree.flatten(_Probe(again, inputs)(inputs)[1])
        for one, other in zip(before, after, strict=True):
            _same(one, other, "predicts differently")


def _forget_states(model: Any) -> None:
    """Set the states of stateful layers to 0, where a loaded model begins."""
    from modelspec.framework.private_api import functional_of

    for operation in functional_of(model).operations:
        for layer in getattr(operation, "_flatten_layers", lambda: [])():
            if getattr(layer, "stateful", False):
                layer.reset_states()


def _same(one: Any, other: Any, kind: str) -> None:
    import numpy as np

    a, b = np.asarray(_dense(one)), np.asarray(_dense(other))
    if a.shape != b.shape:
        raise _Failed(kind, f"the shape {a.shape} against {b.shape}")
    if a.dtype.kind in "OSU":
        equal = bool((a == b).all())
    else:
        wide = 1e-4 if a.dtype.itemsize >= 4 else 3e-2
        a, b = a.astype("float64"), b.astype("float64")
        equal = np.allclose(a, b, rtol=wide, atol=wide, equal_nan=True)
    if not equal:
        raise _Failed(kind, f"by {np.abs(a - b).max() if a.dtype.kind == 'f' else 'text'}")


def _dense(value: Any) -> Any:
    import tensorflow as tf

    return tf.sparse.to_dense(value) if isinstance(value, tf.sparse.SparseTensor) else value


def _check_facts(analysis: Analysis, ran: Ran) -> None:
    """Compare each shape, dtype and count of the analysis with the model that ran."""
    import keras

    from modelspec.framework.private_api import functional_of

    operations = {item.name: item for item in functional_of(ran.model).operations}
    for name, facts in analysis.layers.items():
        title = f"{facts.layer.object.class_name} {dict(facts.layer.object.args)}"
        for call, real in zip(facts.calls, ran.calls.get(name, []), strict=False):
            said = list(tensors_of(call.output))
            if None in said:
                continue
            if len(said) != len(real):
                raise _Failed("wrong fact", f"{title}: {len(said)} results, {len(real)} in fact")
            for expected, tensor in zip(_ordered(said), _ordered(real), strict=True):
                _check_tensor(title, expected, tensor)
        made = operations[name]
        if facts.params is not None and hasattr(made, "count_params"):
            _check_count(title, "params", facts.params, made.count_params())
    weights = analysis.weights
    if weights is not None:
        _check_count("model", "params", count_parameters(weights), ran.model.count_params())
        trained = count_parameters(w for w in weights if w.trainable)
        real = sum(keras.ops.size(w) for w in ran.model.trainable_weights)
        _check_count("model", "trained params", trained, int(real))


def _check_open_sizes(analysis: Analysis, ran: Ran) -> None:
    """Compare what is said of the sizes that inputs leave open with those of the run."""
    if not analysis.has_open_sizes:
        return
    sizes = find_sizes(analysis, None)
    numbers: dict[str, int] = {}
    for size in sizes.open:
        for axis in size.axes:
            made = ran.calls.get(axis.input)
            if not made:
                continue
            number = numbers.setdefault(size.name, int(made[0][0].shape[axis.axis]))
            if number not in size.legal:
                said = size.legal.text([size.name])
                raise _Failed("wrong fact", f"open size: {said}, and {number} runs")
    if len(numbers) < len(sizes.open):
        return
    for name, facts in analysis.layers.items():
        for call, real in zip(facts.calls, ran.calls.get(name, []), strict=False):
            for place in open_places(call.call.name, call.output):
                expression = sizes.expression(place)
                if expression is None or len(place.path) > 1 or isinstance(call.output, dict):
                    continue
                found = real[place.path[0] if place.path else 0].shape[place.axis]
                if eval(expression, {}, dict(numbers)) != found:
                    words = f"{name}: axis {place.axis} is {expression}, {numbers}, in fact {found}"
                    raise _Failed("wrong fact", f"open size: {words}")


def _ordered(tensors: list[Any]) -> list[Any]:
    """Results of a dict have no order."""
    return sorted(tensors, key=lambda t: (len(t.shape), str(tuple(t.shape)[1:])))


def _check_tensor(title: str, said: Tensor, real: Any) -> None:
    shape = tuple(real.shape)
    fits = len(shape) == len(said.shape) and all(
        a is None or a == b for a, b in zip(said.shape, shape, strict=True)
    )
    if not fits:
        raise _Failed("wrong fact", f"{title}: shape {said.shape}, in fact {shape}")
    if said.dtype != real.dtype.name:
        raise _Failed("wrong fact", f"{title}: dtype {said.dtype}, in fact {real.dtype.name}")


def _check_count(title: str, what: str, said: int, real: int) -> None:
    if said != real:
        raise _Failed("wrong fact", f"{title}: {said} {what}, in fact {real}")


def _check_round_trips(text: str, compiled: Any, ran: Ran) -> None:
    """Each way out of a spec and back gives a model of the same weights and predictions."""
    for way, build in _round_trips(text, compiled, ran):
        with _stage("round trip", say=way):
            other = build()
            _copy_weights(ran.model, other)
            answers = other(ran.inputs, training=False)
        try:
            _same_outputs(ran.outputs, answers, way)
        except _Failed:  # an eager call may round in another way than a graph
            _forget_states(other)
            _same_outputs(ran.outputs, _Probe(other, ran.inputs)(ran.inputs)[1], way)


def _copy_weights(source: Any, target: Any) -> None:
    """By a file, as users do: layers that have learned from data then work out what they need."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.weights.h5"
        source.save_weights(path)
        target.load_weights(path)


def _round_trips(text: str, compiled: Any, ran: Ran) -> Iterator[tuple[str, Any]]:
    from modelspec.api import from_keras
    from modelspec.api.specs import expanded_text
    from modelspec.document import emit
    from modelspec.exporting.python import python_source
    from modelspec.graph import convert

    yield "expand", lambda: _build(expanded_text(compiled.spec, None))
    other = "functional" if compiled.graph.kind == "sequential" else "sequential"
    refused = Findings()
    converted = convert(compiled.spec, compiled.graph, other, refused)
    if converted is not None:
        yield "convert", lambda: _build(emit(converted))
    yield "from_keras", lambda: _build(from_keras(ran.model))
    yield "python", lambda: _build_python(python_source(compiled.spec, compiled.graph))


def _build(text: str) -> Any:
    from modelspec.building import build_model

    findings = Findings()
    compiled = compile_text(text, "round trip", None, findings)
    if compiled is None:
        raise SpecError(findings.sorted())
    model = build_model(compiled.spec, compiled.graph, findings)
    if model is None:
        raise SpecError(findings.sorted())
    return model


def _build_python(source: str) -> Any:
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(source, "exported", "exec"), names)
    return names["build_model"]()


def _same_outputs(one: Any, other: Any, way: str) -> None:
    import keras

    before, after = keras.tree.flatten(one), keras.tree.flatten(other)
    if len(before) != len(after):
        raise _Failed("round trip", f"{way}: {len(before)} outputs, {len(after)} after it")
    for a, b in zip(before, after, strict=True):
        try:
            _same(a, b, "round trip")
        except _Failed as failed:
            raise _Failed("round trip", f"{way}: {failed.words}") from None


@contextlib.contextmanager
def _stage(kind: str, findings: Findings | None = None, say: str = "") -> Iterator[None]:
    """What fails inside is a `_Failed` of this kind, and so are errors among the findings."""
    prefix = f"{say}: " if say else ""
    try:
        yield
    except SpecError as error:
        words = "; ".join(f"{f.code}: {f.message}" for f in error.findings)
        raise _Failed(kind, prefix + words) from error
    except _Failed:
        raise
    except Exception as error:
        words = f"{type(error).__name__}: {clean_message(error)}"
        raise _Failed(kind, prefix + words) from error
    if findings is not None and findings.has_errors:
        words = "; ".join(f.message for f in findings.sorted() if f.severity == "error")
        raise _Failed(kind, prefix + words)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    import logging

    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logger.setLevel(level)


_SCOPE = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*")
"""What TensorFlow takes for a scope."""

FORGOTTEN_AT_ONCE = 20
"""After so many specs their memory is collected, which takes as long as many a spec."""
_forgotten = itertools.count(1)


def _forget() -> None:
    import keras

    if next(_forgotten) % FORGOTTEN_AT_ONCE:
        with patch.object(gc, "collect"):
            keras.backend.clear_session()
    else:
        keras.backend.clear_session()


def _last_lines(text: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines()]
    return " / ".join([lines[-1], *lines[-5:-1]])


_NO_INDEX = re.compile(
    r"indices\[[\d, ]*\] = -?\d+ is not in \[0, \d+\)|Negative input value found"
    r"|all inputs should be in vocabulary|Received a label value of -?\d+ which is outside"
)
_NUMBERS = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
_QUOTED = re.compile(r"[\"'`][^\"'`]*[\"'`]")


def cause(verdict: Verdict) -> str:
    """A verdict with its numbers and names left out: what two specs of one cause have in common."""
    words = verdict.words.split(" | ")[0]
    words = re.sub(r"\[[\d, ]*\]", "[]", words) if verdict.kind == "does not run" else words
    words = _QUOTED.sub("Q", words) if verdict.kind != "wrong fact" else words
    return f"{verdict.kind}: {_NUMBERS.sub('N', words)[:160]}"
