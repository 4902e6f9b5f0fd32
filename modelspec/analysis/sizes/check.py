"""Open sizes for which no number fits, or hardly any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import combinations
from typing import NamedTuple

from modelspec.analysis.facts import Analysis
from modelspec.diagnostics import Findings, Related, join_words
from modelspec.graph import Call, TensorRef
from modelspec.layers.rule import Policy, Tensor

from .expressions import fit
from .facts import MAX_AXES, find_sizes, letter_of
from .patterns import MAX_PERIOD
from .trials import Place, TooMuchWorkError, Trial, Trials

FIRST = (64, 16, 1024, 35, 572)
"""The sizes of all axes that are tried first. Nearly every model takes one of them."""

SMALL = range(1, 2 * MAX_PERIOD + 1)
LARGE = range(961, 1025)
"""The sizes that all have to fail before it is asked why; `LARGE` has some of each residue."""

Row = tuple[int, ...]
"""A size for each of LARGE."""


def check_open_sizes(analysis: Analysis, policy: Policy | None, findings: Findings) -> None:
    """Report a layer whose tensors cannot be equal, however large the open sizes are.

    Args:
        analysis: of a model without errors.
        policy: the dtype policy of the analysis.
        findings: takes an error at the layer, or a warning at an input whose open size can be one
            or two numbers only.
    """
    trials = Trials(analysis, policy)
    count = len(trials.axes)
    if not 0 < count <= MAX_AXES:
        return
    with suppress(TooMuchWorkError):
        if all(trials.at((size,) * count).failed is not None for size in FIRST):
            _report_failing(analysis, policy, trials, findings)


def _report_failing(
    analysis: Analysis, policy: Policy | None, trials: Trials, findings: Findings
) -> None:
    """Report why the usual sizes fail, as far as that can be told."""
    count = len(trials.axes)
    tried = [trials.at((size,) * count) for size in (*SMALL, *LARGE)]
    if any(trial.failed is None for trial in tried):
        _report_few_sizes(analysis, policy, trials.at((FIRST[0],) * count), findings)
        return
    name = tried[-1].failed
    if name and all(trial.failed == name for trial in tried[-len(LARGE) :]):
        call = next(call for call in analysis.graph.calls if call.name == name)
        _Joint(analysis, trials, call).check(findings)


def _report_few_sizes(
    analysis: Analysis, policy: Policy | None, failed: Trial, findings: Findings
) -> None:
    """Warn where an input leaves a size open and only one or two numbers fit.

    Args:
        analysis: of the model.
        policy: its dtype policy.
        failed: a trial of another size.
        findings: takes the warning.
    """
    axes: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    for size in find_sizes(analysis, policy).open:
        legal = size.legal.single_sizes
        if legal is not None and _are_few(legal):
            name, axis = size.axes[0]
            axes.setdefault((name, legal), []).append(axis)
    related = tuple(
        Related(call.span, f"it fails here with {FIRST[0]}: {failed.message}")
        for call in analysis.graph.calls
        if call.name == failed.failed
    )
    for (name, legal), numbers in axes.items():
        entry = next(entry for entry in analysis.graph.inputs if entry.name == name)
        is_one = len(numbers) == 1
        what = "the size of axis" if is_one else "the sizes of axes"
        fits = f"{join_words(map(str, legal), 'or')} fit{'s' if len(legal) == 1 else ''}"
        message = (
            f'input "{name}" leaves {what} {join_words(map(str, numbers))} open, but only {fits} '
            "the layers: Keras builds the model, and batches of another size fail"
        )
        hint = (
            f"write {legal[-1]} instead of null in its `shape`, so that the sizes of all layers "
            "are known; or change the layers so that they follow the size"
        )
        findings.warning(entry.span, "few-sizes-fit", message, hint=hint, related=related)


def _are_few(sizes: tuple[int, ...]) -> bool:
    """Whether hardly any size is legal; 1 often is, as it stretches, and a limit has a meaning."""
    is_limit = sizes == tuple(range(1, len(sizes) + 1)) and len(sizes) > 1
    return not is_limit and len(sizes) - (1 in sizes) <= 2


class _Side(NamedTuple):
    """One axis of a tensor that a call reads.

    Attributes:
        tensor: the number of the tensor among those read.
        axis: counted from the batch.
        sizes: for each of LARGE.
        place: where the size is open; None for a known size.
    """

    tensor: int
    axis: int
    sizes: Row
    place: Place | None


class _Joint:
    """A call that fails at every size tried: whether two of its tensors can never be equal."""

    def __init__(self, analysis: Analysis, trials: Trials, call: Call) -> None:
        self.analysis = analysis
        self.trials = trials
        self.call = call

    def check(self, findings: Findings) -> None:
        sides = list(self.sides())
        pairs = [(a, b) for a, b in combinations(sides, 2) if a.tensor != b.tensor]
        if any(self.is_legal(size) for a, b in pairs for size in _meetings(a.sizes, b.sizes)):
            return
        apart = [
            (a, b)
            for a, b in pairs
            if a.axis == b.axis and a.place and b.place and self.never_meet(a, b)
        ]
        if apart:
            self.report(*apart[0], findings)

    def sides(self) -> Iterator[_Side]:
        """The axes of the tensors that the call reads, the batch apart."""
        count = len(self.trials.axes)
        trials = [self.trials.at((size,) * count) for size in LARGE]
        for number, ref in enumerate(self.call.reads()):
            tensor = _tensor(self.analysis, ref)
            if tensor is None:
                continue
            path = () if ref.index is None else (ref.index,)
            for axis in range(1, tensor.rank):
                known = tensor.shape[axis]
                place = Place(ref.source, path, axis) if known is None else None
                sizes = [known if place is None else trial.sizes.get(place) for trial in trials]
                row = tuple(size for size in sizes if size is not None)
                if len(row) == len(LARGE):
                    yield _Side(number, axis, row, place)

    def is_legal(self, size: int) -> bool:
        return self.trials.at((size,) * len(self.trials.axes)).failed is None

    def never_meet(self, one: _Side, other: _Side) -> bool:
        """Whether two open sizes follow from the same axis of an input, and always differ."""
        return (
            _distance(one.sizes, other.sizes) is not None
            and not _meetings(one.sizes, other.sizes)
            and all(a != b for a, b in zip(one.sizes, other.sizes, strict=True))
            and len(self.origins(one) | self.origins(other)) == 1
        )

    def origins(self, side: _Side) -> set[int]:
        """The open axes, by number, on which a size depends."""
        base = [LARGE[0]] * len(self.trials.axes)
        found = set()
        for index in range(len(base)):
            changed = (*base[:index], LARGE[-1], *base[index + 1 :])
            if side.place and self.trials.at(changed).sizes.get(side.place) != side.sizes[0]:
                found.add(index)
        return found

    def report(self, one: _Side, other: _Side, findings: Findings) -> None:
        origin = self.trials.axes[next(iter(self.origins(one)))]
        letter = letter_of(self.analysis, origin)
        layer = self.analysis.graph.layers[self.call.layer]
        texts = [self.text(side, letter) for side in (one, other)]
        message = (
            f'"{layer.name}" ({layer.object.class_name}): axis {one.axis} of its tensors has the '
            f"sizes {texts[0]} and {texts[1]}, where {letter} is axis {origin.axis} of input "
            f'"{origin.input}": they are equal for no {letter}. Keras builds this, but every batch '
            "fails"
        )
        hint = (
            "give the layers before it `padding: same`, or bring both to one size with a Cropping, "
            "ZeroPadding or Resizing layer"
        )
        related = tuple(
            Related(self.analysis.graph.layers[made.layer].span, f"{text}: it is made here")
            for side, text in zip((one, other), texts, strict=True)
            for made in self.analysis.graph.calls
            if side.place and made.name == side.place.source
        )
        findings.error(self.call.span, "shape-mismatch", message, hint=hint, related=related)

    def text(self, side: _Side, letter: str) -> str:
        series = dict(zip(LARGE, side.sizes, strict=True))
        return fit(series, letter) or f"{side.sizes[0]} (for {letter} = {LARGE[0]})"


def _tensor(analysis: Analysis, ref: TensorRef) -> Tensor | None:
    value = analysis.tensors.get(ref.source)
    if ref.index is not None and isinstance(value, (Mapping, tuple)):
        value = value[ref.index]  # type: ignore[index]
    return value if isinstance(value, Tensor) else None


def _distance(one: Row, other: Row) -> tuple[int, int] | None:
    """The steps after which the distance of two sizes grows by a constant, and this constant."""
    apart = [a - b for a, b in zip(one, other, strict=True)]
    for period in range(1, MAX_PERIOD + 1):
        grown = {b - a for a, b in zip(apart, apart[period:], strict=False)}
        if len(grown) == 1:
            return period, grown.pop()
    return None


def _meetings(one: Row, other: Row) -> set[int]:
    """The sizes of the open axes, beyond those tried, at which two sizes may be equal."""
    found = _distance(one, other)
    if found is None or found[1] == 0:
        return set()
    period, growth = found
    sizes = set()
    for size, a, b in zip(LARGE[:period], one, other, strict=False):
        steps, rest = divmod(b - a, growth)
        if rest == 0 and size + steps * period > 0:
            sizes.add(size + steps * period)
    return sizes
