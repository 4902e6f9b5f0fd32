"""Random changes of training examples: functions of seed, epoch and example alone."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .affine import AffineSteps
    from .augmentation import Augmentation, ChangedInputs, Example, Places, Step
    from .draws import Draws
    from .layers import Cropping, ImageStep
    from .mixing import Mixing
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "affine": "AffineSteps",
            "augmentation": "Augmentation ChangedInputs Example Places Step",
            "draws": "Draws",
            "layers": "Cropping ImageStep",
            "mixing": "Mixing",
        },
    )
