"""Every script of docs/serving.md runs on what was exported, and all answer alike."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import redirect_stdout
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from modelspec.cli import run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
SCRIPTS = dict(
    re.findall(r"^<!-- script: (\w+) -->\n```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
)
EXPORTS = re.findall(r"^\$ modelspec export runs/digits --format (\w+) -o (\S+)$", PAGE, re.M)
NEEDS = {"onnx": "onnxruntime", "litert": "ai_edge_litert", "openvino": "openvino"}
ADDRESS = "http://localhost:8501"


def test_there_is_a_script_for_every_export() -> None:
    assert {name for name, _ in EXPORTS} | {"serving"} == set(SCRIPTS)
    assert PAGE.count("```python") == len(SCRIPTS)
    assert [name for name, text in SCRIPTS.items() if "modelspec" in _imports(text)] == []
    assert len(json.loads(re.findall(r"```json\n(.*?)^```", PAGE, re.M | re.S)[0])) == 1


def _imports(text: str) -> str:
    return "".join(line for line in text.splitlines() if line.startswith(("import", "from")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the commands of the page were run, with a training of few epochs."""
    from modelspec.exporting.verify import isolated

    def run_here(command: list[str], **_: Any) -> Any:
        code = isolated.main(Path(command[-1]))
        return type("Done", (), {"returncode": code, "stderr": ""})()

    found, before = tmp_path_factory.mktemp("serving"), Path.cwd()
    shutil.copy(ROOT / "specs" / "data" / "digits.npz", found)
    os.chdir(found)
    try:
        spec = (ROOT / "specs" / "digits.yaml").read_text(encoding="utf-8")
        bare = spec.partition("\nexpect:")[0].replace("data/digits.npz", "digits.npz")
        Path("digits.yaml").write_text(bare, encoding="utf-8")
        assert run(["train", "digits.yaml", "--set", "training.epochs=2"]) == 0
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(isolated.subprocess, "run", run_here)
            for form, path in EXPORTS:
                if form in NEEDS:
                    pytest.importorskip(NEEDS[form])
                assert run(["export", "runs/digits", "--format", form, "-o", path]) == 0
        yield found
    finally:
        os.chdir(before)


def stand_in(model: Path) -> HTTPServer:
    """A server that answers one request as TensorFlow Serving is described to: by rows."""
    import tensorflow as tf

    loaded = tf.saved_model.load(str(model))
    serve = loaded.signatures["serving_default"]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/models/digits:predict"
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["instances"]
            columns = {name: [one[name] for one in asked] for name in asked[0]}
            given = serve(**{n: tf.constant(c, tf.float32) for n, c in columns.items()})
            (answers,) = [tensor.numpy().tolist() for tensor in given.values()]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"predictions": answers}).encode())

        def log_message(self, *_: Any) -> None:
            assert loaded is not None  # the signature holds its variables only weakly

    return HTTPServer(("localhost", 0), Handler)


def said_here(text: str) -> str:
    """What a script prints, run in this process: TensorFlow takes long to start."""
    out = StringIO()
    with redirect_stdout(out):
        exec(compile(text, "script.py", "exec"), {"__name__": "__main__"})
    return out.getvalue()


@pytest.mark.xdist_group("serving-page")
@pytest.mark.tensorflow
@pytest.mark.slow
def test_all_scripts_answer_alike(folder: Path) -> None:
    server = stand_in(folder / "models" / "digits" / "1")
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    asked = SCRIPTS["serving"].replace(ADDRESS, f"http://localhost:{server.server_port}")
    assert asked != SCRIPTS["serving"]
    said = {"serving": said_here(asked)}
    thread.join()
    server.server_close()
    for name in ("keras", "saved_model"):
        said[name] = said_here(SCRIPTS[name])
    for name in ("onnx", "litert", "openvino"):
        command = [sys.executable, "-c", SCRIPTS[name]]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        said[name] = done.stdout
    assert set(said) == set(SCRIPTS)
    assert len(set(said.values())) == 1, said
    assert re.fullmatch(r"\['\d'(, '\d'){4}\]\n", said["keras"]), said["keras"]
