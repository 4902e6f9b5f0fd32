"""`training.gan` against the model: shapes of the two models, and keys that do not go with it."""

from __future__ import annotations

from modelspec.analysis.arguments import complete, keras_class
from modelspec.analysis.facts import Analysis, TensorStructure, shape_text
from modelspec.diagnostics import Findings, Related
from modelspec.document import LocatedDict
from modelspec.graph import BAD_GAN, Adversaries, TensorRef
from modelspec.layers.rule import Tensor, is_floating
from modelspec.spec import Spec
from modelspec.spec.gan import BINARY, WASSERSTEIN, GanSpec
from modelspec.spec.model import KerasObject
from modelspec.spec.training import TrainingSpec

from .scale import check_scale

OWN_LOSSES = "the two models of `gan` have their losses by `gan: {loss: …}`"
NO_TARGETS = "`gan` compares nothing with a target"
TWO_MODELS = "two models are trained, each with its optimizer"

REFUSED = {
    "loss": (OWN_LOSSES, "remove it, and write binary_crossentropy, wasserstein, hinge or "
             "least_squares there"),
    "losses": (OWN_LOSSES, "remove it"),
    "loss_weights": (OWN_LOSSES, "remove it"),
    "metrics": (NO_TARGETS, "remove it: the losses of both models are logged"),
    "weighted_metrics": (NO_TARGETS, "remove it: the losses of both models are logged"),
    "class_weight": (NO_TARGETS, "remove it"),
    "trainer": ("either of them says how a step trains", "remove one of the two"),
    "phases": (TWO_MODELS, "write `epochs` and `optimizer` instead"),
    "freeze": (TWO_MODELS, "write `trainable: false` at a layer that is not to learn"),
    "learning_rates": (TWO_MODELS, "give the discriminator another rate by "
                       "`gan: {discriminator_optimizer: …}`"),
    "exclude_from_weight_decay": (TWO_MODELS, "use an optimizer without `weight_decay`"),
    "schedule": (TWO_MODELS, "write a schedule as `learning_rate` of the optimizer, such as "
                 "`{ExponentialDecay: …}`"),
    "initial_weights": (TWO_MODELS + ", and both begin with fresh weights", "remove it"),
}  # fmt: skip
"""Keys of `training` that do not go with `gan`: why, and what to do."""

HALF_PRECISIONS = ("float16", "mixed_float16")

RATE_CALLBACKS = ("ReduceLROnPlateau",)

NO_BEST = "no loss of a `gan` says which epoch is best: each is measured against the other model"


