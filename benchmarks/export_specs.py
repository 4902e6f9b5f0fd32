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
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import modelspec
from modelspec.actions.exporting import export_checked
from modelspec.diagnostics import ModelspecError, SpecError
from modelspec.export import FORMATS
from modelspec.export.export import Exported
from modelspec.spec import allowing

SPECS = Path(__file__).parent.parent / "specs"
HEADER = f"{'spec':<15} {'format':<12} {'became':<9} {'relative':>9} {'decisions':>10}  reason"


class Row(NamedTuple):
    """What became of one spec in one format."""

    spec: str
    form: str
    became: str
    relative: str = ""
    decisions: str = ""
    reason: str = ""

    def __str__(self) -> str:
        return (
            f"{self.spec:<15} {self.form:<12} {self.became:<9} {self.relative:>9} "
            f"{self.decisions:>10}  {self.reason}"
        ).rstrip()


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
    name = source.stem
    output = folder / f"{name}-{form}{FORMATS[form].suffix}"
    try:
        done = export_checked(source, form, output, (True, None))
    except SpecError as error:
        return Row(name, form, "refused", reason=error.findings[0].message)
    except ModelspecError as error:
        return Row(name, form, "refused", reason=str(error))
    assert isinstance(done, Exported)
    assert done.check is not None
    if done.check.error:
        return Row(name, form, "rejected", reason=done.check.error.splitlines()[0])
    found = done.check.differences
    shares = [d.decisions for d in found if d.decisions is not None]
    relative = f"{max(d.relative for d in found):.2g}"
    decisions = f"{min(shares):.1%}" if shares else ""
    return Row(name, form, "exported" if done.accepted else "rejected", relative, decisions)


def main(names: list[str]) -> int:
    """Print the table; 1 where an export is rejected."""
    specs = [SPECS / f"{name}.yaml" for name in names] or sorted(SPECS.glob("*.yaml"))
    forms = [form for form, entry in FORMATS.items() if entry.tolerance is not None]
    print(HEADER)
    became: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, allowing(True):
        for spec in specs:
            source = trained(spec, Path(folder))
            for form in forms:
                row = row_of(source, form, Path(folder))
                became[row.became] += 1
                print(row, flush=True)
    print(", ".join(f"{count} {what}" for what, count in became.items()))
    return int(became["rejected"] > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
