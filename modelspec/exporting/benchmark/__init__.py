"""Size, speed and memory of exported files."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .measure import Measurement, ModelBenchmark, measure_file
    from .variants import VARIANTS, BenchmarkOptions, Variant
    from .views import MEASURED_FORMATS, SourceMeasurements
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "measure": "Measurement ModelBenchmark measure_file",
            "variants": "BenchmarkOptions VARIANTS Variant",
            "views": "MEASURED_FORMATS SourceMeasurements",
        },
    )
