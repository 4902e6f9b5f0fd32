"""What is wrong with `initial_weights`, as findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from modelspec.diagnostics import Findings, Related, Span, did_you_mean, join_words
from modelspec.spec.initial_weights import InitialWeights, WeightsOrigin

from .matching import Matcher, is_below, matches
from .report import Fate, LayerFate, LoadingReport, TensorFate, Why, shortened
from .saved import FileModel
from .trees import FileLayer, LayerT, ModelLayer, everything, leaves, shapes_text

SCALES = ("kernel_scale", "embeddings_scale")
QUANTIZED_HINT = (
    "the `dtype` of the layer is quantized: `model.quantize` in Python makes such a file of a "
    "trained model; or leave `dtype` out"
)
MOST_REFUSED, SHOWN_OF_OTHER = 8, 2
"""How many layers may not fit before a file is of another model; how many of these are shown."""

NAMES_HINT = "`modelspec summarize --expand` lists the layers of the model"


class Complaints:
    """Reports what does not fit, at the places of the spec.

    Args:
        spans: path of a layer of the model to where it stands.
        layers: of the model.
        findings: takes what is wrong.
    """

    def __init__(
        self, spans: Mapping[str, Span], layers: Sequence[ModelLayer], findings: Findings
    ) -> None:
        self.layers = tuple(layers)
        self.findings = findings
        self.paths = {layer.path: layer for layer in everything(layers)}
        self.is_open = any(layer.tensors is None for layer in leaves(layers))
        """Whether there may be layers with names that are known once the model is built."""
        self.spans = spans

    def check_parts(self, weights: InitialWeights) -> None:
        """Report parts that are no layers of the model, and parts inside parts."""
        parts = [origin.part for origin in weights.origins if origin.part is not None]
        for part in parts:
            if part.name not in self.paths and not self._may_be_inside(part.name):
                message = f'the model has no layer "{part.name}"'
                message += did_you_mean(part.name, self.paths)
                hint = "one file for the whole model is written `from: FILE`; " + NAMES_HINT
                self.findings.error(part.span, "unmatched-weights", message, hint=hint)
            for other in parts:
                if other.name != part.name and is_below(part.name, other.name):
                    message = f'"{part.name}" is inside "{other.name}", and both have a file'
                    hint = "leave one of the two out"
                    self.findings.error(part.span, "wrong-value", message, hint=hint)

    def _may_be_inside(self, path: str) -> bool:
        return any(
            layer.tensors is None and is_below(path, layer.path) for layer in self.paths.values()
        )

    def check_names(self, matcher: Matcher) -> None:
        """Report names of `rename` and patterns of `fresh` that meet nothing."""
        origin, in_file = matcher.origin, set(matcher.saved.by_path)
        wanted = set(matcher.renamed.values())
        for old, new in origin.rename:
            if not any(
                old.name == name or name.endswith(f"/{old.name}") for name in wanted & in_file
            ):
                message = f'{origin.path} has no layer "{old.name}"'
                message += did_you_mean(old.name, in_file)
                hint = f"it has {shortened(_names(matcher.saved.layers))}"
                self.findings.error(old.span, "unmatched-weights", message, hint=hint)
            part = "" if origin.part is None else f"{origin.part.name}/"
            known = (new.name, f"{part}{new.name}")
            if not any(name in self.paths or self._may_be_inside(name) for name in known):
                message = f'the model has no layer "{new.name}"'
                message += did_you_mean(new.name, self.paths)
                self.findings.error(new.span, "unmatched-weights", message, hint=NAMES_HINT)
        self._check_fresh(origin)

    def _check_fresh(self, origin: WeightsOrigin) -> None:
        for entry in () if self.is_open else origin.fresh:
            if not any(matches(entry.name, path) for path in self.paths):
                message = f'no layer is called "{entry.name}"'
                message += did_you_mean(entry.name, self.paths)
                self.findings.error(entry.span, "unmatched-weights", message, hint=NAMES_HINT)

    def check_structure(self, origin: WeightsOrigin, matcher: Matcher) -> None:
        """Say that a file without names is taken by its order; `rename` means nothing then."""
        for old, _ in origin.rename:
            message = f'{origin.path} has no names of layers, so "{old.name}" is not in it'
            hint = "remove `rename`: the file is loaded in its order"
            self.findings.error(old.span, "unmatched-weights", message, hint=hint)
        self._check_fresh(origin)
        message = (
            f"{origin.path} has no names that say which layer is which, so it is loaded in its "
            "order: each class and each shape in it is that of the model"
        )
        hint = "a .keras file has names"
        self.findings.note(origin.span, "weights-by-order", message, hint=hint)

    def refuse_structure(self, origin: WeightsOrigin, where: str) -> None:
        """Report a file without names that is for another model."""
        message = (
            f"{origin.path} has no names that say which layer is which, and is not for the same "
            f"layers in the same order: {where}"
        )
        hint = "name a .keras file or a run folder, which have names"
        self.findings.error(origin.span, "bad-weights", message, hint=hint)

    def report(
        self, origin: WeightsOrigin, saved: FileModel, report: LoadingReport, *, names_fit: bool
    ) -> None:
        """Report what is refused, and what stays fresh although the file seems to have it.

        Args:
            origin: what the spec says.
            saved: what the file has.
            report: what becomes of each layer.
            names_fit: whether all names of `rename` and `fresh` meet something.
        """
        before = self.findings.error_count if names_fit else -1
        refused = list(report.of(Fate.REFUSED))
        is_other = len(refused) > MOST_REFUSED
        for one in refused[:SHOWN_OF_OTHER] if is_other else refused:
            self._refuse(origin, one)
        if is_other:
            message = f"{len(refused)} layers of {origin.path} do not fit the model"
            hint = "it is of a model of other sizes: give the layers here the arguments of that one"
            self.findings.error(origin.span, "bad-weights", message, hint=hint)
        taken = [*report.of(Fate.LOADED), *report.of(Fate.UNKNOWN), *report.of(Fate.REFUSED)]
        if not taken:
            self._report_nothing(origin, saved)
            return
        unused = [one for one in leaves(saved.layers) if one.path in report.unused]
        for one in report.layers if self.findings.error_count == before else ():
            if one.why is Why.ABSENT:
                self._report_near(origin, one, unused)

    def _report_nothing(self, origin: WeightsOrigin, saved: FileModel) -> None:
        ours = shortened(_names(self.layers))
        message = (
            f"nothing of {origin.path} is loaded: no layer of the model has the name of one in it"
        )
        hint = (
            f"it has {shortened(_names(saved.layers))}, and the model {ours}: "
            "`rename: {OLD: NEW}` says which is which"
        )
        if origin.part is None and (part := self._part_of(saved)):
            hint = (
                f'these are names of layers inside "{part}": write'
                f" `initial_weights: {{{part}: {origin.path}}}`"
            )
        if origin.fresh and all(
            any(matches(entry.name, path) for entry in origin.fresh)
            for path in saved.by_path
            if path in self.paths
        ):
            message = f"`fresh` leaves nothing of {origin.path} to load"
            hint = "leave out the layers that the file is for"
        self.findings.error(origin.span, "bad-weights", message, hint=hint)

    def _part_of(self, saved: FileModel) -> str:
        """The nested model that has all layers of a file inside; empty where none has."""
        nested = [path for path, layer in self.paths.items() if layer.inner]
        names = _names(saved.layers)
        fitting = (path for path in nested if all(f"{path}/{n}" in self.paths for n in names))
        return next(fitting, "")

    def _refuse(self, origin: WeightsOrigin, one: LayerFate) -> None:
        name = one.layer.path
        if one.why is Why.SHAPE:
            for tensor in one.tensors:
                if tensor.model_shape != tensor.file_shape:
                    message = (
                        f'"{tensor.name}" is {list(tensor.model_shape or ())} in the model and '
                        f"{list(tensor.file_shape or ())} in {origin.path}"
                    )
                    self._error(origin, one, message)
            return
        if one.why is Why.CLASS:
            kind = one.saved.key if one.saved is not None else ""
            message = f'"{name}" is a {one.layer.class_name}, and in {origin.path} a `{kind}`'
        elif one.why is Why.TENSORS:
            model = [tensor for tensor in one.tensors if tensor.model_shape is not None]
            file = [tensor.file_shape for tensor in one.tensors if tensor.file_shape is not None]
            message = (
                f'"{name}" has {_variables(model)} in the model, and in {origin.path} '
                f"{_count(len(file))}: {shapes_text(file) or 'none'}"
            )
        else:
            message = (
                f"{origin.path} does not say which variables it has for "
                f'"{name}" ({one.layer.class_name})'
            )
        names = [tensor.name for tensor in one.tensors if tensor.model_shape is not None]
        quantized = any(name.endswith(SCALES) for name in names)
        self._error(origin, one, message, QUANTIZED_HINT if quantized else "")

    def _error(self, origin: WeightsOrigin, one: LayerFate, message: str, hint: str = "") -> None:
        span = self.spans.get(one.layer.path)
        related = () if span is None else (Related(span, f'the layer "{one.layer.path}" is here'),)
        hint = hint or (
            f"keep its fresh weights with `fresh: [{one.layer.path}]`, "
            "or say with `rename: {OLD: NEW}` which layer of the file it was"
        )
        self.findings.error(origin.span, "bad-weights", message, hint=hint, related=related)

    def _report_near(
        self, origin: WeightsOrigin, one: LayerFate, unused: Sequence[FileLayer]
    ) -> None:
        """A layer without a counterpart, where an unused one of the file is like it."""
        shapes = {at: tensor.shape for at, tensor in (one.layer.tensors or {}).items()}
        like = [
            other
            for other in unused
            if shapes and {at: tensor.shape for at, tensor in other.tensors.items()} == shapes
        ]
        if not like:
            return
        old, new = str(like[0].path), one.layer.path
        message = (
            f'"{new}" keeps its fresh weights: {origin.path} has none of that name. Its '
            f'"{old}" has the same shapes, and no layer takes it'
        )
        hint = f"write `rename: {{{old}: {new}}}` if it is the same layer, else `fresh: [{new}]`"
        span = self.spans.get(new)
        related = () if span is None else (Related(span, f'the layer "{new}" is here'),)
        self.findings.warning(
            origin.span, "weights-not-loaded", message, hint=hint, related=related
        )


def _names(layers: Sequence[LayerT]) -> list[str]:
    return [str(one.path) for one in leaves(layers) if one.tensors or one.tensors is None]


def _variables(tensors: Iterable[TensorFate]) -> str:
    """`kernel [4, 8] and bias [8]`."""
    texts = [f"{one.name.rpartition('/')[2]} {list(one.model_shape or ())}" for one in tensors]
    return join_words(texts) if texts else "no variables"


def _count(number: int) -> str:
    return f"{number} variable{'' if number == 1 else 's'}"
