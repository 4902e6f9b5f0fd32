"""The file that a path under `initial_weights` means: of a run folder, its model."""

from __future__ import annotations

from pathlib import Path

from modelspec.diagnostics import Findings, Span, UsageError
from modelspec.document import model_format
from modelspec.runs import RunFile, RunStatus, is_run, member_folders, read_status, why_incomplete

TAKEN = "it takes a run folder, a .keras file or a .weights.h5 file"
_SHARDED = ".weights.json"


def find_weights(
    written: str, folder: Path, span: Span, findings: Findings, *, is_required: bool
) -> Path | None:
    """The file with the weights; None with a finding where there is none.

    Args:
        written: the path as the spec has it.
        folder: that of the spec.
        span: where the path stands.
        findings: takes what is wrong.
        is_required: whether a file that is not there is an error; for `validate` it is a warning,
            since weights are often made elsewhere.
    """
    if "://" in written:
        message = f"initial weights are read from this machine, got the address {written}"
        findings.error(span, "bad-weights", message, hint="download the file and give its path")
        return None
    path = folder / written
    if path.is_dir():
        return _model_of_folder(path, written, span, findings)
    if not path.is_file():
        report_missing(written, folder, span, findings, is_required=is_required)
        return None
    return path if _is_taken(path, written, span, findings) else None


def report_missing(
    written: str, folder: Path, span: Span, findings: Findings, *, is_required: bool
) -> None:
    """A file that is not there: an error, or a warning where it may be made elsewhere.

    Args:
        written: the path as the spec has it.
        folder: that of the spec.
        span: where the path stands.
        findings: takes the finding.
        is_required: whether it is an error.
    """
    message, hint = f'there is no file "{written}"', "paths are relative to the spec file"
    if is_run(folder):
        hint = (
            "this is the copy of a spec in a run, and its paths begin where the spec was trained; "
            f"name the run folder, {folder}, which has the trained weights"
        )
    if is_required:
        findings.error(span, "no-weights", message, hint=hint)
    else:
        findings.warning(span, "no-weights", message, hint=hint)


def _model_of_folder(path: Path, written: str, span: Span, findings: Findings) -> Path | None:
    if not is_run(path):
        message = f"{written} is a folder, but not that of a run"
        findings.error(span, "bad-weights", message, hint=TAKEN)
        return None
    try:
        status = read_status(path)
    except UsageError as error:
        findings.error(span, "bad-weights", f"{written} cannot be read: {error}")
        return None
    if members := member_folders(status):
        each = "seed" if "seeds" in status else "fold"
        message = f"{written} has a run for each {each}"
        hint = f"name one of them, such as {written.rstrip('/')}/{members[0]}"
        findings.error(span, "bad-weights", message, hint=hint)
        return None
    model = path / RunFile.MODEL
    if model.is_file() and status.get("status") == RunStatus.COMPLETE:
        return model
    message = f"the run in {written} {why_incomplete(status)}"
    saved = sorted(path.glob("checkpoints/*.keras"))
    hint = f"resume it with `modelspec train --resume {written}`"
    if saved:
        hint += (
            f", or name the model of an epoch: {written.rstrip('/')}/checkpoints/{saved[-1].name}"
        )
    findings.error(span, "bad-weights", message, hint=hint)
    return None


def _is_taken(path: Path, written: str, span: Span, findings: Findings) -> bool:
    if path.name.endswith((".keras", ".h5")):
        return True
    hint = TAKEN
    if path.name.endswith(_SHARDED):
        message = f"{written} lists the shards of a file of weights"
        hint = "save the weights as one file, without `max_shard_size`"
    elif path.suffix == ".npz" and path.parent.name == "checkpoints":
        message = f"{written} is the state that a training resumes from"
        hint = "name the run folder, or a checkpoints/epoch-*.keras in it"
    elif model_format(path) is not None:
        message = f"{written} has its weights in the form of another runtime"
        hint = "name the run that was exported, or export it to keras"
    elif path.suffix in (".txt", ".vec"):
        message = f"{written} has no weights of Keras in it"
        hint = f"vectors of words are for an Embedding: `NAME: {{glove: {written}}}`"
    else:
        message = f"{written} has no weights of Keras in it"
    findings.error(span, "bad-weights", message, hint=hint)
    return False
