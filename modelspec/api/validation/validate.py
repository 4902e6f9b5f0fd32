"""Validate spec files; building, data and a training step are checked on request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from modelspec.api.building import GivenSpec, check_weights, import_extensions
from modelspec.api.spec_dicts import DICT, text_of_dict
from modelspec.compile import CompiledSpec, Source, compile_text
from modelspec.diagnostics import (
    EXIT_ERRORS,
    Finding,
    Findings,
    exit_code_of,
    limit_suggestions,
    merge_repeats,
)
from modelspec.document import STDIN, STDIN_NAME, apply_suppressions, read, read_stdin
from modelspec.machine import core_count
from modelspec.report import known_codes
from modelspec.spec import confine_to, divided_among, refuse_link_outside
from modelspec.spec.extensions import permit_extensions


def validate_files(  # noqa: PLR0913 - each check has its option
    sources: Sequence[Source],
    overrides: Mapping[str, Any] | None = None,
    *,
    processes: int | None = 1,
    build: bool = False,
    data: bool = False,
    smoke: bool = False,
    root: Path | None = None,
    workers: int | None = None,
) -> list[Finding]:
    """Validate several spec files; the findings are in the order of the files.

    What a base has that several of the files extend is given once.

    Args:
        sources: paths; "-" is standard input.
        overrides: dotted paths to values, as `--set` gives them.
        processes: how many may run at once; None is one per core. More than one is used only if
            that saves time. The calling script then needs `if __name__ == "__main__":`.
        build: also build each model, always in this process.
        data: also check the data files.
        smoke: also take a training step with each model, always in this process.
        root: the folder that the files which the specs name must lie below; None is any.
        workers: how many are to divide each batch; None where that is not known.

    Raises:
        CannotRunError: a process died, or TensorFlow is missing.
    """
    found: list[list[Finding]] = []
    started = monotonic()
    for number, source in enumerate(sources):
        left = sources[number:]
        if (
            processes != 1
            and not build
            and not smoke
            and _pays(monotonic() - started, number, len(left))
            and STDIN not in left
        ):
            from modelspec.processes import map_in_processes

            job = partial(validate_file, overrides=overrides, data=data, root=root, workers=workers)
            found += map_in_processes(job, left, processes or core_count())
            break
        found.append(
            validate_file(
                source,
                overrides,
                build=build,
                data=data,
                smoke=smoke,
                root=root,
                workers=workers,
            )
        )
    return merge_repeats(finding for findings in found for finding in findings)


WARM_UP = 0.1
"""Seconds after which more processes are considered."""

WORTH = 0.5
"""Estimated seconds of remaining work from which processes are started. Measured: they save time
from 0.3 s on two idle cores, and later on busy ones."""


def _pays(elapsed: float, done: int, left: int) -> bool:
    """Whether starting processes for the `left` files saves time."""
    return done > 0 and elapsed > WARM_UP and elapsed / done * left > WORTH


def validate_file(  # noqa: PLR0913 - each check has its option
    source: GivenSpec,
    overrides: Mapping[str, Any] | None = None,
    *,
    build: bool = False,
    smoke: bool = False,
    allow_extensions: bool = False,
    data: bool = False,
    root: Path | None = None,
    workers: int | None = None,
) -> list[Finding]:
    """Validate one spec file; without problems the list of findings is empty.

    Args:
        source: a path; "-" is standard input. Or a spec as a dict.
        overrides: dotted paths to values, as `--set` gives them.
        build: also build the model with Keras, and compare the analysis with it.
        smoke: also take one training step on synthetic data.
        allow_extensions: import the modules that the spec names, which runs their code.
        data: also check the columns, types and labels of the data files.
        root: the folder that the files which the spec names must lie below; None is any.
        workers: how many are to divide each batch; None where that is not known.

    Raises:
        CannotRunError: TensorFlow is needed for the model or its extensions, and is missing.
    """
    if build or smoke:
        from modelspec.framework import start_keras

        start_keras()
    findings = Findings()
    text: str | None
    path: Path | None
    if isinstance(source, Mapping):
        text, name, path = text_of_dict(source), DICT, None
    elif str(source) == STDIN:
        text, name, path = read_stdin(findings), STDIN_NAME, None
    else:
        name, path = str(source), Path(source)
        with confine_to(root):
            is_refused = refuse_link_outside(path, findings)
        text = None if is_refused else read(path, findings)
    if text is None:
        return findings.sorted()
    with permit_extensions(allow_extensions), confine_to(root), divided_among(workers):
        return validate_text(text, name, path, overrides, build=build, data=data, smoke=smoke)


@limit_suggestions()
def validate_text(  # noqa: PLR0913 - each check has its option
    text: str,
    name: str,
    path: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    *,
    build: bool = False,
    data: bool = False,
    smoke: bool = False,
) -> list[Finding]:
    """Validate a text, which the findings call `name`; `path` is its file, if any.

    The other arguments are those of `validate_file`.
    """
    findings = Findings()
    opened = compile_text(
        text, name, path, findings, overrides, import_extensions=import_extensions
    )
    if opened is not None:
        check_weights(opened, findings)
        _check_search(opened, name, overrides, findings)
    if build and opened is not None:
        from modelspec.building import compare_with_keras

        compare_with_keras(opened.spec, opened.analysis, findings)
    if data and opened is not None and opened.spec.data is not None:
        from .data_check import check_data_files

        check_data_files(opened.spec, opened.analysis, findings)
    if smoke and opened is not None and not findings.has_errors:
        from modelspec.training import try_synthetic_step

        try_synthetic_step(opened.spec, opened.graph, findings)
    return apply_suppressions(findings.sorted(), text, name, known_codes)


def _check_search(
    opened: CompiledSpec, name: str, overrides: Mapping[str, Any] | None, findings: Findings
) -> None:
    """Few specs have a search; the first imports what checks it."""
    if opened.spec.tune is None or exit_code_of(findings) == EXIT_ERRORS:
        return
    from modelspec.search import check_search, search_of

    check_search(search_of(opened, name, overrides), findings)
