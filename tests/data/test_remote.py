"""Remote files of sources, from servers on this machine."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from data_cases import table
from remote_server import Server, web_server

from modelspec.api.fetching import fetch
from modelspec.cli import run
from modelspec.data.remote import CACHE, find_copies
from modelspec.data.remote import fetch as fetching
from modelspec.data.remote.cache import add_copy
from modelspec.diagnostics import CannotRunError, Findings, Span
from modelspec.spec.data import file_name_of, has_wildcards, is_remote

pytest.importorskip("fsspec")
pytest.importorskip("aiohttp")

MESSAGES = Path(__file__).parent / "messages" / "remote.out"
SPAN = Span("spec.yaml", 1, 1, 1, 1)
SPEC = """\
modelspec: 1
model:
  sequential:
    input: {shape: [2], name: x}
    layers: [Dense: {units: 3, activation: softmax, name: kind}]
data:
  train: {csv: @}
  validation: 0.2
  test: 0.2
  inputs: [x1, x2]
  targets: kind
training: {epochs: 1, optimizer: adam, loss: sparse_categorical_crossentropy}
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of the test; no waits between tries."""
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    for name in ("CI", "MODELSPEC_ROOT", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(fetching, "WAITS", [0, 0, 0])
    return tmp_path / "cache"


@pytest.fixture
def server() -> Iterator[Server]:
    with web_server() as found:
        yield found


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return tmp_path / "spec.yaml"


def bring(address: str) -> tuple[list[bytes], list[str]]:
    """The content of the copies, and the findings."""
    findings = Findings()
    copies = find_copies(address, Span("spec.yaml", 1, 1, 1, 1), findings)
    for copy in copies:
        content = copy.path.read_bytes()
        assert copy.size == len(content)
        assert copy.sha256 == hashlib.sha256(content).hexdigest()
    found = [str(finding) for finding in findings.sorted()]
    return [copy.path.read_bytes() for copy in copies], found


def files_in(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.rglob("*") if path.is_file())


def test_a_version_is_fetched_once(server: Server, cache: Path) -> None:
    address = server.put("penguins.csv", "a,b\n1,2\n")
    assert bring(address) == ([b"a,b\n1,2\n"], [])
    assert bring(address) == ([b"a,b\n1,2\n"], [])
    assert server.gets == ["/penguins.csv"]
    assert files_in(cache) == [".about.json", "penguins.csv"]
    server.put("penguins.csv", "a,b\n1,3\n", tag="2")
    assert bring(address) == ([b"a,b\n1,3\n"], [])
    assert server.gets == ["/penguins.csv"] * 2


def test_without_a_version_a_file_is_fetched_each_time(server: Server) -> None:
    address = server.put("x.csv", "a\n1\n", tag=None)
    assert bring(address)[0] == [b"a\n1\n"]
    server.put("x.csv", "a\n2\n", tag=None)
    assert bring(address)[0] == [b"a\n2\n"]
    assert bring(address)[0] == [b"a\n2\n"]
    assert server.gets == ["/x.csv"] * 3


def test_a_damaged_copy_is_fetched_anew(server: Server, cache: Path) -> None:
    address = server.put("x.csv", "a\n1\n")
    bring(address)
    (path,) = cache.rglob("x.csv")
    path.write_bytes(b"a\n")
    assert bring(address) == ([b"a\n1\n"], [])


def test_a_lost_connection_is_tried_again(server: Server, cache: Path) -> None:
    address = server.put("x.csv", table(2000))
    server.faults["/x.csv"] = ["half", 503, "half", "none"]
    contents, findings = bring(address)
    assert (contents, findings) == ([table(2000).encode()], [])
    assert files_in(cache) == [".about.json", "x.csv"]


def test_nothing_half_read_is_kept(server: Server, cache: Path) -> None:
    address = server.put("x.csv", table(2000))
    server.faults["/x.csv"] = ["half"]
    contents, (finding,) = bring(address)
    assert contents == []
    assert "(after 4 tries)" in finding
    assert server.gets.count("/x.csv") == 4
    assert files_in(cache) == []


def test_what_is_wrong(
    server: Server, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for status in (401, 403, 404, 418, 500):
        server.put(f"{status}.csv", "a\n1\n")
        server.faults[f"/{status}.csv"] = [status]
    server.put("half.csv", "a\n1\n")
    server.faults["/half.csv"] = ["half"]
    server.put("local.csv", "a\n1\n")
    server.faults["/local.csv"] = ["file:///etc/hosts"]
    names = [f"{status}.csv" for status in (401, 403, 404, 418, 500)]
    addresses = [f"{server.address}/{name}" for name in (*names, "half.csv", "local.csv")]
    addresses += [f"{server.address}/*.csv", f"{server.address}/", "ftp://host/x.csv"]
    addresses += ["file:///etc/hosts", "s3://bucket", "s3://bucket/folder/"]
    addresses += ["https://name:secret@host/x.csv"]
    shown = [line for address in addresses for line in bring(address)[1]]
    monkeypatch.setattr(fetching, "find_spec", lambda name: None)
    remote = [f"{scheme}://bucket/x.csv" for scheme in ("https", "s3", "gs", "hf")]
    shown += [line for address in remote for line in bring(address)[1]]
    monkeypatch.setattr(fetching, "find_spec", lambda name: name == "fsspec" or None)
    shown += [line for address in remote for line in bring(address)[1]]
    monkeypatch.setenv("MODELSPEC_ROOT", "/work")
    shown += bring(f"{server.address}/x.csv")[1]
    text = "\n".join(shown).replace(server.address, "http://host") + "\n"
    if request.config.getoption("--update-out"):
        MESSAGES.write_text(text, encoding="utf-8")
    assert text == MESSAGES.read_text(encoding="utf-8")


def test_a_login_comes_from_netrc(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = server.put("x.csv", "a\n1\n")
    server.logins["/x.csv"] = "Basic bmFtZTpzZWNyZXQ="
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login name password secret\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    assert "401 Unauthorized" in bring(address)[1][0]
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert bring(address) == ([b"a\n1\n"], [])


def test_two_that_fetch_at_once_share_a_copy(server: Server, cache: Path) -> None:
    address = server.put("x.csv", table(5))

    def fill_while_another_does(draft: Path) -> None:
        add_copy(address, "1", lambda other: other.write_bytes(b"a\n1\n"))
        draft.write_bytes(b"a\n1\n")

    copy = add_copy(address, "1", fill_while_another_does)
    assert copy.path.read_bytes() == b"a\n1\n"
    assert files_in(cache) == [".about.json", "x.csv"]


def test_a_cache_that_cannot_be_written(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv(CACHE, str(tmp_path / "taken"))
    with pytest.raises(CannotRunError, match="cannot be written: Not a directory"):
        bring(server.put("x.csv", "a\n1\n"))


def test_what_is_an_address() -> None:
    assert all(map(is_remote, ("s3://b/x", "HTTPS://host/x", "ftp://host/x", "a.b+c-d://x")))
    local = ("data/x.csv", "C:/x.csv", "C://x.csv", "./s3://b/x", "http:/x.csv", "//host/x", "")
    assert not any(map(is_remote, local))
    assert file_name_of("https://host/a/x.csv.gz?raw=1#top") == "x.csv.gz"
    assert file_name_of("s3://bucket/a b/..") == "file"
    assert file_name_of("https://host/%2e%2e%2fx") == "_2e_2e_2fx"
    assert not has_wildcards("http://[::1]:80/x.csv?a=1")
    assert has_wildcards("s3://bucket/x-?.csv")


def test_validate_without_data_looks_at_nothing(server: Server, spec: Path, capsys: Any) -> None:
    spec.write_text(SPEC.replace("@", server.put("x.csv", table(60))), encoding="utf-8")
    assert run(["validate", str(spec), "--root", str(spec.parent)]) == 0
    assert server.gets == []
    assert run(["validate", str(spec), "--data"]) == 0
    assert server.gets == ["/x.csv"]
    assert run(["validate", str(spec), "--data", "--root", str(spec.parent)]) == 1
    assert "outside-root" in capsys.readouterr().out


def test_a_finding_names_the_address_and_the_row(server: Server, spec: Path, capsys: Any) -> None:
    address = server.put("x.csv", table(60) + "u,1,a\n")
    spec.write_text(SPEC.replace("@", address), encoding="utf-8")
    assert run(["validate", str(spec), "--data"]) == 1
    assert f"{address}, row 62" in capsys.readouterr().out


def test_fetch_brings_remote_files(server: Server, spec: Path, cache: Path, capsys: Any) -> None:
    spec.write_text(SPEC.replace("@", server.put("x.csv", table(60))), encoding="utf-8")
    assert run(["fetch", str(spec)]) == 0
    shown = capsys.readouterr()
    (path,) = cache.rglob("x.csv")
    assert shown.out == f"{path}\n"
    assert shown.err == "1 fetched, 0 in the cache already\n"
    assert [file.is_new for file in fetch(spec)] == [False]


def test_an_address_in_a_base_stays(server: Server, tmp_path: Path) -> None:
    address = server.put("x.csv", table(60))
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "spec.yaml").write_text(SPEC.replace("@", address), encoding="utf-8")
    spec = tmp_path / "spec.yaml"
    spec.write_text("modelspec: 1\nextends: base/spec.yaml\n", encoding="utf-8")
    assert [file.name for file in fetch(spec)] == [address]


def test_init_names_the_address(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f"{i % 7},{i * 37 % 11},{'abc'[i % 3]}" for i in range(60)]
    address = server.put("kinds.csv", "\n".join(["x1,x2,kind", *rows, ""]))
    assert run(["init", "--data", address, "--target", "kind"]) == 0
    assert f'train: {{csv: "{address}"}}' in (tmp_path / "kinds.yaml").read_text(encoding="utf-8")
    assert run(["validate", "kinds.yaml", "--data"]) == 0
    capsys.readouterr()
    assert run(["init", "--data", address, "--target", "kin", "-o", "-"]) == 1
    said = capsys.readouterr()
    message = f'{address}:1:1: error: {address} has no column `kin`; did you mean "kind"?'
    assert (said.out + said.err).startswith(message)
    assert str(tmp_path) not in said.out + said.err


@pytest.mark.tensorflow
def test_a_run_knows_its_remote_files(
    server: Server, spec: Path, tmp_path: Path, cache: Path, capsys: Any
) -> None:
    address = server.put("x.csv", table(60))
    spec.write_text(SPEC.replace("@", address), encoding="utf-8")
    folder = str(tmp_path / "run")
    assert run(["train", str(spec), "-o", folder]) == 0
    recorded = json.loads((tmp_path / "run" / "data.json").read_text(encoding="utf-8"))["remote"]
    digest = hashlib.sha256(server.files["/x.csv"]).hexdigest()
    size = len(server.files["/x.csv"])
    assert recorded == [{"address": address, "size": size, "sha256": digest}]
    capsys.readouterr()
    assert run(["predict", folder, "--data", address]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 61
    assert run(["evaluate", folder, "--data", address]) == 0
    bad = server.put("new.csv", table(60) + "1,a\n")
    capsys.readouterr()
    assert run(["predict", folder, "--data", bad]) == 1
    shown = capsys.readouterr()
    assert f"{bad}:1:1: error: {bad}, row 62 has 2 values" in shown.out + shown.err
    assert str(cache) not in shown.out + shown.err
    server.put("x.csv", table(60), tag="2")  # the same content under another tag
    assert run(["evaluate", folder]) == 0
    server.put("x.csv", table(60, "acb"), tag="3")
    assert run(["evaluate", folder]) == 1
    more = ["train", str(spec), "--resume", folder, "--set", "training.epochs=2"]
    capsys.readouterr()
    assert run(more) == 1
    assert f"{address} changed" in capsys.readouterr().out
    server.put("x.csv", table(60))
    assert run(more) == 0


@pytest.mark.tensorflow
def test_the_example_of_the_docs_trains(server: Server, spec: Path, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    example = page.partition("## Remote files")[2].partition("```yaml\n")[2].partition("```")[0]
    for name in re.findall(r"https://example.org/(\S+\.csv)", example):
        server.put(name, table(60))
    head, tail = SPEC.partition("data:\n")[0], SPEC.partition("  validation")[2]
    text = head + example.replace("https://example.org", server.address)
    training = "training:" + tail.partition("training:")[2]
    spec.write_text(text + training, encoding="utf-8")
    assert run(["train", str(spec), "-o", str(tmp_path / "run")]) == 0
    assert len(server.gets) == 3


@pytest.mark.slow
def test_s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: Path) -> None:
    pytest.importorskip("s3fs")
    moto = pytest.importorskip("moto.server")
    import boto3

    monkeypatch.delenv("AWS_PROFILE", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        port = server.get_host_and_port()[1]
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        client = boto3.client("s3")
        client.create_bucket(Bucket="bucket")
        for name in ("a/2.csv", "a/1.csv", "a/b/3.csv", "other5.txt"):
            content = f"{table(30)}{name[-5]},0,a\n".encode()
            client.put_object(Bucket="bucket", Key=name, Body=content)
        _check_bucket(spec)
        _check_folder(spec, client)
        client.close()
    finally:
        server.stop()


def _check_bucket(spec: Path) -> None:
    contents, findings = bring("s3://bucket/a/*.csv")
    assert findings == []
    assert [content[-6:] for content in contents] == [b"1,0,a\n", b"2,0,a\n"]
    assert len(bring("s3://bucket/a/**/*.csv")[0]) == 3
    assert 'no file matches "s3://bucket/z/*.csv"' in bring("s3://bucket/z/*.csv")[1][0]
    assert "s3://bucket/none.csv is not there" in bring("s3://bucket/none.csv")[1][0]
    assert "s3://none/none.csv is not there" in bring("s3://none/none.csv")[1][0]
    assert "s3://bucket/a is a folder" in bring("s3://bucket/a")[1][0]
    spec.write_text(SPEC.replace("@", '"s3://bucket/a/*.csv"'), encoding="utf-8")
    assert run(["validate", str(spec), "--data"]) == 0


TEXTS = """\
modelspec: 1
model:
  sequential:
    input: {shape: [1], dtype: string, name: x}
    layers:
      - TextVectorization: {max_tokens: 9, output_mode: count, pad_to_max_tokens: true}
      - Dense: {units: 2, activation: softmax, name: label}