def check_gan(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Check a spec with `training.gan`.

    Args:
        spec: without it there is nothing to check.
        analysis: of its model; what is unknown there is not checked.
        findings: takes errors for what cannot work, and for keys that would have no effect.
    """
    training = spec.training
    if training is None or training.gan is None or analysis.graph.gan is None:
        return
    _refuse_keys(spec, training, findings)
    _refuse_data_keys(spec, findings)
    _refuse_options(training.gan, findings)
    _check_tensors(training.gan, analysis, findings)
    _check_weights(training.gan, analysis, findings)
    check_scale(analysis.graph, findings)


def _refuse_keys(spec: Spec, training: TrainingSpec, findings: Findings) -> None:
    section = spec.document.get("training")
    for key, (why, hint) in REFUSED.items():
        if isinstance(section, LocatedDict) and key in section:
            message = f"`{key}` does not go with `gan`: {why}"
            findings.error(section.key_spans[key], BAD_GAN, message, hint=hint)
    if training.seeds > 1 and training.seeds_span is not None:
        message = "`seeds` does not go with `gan`: several generators have no mean prediction"
        hint = "train them one after another, with `--set training.seed=1` and so on"
        findings.error(training.seeds_span, BAD_GAN, message, hint=hint)
    if training.precision in HALF_PRECISIONS:
        message = f"`gan` cannot be trained in {training.precision}: its losses are not scaled"
        hint = "write `precision: mixed_bfloat16`"
        findings.error(training.precision_span, BAD_GAN, message, hint=hint)
    _refuse_best_epoch(training, findings)
    for callback in training.callbacks:
        _check_callback(callback, findings)


def _refuse_best_epoch(training: TrainingSpec, findings: Findings) -> None:
    given = training.checkpoint
    if given is None:
        return
    span = given.use_span if given.use_best else given.monitor_span
    if given.use_best or given.monitor is not None or given.mode is not None or given.keep > 1:
        hint = "write `checkpoint: {every: 500}` to save what `train --resume` needs, or remove it"
        findings.error(span, BAD_GAN, NO_BEST, hint=hint)


def _check_callback(callback: KerasObject, findings: Findings) -> None:
    kind, args = keras_class(callback), complete(callback)
    if kind in RATE_CALLBACKS:
        message = f"{kind} does not go with `gan`: it changes the rate of one optimizer"
        hint = "write a schedule as `learning_rate` of the optimizers"
    elif isinstance(args.get("monitor"), str) and args.get("save_best_only") is not False:
        message, hint = f"{kind} does not go with `gan`: {NO_BEST}", f"remove {kind}"
    else:
        return
    findings.error(callback.span, BAD_GAN, message, hint=hint)


def _refuse_data_keys(spec: Spec, findings: Findings) -> None:
    data = spec.data
    if data is None:
        return
    if data.targets:
        message = f"`targets` does not go with `gan`: {NO_TARGETS}"
        hint = "remove it; a condition such as a class is an input of both models"
        findings.error(data.targets[0].span, BAD_GAN, message, hint=hint)
    if data.sample_weight is not None:
        message = "`sample_weight` does not go with `gan`: its losses are plain means"
        findings.error(data.sample_weight_span, BAD_GAN, message, hint="remove it")
    if data.folds is not None:
        message = "`folds` does not go with `gan`: several generators have no mean prediction"
        findings.error(data.span, BAD_GAN, message, hint="write `test: 0.2` instead of `folds`")


def _refuse_options(gan: GanSpec, findings: Findings) -> None:
    """Options of one loss beside another, which would have no effect."""
    for key, value in (("label_smoothing", gan.label_smoothing), ("label_noise", gan.label_noise)):
        if value and gan.loss != BINARY:
            message = f"`{key}` is for `loss: {BINARY}`, and the loss is {gan.loss}"
            hint = f"remove it, or write `loss: {BINARY}`"
            findings.error(gan.place(key), BAD_GAN, message, hint=hint)
    if gan.gradient_penalty is not None and gan.weight_clip is not None:
        message = "`weight_clip` and `gradient_penalty` are two ways to the same end"
        related = (Related(gan.place("gradient_penalty"), "the penalty is here"),)
        hint = "remove `weight_clip`: the penalty leaves the weights free"
        findings.error(gan.place("weight_clip"), BAD_GAN, message, hint=hint, related=related)
    if gan.loss == WASSERSTEIN and gan.gradient_penalty is None and gan.weight_clip is None:
        message = "nothing bounds the gradients of the discriminator, as `wasserstein` needs it"
        hint = "write `gradient_penalty: 10` or `weight_clip: 0.01`"
        findings.warning(gan.place("loss"), "unbounded-critic", message, hint=hint)


def _check_tensors(gan: GanSpec, analysis: Analysis, findings: Findings) -> None:
    graph = analysis.graph
    assert graph.gan is not None
    made = analysis.tensors.get(graph.gan.generator.name)
    score = analysis.tensors.get(graph.gan.discriminator.name)
    _check_noise(gan, analysis, findings)
    real = _tensor(analysis, graph.gan.example)
    if isinstance(made, Tensor) and isinstance(real, Tensor):
        _check_made(gan, made, real, graph.gan, findings)
    elif made is not None and not isinstance(made, Tensor):
        message = f'"{gan.generator}" returns several tensors, and what it makes is one'
        findings.error(gan.place("generator"), BAD_GAN, message, hint="give the model one output")
    if isinstance(score, Tensor):
        _check_score(gan, score, findings)
    elif score is not None:
        message = f'"{gan.discriminator}" returns several tensors, and a score is one'
        findings.error(
            gan.place("discriminator"), BAD_GAN, message, hint="give the model one output"
        )


def _check_noise(gan: GanSpec, analysis: Analysis, findings: Findings) -> None:
    assert analysis.graph.gan is not None
    name = analysis.graph.gan.noise
    entry = next(one for one in analysis.graph.inputs if one.name == name)
    related = (Related(entry.span, "the input is here"),)
    if entry.shape is not None and None in entry.shape:
        message = (
            f"the noise `{name}` has shape {shape_text(entry.shape)}: how much to draw is open"
        )
        findings.error(entry.span, BAD_GAN, message, hint="write its sizes")
    elif gan.noise.size is not None and entry.shape not in (None, (gan.noise.size,)):
        message = f"`noise` is {gan.noise.size}, and the input `{name}` has shape"
        message += f" {shape_text(entry.shape or ())}"
        hint = f"write `shape: [{gan.noise.size}]`, or leave the size out"
        findings.error(gan.noise.span, BAD_GAN, message, hint=hint, related=related)
    if entry.dtype is not None and not is_floating(entry.dtype):
        message = f"the noise `{name}` is of dtype {entry.dtype}, and what is drawn are floats"
        findings.error(entry.span, BAD_GAN, message, hint="leave its `dtype` out")


def _check_made(
    gan: GanSpec, made: Tensor, real: Tensor, calls: Adversaries, findings: Findings
) -> None:
    """What is made takes the place of what is real."""
    span, example = calls.generator.span, calls.example.label
    related = Related(calls.discriminator.span, "real examples come in here")
    shapes = made.shape[1:], real.shape[1:]
    if not _agree(*shapes):
        message = (
            f'"{gan.generator}" makes examples of shape {shape_text(shapes[0])}, and'
            f' "{gan.discriminator}" reads `{example}` of shape {shape_text(shapes[1])}'
        )
        hint = f"end the generator in shape {shape_text(shapes[1])}"
        findings.error(span, BAD_GAN, message, hint=hint, related=(related,))
    elif not is_floating(made.dtype) or not is_floating(real.dtype):
        message = (
            f'"{gan.generator}" makes examples of dtype {made.dtype}, and "{gan.discriminator}"'
            f" reads `{example}` of dtype {real.dtype}: a gradient passes floats alone"
        )
        hint = "leave `dtype` out of the input of real examples: they are read as float32"
        findings.error(span, BAD_GAN, message, hint=hint, related=(related,))


def _agree(one: tuple[int | None, ...], other: tuple[int | None, ...]) -> bool:
    return len(one) == len(other) and all(
        a is None or b is None or a == b for a, b in zip(one, other, strict=True)
    )


def _check_score(gan: GanSpec, score: Tensor, findings: Findings) -> None:
    sizes = score.shape[1:]
    if sizes in ((), (1,)) and is_floating(score.dtype):
        return
    message = f'"{gan.discriminator}" returns {score.dtype} of shape {shape_text(sizes)}, and a'
    message += " score is one float for each example"
    hint = "end it in `Dense: {units: 1}`, after Flatten or GlobalAveragePooling2D"
    findings.error(gan.place("discriminator"), BAD_GAN, message, hint=hint)


def _tensor(analysis: Analysis, ref: TensorRef) -> TensorStructure:
    value = analysis.tensors.get(ref.source)
    return value if ref.index is None else None


def _check_weights(gan: GanSpec, analysis: Analysis, findings: Findings) -> None:
    """The weights that are trained are those of the two models, and what is learned is saved."""
    saved = analysis.graph.for_outputs().layers
    both = (gan.generator, gan.discriminator)
    for name, facts in analysis.layers.items():
        weights = facts.weights or ()
        if name in both or not weights:
            continue
        if any(weight.trainable for weight in weights):
            message = f'"{name}" has weights and is part of neither model, so nothing trains it'
            hint = f'move it into "{gan.generator}" or "{gan.discriminator}"'
        elif name not in saved:
            message = f'"{name}" learns from data, and the saved generator does not have it'
            hint = "scale real examples by a layer without weights, such as Rescaling"
        else:
            continue
        findings.error(facts.layer.span, "unsaved-weights", message, hint=hint)
