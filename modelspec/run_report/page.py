"""The page: one html file that asks no host for anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from modelspec.plotting import POLICY, page_style

from .content import RunContent
from .elements import Markup, joined, missing, tag
from .sections import (
    calibration_section,
    classes_section,
    comparison_sections,
    curves_section,
    data_section,
    errors_section,
    examples_section,
    exports_section,
    importance_section,
    intervals_section,
    metrics_section,
    model_section,
    origin_section,
    run_heading,
    slices_section,
    training_section,
)

Section = tuple[str, str, Markup]
"""Its key in the address, its title and what is in it."""


def report_page(contents: Sequence[RunContent]) -> str:
    """The report of a run, or of several side by side.

    Args:
        contents: what is known of each run, at least one.
    """
    if len(contents) == 1:
        only = contents[0]
        return _page(only.record.model or only.name, run_heading(only), _sections(only))
    title = "Runs " + ", ".join(content.name for content in contents)
    sections = comparison_sections(contents)
    return _page(title, Markup(""), sections)


def _sections(content: RunContent) -> list[Section]:
    return [
        ("metrics", "Metrics", metrics_section(content)),
        ("training", "Training", training_section(content)),
        *_of_predictions(content),
        ("data", "Data", data_section(content)),
        ("model", "Model", model_section(content)),
        ("exports", "Exports", exports_section(content)),
        ("origin", "Origin", origin_section(content)),
    ]


def _of_predictions(content: RunContent) -> Iterator[Section]:
    """The sections of what is predicted for single rows; where nothing is, one says why."""
    if not content.predictions and not content.confusions:
        why = content.reason("predictions", "The predictions of the run were not read.")
        yield "predictions", "Predictions", missing(content.reason("confusions", why))
        return
    made = [
        ("intervals", "Intervals", intervals_section(content)),
        ("classes", "Classes", classes_section(content)),
        ("curves", "Thresholds", curves_section(content)),
        ("calibration", "Calibration", calibration_section(content)),
        ("errors", "Errors", errors_section(content)),
        ("slices", "Slices", slices_section(content)),
        ("importance", "Importance", importance_section(content)),
        ("mistakes", "Mistakes", examples_section(content)),
    ]
    for key, title, found in made:
        if found is not None:
            yield key, title, found


def _page(title: str, heading: Markup, sections: Sequence[Section]) -> str:
    here = Path(__file__).parent
    style = (here / "page.css").read_text(encoding="utf-8")
    script = (here / "page.js").read_text(encoding="utf-8")
    links = [tag("li", tag("a", name, href=f"#{key}")) for key, name, _ in sections]
    body = [
        tag(
            "section",
            tag("h2", name, id=f"{key}-title"),
            content,
            id=key,
            aria_labelledby=f"{key}-title",
        )
        for key, name, content in sections
    ]
    shown = joined(title)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{shown}: report</title>
<style>{page_style()}{style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><div class="bar"><h1>{shown}</h1>
<button id="theme" type="button">Light or dark</button></div>
{heading}
</header>
<nav aria-label="Sections"><ul>{joined(links)}</ul></nav>
<main id="content">
{joined(body)}
</main>
<footer>Written by <code>modelspec report</code>; this page asks no host for anything.</footer>
<script>{script}</script>
</body>
</html>
"""
