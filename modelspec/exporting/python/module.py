"""What a Python file holds beside the model: imports, one small function, nested models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .extensions import ExtensionCalls
from .names import Identifiers, text_literal

_FUNCTIONS = {
    "named": '''def named(name, result):
    """Give the node behind a result its name; functions of keras.ops take none."""
    first = result[0] if isinstance(result, (list, tuple)) else result
    first._keras_history.operation.name = name
    return result''',
    "number_masks": '''def number_masks(model, *given):
    """Number the nodes that Keras adds for masks from the start, in their order."""

    def split(name):
        kind, _, number = name.rpartition("_")
        return (kind, int(number)) if kind and number.isdigit() else (name, 0)

    own = [
        node
        for node in model.operations
        if not isinstance(node, keras.Layer) and node.name not in given
    ]
    taken = {node.name for node in model.operations} - {node.name for node in own}
    for node in sorted(own, key=lambda node: split(node.name)[1]):
        kind = name = split(node.name)[0]
        number = 0
        while name in taken:
            number += 1
            name = f"{kind}_{number}"
        taken.add(name)
        node.name = name''',
}
"""What a file may need beside Keras, in its own words."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function that builds a nested model.

    Attributes:
        name: `build_encoder`.
        default: the name that the model gets unless the caller gives another.
    """

    name: str
    default: str


@dataclass(slots=True)
class Module:
    """Collected while the models are written, and written out above them.

    Attributes:
        classes: names that no variable may hide.
        masks: whether Keras may put nodes of its own into the models, for masks.
        extensions: knows how the layers of extensions take several tensors.
        uses: which of `layers`, `ops`, `named` and `number_masks` the file needs.
        internal: module to the classes that Keras gives no public name.
        registered: classes of extensions, `package>Class`, to the variables that hold them.
    """

    classes: frozenset[str] = frozenset()
    masks: bool = False
    extensions: ExtensionCalls | None = None
    uses: set[str] = field(default_factory=set)
    internal: dict[str, set[str]] = field(default_factory=dict)
    registered: dict[str, str] = field(default_factory=dict)
    _functions: dict[tuple[str, ...], Function] = field(default_factory=dict)
    _texts: list[str] = field(default_factory=list)
    _names: Identifiers = field(
        default_factory=lambda: Identifiers(["build_model", "compile_model"])
    )

    def use(self, name: str) -> str:
        """Note that the file needs `layers`, `ops`, `named` or `number_masks`."""
        self.uses.add(name)
        return name

    def import_internal(self, module: str, name: str) -> str:
        """A class that Keras has, and gives no public name."""
        self.internal.setdefault(module, set()).add(name)
        return name

    def register(self, full_name: str) -> str:
        """The variable that holds a class of an extension, `package>Class`."""
        if full_name not in self.registered:
            self.registered[full_name] = self._names.variable(full_name.rpartition(">")[2])
        return self.registered[full_name]

    def function(
        self, wanted: str, model_name: str, parameters: Iterable[str], body: list[str]
    ) -> Function:
        """The function with this body. Models that are alike but for their name share one."""
        given = list(parameters)
        key = (",".join(given), *body)
        if key not in self._functions:
            name = self._names.function(wanted)
            given.append(f"name={text_literal(model_name)}")
            self._functions[key] = Function(name, model_name)
            what = f"The nested model `{model_name}`"
            head = [f"def {name}({', '.join(given)}):", f'    """{docstring(what)}."""']
            self._texts.append("\n".join([*head, *body]))
        return self._functions[key]

    def sections(self) -> list[str]:
        """The parts of the file above `build_model`, each to be set off by empty lines."""
        found = ["\n".join(self._imports())]
        if self.registered:
            lines = [
                f"{name} = keras.saving.get_registered_object({text_literal(full)})"
                for full, name in self.registered.items()
            ]
            found[0] += "\n\n" + "\n".join(lines)
        found += [text for name, text in _FUNCTIONS.items() if name in self.uses]
        return found + self._texts

    def _imports(self) -> list[str]:
        names = sorted(self.uses & {"layers", "ops"})
        lines = ["import keras"]
        if names:
            lines.append(f"from keras import {', '.join(names)}")
        for module, classes in sorted(self.internal.items()):
            lines.append(f"from {module} import {', '.join(sorted(classes))}")
        return lines


def docstring(text: str) -> str:
    """A text that can stand between three double quotes."""
    safe = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'{safe[:-1]}\\"' if safe.endswith('"') else safe
