"""Findings and tables for people and for machines."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .code_pages import asked_workers, known_codes, page_of
from .findings import FORMATS, render_findings, tally
from .report import Report, Strictness
from .table import table

if TYPE_CHECKING:
    from .explain_pages import (
        argument_pages,
        class_names,
        class_page,
        classes_named,
        code_page,
        inner_key_pages,
        key_pages,
        refusal_pages,
    )
    from .narrow import fit_tables
    from .report_file import ReportFile, report_files
    from .summary import Summary, summary_of
    from .summary_text import (
        MISSING,
        SUMMARY_FORMATS,
        flops_text,
        memory_text,
        number_text,
        short_number_text,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "explain_pages": "argument_pages class_names class_page classes_named code_page "
            "inner_key_pages key_pages refusal_pages",
            "narrow": "fit_tables",
            "report_file": "ReportFile report_files",
            "summary": "Summary summary_of",
            "summary_text": "MISSING SUMMARY_FORMATS flops_text memory_text number_text "
            "short_number_text",
        },
    )
