"""The section `data` against a model, without reading a file.

Few specs have images, tokens or lists; the modules for these are imported when one does.
"""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .augmented import (
        GRAY_RANK,
        IMAGE_RANK,
        AugmentedInputs,
        Size,
        augmented_inputs,
        crop_size,
        cropped_inputs,
        cropped_targets,
        crops,
        is_gray_image,
        is_image,
        with_whole_targets,
    )
    from .given_shapes import GivenShape, known_shapes
    from .image_targets import check_sizes_known
    from .images import (
        CHANNELS,
        DIVIDE,
        IGNORE,
        IGNORED_CLASS,
        LARGEST_PIXEL,
        divisor,
        ignored_pixels,
        image_target_shape,
        is_image_target,
        output_shapes,
    )
    from .lookups import (
        CategoryLookup,
        lookups_of_inputs,
        report_few_tokens,
        report_unknown_category,
    )
    from .matching import FedInputs, match_inputs, match_targets
    from .media import check_input, media_shape, unnamed_files
    from .section import check_columns, check_targets
    from .shapes import takes_shape, with_rank_of
    from .tokens import tokens_text, with_lengths
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "augmented": "GRAY_RANK IMAGE_RANK AugmentedInputs Size augmented_inputs crop_size "
            "cropped_inputs cropped_targets crops is_gray_image is_image with_whole_targets",
            "image_targets": "check_sizes_known",
            "images": "CHANNELS DIVIDE IGNORE IGNORED_CLASS LARGEST_PIXEL divisor ignored_pixels "
            "image_target_shape is_image_target output_shapes",
            "lookups": "CategoryLookup lookups_of_inputs report_few_tokens report_unknown_category",
            "given_shapes": "GivenShape known_shapes",
            "matching": "FedInputs match_inputs match_targets",
            "media": "check_input media_shape unnamed_files",
            "section": "check_columns check_targets",
            "shapes": "takes_shape with_rank_of",
            "tokens": "tokens_text with_lengths",
        },
    )
