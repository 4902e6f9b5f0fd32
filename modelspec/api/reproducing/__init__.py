"""Train a run again from its lock, and compare."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .train_again import Reproduction, reproduce
else:
    __getattr__ = lazy_names(__name__, {"train_again": "Reproduction reproduce"})
