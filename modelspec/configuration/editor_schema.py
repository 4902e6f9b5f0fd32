"""The JSON Schema of a configuration, for editors."""

from __future__ import annotations

from copy import deepcopy

from modelspec.report import FORMATS, known_codes
from modelspec.schema import Schema, definition

FILE = "configuration.schema.json"


def configuration_schema() -> Schema:
    """The schema of `modelspec.toml`, with the codes and formats that there are."""
    schema: Schema = deepcopy(definition(FILE, ""))
    schema["$defs"]["code"]["enum"] = sorted(known_codes())
    schema["properties"]["format"]["enum"] = list(FORMATS)
    return schema
