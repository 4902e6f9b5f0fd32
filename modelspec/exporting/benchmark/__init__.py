"""Size, speed and memory of exported files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .measure import Measurement, ModelBenchmark, measure_file
    from .variants import VARIANTS, BenchmarkOptions, Variant
    from .views import MEASURED_FORMATS, SourceMeasurements

__all__ = [
    "MEASURED_FORMATS",
    "VARIANTS",
    "BenchmarkOptions",
    "Measurement",
    "ModelBenchmark",
    "SourceMeasurements",
    "Variant",
    "measure_file",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "Measurement": "measure",
            "ModelBenchmark": "measure",
            "measure_file": "measure",
            "BenchmarkOptions": "variants",
            "VARIANTS": "variants",
            "Variant": "variants",
            "MEASURED_FORMATS": "views",
            "SourceMeasurements": "views",
        },
    )
