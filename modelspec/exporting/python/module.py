"""The rest of a Python file: imports, helper functions, nested models, extensions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from modelspec.building import (
    find_module_file,
    module_folders,
    registered_objects,
    takes_one_argument,
)
from modelspec.diagnostics import Findings, Span, SpecError
from modelspec.spec import Spec
from modelspec.spec.extensions import extension_modules

from .syntax import Identifiers, text_literal


@dataclass(frozen=True, slots=True)
class ExtensionCalls:
    """How classes of a spec's extensions are called, which only their code tells.

    Where the user allows extensions, the imported class is inspected; else the text of the module
    is parsed, and not run.
    """

    spec: Spec

    def takes_list(self, class_name: str, span: Span) -> bool:
        """Whether a layer takes several tensors as one list argument.

        Raises:
            SpecError: that is unknown.
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
        message = (
            f"how `{class_name}` takes several tensors is known only from its code, "
            "which may not run"
        )
        hint = "if you trust it, add --allow-extensions, or in Python allow_extensions=True"
        findings.error(span, "extension-not-allowed", message, hint=hint)
        raise SpecError(findings.sorted())

    def is_function(self, class_name: str) -> bool:
        """Whether the name is that of a function, such as an activation or a loss."""
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
    """The arguments, `self` included, of the method `call` of a class; None without one."""
    for cls in tree.body:
        if isinstance(cls, ast.ClassDef) and cls.name == name:
            for item in cls.body:
                if isinstance(item, ast.FunctionDef) and item.name == "call":
                    return item.args
    return None


_FUNCTIONS = {
    "named": '''def named(name, result):
    """Give the node behind a result its name; functions of keras.ops take none."""
    first = result[0] if isinstance(result, (list, tuple)) else result
    first._keras_history.operation.name = name
    return result''',
    "adapt": '''def adapt(make, name, *, outputs=None, trainable=True, dtype=None):
    """Make an application of Keras, with what its own function does not take."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype or before)
    try:
        model = make()
    finally:
        keras.config.set_dtype_policy(before)
    if outputs is not None:
        inside = {layer.name: layer.output for layer in model.operations}
        results = keras.tree.map_structure(inside.get, outputs)
        model = keras.Model(model.inputs[0], results)
    model.name = name
    model.trainable = trainable
    return model''',
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
    "Quantile": '''@keras.saving.register_keras_serializable()
class Quantile(keras.losses.Loss):
    """The pinball loss: q times the distance above quantile q, 1 - q times below."""

    def __init__(self, quantiles, name="quantile", **options):
        super().__init__(name=name, **options)
        self.quantiles = quantiles

    def call(self, y_true, y_pred):
        if len(y_true.shape) < len(y_pred.shape):
            y_true = ops.expand_dims(y_true, -1)
        elif len(y_true.shape) > len(y_pred.shape) > 0:
            y_true = ops.squeeze(y_true, -1)
        shares = ops.convert_to_tensor(self.quantiles, y_pred.dtype)
        error = y_true - y_pred
        return ops.mean(ops.maximum(shares * error, (shares - 1) * error), axis=-1)

    def get_config(self):
        return {**super().get_config(), "quantiles": self.quantiles}''',
    "WithLosses": '''class WithLosses(keras.Model):
    """A model that is fitted: a graph of outputs and losses, each loss the mean of a tensor."""

    def __init__(self, graph, weights, name):
        super().__init__(name=name)
        self.graph = graph
        self.loss_factors = weights
        self.means = [keras.metrics.Mean(name=loss) for loss in weights]

    def call(self, inputs, training=None):
        outputs, losses = self.graph(inputs, training=training)
        count = keras.ops.shape(keras.tree.flatten(inputs)[0])[0]
        for mean in self.means:
            value = keras.ops.mean(keras.ops.cast(losses[mean.name], "float32"))
            mean.update_state(value, sample_weight=count)
            self.add_loss(self.loss_factors[mean.name] * value)
        return outputs''',
}
"""Helper functions and classes that a file may need."""


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
    """What the models need of the file, collected while they are written.

    Attributes:
        classes: names that no variable may hide.
        masks: whether Keras may add nodes for masks to the models.
        extensions: how the layers of extensions are called.
        uses: which of `layers`, `ops`, `named`, `number_masks` and `Quantile` the file needs.
        internal: module to classes without a public name in Keras.
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
        default_factory=lambda: Identifiers(["build_model", "compile_model", "Quantile"])
    )

    def use(self, name: str) -> str:
        """Note that the file needs `layers`, `ops`, `named`, `number_masks` or `Quantile`."""
        self.uses.add(name)
        return name

    def import_internal(self, module: str, name: str) -> str:
        """Note that the file needs a class without a public name in Keras."""
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
        """The function with this body. Models that differ only in their name share one."""
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
        """The parts of the file above `build_model`, to be separated by empty lines."""
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
        lines = ["import fnmatch", ""] if "fnmatch" in self.uses else []
        lines.append("import keras")
        if names:
            lines.append(f"from keras import {', '.join(names)}")
        for module, classes in sorted(self.internal.items()):
            lines.append(f"from {module} import {', '.join(sorted(classes))}")
        return lines


def docstring(text: str) -> str:
    """A text escaped for a docstring."""
    safe = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'{safe[:-1]}\\"' if safe.endswith('"') else safe
