"""Workers that Ray Train starts, on one machine or several, and begins anew after a lost one."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .driver import RayTraining, train_with_ray
else:
    __getattr__ = lazy_names(__name__, {"driver": "RayTraining train_with_ray"})
