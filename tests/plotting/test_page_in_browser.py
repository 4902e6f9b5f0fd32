"""The html page in a browser, where one is installed: it runs, and has nothing to complain of."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import modelspec

ROOT = Path(__file__).parents[2]
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="there is no browser"),
]

ACTS = """<script>
const key = (name, on) => on.dispatchEvent(
  new KeyboardEvent("keydown", {key: name, bubbles: true, cancelable: true}));
const said = [];
const at = (path) => document.querySelector(`main [data-path="${path}"]`);
at("stem").focus();
said.push(document.querySelector("#panel h2").textContent);
key("ArrowDown", document.activeElement);
said.push(document.activeElement.dataset.path);
at("stage0/relu2").focus();
[...document.querySelectorAll("#panel .jump")].at(-1).click();
said.push(document.activeElement.dataset.path);
at("stage1").focus();
key("Enter", document.activeElement);
said.push(document.activeElement.dataset.path);
key("Escape", document.activeElement);
key("Escape", document.activeElement);
said.push(document.activeElement.dataset.path);
const find = document.getElementById("find");
find.value = "stage2/norm1";
find.dispatchEvent(new Event("input"));
key("Enter", find);
said.push(document.activeElement.dataset.path);
document.getElementById("theme").click();
said.push(document.documentElement.dataset.theme);
document.body.dataset.said = said.join(" ");
</script></body>"""


def test_keys_reach_everything(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    text = str(modelspec.plot(ROOT / "specs/resnet.yaml", page))
    page.write_text(text.replace("</body>", ACTS), encoding="utf-8")
    assert BROWSER is not None
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert "CONSOLE" not in done.stderr
    said = 'data-said="stem batch_normalization stage0 stage1/x stage1 stage2/norm1 dark"'
    assert said in done.stdout
