"""What each output of a model is trained for, as far as the spec alone can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.facts import Analysis
from modelspec.diagnostics import Findings, Span, join_words, suggest
from modelspec.graph import Graph
from modelspec.layers.rule import Tensor
from modelspec.spec import Spec
from modelspec.spec.data import (
    SYNTHETIC,
    Columns,
    DataSpec,
    TokenizerSpec,
    path_columns,
    source_of_column,
    tokenizer_of,
)
from modelspec.spec.model import ExampleShape, KerasObject
from modelspec.spec.training import ClassWeight, PerOutput, TrainingSpec
from modelspec.value_classes import value_class

from .output_layers import OutputLayer, find_output_layers
from .target_values import ignored_class

T = TypeVar("T")


@value_class
class OutputObjective:
    """What `training` says of one output.

    Attributes:
        name: the output, as the spec calls it.
        loss: its loss.
        loss_class: Keras's class of the loss, aliases resolved; "" for one of an extension.
        metrics: its metrics.
        weighted_metrics: those that count examples by their weights.
        loss_weight: the factor of its loss in the total loss.
        class_weight: the weights of its classes, or None.
        among: how many outputs the model has, those without a loss included.
    """

    name: str
    loss: KerasObject
    loss_class: str
    metrics: tuple[KerasObject, ...]
    weighted_metrics: tuple[KerasObject, ...]
    loss_weight: float
    class_weight: ClassWeight | None
    among: int

    @property
    def ignored_class(self) -> int | None:
        """The class number that the loss passes over; None where there is none."""
        return ignored_class(self.loss, self.loss_class)

    @property
    def from_logits(self) -> bool:
        """Whether the loss takes logits rather than probabilities."""
        return self.loss.args.get("from_logits") is True


@value_class
class TrainedOutput(OutputObjective):
    """One output with its objective, the layer that computes it, and its target.

    Attributes:
        span: where the model names it.
        tensor: the output, batch axis first; None where its shape is unknown.
        layer: the layer that decides its values, or None.
        target: the columns that it is compared with, or None.
        table: whether the target's columns hold one value for each example.
        batch_size: that the inputs fix; None where they leave it open.
        tokenizer: what makes numbers of the target's text, or None.
        image: the shape of the target where it is an image, None for unknown sizes; else None.
    """

    span: Span
    tensor: Tensor | None
    layer: OutputLayer | None
    target: Columns | None
    table: bool
    batch_size: int | None
    tokenizer: TokenizerSpec | None = None
    image: ExampleShape | None = None

    @property
    def activation(self) -> str | None:
        """The activation function that was applied last; None where unknown."""
        return None if self.layer is None else self.layer.activation

    @property
    def units(self) -> int | None:
        """The size of the last axis; None where it is unknown, or there is no such axis."""
        if self.tensor is None or self.tensor.rank < 2:
            return None
        return self.tensor.shape[-1]

    @property
    def labels(self) -> tuple[str, ...] | None:
        """What the target's classes are called, where the spec lists them."""
        target = self.target
        labels = None if target is None else target.label_names or target.labels
        return labels if isinstance(labels, tuple) else None


def objectives_of(training: TrainingSpec, names: tuple[str, ...]) -> dict[str, OutputObjective]:
    """The objective of each output with a loss, by name, in the order of the model.

    Args:
        training: the section. `check_output_names` reports what cannot be matched here.
        names: the model's outputs.
    """
    losses, metrics = by_output(training.loss, names), by_output(training.metrics, names)
    weighted = by_output(training.weighted_metrics, names)
    loss_weights = by_output(training.loss_weights, names)
    class_weights = _class_weights_by_output(training.class_weight, names)
    return {
        name: OutputObjective(
            name,
            losses[name],
            keras_class(losses[name]),
            metrics.get(name, ()),
            weighted.get(name, ()),
            loss_weights.get(name, 1.0),
            class_weights.get(name),
            len(names),
        )
        for name in names
        if name in losses
    }


