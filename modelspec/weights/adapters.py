"""Low-rank adapters, of layers with `lora_rank`: kept beside what Keras saves, and as a file.

Keras adds them to their kernels when it saves a model, so no file of Keras has them. A model that
modelspec saves has them as a member of its archive, and `export --format adapter` writes a file of
them and of all else that the training changed: what a model has more than the one that it began as.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from modelspec.diagnostics import CannotRunError, Findings, Related
from modelspec.importing import check_members, import_h5py
from modelspec.spec.initial_weights import WeightsOrigin

from .model_tree import adapter_variables, layers_of_keras, saved_values
from .report import Fate, LayerFate, LoadingReport, TensorFate, shortened
from .saved import array_of
from .trees import leaves

SUFFIX = ".adapter.h5"
MEMBER = "modelspec.adapters.npz"
_MARK = "modelspec_adapter"
_VERSION = 1


class AdapterTensor(NamedTuple):
    """One array of a file of adapters.

    Attributes:
        layer: its path in the model.
        name: of the variable in the layer.
        place: where Keras saves it in the group of its layer; "" for an adapter.
        shape: of the array.
        address: its path in the file.
        scale: of an adapter, what the product is multiplied with; 0 for any other variable.
        base: of an adapter, the digest of the variable that it was trained on.
    """

    layer: str
    name: str
    place: str
    shape: tuple[int, ...]
    address: str
    scale: float
    base: str

    @property
    def path(self) -> str:
        """The layer's path and the name."""
        return f"{self.layer}/{self.name}"


def save_model(model: Any, path: Path) -> None:
    """Save a Keras model; an archive of one with adapters has these as a member too."""
    model.save(path)
    found: dict[str, Any] = {}
    for layer in leaves(layers_of_keras(model)):
        for name, variable, low_rank in adapter_variables(layer.layer):
            key = f"{layer.path}/{name}"
            found[key] = variable.numpy()
            found[f"{key}:scale"] = low_rank.scale
            found[f"{key}:base"] = _digest(low_rank.frozen.numpy())
    if not found:
        return
    import numpy as np

    content = io.BytesIO()
    np.savez(content, **found)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(MEMBER, content.getvalue())


def has_adapters(path: Path) -> bool:
    """Whether a file that `save_model` wrote is of a model with adapters."""
    with zipfile.ZipFile(path) as archive:
        return MEMBER in archive.namelist()


def write_adapter(model: Any, saved: Path, path: Path, unchanged: Sequence[str]) -> None:
    """Write the file of adapters of a model, and all else that its training changed.

    Args:
        model: the Keras model, loaded from `saved`.
        saved: the archive that `save_model` wrote.
        path: the file to write.
        unchanged: paths of layers that no phase of the training changed.
    """
    import numpy as np

    h5py = import_h5py()
    with zipfile.ZipFile(saved) as archive, archive.open(MEMBER) as member:
        kept = dict(np.load(io.BytesIO(member.read()), allow_pickle=False))
    with h5py.File(path, "w") as file:
        file.attrs[_MARK] = _VERSION
        for layer in leaves(layers_of_keras(model)):
            if layer.path in unchanged:
                continue
            for tensor in layer.adapters:
                key = f"{layer.path}/{tensor.name}"
                item = _add(file, (layer.path, tensor.name, ""), kept[key])
                item.attrs["scale"] = float(kept[f"{key}:scale"])
                item.attrs["base"] = str(kept[f"{key}:base"])
            for place, variable in _others(layer.layer).items():
                name = (layer.tensors or {})[place].name
                _add(file, (layer.path, name, place), variable.numpy())


def _others(layer: Any) -> dict[str, Any]:
    """Place to what a layer holds beside its adapters, and beside what these are added to."""
    from modelspec.framework import low_rank_of

    return {
        place: value
        for holder, place, value in saved_values(layer, set())
        if low_rank_of(holder) is None or value is getattr(holder, "bias", None)
    }


