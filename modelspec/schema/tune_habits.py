"""What people write in a `tune` section who know Optuna, KerasTuner, Ray Tune or Hyperopt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.document import format_flow

_LARGE = ("acc", "auc", "precision", "recall", "f1", "iou", "r2")
_SPACE = "write `space:`, with paths such as params.width below it"
_STOPS = "write halving: {from: 3, factor: 3}, which stops trials that are worse than others"
_TIME = "remove it: `trials` bounds a search, which can be stopped and resumed at any time"

SECTION: dict[str, str] = {
    **dict.fromkeys(("n_trials", "max_trials", "num_samples", "max_evals", "budget"), "trials"),
    **dict.fromkeys(("metric", "monitor", "goal", "objectives"), "objective"),
    **dict.fromkeys(("algorithm", "method", "search_alg", "tuner", "strategy"), "sampler"),
    "random_state": "seed",
}
"""Keys of others to those of `tune`, with the same value."""

HINTS: dict[str, str] = {
    **dict.fromkeys(("params", "parameters", "hyperparameters", "search_space", "grid"), _SPACE),
    **dict.fromkeys(("pruner", "scheduler", "asha", "early_stopping"), _STOPS),
    **dict.fromkeys(("timeout", "time", "hours", "minutes", "max_time"), _TIME),
    **dict.fromkeys(
        ("direction", "directions", "mode"), "it stands beside the name: objective: {val_loss: min}"
    ),
    **dict.fromkeys(("workers", "n_jobs", "parallel"), "write modelspec tune SPEC --workers N"),
    "epochs": "write it below `training:`",
    "name": "the study is called as the spec: its folder is RUNS/NAME-study",
}

DIMENSION: dict[str, str] = {
    **dict.fromkeys(
        ("choices", "values", "options", "categorical", "enum", "list", "grid"), "choice"
    ),
    **dict.fromkeys(("uniform", "real", "range_float", "quniform"), "float"),
    **dict.fromkeys(("loguniform", "log_uniform", "log_float", "logspace", "lognormal"), "log"),
    **dict.fromkeys(("randint", "integer", "range", "int_range", "qrandint"), "int"),
}
"""What others call the keys of a dimension."""

_ENDS = ("min", "max", "low", "high", "lower", "upper", "from", "to", "min_value", "max_value")


def hint_for_tune_key(path: tuple[Any, ...], key: str, value: Any, around: Any) -> str:
    """What to write in place of a key that a part of `tune` does not have; "" where unknown.

    Args:
        path: of the part.
        key: the key.
        value: what stands there.
        around: the part.
    """
    if path == ("tune",):
        return HINTS.get(key) or (
            f"write {SECTION[key]}: {format_flow(value)}" if key in SECTION else ""
        )
    if path[:2] == ("tune", "space") and len(path) == 3:
        if key in DIMENSION:
            return f"write {DIMENSION[key]}: {format_flow(value)}"
        ends = [around[end] for end in _ENDS if end in around]
        if key in _ENDS and len(ends) == 2:
            kind = "int" if all(isinstance(end, int) for end in ends) else "float"
            return f"write {kind}: {format_flow(ends)}"
    return ""


def hint_for_tune_value(path: tuple[Any, ...], value: Any) -> str:
    """What to write in place of a value in `tune`; "" where unknown."""
    if path[:2] == ("tune", "objective"):
        return _objective(path, value)
    if path[:2] == ("tune", "space") and len(path) == 3:
        return _dimension(value)
    if path[:2] == ("tune", "space") and path[3:] == ("choice",) and _is_scalar(value):
        return f"write choice: [{format_flow(value)}, …]"
    if path == ("tune", "trials") and str(value).lower() in ("all", "-1", "none", "inf", ".inf"):
        return "write how many; with sampler: grid a study ends when each point is tried"
    if path in (("tune", "halving"), ("tune", "hyperband")) and isinstance(value, (int, bool)):
        return f"write {path[1]}: {{from: {value if value > 1 else 3}}}"
    return ""


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (str, int, float))


def _objective(path: tuple[Any, ...], value: Any) -> str:
    if len(path) == 2 and isinstance(value, str):
        return f"write objective: {{{value}: {_direction(value)}}}"
    if len(path) == 2 and isinstance(value, list) and all(isinstance(v, str) for v in value):
        inner = ", ".join(f"{name}: {_direction(name)}" for name in value)
        return f"write objective: {{{inner}}}"
    if len(path) == 3 and isinstance(value, str):
        word = value.lower()
        if word.startswith(("max", "high", "asc", "large")):
            return f"write {path[2]}: max"
        if word.startswith(("min", "low", "desc", "small")):
            return f"write {path[2]}: min"
    return ""


def _direction(name: str) -> str:
    return "max" if any(part in name.lower() for part in _LARGE) else "min"


def _dimension(value: Any) -> str:
    if isinstance(value, list):
        return f"write {{choice: {format_flow(value)}}}"
    if _is_scalar(value) or value is None:
        return f"write {{choice: [{format_flow(value)}, …]}}"
    return "" if isinstance(value, Mapping) else "write {choice: [VALUE, …]}"
