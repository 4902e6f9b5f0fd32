"""A spec as a Python file that imports only Keras and builds the same model.

It is written from the spec and its graph, without TensorFlow.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from modelspec.diagnostics import join_words
from modelspec.graph import Graph
from modelspec.spec import Spec
from modelspec.spec.extensions import extension_modules
from modelspec.spec.model import KerasObject
from modelspec.spec.training import TrainingSpec

from .calls import objects_in
from .compile_function import compile_lines
from .initial_weights import weights_functions
from .models import ModelOptions, body
from .module import ExtensionCalls, Module, docstring
from .syntax import WIDTH, text_literal
from .temperatures import FIRST, calibrated_function
from .trainer import trainer_function


def python_source(spec: Spec, graph: Graph) -> str:
    """The text of the file.

    Returns:
        A module with `build_model()`, one function for each nested model, and, where the spec
        has `training`, `compile_model(model)`. Run as a program it prints the model's summary.

    Raises:
        SpecError: a model in an argument of a layer has no shapes, or it is unknown how a layer
            of an extension takes its tensors.
    """
    objects = list(objects_in(graph))
    classes = frozenset(item.class_name.rpartition(">")[2] for item in objects)
    module = Module(classes, any(map(_creates_masks, objects)), ExtensionCalls(spec))
    training = spec.training
    if graph.gan is not None:  # the step that trains both models is none of Keras
        graph, training = graph.for_outputs(), None
    functions = [_build_model(spec, graph, module)]
    if graph.temperatures:
        precision = None if training is None else training.precision
        dtype = "float64" if precision == "float64" else "float32"
        functions.append(calibrated_function(graph, dtype, module))
    steps = ["    model = build_model()"]
    if graph.losses:
        functions.append(_BUILD_ONE)
        steps = ["    model, fitted = build_models()"]
    fitted = "fitted" if graph.losses else "model"
    if training is not None:
        if training.trainer is not None:
            functions.append(trainer_function(training.trainer, graph, module))
            steps.append("    trainer = build_trainer(model)")
            fitted = "trainer"
        before = len(functions)
        for phase in training.each_phase:
            lines = compile_lines(phase, graph, module)
            if lines:
                functions.append(_compile_model(phase, lines))
        if len(functions) > before:
            steps.append(f"    compile_model({fitted})")
        if training.initial_weights is not None:
            folder = Path() if spec.path is None else spec.path.parent
            functions += weights_functions(training.initial_weights, folder, module)
            steps.append("    load_initial_weights(model)")
    steps.append("    model.summary()")
    imports, *above = module.sections()
    is_compiled = any(one.startswith("def compile_model(") for one in functions)
    head = _head(
        spec,
        is_compiled,
        with_losses=bool(graph.losses),
        is_calibrated=bool(graph.temperatures),
    )
    parts = [f"{head}\n\n{_extensions(spec, module)}{imports}", *above, *functions]
    program = "\n".join(['if __name__ == "__main__":', *steps])
    return "\n\n\n".join([*parts, program]) + "\n"


def _creates_masks(item: KerasObject) -> bool:
    return item.class_name == "Masking" or item.args.get("mask_zero") is True


_TWO_MODELS = (
    ", `build_models()` also one around its layers with the losses of the graph, which "
    "`compile_model` makes ready to fit"
)

_COMPILES_IT = ", and `compile_model(trainer)` makes that ready"

_BUILD_ONE = '''def build_model():
    """The model alone, as it is saved."""
    return build_models()[0]'''


def _head(spec: Spec, compiled: bool, *, with_losses: bool, is_calibrated: bool) -> str:
    about = str(spec.document.get("description") or f"The Keras model `{spec.name}`.").strip()
    more = ", `compile_model(model)` makes it ready to fit" if compiled else ""
    if spec.training is not None and spec.training.trainer is not None:
        more = f", `build_trainer(model)` what is fitted{_COMPILES_IT if compiled else ''}"
    what = (
        "`build_model()` gives the model with fresh weights"
        f"{_TWO_MODELS if with_losses else more}. "
        "Written by modelspec; it needs Keras 3 and nothing of modelspec."
    )
    blocks = [_wrapped(docstring(about)), _wrapped(what)]
    left = _left_out(spec, is_calibrated=is_calibrated)
    if left:
        blocks.append(_wrapped(docstring(left)))
    return '"""' + "\n\n".join(blocks) + '\n"""'


def _left_out(spec: Spec, *, is_calibrated: bool) -> str:
    """What the spec has beside the model and its compilation that changes what it is given, or how
    often it is trained: sentences; "" where there is none of it."""
    found = []
    if spec.data is not None and spec.data.derive:
        names = join_words(f"`{name}`" for name in spec.data.derive)
        is_or_are = "is" if len(spec.data.derive) == 1 else "are"
        found.append(
            f"{names} {is_or_are} derived by the spec, so the model takes what is derived."
        )
    if spec.data is not None and spec.data.folds is not None:
        found.append(f"The spec trains it on {spec.data.folds} folds, each anew.")
    if spec.training is not None and spec.training.seeds > 1:
        seeds, first = spec.training.seeds, spec.training.seed
        found.append(f"The spec trains it {seeds} times, with seeds from {first} on.")
    calibration = None if spec.training is None else spec.training.calibration
    if calibration is not None and not is_calibrated:
        found.append(
            "A training with modelspec divides the logits of its outputs by temperatures, which"
            " are not here."
        )
    if spec.training is not None and spec.training.gan is not None:
        found.append(
            "It is the generator of a GAN, which modelspec trains in turn with the"
            f" discriminator `{spec.training.gan.discriminator}`; neither is here."
        )
    return " ".join(found)


def _wrapped(text: str) -> str:
    lines = textwrap.wrap(text, WIDTH - 3, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)


def _extensions(spec: Spec, module: Module) -> str:
    """The imports of the modules that register the spec's own classes."""
    modules = [name for name, _ in extension_modules(spec)]
    if not modules:
        return ""
    classes = join_words(sorted(module.registered)) or "what the spec names"
    head = textwrap.wrap(f"registers {classes}; leave it where Python finds it", WIDTH - 2)
    lines = [f"# {line}" for line in head]
    lines += [f"import {name}  # noqa: F401" for name in modules]
    return "\n".join(lines) + "\n\n"