def _add(file: Any, of: tuple[str, str, str], values: Any) -> Any:
    is_short = values.dtype.name == "bfloat16"  # which HDF5 does not have
    item = file.create_dataset(str(len(file)), data=values.view("uint16") if is_short else values)
    item.attrs["layer"], item.attrs["name"], item.attrs["place"] = of
    if is_short:
        item.attrs["dtype"] = "bfloat16"
    return item


def _digest(values: Any) -> str:
    return hashlib.sha256(values.tobytes()).hexdigest()


def is_adapter(path: Path) -> bool:
    """Whether a file is one that `write_adapter` wrote, by its content."""
    if not path.name.endswith(".h5"):
        return False
    if find_spec("h5py") is None:
        return path.name.endswith(SUFFIX)
    try:
        with import_h5py().File(path) as file:
            return _MARK in file.attrs
    except OSError:
        return False


def read_adapter(path: Path) -> tuple[AdapterTensor, ...]:
    """What a file of adapters has; no arrays are read.

    Raises:
        OSError, KeyError, ValueError: it is damaged, or of a later version.
    """
    with import_h5py().File(path) as file:
        check_members(file)
        if int(file.attrs[_MARK]) != _VERSION:
            raise ValueError(f"it has version {file.attrs[_MARK]}: install a later modelspec")
        return tuple(
            AdapterTensor(
                str(item.attrs["layer"]),
                str(item.attrs["name"]),
                str(item.attrs["place"]),
                tuple(item.shape),
                address,
                float(item.attrs.get("scale", 0.0)),
                str(item.attrs.get("base", "")),
            )
            for address, item in sorted(file.items(), key=lambda pair: int(pair[0]))
        )


def fresh_adapters(report: LoadingReport) -> LoadingReport:
    """The report with the adapters of all layers, fresh: no file of Keras has any."""
    fates = [
        TensorFate(f"{one.layer.path}/{item.name}", item.shape, None)
        for one in report.layers
        for item in one.layer.adapters
    ]
    return replace(report, adapters=tuple(fates))


def match_adapter(
    origin: WeightsOrigin, path: Path, report: LoadingReport, findings: Findings
) -> LoadingReport | None:
    """What becomes of each layer when a file of adapters comes after the other files.

    Args:
        origin: what the spec says.
        path: the file.
        report: what becomes of each layer by the other files.
        findings: takes what does not fit.

    Returns:
        None with a finding where the file does not fit the model.
    """
    try:
        tensors = read_adapter(path)
    except CannotRunError as error:
        message = f"the adapters in {origin.path} were not compared with the model: {error}"
        findings.warning(origin.span, "weights-not-checked", message)
        return None
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        message = f"{origin.path} cannot be read: {' '.join(str(error).split())}"
        findings.error(origin.span, "bad-weights", message)
        return None
    before, by_path = findings.error_count, {one.layer.path: one for one in report.layers}
    for layer in dict.fromkeys(tensor.layer for tensor in tensors):
        _check_layer(origin, layer, [t for t in tensors if t.layer == layer], by_path, findings)
    if findings.error_count > before:
        return None
    _report_fresh_bases(origin, tensors, by_path, findings)
    shapes = {tensor.path: tensor.shape for tensor in tensors}
    adapters = [one._replace(file_shape=shapes.get(one.name)) for one in report.adapters]
    others = [TensorFate(t.path, t.shape, t.shape) for t in tensors if not t.scale]
    return replace(report, adapters=tuple(adapters), overlaid=tuple(others))


def _report_fresh_bases(
    origin: WeightsOrigin,
    tensors: Sequence[AdapterTensor],
    by_path: Mapping[str, LayerFate],
    findings: Findings,
) -> None:
    """Warn of adapters that are added to weights of no file; a built model has them to compare."""
    adapted = dict.fromkeys(tensor.layer for tensor in tensors if tensor.scale)
    fresh = [
        path
        for path in adapted
        if by_path[path].fate is Fate.FRESH and by_path[path].layer.layer is None
    ]
    if fresh:
        message = (
            f"the adapters in {origin.path} are added to fresh weights of {shortened(fresh)}, "
            "which no file is for"
        )
        hint = f"write `initial_weights: {{from: FILE, adapters: {origin.path}}}` with the file "
        hint += "that the training of the adapters began with"
        findings.warning(origin.span, "other-base-weights", message, hint=hint)


