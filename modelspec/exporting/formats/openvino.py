"""OpenVINO's pair of files, through its own converter from a SavedModel."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from modelspec.diagnostics import CannotRunError, first_line

from .format import ExportFormat, ExportSettings, LoadRequest, MetadataStore, Runtime
from .packages import captured_stderr, disable_telemetry
from .saved_model import serving_function, write_serving
from .unsupported_layers import (
    NO_COUNTS,
    NO_LOOKUP_TABLES,
    NO_TEXT,
    UnsupportedLayer,
    counts_values,
    is_not_inverted,
)

if TYPE_CHECKING:
    from modelspec.exporting.export_source import ExportSource

    from .arrays import Array, Arrays, Predict, Signature


def write_openvino(source: ExportSource, _: ExportSettings, path: Path) -> None:
    """Write `NAME.xml` with the graph and `NAME.bin` with the weights, which stay float32.

    Tensors have the spec's names; the class names are in the runtime information.

    Raises:
        CannotRunError: the model cannot be traced, or has an operator that OpenVINO lacks.
    """
    disable_telemetry()
    import openvino

    failure: Exception | None = None
    with tempfile.TemporaryDirectory(prefix="modelspec-export-") as folder, captured_stderr():
        try:
            write_serving(source, _serving_function(source), Path(folder))
            model = openvino.convert_model(folder)
            _add_runtime_info(model, source)
            # by default it compresses the weights to float16
            openvino.save_model(model, str(path), compress_to_fp16=False)
        except Exception as error:  # the converter raises all kinds
            failure = error
    if isinstance(failure, CannotRunError):
        raise failure
    if failure is not None:
        raise CannotRunError(f"conversion to OpenVINO failed: {_reason(failure)}") from failure


def _serving_function(source: ExportSource) -> Any:
    """The model, with the names of its outputs in the file."""
    from .arrays import names_in_file

    serve = serving_function(source)
    in_file = names_in_file(source.tensors, source.structure.output_names)
    return lambda named: {in_file[name]: tensor for name, tensor in serve(named).items()}


def _add_runtime_info(model: Any, source: ExportSource) -> None:
    """The labels go in as JSON: as keys, output names would have to be valid names of XML."""
    model.set_rt_info(source.name, ["modelspec", "name"])
    # else it keeps the name of the temporary folder
    model.set_rt_info(source.name, ["conversion_parameters", "input_model"])
    if source.labels():
        text = json.dumps(source.labels(), ensure_ascii=False)
        model.set_rt_info(text, ["modelspec", "labels"])


def _reason(error: Exception) -> str:
    """The operators that OpenVINO lacks, by name; else the message of the one that failed; else
    the first line of the error."""
    text = str(error)
    missing = re.search(r"No conversion rule found for operations: (.+)", text)
    if missing:
        return f"unsupported operators: {missing[1].strip()}"
    failed = re.search(r"-- (\w+) with a message:\n((?:.*\n)*?)\n", text)
    if failed:
        return f"{failed[1]}: {failed[2].strip().splitlines()[-1]}"
    return first_line(error)[:300]


def load_openvino(path: Path, request: LoadRequest) -> Predict:
    """Load with OpenVINO on the CPU, in float32: where the CPU can, it would use bfloat16."""
    disable_telemetry()
    import openvino

    from .arrays import names_in_file, plain_outputs

    precision = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = openvino.Core().compile_model(str(path), "CPU", precision)
    given = [port.any_name for port in compiled.inputs]
    in_file = names_in_file(given, request.output_names)
    ports = {name: compiled.output(in_file[name]) for name in request.output_names}

    def predict(inputs: Arrays) -> dict[str, Array]:
        outputs = compiled(dict(inputs))
        return plain_outputs({name: outputs[port] for name, port in ports.items()})

    return predict


def read_openvino_signature(path: Path) -> Signature:
    """The parameters of the graph."""
    disable_telemetry()
    import openvino

    from .arrays import numpy_dtype

    return {
        port.any_name: (
            tuple(size.get_length() if size.is_static else None for size in port.partial_shape),
            numpy_dtype(port.element_type.get_type_name()),
        )
        for port in openvino.Core().read_model(str(path)).inputs
    }


def _write_runtime_info(path: Path, text: str) -> None:
    tree = ElementTree.parse(path)
    parent = _child(_child(tree.getroot(), "rt_info"), "modelspec")
    ElementTree.SubElement(parent, "metadata", value=text)
    tree.write(path)


def _child(parent: ElementTree.Element, tag: str) -> ElementTree.Element:
    found = parent.find(tag)
    return ElementTree.SubElement(parent, tag) if found is None else found


def _read_runtime_info(path: Path) -> str | None:
    content = path.read_bytes()
    if b"<!DOCTYPE" in content:  # its entities could expand without end
        raise ValueError("it has a document type, which files of OpenVINO never have")
    found = ElementTree.fromstring(content).find("rt_info/modelspec/metadata")
    return None if found is None else found.get("value")


FORMAT = ExportFormat(
    name="openvino",
    suffix=".xml",
    second_suffix=".bin",
    write=write_openvino,
    load=load_openvino,
    runtime=Runtime.OWN,
    runtime_modules=("openvino",),
    read_signature=read_openvino_signature,
    metadata=MetadataStore(_write_runtime_info, _read_runtime_info),
    tolerance=1e-4,
    packages=("openvino",),
    stores_labels=True,
    keeps_mixed_precision=False,
    unsupported_quantized=("float8",),
    unsupported_weight_dtypes=("bfloat16",),
    unsupported_input_dtypes=("bfloat16",),
    unsupported_layers=(
        UnsupportedLayer("StringLookup", NO_LOOKUP_TABLES, when=is_not_inverted),
        UnsupportedLayer("IntegerLookup CategoryEncoding", NO_COUNTS, when=counts_values),
        *NO_TEXT,
    ),
)
