"""When Keras fails while it fits: which layer, loss or metric of the spec it was.

A compiled step fails with the stack of a graph in which no name of the spec stands. So the step
is gone through once more in the open, layer by layer, loss by loss, until something fails again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from modelspec.building import KerasError, make_object
from modelspec.data.feed import Structure
from modelspec.diagnostics import CannotRunError, Findings, Span
from modelspec.framework import clean_message, functional_of, is_out_of_memory, run_graph
from modelspec.graph import Graph
from modelspec.spec.model import KerasObject
from modelspec.spec.training import TrainingSpec

from .outputs import Output


class Step:
    """One training step in the open: what `fit` was given, and the spec's names for it."""

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

    def blame(self, error: BaseException, batches: Any, findings: Findings) -> None:
        """Add one finding for an error that `fit` raised.

        Args:
            error: what was raised.
            batches: the data that was fed.
            findings: takes the finding.

        Raises:
            CannotRunError: the memory or the disk was not enough.
        """
        text = clean_message(error)
        if is_out_of_memory(error):
            message = f"there is not enough memory: {text}; a smaller `batch_size` needs less"
            raise CannotRunError(message) from error
        if isinstance(error, OSError):
            raise CannotRunError(f"training stopped: {error}") from error
        span, words = self._find(batches) or (self.training.span, f"training fails: {text}")
        findings.error(span, "training-failed", words)

    def _find(self, batches: Any) -> tuple[Span, str] | None:
        for inputs, targets, *_ in batches.take(1):
            failed = self._forward(inputs)
            if failed is not None:
                return failed
            given = self.structure.by_output(self.model(inputs, training=True))
            wanted = self.structure.by_output(targets)
            for output in self.outputs:
                failed = self._compare(output, wanted[output.name], given[output.name])
                if failed is not None:
                    return failed
        return None

    def _forward(self, inputs: Any) -> tuple[Span, str] | None:
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
            run_graph(functional_of(self.model), inputs, watched)
        except Exception as error:  # whatever it is, it is what is looked for
            if not failed:
                message = f"the model fails on the first batch: {clean_message(error)}"
                return self.graph.span, message
            layer, cause = failed[0]
            spec = self.graph.layers.get(layer.name)
            span = self.graph.span if spec is None else spec.object.span
            shown = f'"{layer.name}" ({type(layer).__name__})'
            return span, f"{shown} fails on the first batch: {clean_message(cause)}"
        return None

    def _compare(self, output: Output, wanted: Any, given: Any) -> tuple[Span, str] | None:
        import keras

        parts: list[tuple[str, KerasObject, Callable[[Any], Any]]] = [
            ("loss", output.loss, keras.losses.get)
        ]
        parts += [("metric", metric, keras.metrics.get) for metric in output.metrics]
        for word, item, find in parts:
            try:
                made = make_object(item)
                if made not in ("accuracy", "acc", "crossentropy", "ce"):
                    found = find(made) if isinstance(made, str) else made
                    found(wanted, given)
            except KerasError as refused:
                return refused.span, refused.message
            except Exception as error:  # whatever it is, it is what is looked for
                message = (
                    f"the {word} `{item.class_name}` cannot compare the target `{output.name}`,"
                    f" shape {list(wanted.shape)}, with the output, shape {list(given.shape)}: "
                )
                return item.span, message + clean_message(error)
        return None