def _build_model(spec: Spec, graph: Graph, module: Module) -> str:
    losses = {} if spec.training is None else spec.training.losses
    weights = {name: losses[name].weight for name in graph.losses}
    name = FIRST if graph.temperatures else "build_model"
    lines = [f"def {name}():", '    """The whole model."""']
    if graph.temperatures:
        lines[1] = '    """The layers of the spec, whose outputs are not calibrated."""'
    if weights:
        lines = ["def build_models():", '    """The model, and the one that is fitted."""']
    precision = spec.training.precision if spec.training is not None else None
    if precision is not None:
        lines[1] = f'{lines[1][:-3]} Sets the dtype policy, which holds from then on."""'
        lines.append(f"    keras.config.set_dtype_policy({text_literal(precision)})")
    options = ModelOptions(text_literal(spec.name), losses=weights)
    return "\n".join([*lines, *body(graph, spec.model, options, module, {})])


def _compile_model(training: TrainingSpec, lines: list[str]) -> str:
    """The function of a training, or of a phase of it: the first one is `compile_model` too."""
    name, what = "compile_model", "Give it its optimizer, loss and metrics."
    if training.phase:
        what = (
            f"Make it ready for phase {training.phase} of the training: {training.epochs} epochs."
        )
        name = name if training.phase == 1 else f"compile_phase_{training.phase}"
    return "\n".join([f"def {name}(model):", f'    """{what}"""', *lines])
