"""Reading a run folder for its report; what is damaged is left empty, with the reason."""

from __future__ import annotations

from pathlib import Path

from modelspec.compile import SpecParts, compile_parts
from modelspec.diagnostics import CannotRunError, Findings, ModelspecError
from modelspec.files import sha256_of
from modelspec.plotting import Drawing, draw
from modelspec.runs import RunFile, RunStatus, json_of, member_folders, read_record

from .content import RunContent

HASHED = (RunFile.EXPANDED_SPEC, RunFile.MODEL, RunFile.DISCRIMINATOR, RunFile.TRAINER)
"""The files whose SHA-256 a report has."""

LOG_LINES = 12
LOG_BYTES = 1 << 16


def read_content(folder: Path) -> RunContent:
    """What the files of a run folder say, and the picture of its model.

    Raises:
        UsageError: the folder is not a run folder.
    """
    record = read_record(folder)
    status = json_of(folder / RunFile.STATUS)
    text = _text(folder / RunFile.EXPANDED_SPEC)
    parts, drawing, reasons = read_spec(text, folder / RunFile.EXPANDED_SPEC)
    members = [
        read_record(folder / name)
        for name in member_folders(status)
        if (folder / name / RunFile.STATUS).is_file()
    ]
    return RunContent(
        folder.resolve().name,
        record,
        status,
        json_of(folder / RunFile.METRICS),
        json_of(folder / RunFile.DATA),
        json_of(folder / RunFile.ENVIRONMENT),
        text,
        parts,
        drawing,
        {str(name): _sha256(folder / name) for name in HASHED if (folder / name).is_file()},
        "" if record.state is RunStatus.COMPLETE else _end_of_log(folder / RunFile.LOG),
        members,
        importance=json_of(folder / RunFile.IMPORTANCE),
        reasons=reasons,
    )


def read_spec(text: str, path: Path) -> tuple[SpecParts | None, Drawing | None, dict[str, str]]:
    """The recorded spec, compiled, and the picture of its model; and why one of them is missing.

    Args:
        text: the expanded spec.
        path: the file that it is in.
    """
    reasons: dict[str, str] = {}
    parts = _parts(text, path, reasons)
    return parts, _drawing(parts, reasons), reasons


def _parts(text: str, path: Path, reasons: dict[str, str]) -> SpecParts | None:
    if not text:
        reasons["picture"] = f"{path.name} is missing or cannot be read."
        return None
    findings = Findings()
    try:
        parts = compile_parts(text, path.name, path, findings)
    except ModelspecError as error:
        reasons["picture"] = f"The recorded spec cannot be read: {error}."
        return None
    if parts is None:
        first = next((str(one.message) for one in findings.sorted()), "it has no model")
        reasons["picture"] = f"The recorded spec cannot be read: {first}."
    return parts


def _drawing(parts: SpecParts | None, reasons: dict[str, str]) -> Drawing | None:
    if parts is None:
        return None
    try:
        return draw(parts)
    except ModelspecError as error:
        reasons["picture"] = f"The model cannot be drawn: {error}."
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _sha256(path: Path) -> str:
    try:
        return sha256_of(path)
    except CannotRunError:
        return ""


def _end_of_log(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - LOG_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-LOG_LINES:])
