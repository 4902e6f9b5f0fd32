"""A first spec: from a template, or from a data file and what its columns hold."""

from .draft import Draft, draft
from .template import TEMPLATES, text_of_template

__all__ = ["TEMPLATES", "Draft", "draft", "text_of_template"]
