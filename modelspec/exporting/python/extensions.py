"""What a name of an extension stands for, and how its layers take several tensors.

That stands in their code. It is asked of the class where the user allows extensions; else it is
read, not run, from the text of the module beside the spec.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from modelspec.building import (
    find_module_file,
    module_folders,
    registered_objects,
    takes_one_argument,
)
from modelspec.diagnostics import Findings, Span, SpecError
from modelspec.spec import Spec
from modelspec.spec.extensions import extension_modules


@dataclass(frozen=True, slots=True)
class ExtensionCalls:
    """The extensions of one spec."""

    spec: Spec

    def take_one(self, class_name: str, span: Span) -> bool:
        """Whether a layer takes several tensors as one list.

        Raises:
            SpecError: that cannot be told.
        """
        found = registered_objects(self.spec).get(class_name)
        if found is not None:
            return takes_one_argument(found.call, bound=False)
        for tree in self._texts():
            call = _call_of(tree, class_name.rpartition(">")[2])
            if call is not None:
                return (
                    call.vararg is None
                    and len(call.posonlyargs + call.args) - len(call.defaults) < 3
                )
        findings = Findings()
        message = f"how `{class_name}` takes several tensors stands in its code, which may not run"
        hint = "where you trust it, add --allow-extensions, or in Python allow_extensions=True"
        findings.error(span, "extension-not-allowed", message, hint=hint)
        raise SpecError(findings.sorted())

    def is_function(self, class_name: str) -> bool:
        """Whether a function stands under the name, such as an activation or a loss."""
        found = registered_objects(self.spec).get(class_name)
        if found is not None:
            return not isinstance(found, type)
        name = class_name.rpartition(">")[2]
        items = [item for tree in self._texts() for item in tree.body]
        return any(isinstance(item, ast.FunctionDef) and item.name == name for item in items)

    def _texts(self) -> Iterator[ast.Module]:
        for name, span in extension_modules(self.spec):
            file = find_module_file(name, module_folders(self.spec, span))
            try:
                if file is not None:
                    yield ast.parse(file.read_bytes())
            except (OSError, SyntaxError, ValueError, RecursionError):
                continue


def _call_of(tree: ast.Module, name: str) -> ast.arguments | None:
    """The arguments, `self` among them, of the `call` that a class of a module defines."""
    for cls in tree.body:
        if isinstance(cls, ast.ClassDef) and cls.name == name:
            for item in cls.body:
                if isinstance(item, ast.FunctionDef) and item.name == "call":
                    return item.args
    return None