def trained_outputs(spec: Spec, analysis: Analysis) -> tuple[TrainedOutput, ...]:
    """The outputs whose loss is known, in the order of the model; none without `training`."""
    if spec.training is None:
        return ()
    graph = analysis.graph
    names = graph.output_names
    spans = dict(zip(names, graph.output_spans, strict=True))
    targets = _targets(spec.data, names)
    table = spec.data is not None and spec.data.train.traits.is_table
    layers = find_output_layers(graph)
    batch_size = next((entry.batch_size for entry in graph.inputs if entry.batch_size), None)
    tokens = _tokenizers(spec.data, graph)
    found = []
    for name, objective in objectives_of(spec.training, names).items():
        value, target = analysis.outputs.get(name), targets.get(name)
        found.append(
            TrainedOutput(
                name,
                objective.loss,
                objective.loss_class,
                objective.metrics,
                objective.weighted_metrics,
                objective.loss_weight,
                objective.class_weight,
                objective.among,
                spans[name],
                value if isinstance(value, Tensor) else None,
                layers[name],
                target,
                table,
                batch_size,
                None if target is None else tokenizer_of(target, tokens),
                _image(target, spec.data, name, analysis),
            )
        )
    return tuple(found)


def _tokenizers(data: DataSpec | None, graph: Graph) -> Mapping[str, TokenizerSpec]:
    if data is None or not data.tokens:
        return {}
    from modelspec.analysis.data import with_lengths

    return with_lengths(data, graph)


def _image(
    target: Columns | None, data: DataSpec | None, name: str, analysis: Analysis
) -> ExampleShape | None:
    """The shape of a target that is an image, cropped where `augment` crops it."""
    output = analysis.outputs.get(name)
    if target is None or data is None or not path_columns(data.train):
        return None
    from modelspec.analysis.data import image_target_shape, is_image_target

    if not isinstance(output, Tensor) or not is_image_target(target, data.train):
        return None
    source, shape = source_of_column(data.train, target.columns[0]), output.shape[1:]
    if not data.augment:
        return image_target_shape(target, source, shape)
    from modelspec.analysis.data import with_whole_targets

    whole = with_whole_targets({name: shape}, data, analysis.graph.inputs)[name]
    made = image_target_shape(target, source, whole)
    return (*shape[:2], *made[2:]) if whole != shape and made[:2] == whole[:2] else made


def by_output(given: PerOutput[T] | None, names: tuple[str, ...]) -> Mapping[str, T]:
    """What is given for each output, by name; empty where one value stands for several outputs."""
    if given is None:
        return {}
    if given.by_name is not None:
        return given.by_name
    return {names[0]: given.single} if len(names) == 1 and given.single is not None else {}


def _class_weights_by_output(
    given: PerOutput[ClassWeight] | None, names: tuple[str, ...]
) -> Mapping[str, ClassWeight]:
    if given is not None and given.single is not None and _is_balanced(given):
        return dict.fromkeys(names, given.single)  # `balanced` alone is for all outputs
    return by_output(given, names)


def _is_balanced(given: PerOutput[ClassWeight]) -> bool:
    return given.single is not None and given.single.by_label is None


def _targets(data: DataSpec | None, names: tuple[str, ...]) -> Mapping[str, Columns]:
    if data is None:
        return {}
    if len(names) == 1 and len(data.targets) == 1 and data.targets[0].name is None:
        return {names[0]: data.targets[0]}
    return {columns.name: columns for columns in data.targets if columns.name is not None}


def check_output_names(training: TrainingSpec, names: tuple[str, ...], findings: Findings) -> None:
    """Find unknown outputs, what is said of outputs without a loss, and single values for several.

    An output without a loss is only computed: it takes no target, and nothing measures it.
    """
    before = len(findings)
    _check_names_in(training.loss, names, "loss", findings)
    makes_others = training.losses or training.trainer is not None
    if training.loss.by_name == {} and not makes_others:
        message = "no output has a loss: there is nothing to train"
        hint = f"write loss: {{{names[0]}: …}}"
        findings.error(training.loss.span, "output-without-loss", message, hint=hint)
    trained = names if len(findings) > before else names_with_loss(training, names)
    _check_names_in(training.metrics, names, "metrics", findings, trained)
    _check_names_in(training.weighted_metrics, names, "weighted_metrics", findings, trained)
    others = frozenset(training.losses)
    _check_names_in(training.loss_weights, names, "loss_weights", findings, trained, others)
    _check_names_in(training.calibration, names, "calibration", findings, trained)
    _check_names_in(training.threshold, names, "threshold", findings, trained)
    if training.class_weight is not None and (
        not trained or not _is_balanced(training.class_weight)
    ):
        _check_names_in(training.class_weight, names, "class_weight", findings, trained)


