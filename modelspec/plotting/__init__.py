"""Pictures of models, without TensorFlow: what is shown, how it is folded and laid out, and the
formats that it is written in."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .drawing import draw
    from .families import Family, family_of
    from .opening import Folding, fold
    from .placing import Picture, place
    from .scene import Drawing, Scene, SceneNode
    from .writing import PICTURE_FORMATS, POLICY, Theme, as_svg, page_style
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "drawing": "draw",
            "families": "Family family_of",
            "scene": "Drawing Scene SceneNode",
            "opening": "Folding fold",
            "placing": "Picture place",
            "writing": "PICTURE_FORMATS POLICY Theme as_svg page_style",
        },
    )
