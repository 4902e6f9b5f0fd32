"""The `training` section as written to its typed form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, LocatedList, value_span
from modelspec.spec.data import number, whole_number
from modelspec.spec.model import KerasObject, parse_object
from modelspec.spec.phases import DecayExclusions, FreezePatterns, RateFactors

from .training import (
    MULTI_WORKER,
    Checkpoint,
    ClassWeight,
    Distribution,
    GraphLoss,
    Mlflow,
    PerOutput,
    TrainingSpec,
)

if TYPE_CHECKING:
    from modelspec.spec.gan import GanSpec
    from modelspec.spec.initial_weights import InitialWeights

    from .threshold import ThresholdGoal

T = TypeVar("T")

DEFAULT_SEED = 0
"""Without `seed` a spec still gives the same run every time."""

LARGEST_SEED = 2**31 - 1


def parse_training(section: LocatedDict, findings: Findings) -> TrainingSpec:
    """The `training` section, already checked against its schema."""
    read = _Reader(section, findings)
    parts = changeable_parts(section, findings)
    gan = _gan(section, findings)
    # without one there are phases, each of which has its own
    optimizer = parts.pop("optimizer", KerasObject("optimizer", "Adam", {}, section.span))
    training = TrainingSpec(
        epochs=whole_number(section, "epochs", 1, findings),
        steps_per_epoch=(
            whole_number(section, "steps_per_epoch", 1, findings)
            if "steps_per_epoch" in section
            else None
        ),
        optimizer=optimizer,
        loss=_loss(section, read),
        loss_weights=read.optional("loss_weights", read.number, _is_scalar),
        metrics=read.optional("metrics", read.metrics, is_object),
        class_weight=read.optional("class_weight", read.class_weight, _is_class_weight),
        callbacks=parts.pop("callbacks", ()),
        checkpoint=_checkpoint(section.get("checkpoint"), findings),
        initial_weights=_initial_weights(section, findings),
        freeze=parts.pop("freeze", FreezePatterns()),
        seed=whole_number(section, "seed", DEFAULT_SEED, findings),
        precision=section.get("precision"),
        precision_span=read.place("precision"),
        steps_per_execution=read.or_auto("steps_per_execution", int),
        jit_compile=read.or_auto("jit_compile", bool),
        mlflow=_mlflow(section.get("tracking")),
        tensorboard=_tensorboard(section.get("tracking")),
        span=section.span,
        seeds=whole_number(section, "seeds", 1, findings),
        seeds_span=read.place("seeds"),
        losses=_graph_losses(section, findings) if gan is None else gan.losses,
        gan=gan,
        trainer=_trainer(section, read.place("trainer"), findings),
        weighted_metrics=read.optional("weighted_metrics", read.metrics, is_object),
        distribute=_distribution(section, read.place("distribute"), findings),
        calibration=read.optional("calibration", lambda method, _: str(method), _is_scalar),
        threshold=_threshold(section, read),
        report=section.get("report") is True,
        **parts,
    )
    if "phases" not in section:
        return training
    from modelspec.spec.phases import with_phases

    return with_phases(section, training, findings)


def changeable_parts(section: LocatedDict, findings: Findings) -> dict[str, Any]:
    """What a section says of the fields of `TrainingSpec` that each phase may have for itself.

    Args:
        section: `training`, or one of its phases.
        findings: takes what is wrong.
    """
    read, parts = _Reader(section, findings), dict[str, Any]()
    if "optimizer" in section:
        place = read.place("optimizer")
        parts["optimizer"] = _object(section["optimizer"], "optimizer", place, findings)
    if "callbacks" in section:
        place = read.place("callbacks")
        parts["callbacks"] = _objects(section["callbacks"], "callback", place, findings)
    if "freeze" in section:
        parts["freeze"] = _freeze(section["freeze"], read.place("freeze"))
    if "learning_rates" in section:
        parts["learning_rates"] = _rate_factors(section["learning_rates"], findings)
    if "exclude_from_weight_decay" in section:
        found = _freeze(
            section["exclude_from_weight_decay"], read.place("exclude_from_weight_decay")
        )
        parts["exclude_from_weight_decay"] = DecayExclusions(found.patterns, found.spans)
    if "schedule" in section:
        from modelspec.spec.phases import parse_schedule

        parts["schedule"] = parse_schedule(section["schedule"], read.place("schedule"), findings)
    return parts


def _initial_weights(section: LocatedDict, findings: Findings) -> InitialWeights | None:
    """Most specs have none; the first imports what reads them."""
    if section.get("initial_weights") is None:
        return None
    from modelspec.spec.initial_weights import parse_initial_weights

    span = value_span(section, "initial_weights", section.span)
    return parse_initial_weights(section["initial_weights"], span, findings)


def _gan(section: LocatedDict, findings: Findings) -> GanSpec | None:
    """Few specs have two models; the first imports what reads them."""
    if "gan" not in section:
        return None
    from modelspec.spec.gan import parse_gan

    return parse_gan(section["gan"], findings)


def refuse_seeds_of_folds(training: TrainingSpec, folds: int | None, findings: Findings) -> None:
    """An error for several seeds beside folds: either says what runs there are."""
    last = training.seed + training.seeds - 1
    assert training.seeds_span is not None
    if training.seeds > 1 and folds is not None:
        count = training.seeds
        message = f"`seeds` trains a model for each of {count} seeds, and `folds` one for each fold"
        hint = "remove one of the two: `folds` also shows how much the metrics vary"
        findings.error(training.seeds_span, "wrong-value", message, hint=hint)
    elif last > LARGEST_SEED:
        message = f"the last of {training.seeds} seeds is {last}, and the largest is {LARGEST_SEED}"
        findings.error(training.seeds_span, "wrong-value", message, hint="write a smaller `seed`")


class _Reader:
    """Reads the parts of one section."""

    def __init__(self, section: LocatedDict, findings: Findings) -> None:
        self.section = section
        self.findings = findings

    def place(self, key: str) -> Span:
        """The location of a value; the section where there is none."""
        return value_span(self.section, key, self.section.span)

    def optional(
        self, key: str, read: Callable[[Any, Span], T], is_single: Callable[[Any], bool]
    ) -> PerOutput[T] | None:
        """What may be given once or by output name, or not at all."""
        value = self.section.get(key)
        return None if value is None else _per_output(value, self.place(key), read, is_single)

    def or_auto(self, key: str, kind: type[T]) -> T | str:
        """A value of a type, or "auto"."""
        value: Any = self.section.get(key, "auto")
        if value == "auto" or isinstance(value, kind):
            found: T | str = value
            return found
        self.findings.error(self.place(key), "wrong-value", f"`{key}` cannot be {value!r}")
        return "auto"

    def loss(self, value: Any, span: Span) -> KerasObject:
        """One loss."""
        return _object(value, "loss", span, self.findings)

    def metrics(self, value: Any, span: Span) -> tuple[KerasObject, ...]:
        """One metric or a list of them."""
        return _objects(value, "metric", span, self.findings)

    def number(self, value: Any, span: Span) -> float:
        """One loss weight."""
        return number(value, "loss_weights", span, self.findings)

    def class_weight(self, value: Any, span: Span) -> ClassWeight:
        """`balanced`, or a weight for each label."""
        if not isinstance(value, LocatedDict):
            if value != "balanced":
                message = f"`class_weight` must be balanced or weights by label, got {value!r}"
                self.findings.error(span, "wrong-value", message)
            return ClassWeight(None, {}, span)
        weights = {
            label: number(weight, label, value.value_spans[label], self.findings)
            for label, weight in value.items()
        }
        return ClassWeight(weights, dict(value.key_spans), span)


def is_object(value: Any) -> bool:
    """Whether a value names Keras objects itself, rather than outputs that have them.

    The same rule stands in training.schema.json: a class name begins with a capital (or has a
    package before ">"), and its arguments are lower case.
    """
    if not isinstance(value, dict):
        return True
    if len(value) != 1:
        return False
    name, args = next(iter(value.items()))
    if not (name[:1].isupper() or ">" in name):
        return False
    if args is None:
        return True
    return isinstance(args, dict) and not any(key[:1].isupper() for key in args)


def _object(value: Any, kind: str, span: Span, findings: Findings) -> KerasObject:
    """A Keras object; a finding for null, which the schema lets stand for none in an argument."""
    if value is None:
        message = f"a {kind} must be a name, or a class with its arguments, got null"
        findings.error(span, "wrong-value", message, hint="write a value after the colon")
    return parse_object(value or "", kind, span, findings)


def _loss(section: LocatedDict, read: _Reader) -> PerOutput[KerasObject]:
    """The losses of the outputs; none with `losses`, a `trainer` or a `gan` alone."""
    if "loss" in section and "gan" not in section:
        return _losses(section["loss"], read.place("loss"), read.loss)
    places = (section.key_spans.get(key) for key in ("losses", "trainer", "gan"))
    return PerOutput(next(filter(None, places), section.span), None, {})


def _trainer(section: LocatedDict, span: Span, findings: Findings) -> KerasObject | None:
    if section.get("trainer") is None:
        return None
    if "losses" in section:
        message = "`trainer` makes what is minimized, so `losses` would count nowhere"
        hint = "add these tensors to the loss in `train_step`, or remove `trainer`"
        findings.error(section.key_spans["losses"], "not-one-key", message, hint=hint)
    return _object(section["trainer"], "trainer", span, findings)


def _threshold(section: LocatedDict, read: _Reader) -> PerOutput[ThresholdGoal] | None:
    """Few specs have one; the first imports what reads it."""
    if section.get("threshold") is None:
        return None
    from .threshold import is_goal, parse_goal

    def parse(value: Any, span: Span) -> ThresholdGoal:
        return parse_goal(value, span, read.findings)

    return read.optional("threshold", parse, is_goal)


def _graph_losses(section: LocatedDict, findings: Findings) -> Mapping[str, GraphLoss]:
    if "losses" not in section:
        return {}
    from modelspec.spec.graph_losses import parse_graph_losses

    return parse_graph_losses(section["losses"], findings)


def _losses(
    value: Any, span: Span, read: Callable[[Any, Span], KerasObject]
) -> PerOutput[KerasObject]:
    """The loss of each output; `null` stands for an output without one, as leaving it out does."""
    if isinstance(value, LocatedDict) and not is_object(value):
        spans = {name: at for name, at in value.key_spans.items() if value[name] is not None}
        named = {name: read(value[name], value_span(value, name, span)) for name in spans}
        return PerOutput(span, None, named, spans)
    return _per_output(value, span, read, is_object)


def _per_output(
    value: Any, span: Span, read: Callable[[Any, Span], T], is_single: Callable[[Any], bool]
) -> PerOutput[T]:
    if is_single(value):
        return PerOutput(span, read(value, span))
    named = {name: read(item, value_span(value, name, span)) for name, item in value.items()}
    return PerOutput(span, None, named, dict(value.key_spans))


def _objects(value: Any, kind: str, span: Span, findings: Findings) -> tuple[KerasObject, ...]:
    if not isinstance(value, (list, tuple)):
        return (_object(value, kind, span, findings),)
    return tuple(
        _object(item, kind, value_span(value, index, span), findings)
        for index, item in enumerate(value)
    )


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, dict)


def _is_class_weight(value: Any) -> bool:
    return not isinstance(value, dict) or all(_is_number(item) for item in value.values())


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


def _checkpoint(section: Any, findings: Findings) -> Checkpoint | None:
    if not isinstance(section, LocatedDict):
        return None
    return Checkpoint(
        section.get("monitor"),
        value_span(section, "monitor", section.span),
        section.get("mode"),
        whole_number(section, "keep", 1, findings),
        _every(section, findings),
        value_span(section, "every", section.span),
        section.get("use") == "best",
        value_span(section, "use", section.span),
    )


def _every(section: LocatedDict, findings: Findings) -> int | str | None:
    """A number of steps, or an expression of sizes that the training knows."""
    if "every" not in section:
        return None
    from modelspec.spec.expansion import is_later

    text = section["every"]
    return str(text) if is_later(text) else whole_number(section, "every", 1, findings)


def _mlflow(tracking: Any) -> Mlflow | None:
    if not isinstance(tracking, LocatedDict) or "mlflow" not in tracking:
        return None
    given = tracking["mlflow"] or {}
    return Mlflow(given.get("experiment"), given.get("uri"), tracking.key_spans["mlflow"])


def _tensorboard(tracking: Any) -> Span | None:
    """Where the spec asks for files of TensorBoard; None where it does not."""
    return tracking.key_spans.get("tensorboard") if isinstance(tracking, LocatedDict) else None


def _distribution(section: LocatedDict, span: Span, findings: Findings) -> Distribution | None:
    """What divides the batches; None for one device."""
    given: Any = section.get("distribute", "none")
    if given == "none":
        return None
    if not isinstance(given, LocatedDict):
        return Distribution(str(given), span)
    options: Any = given.get(MULTI_WORKER)
    found = Distribution(MULTI_WORKER, span)
    if not isinstance(options, LocatedDict):
        return found
    if "timeout" in options:
        at = options.value_spans["timeout"]
        found = replace(found, timeout=number(options["timeout"], "timeout", at, findings))
    return replace(found, communication=options.get("communication", found.communication))


def _freeze(value: Any, span: Span) -> FreezePatterns:
    if not isinstance(value, LocatedList):
        patterns = (value,) if isinstance(value, str) else tuple(value)
        return FreezePatterns(patterns, (span,) * len(patterns))
    return FreezePatterns(tuple(value), tuple(value.item_spans))


def _rate_factors(section: LocatedDict, findings: Findings) -> RateFactors:
    factors = {
        pattern: number(factor, pattern, section.value_spans[pattern], findings)
        for pattern, factor in section.items()
    }
    for pattern, factor in factors.items():
        if factor <= 0:
            message = f"a factor of a learning rate is above 0, got {factor:g}"
            hint = f'to keep a layer as it is, write `freeze: ["{pattern}"]`'
            findings.error(section.value_spans[pattern], "wrong-value", message, hint=hint)
    return RateFactors(factors, dict(section.key_spans), section.span)
