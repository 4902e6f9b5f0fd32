"""The whole language as one JSON Schema, in the form that editors make most of.

It accepts what the schema accepts that `validate` checks against (a test compares them), and has
a text for each key; a spec that extends another one may leave out what the base has. Two forms
are rewritten, because yaml-language-server looks for what it can offer at an empty place in
`anyOf` and not in `if`, and offers no key where there may be one only.
`doNotSuggest` is known to yaml-language-server and to Visual Studio Code, and to all others an
unknown keyword, which changes nothing. No keyword is newer than draft 7, which many editors stop
at; only `$defs` is, and references reach it all the same.
"""

from __future__ import annotations

import re
from typing import Any

from .arguments import argument_purpose, describe_argument
from .bundle import bundle
from .catalogue import WHEN, WHEN_SCHEMA
from .files import Schema

_DEFINITIONS = "#/$defs/"
_OPERANDS = ("types.tensor_constant", "types.tensor_constant_or_null")
_DATA = frozenset(("default", "enum", "const", "required"))
_BRANCHES = frozenset(("if", "then", "else", "type"))
_CONDITION = frozenset(("if", "then", "else"))
_IS_TEXT, _IS_MAPPING = {"type": "string"}, {"type": "object"}


def editor_schema() -> Schema:
    """One self-contained JSON Schema (2020-12), in which every key has a description."""
    return _Editor(bundle(None)).run()


