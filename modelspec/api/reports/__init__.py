"""The report of runs and their cards: what is read and predicted for them."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .cards import card
    from .page_of_runs import RunReport, report_runs, write_wanted_report
else:
    __getattr__ = lazy_names(
        __name__,
        {"cards": "card", "page_of_runs": "RunReport report_runs write_wanted_report"},
    )
