"""best.yaml: the spec of the best trial, which trains as it stands wherever it lies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelspec.compile import compile_text, load_document
from modelspec.diagnostics import Findings, SpecError
from modelspec.document import LocatedDict, emit, read
from modelspec.spec import expanded_text, move_paths

from ..record import Proposal, StudyRecord
from .wording import objective_values

LEFT_OUT = ("tune", "extends")


def best_spec(record: StudyRecord, trial: Proposal, folder: Path) -> str:
    """The YAML text of the spec of a trial: as its author wrote it, with the trial's settings.

    Bases are written out, and relative paths lead from the folder. Where that is not the same spec
    (a path is put together from params, say), everything is written out, defaults too.

    Args:
        record: of the study.
        trial: one that was trained.
        folder: where the text will stand.

    Raises:
        SpecError: the spec of the study cannot be read any more, or has errors now.
    """
    file, findings = Path(record.spec), Findings()
    overrides = {**record.overrides, **trial.overrides}
    text = read(file, findings)
    document = None if text is None else load_document(text, str(file), overrides, findings)
    if text is None or document is None:
        raise SpecError(findings.sorted())
    compiled = compile_text(text, str(file), file, findings, overrides)
    if compiled is None:
        raise SpecError(findings.sorted())
    header = _header(record, trial)
    written = emit(_tidy(document, record.name, file.parent, folder), header=header)
    whole = expanded_text(compiled.spec, folder)
    return written if _written_out(written, folder) == whole else f"{header}\n{whole}"


def _header(record: StudyRecord, trial: Proposal) -> str:
    source = Path(record.spec).name
    return f"# trial {trial.number} of a search over {source}: {objective_values(record, trial)}"


def _tidy(document: LocatedDict, name: str, here: Path, folder: Path) -> Mapping[str, Any]:
    """A document without its search, under the name of the study, for a text in a folder."""
    move_paths(document, here, folder)
    kept = {key: value for key, value in document.items() if key not in LEFT_OUT}
    return {"modelspec": kept.pop("modelspec", 1), "name": kept.pop("name", name), **kept}


def _written_out(text: str, folder: Path) -> str:
    """The text with all defaults; "" where it is no valid spec."""
    path = folder / "best.yaml"
    compiled = compile_text(text, str(path), path, Findings())
    return "" if compiled is None else expanded_text(compiled.spec, folder)
