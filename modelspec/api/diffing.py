"""How two specs, run folders or models differ."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.compile import CompiledSpec, Source
from modelspec.diagnostics import Finding, ModelspecError, Span, SpecError, UsageError
from modelspec.document import STDIN, STDIN_NAME, find_one, find_specs, model_format
from modelspec.runs import is_run, read_record, read_recorded_spec, run_of_model

from .building import open_spec, open_text
from .specs import open_source, summary_of_opened

if TYPE_CHECKING:
    from modelspec.comparison import Side, SpecDiff

MISSED = "expectation-missed"


def diff(old: Source, new: Source, overrides: Mapping[str, Any] | None = None) -> SpecDiff:
    """Compare two models with their data and training, without TensorFlow.

    Args:
        old: a spec file, `REV:PATH` of a git repository, a run folder, an exported model, or a
            Keras file.
        new: the same, of what is compared with it.
        overrides: dotted paths to values for both, as `--set` gives them.

    Raises:
        SpecError: a spec has errors.
        UsageError: there is no such file, revision or run.
        CannotRunError: a Keras file is given that modelspec has not exported, and TensorFlow is
            missing; or a revision is given, and git is missing.
    """
    from modelspec.comparison import diff_specs

    if str(old) == str(new) == STDIN:
        raise UsageError("standard input is one spec: give a file, or REV:PATH, as the other")
    with ExitStack() as stack:
        return diff_specs(*(_side(str(source), overrides, stack) for source in (old, new)))


def diff_of_git(path: str, old: Path, new: Path) -> str | None:
    """What `git diff` shows of a file; None where one of the two is no spec, or has errors.

    Args:
        path: of the file, from the top of the repository, which is the current folder.
        old: a file with the old content; it is not there where the file is new.
        new: the same of the new content.
    """
    from modelspec.comparison import FORMATS, Side, diff_specs

    sides = []
    for label, file in (("before", old), ("now", new)):
        try:
            compiled = open_text(file.read_text(encoding="utf-8-sig"), path, Path(path))
        except (OSError, ValueError, ModelspecError):
            return None
        missed = tuple(one.message for one in compiled.findings.sorted() if one.code == MISSED)
        sides.append(Side(label, compiled, summary_of_opened(compiled), {}, missed))
    return FORMATS["text"](diff_specs(*sides))


def git_setup(patterns: Sequence[str] = (), *, remove: bool = False) -> list[str]:
    """Let `git diff` of the current repository show how models differ, or undo that.

    Args:
        patterns: of files, as `.gitattributes` has them; by default one for each folder below the
            current one that has specs.
        remove: undo it.

    Returns:
        Lines that say what was done.

    Raises:
        UsageError: there is no repository, or there are no specs.
        CannotRunError: git is not installed.
    """
    from modelspec.comparison import set_up, take_back

    if remove:
        return ["git shows text again" if take_back() else "git was not set up: nothing to remove"]
    chosen = list(patterns) or _patterns()
    file = set_up(chosen)
    return [*(f"git diff shows the models of {one}" for one in chosen), f"written to {file}"]


def _patterns() -> list[str]:
    found = {Path(spec) for spec in find_specs(())}
    return sorted({(one.parent / f"*{one.suffix}").as_posix() for one in found})


def _side(source: str, overrides: Mapping[str, Any] | None, stack: ExitStack) -> Side:
    from modelspec.comparison import Side

    compiled = _open(source, overrides, stack)
    missed = [one.message for one in compiled.findings.sorted() if one.code == MISSED]
    metrics = _metrics(Path(source))
    if metrics:
        from modelspec.training import missed_expectations

        missed += [str(one) for one in missed_expectations(compiled.spec.expect, metrics)]
    name = STDIN_NAME if source == STDIN else source
    return Side(name, compiled, summary_of_opened(compiled), metrics, tuple(missed))


def _open(source: str, overrides: Mapping[str, Any] | None, stack: ExitStack) -> CompiledSpec:
    from modelspec.comparison import is_revision, write_revision

    path = Path(source)
    if source == STDIN:
        return open_spec(source, overrides)
    if is_revision(source):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            return open_spec(write_revision(source, folder), overrides)
        except SpecError as error:
            revision = source.partition(":")[0]
            raise SpecError([_of_revision(f, folder, revision) for f in error.findings]) from error
    if is_run(path):
        return open_text(read_recorded_spec(path).text, source, path / "spec.yaml", overrides)
    if model_format(path) == "keras" and run_of_model(path) is None:
        return _open_keras_file(path, overrides)
    if model_format(path) is not None:
        return open_source(path, overrides)[0]
    if path.is_dir():
        raise UsageError(f"{path} is a folder without a run: give a spec, a run or a model")
    return open_source(find_one(source), overrides)[0]


def _of_revision(finding: Finding, folder: Path, revision: str) -> Finding:
    """A finding of a file of a revision, which names it as git does."""
    prefix, name = f"{folder}{os.sep}", f"{revision}:"
    message, hint = (text.replace(prefix, name) for text in (finding.message, finding.hint))

    def moved(span: Span) -> Span:
        return span._replace(file=span.file.replace(prefix, name))

    span = moved(finding.span)
    related = tuple(one._replace(span=moved(one.span)) for one in finding.related)
    return finding._replace(span=span, message=message, hint=hint, related=related)


def _open_keras_file(path: Path, overrides: Mapping[str, Any] | None) -> CompiledSpec:
    """The spec in a file of modelspec's own, or what `import` makes of another one."""
    try:
        return open_source(path, overrides)[0]
    except UsageError:
        if not path.is_file():
            raise
    from .importing import import_model

    return open_text(import_model(path)[0], str(path), None, overrides)


def _metrics(path: Path) -> dict[str, float]:
    """What a run has reached, by name; nothing for anything else."""
    if not is_run(path):
        return {}
    found = read_record(path).flat_metrics
    return {name: value for name, value in found.items() if value is not None}
