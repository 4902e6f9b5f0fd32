"""What a training needs before its first step: data, compiled model, checks."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .compilation import compile_model, tensorboard_callback
    from .failure_locator import FailureLocator
    from .given_sizes import check_new_sizes
    from .job import job_sizes
    from .outputs import UNTRAINED, Output, match_outputs, output_meaning
    from .prepare import (
        PreparedPhase,
        PreparedTraining,
        output_shapes,
        prepare_training,
        required_sections,
        spec_file,
        spec_folder,
    )
    from .targets import (
        check_targets,
        check_training_data,
        sample_weights,
        without_own_padding,
    )
    from .vocabularies import check_known_categories
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "compilation": "compile_model tensorboard_callback",
            "failure_locator": "FailureLocator",
            "given_sizes": "check_new_sizes",
            "outputs": "Output UNTRAINED match_outputs output_meaning",
            "job": "job_sizes",
            "prepare": "PreparedPhase PreparedTraining output_shapes prepare_training "
            "required_sections spec_file spec_folder",
            "targets": "check_targets check_training_data sample_weights without_own_padding",
            "vocabularies": "check_known_categories",
        },
    )