def check_targets_given(
    data: DataSpec, training: TrainingSpec | None, graph: Graph, findings: Findings
) -> None:
    """Check that the outputs with a loss have a target column, and no others.

    Args:
        data: the section.
        training: which outputs have a loss; without it, all of them may get one.
        graph: of the model.
        findings: takes outputs without a column, and a warning for a column that nothing uses.
    """
    if training is not None and training.gan is not None:  # which takes none
        return
    named = {columns.name: columns for columns in data.targets}
    names = graph.output_names
    if training is not None and training.trainer is not None:  # its steps may use any target
        return
    if None in named and names_with_loss(training, names) == ():
        message = "no output has a loss, so nothing is compared with a target"
        findings.warning(
            data.targets[0].span, "output-without-loss", message, hint="remove `targets`"
        )
    if data.train.kind == SYNTHETIC or None in named or not named.keys() <= set(names):
        return
    if training is not None and _has_unknown_loss(training, names):  # which one is meant is unknown
        return
    trained = names_with_loss(training, names)
    missing = [name for name in trained if name not in named]
    if missing and named:
        shown = join_words(f"`{name}`" for name in missing)
        message = f"`targets` has no column for the model's output {shown}"
        hint = f"write targets: {{{missing[0]}: COLUMN}}"
        findings.error(data.targets[0].span, "output-without-target", message, hint=hint)
    for name, columns in named.items():
        if name not in trained:
            message = f"the output `{name}` has no loss, so nothing is compared with its target"
            hint = f"give it a loss, or leave `{name}` out of `targets`"
            findings.warning(columns.span, "output-without-loss", message, hint=hint)


def _has_unknown_loss(training: TrainingSpec, names: tuple[str, ...]) -> bool:
    """Whether a loss is given to an output that the model does not have: a typing error, mostly."""
    return any(name not in names for name in training.loss.by_name or ())


def names_with_loss(training: TrainingSpec | None, names: tuple[str, ...]) -> tuple[str, ...]:
    """The outputs that are trained, and so need a target; all of them without `training`."""
    if training is None or training.loss.by_name is None:
        return names
    return tuple(name for name in names if name in training.loss.by_name)


def _check_names_in(
    given: PerOutput[T] | None,
    names: tuple[str, ...],
    key: str,
    findings: Findings,
    trained: tuple[str, ...] | None = None,
    losses_of_graph: frozenset[str] = frozenset(),
) -> None:
    if given is None:
        return
    if given.by_name is not None:
        for name in given.by_name:
            if name not in names:
                close = suggest(name, names)
                message = f"the model has no output `{name}`{close.text}"
                hint = f"its outputs are {join_words(f'`{n}`' for n in names)}"
                if name in losses_of_graph:
                    hint = f"write it in `losses`: {{{name}: {{of: …, weight: …}}}}"
                findings.error(
                    given.name_spans[name],
                    "unknown-output",
                    message,
                    hint=hint,
                    replace=close.replace,
                )
            elif trained is not None and name not in trained:
                message = f"`{key}` names the output `{name}`, which has no loss and so no target"
                hint = (
                    f"give `{name}` a loss; with `loss_weights: {{{name}: 0}}` it is only measured"
                )
                findings.error(given.name_spans[name], "output-without-loss", message, hint=hint)
    elif trained == ():
        message = f"`{key}` needs a target, and no output has a loss that takes one"
        findings.error(given.span, "output-without-loss", message, hint=f"remove `{key}`")
    elif len(names) > 1:
        shown = join_words(f"`{name}`" for name in names)
        message = f"the model has {len(names)} outputs, {shown}: `{key}` must be given by name"
        hint = f"write {key}: {{{', '.join(f'{name}: …' for name in names)}}}"
        findings.error(given.span, "ambiguous-output", message, hint=hint)
