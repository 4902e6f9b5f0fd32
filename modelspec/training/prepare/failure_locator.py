"""When Keras fails in a training step: which layer, loss or metric of the spec it was.

A compiled step fails with the stack trace of a graph that has no names of the spec. So the step is
run once more, not compiled, layer by layer and loss by loss, until something fails again.
"""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from modelspec.building import KerasError, make_object
from modelspec.data.feed import Structure
from modelspec.diagnostics import CannotRunError, Findings, Span
from modelspec.framework import clean_message, functional_of, is_out_of_memory, run_graph
from modelspec.graph import Graph
from modelspec.spec.model import KerasObject
from modelspec.spec.training import TrainingSpec

from .outputs import Output

Failure = tuple[Span, str]
"""Where in the spec, and the message."""

NAMED_BY_KERAS = ("accuracy", "acc", "crossentropy", "ce")
"""Metrics whose class Keras chooses when it compiles: they cannot be called by themselves."""


class CodePlace(NamedTuple):
    """Where code of an extension was when something failed."""

    file: str
    line: int
    function: str


_IN_GRAPH = re.compile(r'File "([^"]+)", line (\d+), in (\w+)')
"""A place in the stack that a compiled graph puts in front of what failed in it."""


def _place_in_class(error: BaseException, found: type) -> CodePlace | None:
    """The last place in the module of a class that the stack of an error leads through."""
    file = inspect.getsourcefile(found)
    frames = traceback.extract_tb(error.__traceback__)
    places = [CodePlace(frame.filename, frame.lineno or 0, frame.name) for frame in frames]
    in_graph = _IN_GRAPH.findall(str(error))
    places += [CodePlace(path, int(line), name) for path, line, name in in_graph]
    return next((place for place in reversed(places) if place.file == file), None)


class FailureLocator:
    """Runs a failed step again, with the spec's names for its parts."""

    def __init__(
        self,
        model: Any,
        graph: Graph,
        structure: Structure,
        outputs: Sequence[Output],
        training: TrainingSpec,
    ) -> None:
        self.model = model
        self.graph = graph
        self.structure = structure
        self.outputs = outputs
        self.training = training

    def report(self, error: BaseException, batches: Any, findings: Findings) -> None:
        """Add one finding for an error that a step raised.

        Args:
            error: what was raised.
            batches: the data, as a `tf.data.Dataset`; without targets only layers are looked at.
            findings: takes the finding.

        Raises:
            CannotRunError: memory or disk did not suffice.
        """
        text = clean_message(error)
        if is_out_of_memory(error):
            message = f"there is not enough memory: {text}; a smaller `batch_size` needs less"
            raise CannotRunError(message) from error
        if isinstance(error, OSError):
            raise CannotRunError(f"training stopped: {error}") from error
        if self.training.trainer is not None and self._report_trainer(error, text, findings):
            return
        failure = self._locate(batches) or (self.training.span, f"training fails: {text}")
        span, message = failure
        findings.error(span, "training-failed", message)

    def _report_trainer(self, error: BaseException, text: str, findings: Findings) -> bool:
        """Add a finding for what the code of a trainer raised; false if it was other code."""
        assert self.training.trainer is not None
        place = _place_in_class(error, type(self.model))
        if place is None:
            return False
        trainer = self.training.trainer
        message = f"`{place.function}` of `{trainer.class_name}` fails: {text}"
        hint = f"at {place.file}:{place.line}"
        findings.error(trainer.span, "training-failed", message, hint=hint)
        return True

    def _locate(self, batches: Any) -> Failure | None:
        for inputs, *rest in batches.take(1):
            failure = self._run_layers(inputs)
            if failure is not None or not rest:
                return failure
            predictions = self.structure.by_output(self.model(inputs, training=True))
            by_output = self.structure.by_output(rest[0])
            for output in self.outputs:
                failure = self._compare(output, by_output[output.name], predictions[output.name])
                if failure is not None:
                    return failure
        return None

    def _run_layers(self, inputs: Any) -> Failure | None:
        """The first layer that fails on a batch."""
        failed: list[tuple[Any, BaseException]] = []

        def watched(layer: Any) -> Callable[..., Any]:
            def call(*args: Any, **kwargs: Any) -> Any:
                try:
                    return layer(*args, **kwargs)
                except Exception as error:
                    failed.append((layer, error))
                    raise

            return call

        try:
            for functional, given in self._graphs(inputs):
                run_graph(functional, given, watched)
        except Exception as error:  # whatever it is, it is what we look for
            if not failed:
                message = f"the model fails on the first batch: {clean_message(error)}"
                return self.graph.span, message
            layer, cause = failed[0]
            spec = self.graph.layers.get(layer.name)
            span = self.graph.span if spec is None else spec.object.span
            subject = f'"{layer.name}" ({type(layer).__name__})'
            return span, f"{subject} fails on the first batch: {clean_message(cause)}"
        return None

    def _graphs(self, inputs: Any) -> Iterator[tuple[Any, Any]]:
        """The functional models that are fitted, each with what it takes of a batch."""
        if self.training.gan is not None:
            yield from self.model.parts_on(inputs)
            return
        whole = getattr(self.model, "graph_with_losses", None) or functional_of(self.model)
        yield whole, inputs

    def _compare(self, output: Output, target: Any, prediction: Any) -> Failure | None:
        """The loss or metric that fails on an output."""
        import keras

        parts: list[tuple[str, KerasObject, Callable[[Any], Any]]] = [
            ("loss", output.loss, keras.losses.get)
        ]
        metrics = (*output.metrics, *output.weighted_metrics)
        parts += [("metric", metric, keras.metrics.get) for metric in metrics]
        for word, item, find in parts:
            try:
                made = make_object(item)
                if made not in NAMED_BY_KERAS:
                    function = find(made) if isinstance(made, str) else made
                    function(target, prediction)
            except KerasError as error:
                return error.span, error.message
            except Exception as error:  # whatever it is, it is what we look for
                message = (
                    f"the {word} `{item.class_name}` cannot compare the target `{output.name}`,"
                    f" shape {list(target.shape)}, with the output, shape"
                    f" {list(prediction.shape)}: "
                )
                return item.span, message + clean_message(error)
        return None
