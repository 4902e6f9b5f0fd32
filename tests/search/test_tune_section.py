"""The section beside the other commands: `--set`, `extends`, `expand`, `convert`."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from search_specs import with_space

from modelspec.compile import CompiledSpec, compile_file
from modelspec.diagnostics import Findings, SpecError
from modelspec.graph.conversion import convert
from modelspec.schema import definition, follow
from modelspec.spec import fill_defaults
from modelspec.spec.tune import Choice, FloatRange, IntRange, TuneSpec

SPACE: dict[str, Any] = {
    "params.width": {"choice": [4, 8]},
    "params.rate": {"float": [0.0, 0.5], "step": 0.1},
}


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_text(with_space(SPACE), encoding="utf-8")
    return path


def tune_of(compiled: CompiledSpec) -> TuneSpec:
    assert compiled.spec.tune is not None
    return compiled.spec.tune


def test_set_reaches_the_section_and_its_paths(spec: Path) -> None:
    overrides = {
        "tune.trials": 7,
        "tune.space.params.width.choice.0": 2,
        "tune.space.params.rate": {"float": [0.0, 0.2]},
        "tune.space.training.seed": {"int": [1, 3]},
    }
    tune = tune_of(compile_file(spec, overrides))
    width, rate, seed = tune.dimensions
    assert tune.trials == 7
    assert isinstance(width, Choice) and width.labels == (2, 8)
    assert isinstance(rate, FloatRange) and (rate.high, rate.step) == (0.2, None)
    assert isinstance(seed, IntRange) and seed.name == "training.seed"


SAMPLERS = {
    "tpe": "TPESampler",
    "random": "RandomSampler",
    "grid": "GridSampler",
    "gp": "GPSampler",
    "cmaes": "CmaEsSampler",
    "nsga2": "NSGAIISampler",
}


def test_the_arguments_of_samplers_are_those_of_optuna() -> None:
    samplers = pytest.importorskip("optuna").samplers
    schema = definition("tune.schema.json", "")["$defs"]
    assert list(schema["sampler_arguments"]["properties"]) == list(SAMPLERS)
    assert sorted(schema["sampler_name"]["enum"]) == sorted(SAMPLERS)
    for name, own in SAMPLERS.items():
        known = inspect.signature(getattr(samplers, own).__init__).parameters
        given = follow(schema["sampler_arguments"]["properties"][name], "tune.schema.json")[0]
        assert given["properties"].keys() <= known.keys(), name


def test_what_extends_a_search_replaces_dimensions_and_objectives_whole(spec: Path) -> None:
    child = spec.with_name("child.yaml")
    child.write_text(
        "extends: spec.yaml\n"
        "tune:\n"
        "  objective: {val_loss: min}\n"
        "  space: {params.rate: {log: [0.1, 0.5]}, params.kernel: {int: [1, 3]}}\n",
        encoding="utf-8",
    )
    tune = tune_of(compile_file(child))
    assert [goal.name for goal in tune.objectives] == ["val_loss"]
    assert [d.name for d in tune.dimensions] == ["params.width", "params.rate", "params.kernel"]
    assert isinstance(tune.dimensions[1], FloatRange) and tune.dimensions[1].log
    assert tune.trials == 5


def test_hyperband_of_a_child_takes_the_place_of_halving(tmp_path: Path) -> None:
    base, child = tmp_path / "base.yaml", tmp_path / "child.yaml"
    base.write_text(with_space(SPACE, halving={"from": 1}), encoding="utf-8")
    child.write_text("extends: base.yaml\ntune: {hyperband: {from: 1}}\n", encoding="utf-8")
    halving = tune_of(compile_file(child)).halving
    assert halving is not None and halving.key == "hyperband"


def test_what_is_written_out_has_no_search(spec: Path) -> None:
    compiled = compile_file(spec)
    assert "tune" not in fill_defaults(compiled.spec.document, "spec")
    converted = convert(compiled.spec, compiled.graph, "functional", Findings())
    assert converted is not None and "tune" not in converted


def test_other_commands_stop_at_a_section_that_makes_no_sense(spec: Path) -> None:
    with pytest.raises(SpecError, match="begins at 9, above its end 3"):
        compile_file(spec, {"tune.space.params.width": {"int": [9, 3]}})
