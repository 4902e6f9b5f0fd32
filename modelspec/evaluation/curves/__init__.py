"""How well scores tell classes apart at every threshold, and which threshold meets a goal."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .areas import ClassCurves, OutputCurves, all_curves, curves_of
    from .drawing import draw_curves
    from .thresholds import ChosenThreshold, choose_threshold
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "areas": "ClassCurves OutputCurves all_curves curves_of",
            "drawing": "draw_curves",
            "thresholds": "ChosenThreshold choose_threshold",
        },
    )
