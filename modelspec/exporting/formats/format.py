"""`ExportFormat`: the record that holds all that modelspec knows of one export format.

The module of each format imports its converter and its runtime inside its functions only: the
help of `modelspec export` needs no numpy, and the process that checks an ONNX or LiteRT file must
not import TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.graph import Graph
from modelspec.spec import Spec

from .unsupported_layers import UnsupportedLayer

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource

    from .arrays import Predict, Signature

METADATA_NAME = "modelspec.json"

MAX_BYTES = 64 << 20
"""A larger text was not written by modelspec, and is not unpacked."""


@dataclass(frozen=True, slots=True)
class MetadataStore:
    """How a format keeps the text.

    Attributes:
        write: puts the text into a finished file.
        read: the text of a file; None where it has none.
    """

    write: Callable[[Path, str], None]
    read: Callable[[Path], str | None]


def _write_member(path: Path, text: str) -> None:
    import zipfile

    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(METADATA_NAME, text)


def _read_member(path: Path) -> str | None:
    import zipfile

    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        if METADATA_NAME not in archive.namelist():
            return None
        if archive.getinfo(METADATA_NAME).file_size > MAX_BYTES:
            raise ValueError(f"{METADATA_NAME} in it is too large")
        return archive.read(METADATA_NAME).decode("utf-8")


ZIP_MEMBER = MetadataStore(_write_member, _read_member)
"""One more member of a zip archive.

A `.keras` file is such an archive. A `.tflite` file takes one after its end, as TensorFlow Lite's
own metadata does with its label files (https://ai.google.dev/edge/litert/models/metadata).
"""


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What a user may set for an export beyond its format.

    Attributes:
        tolerance: the largest accepted relative difference from the outputs of the Keras model;
            None for the default of the format.
        quantize: "dynamic", "float16" or "int8", for LiteRT; None keeps the weights as they are.
        opset: the ONNX operator set version; None for the default of the converter.
        without_preprocessing: leave out the preprocessing layers at the front of the model, and
            write them as a Keras model in a second file.
    """

    tolerance: float | None = None
    quantize: str | None = None
    opset: int | None = None
    without_preprocessing: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The settings that change the exported file, without those left at their default."""
        named = {
            "quantize": self.quantize,
            "opset": self.opset,
            "without_preprocessing": self.without_preprocessing or None,
        }
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """What loading an exported file takes beyond its path; plain data that travels as JSON.

    Attributes:
        input_names: in the order of the model.
        output_names: in the order of the model.
        input_kind: how the Keras model takes its inputs: "single", "list" or "dict".
        output_kind: the same for its outputs.
        extensions: folder and module name of each extension to import.
        architecture: for a file of weights, the `.keras` file with the model they belong to.
    """

    input_names: Sequence[str] = ()
    output_names: Sequence[str] = ()
    input_kind: str = ""
    output_kind: str = ""
    extensions: Sequence[Sequence[str]] = ()
    architecture: str = ""


class Runtime(Enum):
    """What runs the files of a format."""

    KERAS = auto()
    """They load as a Keras model."""

    TENSORFLOW = auto()
    """TensorFlow runs them, without Keras."""

    OWN = auto()
    """A runtime that works without TensorFlow."""


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format. It is written from a Keras model or from a spec: exactly one of the two writers
    is set. A format whose files compute has a `tolerance`, a `load` function and a `runtime`.

    Attributes:
        name: as in `--format`; also the name of the extra that installs its packages.
        suffix: the file name extension; for a folder, of its default name.
        write: writes a Keras model.
        write_spec: writes a spec and its graph, without TensorFlow and without weights.
        load: opens a file with its own runtime, as a function from a batch of inputs to outputs.
        runtime: what runs the files; None where they do not compute.
        runtime_modules: what is imported before a file can be loaded; `benchmark` times that.
        read_signature: the inputs that a file declares; None where it does not run by itself.
        metadata: where its files keep modelspec's metadata; None where they do not.
        tolerance: the largest accepted relative difference from the outputs of the Keras model;
            None where files do not compute.
        packages: import names of the packages that write and run it.
        load_packages: those of them that are enough to run it; None where it takes all.
        is_folder: whether an export is a folder, which may have any name.
        stores_labels: whether class names are stored inside; else they go to a file next to it.
        second_suffix: extension, in place of `suffix`, of a second file that the first one reads;
            "" where there is none.
        unsupported_layers: what its converter or runtime cannot do.
        unsupported_weight_dtypes: the dtypes of weights that it has no operators for.
        unsupported_quantized: the ways to quantize a layer, by its `dtype`, that it has none for.
        unsupported_input_dtypes: the dtypes that inputs cannot have.
        keeps_mixed_precision: whether a model of mixed precision is written as it is; else it is
            written in float32.
        keeps_adapters: whether it has the low-rank adapters of a model; else they are added to the
            kernels, and its layers are plain ones.
        needs_architecture: whether a file has only weights, so that loading it takes the model too.
        quantizations: modes of `--quantize` to the relative difference accepted for each.
        has_opset: whether `--opset` applies.
    """

    name: str
    suffix: str
    write: Callable[[ExportSource, ExportSettings, Path], None] | None = None
    write_spec: Callable[[Spec, Graph, Path], None] | None = None
    load: Callable[[Path, LoadRequest], Predict] | None = None
    runtime: Runtime | None = None
    runtime_modules: tuple[str, ...] = ()
    read_signature: Callable[[Path], Signature] | None = None
    metadata: MetadataStore | None = None
    tolerance: float | None = None
    packages: tuple[str, ...] = ()
    load_packages: tuple[str, ...] | None = None
    is_folder: bool = False
    stores_labels: bool = False
    second_suffix: str = ""
    unsupported_layers: tuple[UnsupportedLayer, ...] = ()
    unsupported_weight_dtypes: tuple[str, ...] = ()
    unsupported_quantized: tuple[str, ...] = ()
    unsupported_input_dtypes: tuple[str, ...] = ()
    keeps_mixed_precision: bool = True
    keeps_adapters: bool = False
    needs_architecture: bool = False
    quantizations: Mapping[str, float] = field(default_factory=dict)
    has_opset: bool = False

    @property
    def runtime_packages(self) -> tuple[str, ...]:
        """The import names of the packages that run its files."""
        return self.packages if self.load_packages is None else self.load_packages

    @property
    def computes(self) -> bool:
        """Whether its files can be run and compared with the Keras model."""
        return self.tolerance is not None

    def write_model(self, source: ExportSource, settings: ExportSettings, path: Path) -> None:
        """Call `write`, which a format written from a model has."""
        assert self.write is not None, f"{self.name} is written from a spec"
        self.write(source, settings, path)

    def load_file(self, path: Path, request: LoadRequest) -> Predict:
        """Call `load`, which a format that computes has."""
        assert self.load is not None, f"{self.name} does not compute"
        return self.load(path, request)
