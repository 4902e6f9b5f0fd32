"""What a training needs before its first step: data, compiled model, checks."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .compilation import compile_model
    from .data_check import check_training_data
    from .outputs import Output, OutputKind, match_outputs, output_meaning
    from .prepare import (
        PreparedTraining,
        output_shapes,
        prepare_training,
        required_sections,
        spec_folder,
    )
    from .targets import check_targets
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "compilation": "compile_model",
            "data_check": "check_training_data",
            "outputs": "Output OutputKind match_outputs output_meaning",
            "prepare": "PreparedTraining output_shapes prepare_training required_sections "
            "spec_folder",
            "targets": "check_targets",
        },
    )
