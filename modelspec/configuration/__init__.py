"""The configuration of a project: `modelspec.toml`, or `[tool.modelspec]` in `pyproject.toml`."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .lookup import Configuration, current_configuration, use_configuration
from .settings import DEFAULTS, Settings

if TYPE_CHECKING:
    from .editor_schema import configuration_schema
else:
    __getattr__ = lazy_names(__name__, {"editor_schema": "configuration_schema"})
