"""The report in a browser, where one is installed: without a complaint, a request or a barrier.

axe-core is found in the package axe-playwright-python, or where MODELSPEC_AXE says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from made_runs import PIXEL, class_predictions, make_run, number_predictions, split_of

from modelspec.evaluation import Confusion, Counted
from modelspec.run_report import ShownExample, ShownMask, read_content, report_page

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="there is no browser"),
]

# a port at which nothing listens: each request of the page would be an error in its console
NO_NETWORK = ["--proxy-server=127.0.0.1:9", "--host-resolver-rules=MAP * ~NOTFOUND"]


def whole_page(folder: Path) -> str:
    """A page with all sections, of predictions that are made up."""
    import numpy as np

    content = read_content(make_run(folder / "insects"))
    classes, numbers = class_predictions(), number_predictions()
    places = np.array(["hill", "field", "wood"] * 30, dtype=object)
    predictions = split_of(classes, numbers, place=places)
    examples = {row: ShownExample(f"row {row}", image=PIXEL) for row in range(90)}
    importance = {
        "outputs": {
            "kind": {
                "measure": "accuracy",
                "features": [{"feature": "length", "mean": 0.2, "deviation": 0.02}],
            }
        }
    }
    counts = np.array([[900, 50, 0], [30, 200, 10], [0, 0, 40]])
    pixels = Confusion("mask", ("ground", "disc", "square"), counts, None, Counted.PIXELS, 7)
    masks = [ShownMask(f"example {row}", 0.25, PIXEL, PIXEL, PIXEL) for row in range(6)]
    content = replace(
        content,
        predictions={"test": predictions},
        confusions={"test": [pixels]},
        masks={"test": {"mask": masks}},
        examples={"test": examples},
        importance=importance,
        exports=[],
    )
    return report_page([content])


def browse(page: Path, *more: str) -> tuple[str, str]:
    """The page as it is in the end, and what the console says."""
    assert BROWSER is not None
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"]
    command += [*NO_NETWORK, f"--user-data-dir={page.parent / 'profile'}", *more, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout, done.stderr


def dump(folder: Path, html: str, script: str, *more: str) -> str:
    """What a script says that runs at the end of the page, which complains of nothing."""
    page = folder / "page.html"
    page.write_text(html.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    dom, console = browse(page, "--dump-dom", "--virtual-time-budget=20000", *more)
    assert "CONSOLE" not in console, console
    found = re.search(r'data-said="([^"]*)"', dom)
    assert found is not None
    return found[1].replace("&quot;", '"').replace("&amp;", "&")


KEYS = """
const said = {};
const able = [...document.querySelectorAll("a[href],button,summary,[tabindex]")]
  .filter((one) => one.checkVisibility());
said.reached = able.every((one) => { one.focus(); return document.activeElement === one; });
said.scrolled = [...document.querySelectorAll("*")].filter((one) => {
  const look = getComputedStyle(one);
  return /auto|scroll/.test(look.overflowX) && one.scrollWidth > one.clientWidth + 1
    && one.tabIndex < 0;
}).map((one) => one.className);
said.wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
const first = document.querySelector("summary");
first.click();
said.open = first.parentElement.open;
const before = getComputedStyle(document.body).backgroundColor;
document.getElementById("theme").click();
said.other = getComputedStyle(document.body).backgroundColor !== before;
said.requests = performance.getEntriesByType("resource").filter(
  (one) => !one.name.startsWith("data:")).length;
said.images = [...document.images].every((one) => one.complete && one.naturalWidth > 0);
document.body.dataset.said = JSON.stringify(said);
"""


@pytest.mark.parametrize("width", [360, 1280])
def test_keys_reach_all_and_nothing_is_requested(tmp_path: Path, width: int) -> None:
    said = json.loads(dump(tmp_path, whole_page(tmp_path), KEYS, f"--window-size={width},900"))
    assert said == {
        "reached": True,
        "scrolled": [],
        "wide": 0,
        "open": True,
        "other": True,
        "requests": 0,
        "images": True,
    }


def test_a_request_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    more = '<img src="https://example.invalid/a.png" alt=""></body>'
    page.write_text(whole_page(tmp_path).replace("</body>", more), encoding="utf-8")
    assert "CONSOLE" in browse(page, "--dump-dom")[1]


def axe_source() -> str | None:
    if "MODELSPEC_AXE" in os.environ:
        return Path(os.environ["MODELSPEC_AXE"]).read_text(encoding="utf-8")
    found = find_spec("axe_playwright_python")
    if found is None or not found.submodule_search_locations:
        return None
    for folder in found.submodule_search_locations:
        for file in Path(folder).rglob("axe.min.js"):
            return file.read_text(encoding="utf-8")
    return None


AXE = """
for (const one of document.querySelectorAll("details")) one.open = true;
DARK
axe.run(document, {resultTypes: ["violations"]}).then((found) => {
  document.body.dataset.said = JSON.stringify(found.violations.map((one) => [
    one.id, one.impact, one.nodes.length, one.nodes[0].html.slice(0, 160),
    one.nodes[0].failureSummary.slice(0, 200)]));
});
"""


@pytest.mark.skipif(axe_source() is None, reason="axe-core is not installed")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_core_finds_nothing(tmp_path: Path, theme: str) -> None:
    source = axe_source()
    assert source is not None
    script = AXE.replace("DARK", f'document.documentElement.dataset.theme = "{theme}";')
    found: Sequence[Any] = json.loads(
        dump(tmp_path, whole_page(tmp_path), f"{source}\n{script}", "--window-size=1280,900")
    )
    assert found == []


def test_it_prints_whole(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(whole_page(tmp_path), encoding="utf-8")
    pdf = tmp_path / "page.pdf"
    browse(page, f"--print-to-pdf={pdf}")
    assert pdf.read_bytes().startswith(b"%PDF")
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext is not installed")
    text = subprocess.run([reader, pdf, "-"], capture_output=True, text=True, check=True).stdout
    for words in ("Confusion matrix of kind", "SHA-256", "b" * 20, "spec with everything"):
        assert words in text, words
