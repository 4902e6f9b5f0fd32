"""What `benchmark` measures of a model: every format that answers, quantized ones by themselves."""

from __future__ import annotations

from typing import NamedTuple

from modelspec.exporting.formats import FORMATS, QUANTIZED, Settings


class MeasureOptions(NamedTuple):
    """What is asked: the examples of a call for the throughput, and for how long calls count."""

    batch_size: int = 32
    seconds: float = 2.0


class Variant(NamedTuple):
    """One export: its name in tables, its format and its settings."""

    name: str
    form: str
    settings: Settings = Settings()


def _variants(form: str) -> list[Variant]:
    found = [Variant(form, form)]
    if form == "litert":
        found += [Variant(f"{form}-{kind}", form, Settings(quantize=kind)) for kind in QUANTIZED]
    return found


VARIANTS = {
    variant.name: variant
    for form, entry in FORMATS.items()
    if entry.tolerance is not None and form != "weights"
    for variant in _variants(form)
}
"""Name to variant. Weights alone answer nothing without the program that builds their model."""