data:
  train: {texts: "s3://bucket/reviews/"}
  validation: 0.25
  test: 0.25
  targets: label
training: {epochs: 1, optimizer: adam, loss: sparse_categorical_crossentropy}
"""


def _check_folder(spec: Path, client: Any) -> None:
    """A folder of classes: its structure is kept, what is new is fetched, what is odd refused."""

    def put(name: str, content: str) -> None:
        client.put_object(Bucket="bucket", Key=name, Body=content.encode())

    def bring_folder(address: str) -> tuple[Any, list[str]]:
        findings = Findings()
        copies = find_copies(address, SPAN, findings, takes_folders=True)
        return copies[0] if copies else None, [finding.message for finding in findings.sorted()]

    for label in ("neg", "pos"):
        for number in range(8):
            put(f"reviews/{label}/{number}.txt", f"a {label} text")
    put("reviews/pos/.hidden", "-")
    put("reviews/", "")
    first, findings = bring_folder("s3://bucket/reviews")
    assert findings == []
    assert first.is_new
    names = {p.relative_to(first.path).as_posix() for p in first.path.rglob("*") if p.is_file()}
    assert names == {f"{label}/{i}.txt" for label in ("neg", "pos") for i in range(8)}
    again, _ = bring_folder("s3://bucket/reviews")
    assert again == first._replace(is_new=False)
    put("reviews/pos/0.txt", "another")
    changed, _ = bring_folder("s3://bucket/reviews")
    assert (changed.path / "pos/0.txt").read_text() == "another"
    assert changed.sha256 != first.sha256
    assert (first.path / "pos/0.txt").read_text() == "a pos text"
    spec.write_text(TEXTS, encoding="utf-8")
    assert run(["validate", str(spec), "--data"]) == 0
    fetched = fetch(spec)
    assert [(one.name, one.is_new) for one in fetched] == [("s3://bucket/reviews", False)]
    put("odd/a/..\\b.txt", "-")
    assert bring_folder("s3://bucket/odd")[1] == [r"s3://bucket/odd has a file 'a/..\\b.txt'"]
    assert bring_folder("s3://bucket/none")[1] == ["s3://bucket/none is not there"]


def test_s3_without_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("s3fs")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    (finding,) = bring("s3://bucket/x.csv")[1]
    assert "s3://bucket/x.csv needs credentials, and none are set" in finding
