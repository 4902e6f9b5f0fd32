"""A spec as a Python file that imports only Keras."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .source import python_source
else:
    __getattr__ = lazy_names(__name__, {"source": "python_source"})
