"""Write the report of a run, or of several side by side, as one html page."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.document import model_format
from modelspec.files import write_atomically
from modelspec.runs import RunFile, RunStatus, is_run, read_record, read_status, run_of_model
from modelspec.spec.extensions import permit_extensions

if TYPE_CHECKING:
    from modelspec.run_report import RunContent
    from modelspec.training import Run, RunGroup

MOST_RUNS = 8
"""Runs in one page: so many have a colour of their own."""

INSTALL = "pip install 'keras-modelspec[tensorflow]'"

ENDINGS = (".html", ".htm")


@dataclass(frozen=True, slots=True)
class RunReport:
    """A report; a notebook shows it as its last value.

    Attributes:
        html: the page.
        path: where it was written; None where it was not.
    """

    html: str
    path: Path | None = None

    def _repr_html_(self) -> str:
        """The page in a frame, so that its style stays its own."""
        look = "width:100%;height:720px;border:1px solid #8884;border-radius:8px"
        frame = f'<iframe title="Report of a run" style="{look}" srcdoc="'
        return f'{frame}{escape(self.html)}"></iframe>'


def report_runs(
    runs: Run | Path | str | Sequence[Run | Path | str],
    output: Path | str | None = None,
    *,
    predict: bool = True,
    allow_extensions: bool = False,
    say: Callable[[str], None] | None = None,
) -> RunReport:
    """Write the report of a run as one html page, which asks no host for anything.

    Of several runs the page has them side by side. A run need not be complete: the page has what
    there is, and says why a part of it is missing.

    Args:
        runs: a run, its folder, a model in it, or a file exported from one; or several of these.
        output: the html file, which is replaced; None writes none.
        predict: whether TensorFlow may predict the test split where no predictions are saved.
        allow_extensions: import the modules that the spec names, which runs their code.
        say: takes what has to be known of the work, as sentences.

    Raises:
        UsageError: there is no such run, the file does not end in .html, or there are too many.
        CannotRunError: the file cannot be written, or numpy is missing.
    """
    given = (
        [runs] if isinstance(runs, (str, os.PathLike)) or not isinstance(runs, Sequence) else runs
    )
    places = [Path(one) if isinstance(one, (str, os.PathLike)) else one.path for one in given]
    to = None if output is None else Path(output)
    _check(places, to)
    _need_numpy()
    with permit_extensions(allow_extensions):
        tell = say or (lambda _: None)
        contents = [_content(place, predict=predict, say=tell) for place in places]
    from modelspec.run_report import report_page

    html = report_page(contents)
    if to is not None:
        write_atomically(to, html)
    return RunReport(html, to)


def write_wanted_report(run: Run | RunGroup) -> None:
    """Write the report of a run that has just ended, where its spec has `training.report`.

    Args:
        run: or those of all folds or seeds; one that has paused gets none, and of several processes
            the chief alone writes.

    Raises:
        CannotRunError: the file cannot be written.
    """
    if not run.is_chief:
        return
    record = read_record(run.path)
    training = record.spec.get("training")
    is_wanted = isinstance(training, dict) and training.get("report") is True
    if is_wanted and record.state is RunStatus.COMPLETE:
        report_runs(run.path, run.path / RunFile.REPORT)


def _check(places: Sequence[Path], output: Path | None) -> None:
    if not places:
        raise UsageError("give a run folder; `modelspec runs list` shows the runs")
    if len(places) > MOST_RUNS:
        raise UsageError(f"a report has {MOST_RUNS} runs at most, got {len(places)}")
    if output is not None and output.suffix.lower() not in ENDINGS:
        raise UsageError(f"a report is a file that ends in .html, got {output}")
    if output is not None and output.is_dir():
        raise UsageError(
            f"{output} is a folder; name a file in it, such as {output / RunFile.REPORT}"
        )


def _need_numpy() -> None:
    try:
        import numpy  # noqa: F401
    except ImportError as error:
        raise CannotRunError(f"a report needs numpy: {INSTALL}") from error


def _content(place: Path, *, predict: bool, say: Callable[[str], None]) -> RunContent:
    from modelspec.run_report import read_content

    run = run_of_model(place) or place
    if not is_run(run) and model_format(place) is not None:
        from .exported import content_of_export

        return content_of_export(place)
    if not is_run(run):
        read_status(run)  # says what it is, if no run
    content = read_content(run)
    from .confusions import read_confusions, read_masks
    from .examples import read_examples
    from .exports import exports_of
    from .predictions import read_predictions
    from .run_data import folder_of_spec, read_run_data

    content = replace(content, exports=exports_of(content))
    content, columns = read_run_data(content)
    content = read_predictions(content, predict=predict, say=say)
    content = read_confusions(content, predict=predict, say=say)
    if content.confusions:
        content = read_masks(content, columns, folder_of_spec(content))
    if columns is not None and content.predictions:
        content = read_examples(content, columns, folder_of_spec(content))
    return content
