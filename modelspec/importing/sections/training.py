"""Compile settings as the `training` section of a spec."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from modelspec.diagnostics import Findings
from modelspec.importing.keras_config import (
    ConfigObject,
    ImportContext,
    convert_object,
    convert_value,
    is_serialized,
    parse_object,
    shorten_float,
    unwrap_value,
)
from modelspec.schema import class_schema

_OPTIMIZER_NAMES = {"lr": "learning_rate"}
_OPTIMIZER_IGNORED = frozenset(
    ("name", "jit_compile", "is_legacy_optimizer", "schedule_decay", "decay")
)


def convert_training(
    compiled: Any, outputs: Mapping[str, str], ctx: ImportContext
) -> dict[str, Any] | None:
    """The `training` section; None with a note where no optimizer or loss can be expressed.

    Args:
        compiled: Keras 3's `compile_config`, or Keras 2's `training_config`.
        outputs: the file's name of each output to the spec's.
        ctx: takes a note for each setting that is left out.
    """
    if not isinstance(compiled, dict):
        ctx.note(
            "training-left-out", "`training` is left out: the compile settings are not a mapping"
        )
        return None
    if all(value is None for value in compiled.values()):
        return None
    reader = _TrainingConverter(outputs, ctx)
    optimizer = reader.optimizer(compiled.get("optimizer_config") or compiled.get("optimizer"))
    loss = reader.by_output("loss", compiled.get("loss"), reader.one("loss"))
    if optimizer is None or loss is None:
        what = "optimizer" if optimizer is None else "loss"
        ctx.note(
            "training-left-out",
            f"`training` is left out: the file has no {what} that a spec can express",
        )
        return None
    section = {"optimizer": optimizer, "loss": loss}
    weights = reader.by_output("loss_weights", compiled.get("loss_weights"), _number)
    weights = reader.of_trained_outputs(weights, loss)
    if weights is not None and weights != 1:
        section["loss_weights"] = weights
    for key in ("metrics", "weighted_metrics"):
        metrics = reader.by_output(key, _metrics(compiled.get(key), outputs), reader.metrics)
        metrics = reader.of_trained_outputs(metrics, loss, key)
        if metrics:
            section[key] = metrics
    return section


def _number(value: Any) -> Any:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _metrics(value: Any, outputs: Mapping[str, str]) -> Any:
    """A list of metrics is for every output of a model with one, a list of lists for each."""
    if isinstance(value, list) and len(outputs) == 1 and not (value and isinstance(value[0], list)):
        return [value]
    return value


class _TrainingConverter:
    """Converts compile settings; what a spec cannot express becomes a note, never an error."""

    def __init__(self, outputs: Mapping[str, str], ctx: ImportContext) -> None:
        self.outputs = outputs
        self.ctx = ctx

    def _quietly(self, make: Callable[[ImportContext], Any], what: str) -> Any:
        """The result of `make`; None with a note where it adds an error."""
        findings = Findings()
        value = make(replace(self.ctx, findings=findings))
        faults = [f for f in findings if f.severity == "error"]
        if not faults:
            return value
        for fault in faults:
            self.ctx.note("training-left-out", f"{what} is left out: {fault.message}")
        return None

    def one(self, kind: str) -> Callable[[Any], Any]:
        """A reader of one object of a kind."""

        def read_one(value: Any) -> Any:
            if value is None:
                return None
            return self._quietly(
                lambda ctx: _object(kind, value, ctx), f"a {kind} of the compile settings"
            )

        return read_one

    def metrics(self, value: Any) -> Any:
        """The metrics of one output."""
        items = value if isinstance(value, list) else [value]
        found = [self.one("metric")(item) for item in items if item is not None]
        return [item for item in found if item is not None] or None

    def by_output(self, what: str, value: Any, read_one: Callable[[Any], Any]) -> Any:
        """One value for a model with one output; a mapping by the spec's names for several."""
        if value is None or value in ([], {}):
            return None
        names = list(self.outputs.values())
        if isinstance(value, dict) and not is_serialized(value):
            given = {self.outputs.get(key, key): read_one(item) for key, item in value.items()}
        elif isinstance(value, list):
            if len(value) != len(names):
                self.ctx.note(
                    "training-left-out", f"`{what}` is left out: it does not fit the outputs"
                )
                return None
            given = dict(zip(names, map(read_one, value), strict=True))
        elif len(names) > 1 and what != "loss_weights":
            made = read_one(value)
            given = dict.fromkeys(names, made)
        else:
            return read_one(value)
        given = {name: item for name, item in given.items() if item is not None}
        if len(names) == 1:
            return next(iter(given.values()), None)
        return given or None

    def of_trained_outputs(self, value: Any, loss: Any, what: str = "") -> Any:
        """What is given by output name, without the outputs that have no loss.

        Args:
            value: for one output, or by name.
            loss: as it stands in the section.
            what: the setting, if it must be said that a part of it is left out.
        """
        if len(self.outputs) == 1 or not isinstance(value, dict):
            return value
        for name in value.keys() - loss.keys() if what else ():
            message = f"`{what}` of the output `{name}` are left out: it has no loss"
            self.ctx.note("training-left-out", message)
        return {name: item for name, item in value.items() if name in loss} or None

    def optimizer(self, value: Any) -> Any:
        """The optimizer, in the words of Keras 3."""
        if isinstance(value, str):
            return self.one("optimizer")(value)
        if not is_serialized(value):
            return None
        found = parse_object(value)
        inner = found.config.get("inner_optimizer") or found.config.get("optimizer")
        if found.class_name == "LossScaleOptimizer" and is_serialized(inner):
            return self.optimizer(inner)
        if found.package == "Custom" and class_schema("optimizer", found.class_name) is not None:
            found = found._replace(package="")  # Keras 2.11 registered its own new optimizers so
        config = _optimizer_config(found.config)
        make = found._replace(config=config)
        return self._quietly(
            lambda ctx: convert_object("optimizer", make, "the optimizer", ctx), "the optimizer"
        )


