"""The typed form of `training.gan`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, value_span
from modelspec.spec.data import number, whole_number
from modelspec.spec.model import KerasObject, TensorName, parse_object
from modelspec.spec.training import GraphLoss
from modelspec.value_classes import value_class

DISCRIMINATOR_LOSS, GENERATOR_LOSS = "discriminator_loss", "generator_loss"
"""The names under which the losses of both models are logged."""

NORMAL, UNIFORM = "normal", "uniform"
"""Distributions of noise: of mean 0 and deviation 1; between -1 and 1."""

BINARY, WASSERSTEIN = "binary_crossentropy", "wasserstein"
"""The loss by default, and that with a gradient penalty or clipped weights."""


@value_class
class NoiseSpec:
    """What the generator makes its examples from.

    Attributes:
        size: how many numbers; None where that is left to the input.
        distribution: NORMAL or UNIFORM.
        span: the location of the size.
    """

    size: int | None
    distribution: str
    span: Span


@value_class
class GanSpec:
    """Two models of a file that are trained in turn.

    Attributes:
        generator: the layer that is the one model: from noise, and conditions if any, to examples.
        discriminator: that is the other: from examples, and conditions, to a score for each.
        noise: what the generator takes.
        loss: what both scores are put to: binary_crossentropy, wasserstein, hinge, least_squares.
        discriminator_steps: of the discriminator for one of the generator.
        gradient_penalty: the weight of the penalty for gradients of another length than 1, or None.
        weight_clip: the bound of the weights of the discriminator, or None.
        label_smoothing: how far below 1 the label of real examples is.
        label_noise: up to how much is added to the labels at random.
        discriminator_optimizer: None where both have that of `training`.
        places: where each key is written.
        span: of the section.
    """

    generator: str
    discriminator: str
    noise: NoiseSpec
    loss: str
    discriminator_steps: int
    gradient_penalty: float | None
    weight_clip: float | None
    label_smoothing: float
    label_noise: float
    discriminator_optimizer: KerasObject | None
    places: Mapping[str, Span]
    span: Span

    def place(self, key: str) -> Span:
        """Where a key is written; the section where it is not."""
        return self.places.get(key, self.span)

    @property
    def losses(self) -> dict[str, GraphLoss]:
        """The losses of both models, which are logged as those of the graph are."""
        pairs = (
            (DISCRIMINATOR_LOSS, self.discriminator, "discriminator"),
            (GENERATOR_LOSS, self.generator, "generator"),
        )
        return {
            name: GraphLoss(name, TensorName(layer, self.place(key)), 1.0, self.place(key))
            for name, layer, key in pairs
        }


def parse_gan(section: LocatedDict, findings: Findings) -> GanSpec:
    """The section `training.gan`, already checked against its schema."""
    places = {key: value_span(section, key, section.span) for key in section}

    def optional(key: str) -> float | None:
        return number(section[key], key, places[key], findings) if key in section else None

    penalty, clip = optional("gradient_penalty"), optional("weight_clip")
    default = BINARY if penalty is None and clip is None else WASSERSTEIN
    given = section.get("discriminator_optimizer")
    optimizer = None
    if given is not None:
        optimizer = parse_object(given, "optimizer", places["discriminator_optimizer"], findings)
    return GanSpec(
        str(section["generator"]),
        str(section["discriminator"]),
        _noise(section, findings),
        str(section.get("loss", default)),
        whole_number(section, "discriminator_steps", 1, findings),
        penalty,
        clip,
        optional("label_smoothing") or 0.0,
        optional("label_noise") or 0.0,
        optimizer,
        places,
        section.span,
    )


def _noise(section: LocatedDict, findings: Findings) -> NoiseSpec:
    given: Any = section.get("noise")
    if isinstance(given, LocatedDict):
        size = whole_number(given, "size", 1, findings) if "size" in given else None
        span = value_span(given, "size", given.span)
        return NoiseSpec(size, str(given.get("distribution", NORMAL)), span)
    size = None if given is None else whole_number(section, "noise", 1, findings)
    return NoiseSpec(size, NORMAL, value_span(section, "noise", section.span))
