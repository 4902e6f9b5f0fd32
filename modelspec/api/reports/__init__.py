"""The report of runs: what is read and predicted for the page."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .page_of_runs import RunReport, report_runs, write_wanted_report
else:
    __getattr__ = lazy_names(
        __name__, {"page_of_runs": "RunReport report_runs write_wanted_report"}
    )