def _optimizer_config(config: Mapping[str, Any]) -> dict[str, Any]:
    out = {
        _OPTIMIZER_NAMES.get(key, key): shorten_float(unwrap_value(value))
        if not is_serialized(value)
        else value
        for key, value in config.items()
        if key not in _OPTIMIZER_IGNORED
    }
    if not out.get("use_ema"):
        out.pop("ema_momentum", None)
        out.pop("ema_overwrite_frequency", None)
    if out.get("weight_decay") in (0, False):
        del out["weight_decay"]
    if out.get("epsilon", 0) is None:
        del out["epsilon"]
    decay, rate = shorten_float(config.get("decay")), out.get("learning_rate")
    if decay and isinstance(rate, float):
        schedule = {"initial_learning_rate": rate, "decay_steps": 1, "decay_rate": decay}
        out["learning_rate"] = {"class_name": "InverseTimeDecay", "config": schedule}
    return out


def _object(kind: str, value: Any, ctx: ImportContext) -> Any:
    where = f"the {kind}"
    if is_serialized(value):
        found = parse_object(value)
        if kind == "metric" and found.class_name == "MeanMetricWrapper":
            return _wrapped_metric(found, where, ctx)
        config = {k: v for k, v in found.config.items() if not _is_usual(k, v, found, kind)}
        return convert_object(kind, found._replace(config=config), where, ctx)
    return convert_value(kind, value, where, ctx)


def _wrapped_metric(found: ConfigObject, where: str, ctx: ImportContext) -> Any:
    """Keras 2 wrapped a metric's function; "accuracy" is decided anew by the loss."""
    name, function = found.config.get("name"), found.config.get("fn")
    if name in ("accuracy", "acc") or not isinstance(function, str):
        function = name
    return convert_value("metric", function, where, ctx)


def _is_usual(key: str, value: Any, found: ConfigObject, kind: str) -> bool:
    """Whether an argument of a loss or metric has its default value."""
    if key == "reduction" and kind == "loss":
        return value in ("auto", "sum_over_batch_size")
    if key == "fn":
        return True
    known = class_schema(kind, found.class_name)
    usual = known.properties.get("name", {}).get("default") if known is not None else None
    return key == "name" and (value == usual or value is None)