class _Editor:
    def __init__(self, schema: Schema) -> None:
        self.definitions: dict[str, Schema] = schema.pop("$defs")
        self.root = schema

    def run(self) -> Schema:
        out: Schema = self.schema(self.root, "")
        definitions = sorted(self.definitions.items())
        out["$defs"] = {name: self.schema(part, name) for name, part in definitions}
        return _allow_parts(out)

    def schema(self, schema: Any, owner: str) -> Any:
        """A schema and all below it; `owner` is the definition that it stands in."""
        if isinstance(schema, list):
            return [self.schema(item, owner) for item in schema]
        if not isinstance(schema, dict):
            return schema
        if "x-object" in schema and schema.get("if") == _IS_TEXT:
            schema = self.one_way_each(schema)
        out: Schema = {}
        for key, value in _as_choice(schema).items():
            if key == "properties":
                tensors = [k for k, v in value.items() if v.get("$ref", "").endswith(_OPERANDS)]
                tensors = tensors if "parameters" in schema.get("x-call", {}) else []
                out[key] = {
                    name: self.property(name, at, owner, is_tensor=name in tensors)
                    for name, at in value.items()
                }
            elif key in _DATA:
                out[key] = value
            elif key == "maxProperties":
                out["not"] = {"type": "object", "minProperties": value + 1}
            elif not key.startswith("x-"):
                out[key] = self.schema(value, owner)
        if "x-call" in schema and "description" not in out:
            out["description"] = _of_function(owner, schema["x-call"])
        return out

    def property(self, name: str, schema: Any, owner: str, *, is_tensor: bool) -> Any:
        """What stands under one key, with a description."""
        out = self.schema(schema, owner)
        if not isinstance(out, dict) or owner.startswith("keras."):
            return out  # a table of classes: each has a description of its own
        own = argument_purpose(owner.rpartition(".")[2], name, is_op=owner.startswith("ops."))
        if is_tensor:
            own = "A tensor of an edge, unless a constant is written here."
        text = describe_argument(schema, self.follow(schema), own)
        if text:
            out["description"] = text
        return out

    def one_way_each(self, schema: Schema) -> Schema:
        """A table of classes in which each is offered in one form only.

        A class is offered as its name; as a mapping where it has to have arguments, and functions
        (`ops.NAME`) too. Names stand as constants, so that one that is pointed at shows its own
        text and not the whole list; not those of functions, since a language server tries all
        constants at each layer, and hundreds take it seconds.
        """
        table = schema["else"]["then"]["properties"]
        offered = {
            name
            for name in table
            if "." not in name and not self.follow(table[name]).get("required")
        }
        texts: list[Schema] = []
        for choice in schema["then"]["anyOf"]:
            names = choice.get("enum", ())
            others = [name for name in names if name in table and name not in offered]
            texts += [self.name(name, table) for name in names if name not in others]
            if others:
                texts.append({"pattern": f"^(?:{'|'.join(map(re.escape, others))})$"})
            if not names:
                texts.append(choice)
        properties = {
            name: {**entry, "doNotSuggest": True} if name in offered else entry
            for name, entry in table.items()
        }
        mapping = {**schema["else"]["then"], "properties": properties}
        if schema["x-object"] == "layer":
            mapping = _with_condition(mapping)
        return {
            **schema,
            "then": {"anyOf": texts},
            "else": {**schema["else"], "then": mapping},
        }

    def name(self, name: str, table: dict[str, Schema]) -> Schema:
        """A name as a constant, with the text of what it names."""
        found = self.follow(table[name]) if name in table else {}
        text = found.get("description")
        if text is None and "x-call" in found:
            text = _of_function(table[name]["$ref"].removeprefix(_DEFINITIONS), found["x-call"])
        return {"title": name, **({"description": text} if text else {}), "const": name}

    def follow(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self.definitions[schema["$ref"].removeprefix(_DEFINITIONS)]
        return schema


def _with_condition(mapping: Schema) -> Schema:
    """The mapping of a layer, beside whose name a `when` may stand."""
    others = mapping["patternProperties"].items()
    patterns = {f"^(?!{WHEN}$){key[1:]}": item for key, item in others}
    return {
        **mapping,
        "properties": {**mapping["properties"], WHEN: WHEN_SCHEMA},
        "patternProperties": patterns,
        "anyOf": [{"maxProperties": 1}, {"required": [WHEN], "minProperties": 2}],
        "maxProperties": 2,
    }


def _allow_parts(schema: Schema) -> Schema:
    """Let a spec that extends another one leave out what its base has.

    The sections lose what they require; a spec without `extends` is held to it at the top.
    """
    definitions = schema["$defs"]
    required = {name: definitions[name].pop("required") for name in _SECTIONS}
    models = {name: {"required": required[f"modelspec.{name}"]} for name in _MODELS}
    graph = definitions["modelspec.functional"]
    models["functional"]["anyOf"] = graph.pop("anyOf")  # the inputs, or `each`, which makes some
    rest = {name: {"required": required[name]} for name in ("data", "training")}
    # what `phases` and `losses` make superfluous
    rest["training"]["anyOf"] = definitions["training"].pop("anyOf")
    sections = {"model": {"properties": models}, **rest}
    whole = {
        "required": [key for key in schema["required"] if key not in _ALWAYS],
        "properties": {key: {**part, "doNotSuggest": True} for key, part in sections.items()},
    }
    schema["required"] = list(_ALWAYS)
    return {**schema, "if": {"required": ["extends"]}, "then": {}, "else": whole}


_ALWAYS = ("modelspec",)
_MODELS = ("sequential", "functional")
_SECTIONS = ("data", "training", *(f"modelspec.{name}" for name in _MODELS))


def _as_choice(schema: Schema) -> Schema:
    """ "If it is text, then ..., else if it is a mapping, then ..." as `anyOf`."""
    inner = schema.get("else")
    if not isinstance(inner, dict) or "anyOf" in schema:
        return schema
    if schema.get("if") != _IS_TEXT or inner.get("if") != _IS_MAPPING:
        condition, rest = schema["if"], {k: v for k, v in schema.items() if k not in _CONDITION}
        first, second = (
            {"allOf": [condition, schema["then"]]},
            {"allOf": [{"not": condition}, inner]},
        )
        return {**rest, "anyOf": [first, second]}
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    choices: list[Schema] = []
    if "string" in types:
        texts = schema["then"].get("anyOf", [schema["then"]])
        choices += [text if "$ref" in text else {**_IS_TEXT, **text} for text in texts]
    if "object" in types:
        choices.append({**_IS_MAPPING, **inner["then"]})
    others = [kind for kind in types if kind not in ("string", "object")]
    if others:
        choices.append({"type": others, **inner.get("else", {})})
    return {**{k: v for k, v in schema.items() if k not in _BRANCHES}, "anyOf": choices}


def _of_function(owner: str, call: dict[str, Any]) -> str:
    parameters = ", ".join(call.get("parameters", ()))
    return f"The function keras.{owner}({parameters}) as a layer; its tensors come from edges."
