"""Random changes of training examples: functions of seed, epoch and example alone."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .augmentation import Augmentation, ChangedInput, Example, Places
    from .draws import Draws
    from .layers import ImageStep
    from .mixing import Mixing
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "augmentation": "Augmentation ChangedInput Example Places",
            "draws": "Draws",
            "layers": "ImageStep",
            "mixing": "Mixing",
        },
    )
