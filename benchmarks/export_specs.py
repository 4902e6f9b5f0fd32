"""Every spec of `specs/` through every format whose exports are checked, as a table.

Each spec is trained for one epoch, so that its layers have learned what they need, and its run is
exported; one without data is exported as it is. A row says what became of it: exported, with the
largest relative difference of an output and the smallest share of equal decisions; refused, with
the reason; or rejected, which misses the bound.

    python -m benchmarks.export_specs [SPEC ...]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import modelspec
from benchmarks.exports import Row, checked, refused, show
from modelspec.api.exporting import export_checked
from modelspec.diagnostics.problems import ModelspecError
from modelspec.exporting.export import ExportResult
from modelspec.exporting.formats.formats import FORMATS
from modelspec.spec.extensions import permit_extensions

SPECS = Path(__file__).parent.parent / "specs"


def trained(spec: Path, folder: Path) -> Path:
    """The run of a spec after one epoch; the spec itself where it has no data."""
    if modelspec.open_spec(spec).spec.data is None:
        return spec
    run = folder / "runs" / spec.stem
    short = {"training.epochs": 1}
    modelspec.train(spec, output=run, overrides=short, allow_extensions=True)
    return run


def row_of(source: Path, form: str, folder: Path) -> Row:
    """Export a run or a spec, and say what became of it."""
    output = folder / f"{source.stem}-{form}{FORMATS[form].suffix}"
    try:
        done = export_checked(source, form, output, force=True)
    except ModelspecError as error:
        return refused(source.stem, form, error)
    assert isinstance(done, ExportResult)
    assert done.check is not None
    return checked(source.stem, form, done.check)


def rows(specs: list[Path], folder: Path) -> Iterator[Row]:
    """Every spec in every format."""
    for spec in specs:
        source = trained(spec, folder)
        for form, entry in FORMATS.items():
            if entry.tolerance is not None:
                yield row_of(source, form, folder)


def main(names: list[str]) -> int:
    """Print the table; 1 where an export is rejected."""
    specs = [SPECS / f"{name}.yaml" for name in names] or sorted(SPECS.glob("*.yaml"))
    with tempfile.TemporaryDirectory() as folder, permit_extensions(True):
        return show(rows(specs, Path(folder)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