def _check_layer(
    origin: WeightsOrigin,
    layer: str,
    tensors: Sequence[AdapterTensor],
    by_path: Mapping[str, LayerFate],
    findings: Findings,
) -> None:
    one = by_path.get(layer)
    if one is None:
        message = f'{origin.path} is for a model with a layer "{layer}", which this one lacks'
        hint = "a file of adapters fits the model that it was trained in"
        findings.error(origin.span, "bad-weights", message, hint=hint)
        return
    if one.layer.tensors is None:  # known once the model is built
        return
    ours = {f"{layer}/{item.name}": item.shape for item in one.layer.adapters}
    rank = next((tensor.shape[-1] for tensor in tensors if tensor.scale), None)
    if rank is not None and not ours:
        message = f'"{layer}" has no low-rank adapters, and {origin.path} has some of rank {rank}'
        hint = f"write `lora_rank: {rank}` in the layer"
        findings.error(origin.span, "bad-weights", message, hint=hint, related=_here(one))
        return
    ours |= {f"{layer}/{item.name}": item.shape for item in one.layer.tensors.values()}
    for tensor in tensors:
        shape = ours.get(tensor.path)
        if shape != tensor.shape:
            found = "is not there" if shape is None else f"is {list(shape)}"
            message = f'"{tensor.path}" {found} in the model, and {list(tensor.shape)} in '
            hint = "a file of adapters fits the model that it was trained in"
            if tensor.scale and rank is not None and shape is not None:
                hint = f"write `lora_rank: {rank}` in the layer"
            findings.error(
                origin.span, "bad-weights", message + origin.path, hint=hint, related=_here(one)
            )
            return


def _here(one: LayerFate) -> tuple[Related, ...]:
    span = one.layer.span
    return () if span is None else (Related(span, f'the layer "{one.layer.path}" is here'),)


def load_adapter(path: Path, report: LoadingReport) -> list[str]:
    """Load a file of adapters into the layers of a built model.

    Args:
        path: a file that fits, by `match_adapter`.
        report: of the layers of the model.

    Returns:
        The layers whose adapters were trained on other weights than the model has by now.
    """
    tensors, others = read_adapter(path), list[str]()
    with import_h5py().File(path) as file:
        for one in report.layers:
            own = [tensor for tensor in tensors if tensor.layer == one.layer.path]
            if own and not _load_layer(one.layer.layer, own, file):
                others.append(one.layer.path)
    return others


def _load_layer(layer: Any, tensors: Sequence[AdapterTensor], file: Any) -> bool:
    """Whether the adapters are for what they are added to now."""
    from modelspec.framework import low_rank_of

    fits = True
    arrays = {tensor.name: tensor for tensor in tensors if tensor.scale}
    for name, variable, low_rank in adapter_variables(layer):
        tensor = arrays[name]
        values = file[tensor.address][()]
        if name.endswith("_b") and tensor.scale != low_rank.scale:
            values = values * (tensor.scale / low_rank.scale)
        variable.assign(values)
        fits = fits and _digest(low_rank.frozen.numpy()) == tensor.base
    by_place = {tensor.place: array_of(file[tensor.address]) for tensor in tensors if tensor.place}
    stores: dict[int, tuple[Any, dict[str, Any]]] = {}
    for holder, place, value in saved_values(layer, set()):
        if place not in by_place:
            continue
        if low_rank_of(holder) is not None:
            value.assign(by_place[place])
        else:
            store = stores.setdefault(id(holder), (holder, {}))[1]
            store[place.rpartition("/")[2]] = by_place[place]
    for holder, store in stores.values():
        holder.load_own_variables(store)
    return fits
