"""Expressions of the sizes of a training, with the rows that `validate --data` reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.cli import run

pytestmark = pytest.mark.tensorflow  # whose extra has what reads csv

SPEC = """\
modelspec: 1
model:
  sequential:
    input: {shape: [1], name: x}
    layers: [{Dense: {units: 1, name: y}}]
data: {train: {csv: t.csv}, batch_size: 8, inputs: {x: [a]}, targets: {y: b}}
training:
  loss: mse
  optimizer:
    SGD:
      learning_rate: {CosineDecay: {initial_learning_rate: 0.01, decay_steps: "${STEPS}"}}
  checkpoint: {every: "${EVERY}"}
  phases: [{epochs: 1}, {epochs: 3}]
"""
SIZES = "with these data: examples 20, steps_per_epoch 3, epochs"


@pytest.mark.parametrize(
    ("steps", "every", "code", "said"),
    [
        (
            "steps",
            "max(1, steps_per_epoch // 8)",
            0,
            [
                f"`${{steps}}` is 3 in phase 1 and 9 in phase 2 {SIZES} 4 [job-sizes]",
                f"`${{max(1, steps_per_epoch // 8)}}` is 1 in phase 1 and 1 in phase 2 {SIZES} 4",
            ],
        ),
        ("steps // 4", "steps", 1, ["above 0, got 0 from `${steps // 4}` with these data"]),
        (
            "steps",
            "steps_per_epoch // 8",
            1,
            [
                "`every` must be a whole number of at least 1, and ${steps_per_epoch // 8} is 0",
                "hint: write `${max(1, steps_per_epoch // 8)}`",
            ],
        ),
    ],
)
def test_values_are_those_of_the_rows(
    steps: str,
    every: str,
    code: int,
    said: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n2,3\n" * 10)
    spec = tmp_path / "s.yaml"
    spec.write_text(SPEC.replace("STEPS", steps).replace("EVERY", every))
    assert run(["validate", "--data", str(spec)]) == code
    shown = capsys.readouterr().out
    assert [line for line in said if line not in shown] == [], shown


GAN = """\
modelspec: 1
model:
  functional:
    inputs: {noise: {shape: [4]}, row: {shape: [2]}}
    layers:
      generator: {Sequential: {layers: [{Dense: {units: 2}}]}}
      critic: {Sequential: {layers: [{Dense: {units: 1}}]}}
    edges: [noise -> generator, row -> critic]
    outputs: generator
data: {train: {csv: t.csv}, batch_size: 8, inputs: {row: [a, b]}}
training:
  epochs: 2
  optimizer:
    SGD: {learning_rate: {CosineDecay: {initial_learning_rate: 0.1, decay_steps: "${steps}"}}}
  gan:
    generator: generator
    discriminator: critic
    discriminator_steps: 5
    discriminator_optimizer:
      SGD: {learning_rate: {CosineDecay: {initial_learning_rate: 0.1, decay_steps: "${steps - 1}"}}}
"""


def test_the_optimizer_of_a_discriminator_counts_its_own_steps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n2,3\n" * 10)
    (tmp_path / "s.yaml").write_text(GAN)
    assert run(["validate", "--data", str(tmp_path / "s.yaml")]) == 0
    shown = capsys.readouterr().out
    assert "`${steps}` is 6 with" in shown
    assert "`${steps - 1}` is 29 for the discriminator with" in shown
