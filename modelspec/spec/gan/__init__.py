"""`training.gan`: two models of one file, trained in turn."""

from .gan import (
    BINARY,
    DISCRIMINATOR_LOSS,
    GENERATOR_LOSS,
    UNIFORM,
    WASSERSTEIN,
    GanSpec,
    NoiseSpec,
    parse_gan,
)

__all__ = [
    "BINARY",
    "DISCRIMINATOR_LOSS",
    "GENERATOR_LOSS",
    "UNIFORM",
    "WASSERSTEIN",
    "GanSpec",
    "NoiseSpec",
    "parse_gan",
]
