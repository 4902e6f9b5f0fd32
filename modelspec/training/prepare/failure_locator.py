"""When Keras fails in a training step: which layer, loss or metric of the spec it was.

A compiled step fails with the stack trace of a graph that has no names of the spec. So the step is
run once more, not compiled, layer by layer and loss by loss, until something fails again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from modelspec.building import KerasError, make_object
from modelspec.data.feed import Structure
from modelspec.diagnostics import CannotRunError, Findings, Span
from modelspec.framework import clean_message, functional_of, is_out_of_memory, run_graph
from modelspec.graph import Graph
from modelspec.spec.model import KerasObject
from modelspec.spec.training import TrainingSpec
from modelspec.training.fitted import StepLogsError, place_in_module

from .outputs import Output

Failure = tuple[Span, str]
"""Where in the spec, and the message."""

NAMED_BY_KERAS = ("accuracy", "acc", "crossentropy", "ce")
"""Metrics whose class Keras chooses when it compiles: they cannot be called by themselves."""


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

    def report(
        self, error: BaseException, batches: Any, findings: Findings, step: str | None = None
    ) -> None:
        """Add one finding for an error that a step raised.

        Args:
            error: what was raised.
            batches: the data, as a `tf.data.Dataset`; without targets only layers are looked at.
            findings: takes the finding.
            step: of the fitted model, which raised it; None where it may have been something else.

        Raises:
            CannotRunError: memory or disk did not suffice.
        """
        text = clean_message(error)
        if is_out_of_memory(error):
            message = f"there is not enough memory: {text}; a smaller `batch_size` needs less"
            raise CannotRunError(message) from error
        if isinstance(error, OSError):
            raise CannotRunError(f"training stopped: {error}") from error
        trainer = self.training.trainer
        place = None if trainer is None else place_in_module(error, type(self.model))
        if trainer is not None and place is not None:
            message = f"`{place.function}` of `{trainer.class_name}` fails: {text}"
            findings.error(trainer.span, "training-failed", message, hint=f"at {place}")
            return
        if trainer is not None and isinstance(error, StepLogsError):
            message = f"`{step}` of `{trainer.class_name}` returns {error}"
            hint = "return what it logs by name, such as {'loss': loss}"
            findings.error(trainer.span, "training-failed", message, hint=hint)
            return
        failure, hint = self._locate(batches), ""
        if failure is None:
            failure, hint = self._whole_step(step, text), self._hint(step)
        span, message = failure
        findings.error(span, "training-failed", message, hint=hint)

    def _whole_step(self, step: str | None, text: str) -> Failure:
        trainer = self.training.trainer
        if trainer is None or step is None:
            return self.training.span, f"training fails: {text}"
        return trainer.span, f"`{step}` of `{trainer.class_name}` fails: {text}"

    def _hint(self, step: str | None) -> str:
        """What to do where Keras's step cannot measure the model of a trainer."""
        import keras

        if self.training.trainer is None or step != "test_step":
            return ""
        if type(self.model).test_step is not keras.Model.test_step:
            return ""
        return "define `def test_step(self, data):` in the class, or write a `loss`"

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
