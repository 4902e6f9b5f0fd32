"""The types of the `training` section: optimizer, loss, metrics, callbacks and how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Generic, TypeVar

from modelspec.diagnostics import Span
from modelspec.value_classes import value_class

if TYPE_CHECKING:
    from modelspec.spec.gan import GanSpec
    from modelspec.spec.initial_weights import InitialWeights
    from modelspec.spec.model import KerasObject, TensorName
    from modelspec.spec.phases import (
        DecayExclusions,
        FreezePatterns,
        RateFactors,
        RateSchedule,
    )

    from .threshold import ThresholdGoal

T = TypeVar("T")


@value_class
class PerOutput(Generic[T]):
    """Something that a model with one output takes once, and one with several by output name.

    Exactly one of `single` and `by_name` is set.
    """

    span: Span
    single: T | None = None
    by_name: Mapping[str, T] | None = None
    name_spans: Mapping[str, Span] = field(default_factory=dict)


@value_class
class ClassWeight:
    """The weight of each class: balanced (`by_label` is None), or by label as text."""

    by_label: Mapping[str, float] | None
    label_spans: Mapping[str, Span]
    span: Span


@value_class
class Checkpoint:
    """Which epochs are saved, and how often training saves what it needs to resume.

    `monitor` and `mode` are None where the spec leaves them out; `every` counts steps, and is an
    expression of sizes until the training knows them. With
    `use_best` the trained model is that of the best epoch, else that of the last.
    """

    monitor: str | None
    monitor_span: Span
    mode: str | None
    keep: int
    every: int | str | None
    every_span: Span
    use_best: bool
    use_span: Span


@value_class
class Mlflow:
    """Where MLflow logs the training; None is MLflow's own default."""

    experiment: str | None
    uri: str | None
    span: Span


MULTI_WORKER, MIRRORED = "multi_worker", "mirrored"


@value_class
class Distribution:
    """What divides the rows of each batch.

    Attributes:
        engine: "mirrored" for the devices of one machine; "multi_worker" for processes, each of
            which finds the others in the environment variable TF_CONFIG.
        span: of the value.
        communication: "auto", "ring" or "nccl"; of `multi_worker`.
        timeout: seconds in which a process has to reach the others before it gives up.
    """

    engine: str
    span: Span
    communication: str = "auto"
    timeout: float = 30.0

    @property
    def is_multi_worker(self) -> bool:
        """Whether processes divide the batches, and not devices within one."""
        return self.engine == MULTI_WORKER


@value_class
class GraphLoss:
    """The mean of a tensor of the model, as a part of the total loss.

    Attributes:
        name: under which it is logged.
        of: the tensor.
        weight: its factor in the total loss.
        span: of the name.
    """

    name: str
    of: TensorName
    weight: float
    span: Span


@value_class
class TrainingSpec:
    """How the model is fitted. `steps_per_execution` and `jit_compile` may be "auto".

    `seeds` is how many models are trained, with seeds from `seed` on. `losses` are those that take
    no target; with them, `loss` may name no output. With `gan` they are those of its two models,
    and `optimizer` is that of the generator. `phases` has a training for each phase, which
    differs from this one in what the phase changes; `phase` is its number there, from 1, and 0 for
    a training as a whole. `trainer` is the class of an extension that is fitted, around the model;
    with it, too, `loss` may name no output. `calibration` names the outputs for which a temperature
    is fitted, `threshold` above which probabilities they decide. `report` says whether a page about
    the run is written at the end. `tensorboard` is where the spec asks for files of TensorBoard, or
    None. `distribute` is None for one device.
    """

    epochs: int
    steps_per_epoch: int | None
    optimizer: KerasObject
    loss: PerOutput[KerasObject]
    loss_weights: PerOutput[float] | None
    metrics: PerOutput[tuple[KerasObject, ...]] | None
    class_weight: PerOutput[ClassWeight] | None
    callbacks: tuple[KerasObject, ...]
    checkpoint: Checkpoint | None
    initial_weights: InitialWeights | None
    freeze: FreezePatterns
    seed: int
    precision: str | None
    precision_span: Span
    steps_per_execution: int | str
    jit_compile: bool | str
    mlflow: Mlflow | None
    span: Span
    seeds: int = 1
    seeds_span: Span | None = None
    losses: Mapping[str, GraphLoss] = field(default_factory=dict)
    gan: GanSpec | None = None
    weighted_metrics: PerOutput[tuple[KerasObject, ...]] | None = None
    learning_rates: RateFactors | None = None
    schedule: RateSchedule | None = None
    exclude_from_weight_decay: DecayExclusions | None = None
    phases: tuple[TrainingSpec, ...] = ()
    phase: int = 0
    trainer: KerasObject | None = None
    distribute: Distribution | None = None
    calibration: PerOutput[str] | None = None
    threshold: PerOutput[ThresholdGoal] | None = None
    report: bool = False
    tensorboard: Span | None = None

    @property
    def optimizers(self) -> tuple[KerasObject, ...]:
        """The optimizer, and that of the discriminator if it has another."""
        other = None if self.gan is None else self.gan.discriminator_optimizer
        return (self.optimizer,) if other is None else (self.optimizer, other)

    @property
    def each_phase(self) -> tuple[TrainingSpec, ...]:
        """The phases; a training without any is one phase."""
        return self.phases or (self,)
