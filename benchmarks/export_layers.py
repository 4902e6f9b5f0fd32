"""Every layer of Keras through the formats that convert, against the table of refusals.

The cases of `tests/layers/cases/` that Keras takes become specs of one layer. Each is converted,
run by the format's runtime and compared. A row says what became of a case: exported, with the
largest relative difference of an output; refused, by the table and by the converter; "untold",
where only the converter refuses or the answers differ; "wrongly", where only the table does. The
last one misses the bound.

    python -m benchmarks.export_layers [--first] [--ops] [--format FORM] [LAYER ...]

`--first` takes one case for each layer, `--ops` those of `keras.ops` too.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, NamedTuple

import yaml

CASES = Path(__file__).parent.parent / "tests" / "layers" / "cases"
FORMS = ("saved_model", "onnx", "litert", "openvino")
LEARNED = {
    "StringLookup": {"vocabulary": ["a", "b"]},
    "IntegerLookup": {"vocabulary": [1, 2]},
    "TextVectorization": {"vocabulary": ["a", "b"]},
    "Discretization": {"bin_boundaries": [0.0, 1.0]},
}
"""What a layer would have learned: a case has it where it says nothing."""


class Row(NamedTuple):
    """What became of a case in a format."""

    layer: str
    case: str
    form: str
    became: str
    reason: str = ""

    def __str__(self) -> str:
        shown = f"{self.layer:<28} {self.form:<12} {self.became:<9}"
        return f"{shown} {self.reason:<60} {self.case}".rstrip()


def cases(names: list[str], first: bool, ops: bool) -> Iterator[dict[str, Any]]:
    """Cases that a spec can hold and Keras takes."""
    seen: set[str] = set()
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            layer = case["layer"]
            wanted = layer in names or (not names and (ops or not layer.startswith("ops.")))
            scalar = "'()" in str(case)  # an input of a spec has a batch axis
            if wanted and "output" in case and not scalar and not (first and layer in seen):
                seen.add(layer)
                yield case


def spec_of(case: Mapping[str, Any]) -> str:
    """A case as the text of a spec; inputs are called a, b, ..."""
    inputs: dict[str, Any] = {}

    def name(value: Any) -> Any:
        if isinstance(value, list):
            return [name(item) for item in value]
        if isinstance(value, dict):
            return {key: name(item) for key, item in value.items()}
        shape, dtype = re.fullmatch(r"\(([^)]*)\)\s*(\w*)", value.strip()).groups()
        sizes = [None if size.strip() == "null" else int(size) for size in shape.split(",") if size]
        found = {"shape": sizes[1:], **({"dtype": dtype} if dtype else {})}
        inputs[chr(97 + len(inputs))] = {
            **found,
            **({"batch_size": sizes[0]} if sizes[0] is not None else {}),
        }
        return list(inputs)[-1]

    args = {**LEARNED.get(case["layer"], {}), **case.get("args", {})}
    if "policy" in case:
        args["dtype"] = case["policy"]
    positional = name(case.get("inputs", []))
    named = name(case.get("named", {}))
    edge: dict[str, Any] = {"from": named or positional, "to": "it"}
    if "call" in case:
        edge["call"] = case["call"]
    many = isinstance(case["output"], list)
    outputs = [f"it[{i}]" for i in range(len(case["output"]))] if many else "it"
    functional = {
        "inputs": inputs,
        "layers": {"it": {case["layer"]: args} if args else case["layer"]},
        "edges": [edge],
        "outputs": outputs,
    }
    return yaml.safe_dump(
        {"modelspec": 1, "name": "one", "model": {"functional": functional}}, sort_keys=False
    )


def rows_of(case: dict[str, Any], forms: tuple[str, ...]) -> list[Row]:
    """Convert one case to each format."""
    import warnings

    from modelspec.api.building import build_opened
    from modelspec.compile.stages import compile_file
    from modelspec.exporting.export_source import source_of_spec
    from modelspec.exporting.verify.check import keras_outputs, plain_inputs
    from modelspec.exporting.verify.samples import samples_of

    warnings.simplefilter("ignore")
    said = {key: case[key] for key in ("args", "inputs", "named", "call", "policy") if key in case}
    shown = yaml.safe_dump(said, default_flow_style=True, width=10**6).strip()
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder, "one.yaml")
        spec.write_text(spec_of(case), encoding="utf-8")
        try:
            opened = compile_file(spec).require_expectations()
            subject = source_of_spec(opened.spec, opened.graph, build_opened(opened))
            arrays = plain_inputs(samples_of(subject))
            wanted = keras_outputs(subject, arrays)
        except Exception as error:  # Keras raises all kinds
            return [Row(case["layer"], shown, "-", "no spec", str(error).splitlines()[0])]
        return [
            Row(case["layer"], shown, form, *became(subject, form, arrays, wanted, Path(folder)))
            for form in forms
        ]


def became(subject: Any, form: str, arrays: Any, wanted: Any, folder: Path) -> tuple[str, str]:
    """What became of a model, and why."""
    from modelspec.diagnostics.findings import Findings
    from modelspec.diagnostics.problems import SpecError
    from modelspec.exporting.formats.formats import FORMATS
    from modelspec.exporting.precision import in_supported_precision
    from modelspec.exporting.unsupported import check_supported, check_weight_dtypes
    from modelspec.exporting.verify.check import keras_outputs

    told = ""
    try:
        check_supported(subject.spec, subject.graph, form)
    except SpecError as error:
        told = error.findings[0].message
    ready, note = in_supported_precision(subject, form)
    if note:
        wanted = keras_outputs(ready, arrays)
    failed, number = converted(ready, form, arrays, wanted, folder)
    if told:
        of_dtype = Findings()  # of all layers, though one alone may convert
        check_weight_dtypes(subject.spec, FORMATS[form], of_dtype)
        return ("refused", told) if failed or of_dtype.has_errors else ("wrongly", told)
    return ("untold", failed) if failed else ("exported", number)


def converted(subject: Any, form: str, arrays: Any, wanted: Any, folder: Path) -> tuple[str, str]:
    """Why a format does not take a model, or ""; and the largest difference."""
    from modelspec.exporting.formats.format import ExportSettings
    from modelspec.exporting.formats.formats import FORMATS
    from modelspec.exporting.verify.check import run_request
    from modelspec.exporting.verify.comparison import compare
    from modelspec.exporting.verify.isolated import predict_in_batches

    path = folder / f"one{FORMATS[form].suffix}"
    write, tolerance = FORMATS[form].write, FORMATS[form].tolerance
    assert write is not None and tolerance is not None
    try:
        write(subject, ExportSettings(), path)
        request = run_request(subject, form, path, folder)
        given = predict_in_batches(request.predictor(), arrays, request.batch_size)
    except Exception as error:  # each converter and runtime has its own
        return " ".join(str(error).split())[:150] or type(error).__name__, ""
    found = compare(wanted, given, {})
    number = f"{max(each.relative for each in found):.2g}"
    far = [each for each in found if not each.relative <= tolerance]
    return (f"differs by {number} {far[0].note}" if far else ""), number


def main(args: list[str]) -> int:
    """Print the table; 1 where the table refuses what a converter takes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("layers", nargs="*")
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--ops", action="store_true")
    parser.add_argument("--format", choices=FORMS)
    asked = parser.parse_args(args)
    forms = (asked.format,) if asked.format else FORMS
    counts: Counter[str] = Counter()
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(1, mp_context=spawn)
    for case in cases(asked.layers, asked.first, asked.ops):
        try:
            rows = pool.submit(rows_of, case, forms).result()
        except BrokenProcessPool:
            rows = [Row(case["layer"], str(case), "-", "untold", "the process ended")]
            pool = ProcessPoolExecutor(1, mp_context=spawn)
        for row in rows:
            counts[row.became] += 1
            print(row, flush=True)
    pool.shutdown()
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    return int(counts["wrongly"] > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
