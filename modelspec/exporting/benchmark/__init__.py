"""Size, speed and memory of exported files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .measure import Bench, Measurement, measure_file
    from .variants import VARIANTS, MeasureOptions, Variant
    from .views import MEASURED_FORMATS, Benched

__all__ = [
    "MEASURED_FORMATS",
    "VARIANTS",
    "Bench",
    "Benched",
    "MeasureOptions",
    "Measurement",
    "Variant",
    "measure_file",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "Bench": "measure",
            "Measurement": "measure",
            "measure_file": "measure",
            "MeasureOptions": "variants",
            "VARIANTS": "variants",
            "Variant": "variants",
            "Benched": "views",
            "MEASURED_FORMATS": "views",
        },
    )
