"""What a lint looks at, and what it says."""

from .lint import Lint
from .one_model import OneModel
from .subject import Subject

__all__ = ["Lint", "OneModel", "Subject"]
