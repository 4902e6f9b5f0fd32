"""What `benchmark` measures of a model: every format that computes, quantized ones separately."""

from __future__ import annotations

from dataclasses import dataclass, field

from modelspec.exporting.formats import FORMATS, ExportFormat, ExportSettings


@dataclass(frozen=True, slots=True)
class BenchmarkOptions:
    """How exports are measured.

    Attributes:
        batch_size: examples in one call for the throughput.
        seconds: how long calls with one example are measured, and those with a batch.
    """

    batch_size: int = 32
    seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class Variant:
    """One export: its name in tables, its format and its settings."""

    name: str
    form: str
    settings: ExportSettings = field(default_factory=ExportSettings)


def _variants(entry: ExportFormat) -> list[Variant]:
    if entry.read_signature is None:  # weights cannot predict without another program's model
        return []
    return [
        Variant(entry.name, entry.name),
        *(
            Variant(f"{entry.name}-{mode}", entry.name, ExportSettings(quantize=mode))
            for mode in entry.quantizations
        ),
    ]


VARIANTS = {variant.name: variant for entry in FORMATS.values() for variant in _variants(entry)}
"""Name to variant."""
