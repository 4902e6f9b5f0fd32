"""A web server on this machine, with faults to order."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Server:
    """Files, and what is wrong with them.

    Attributes:
        address: without a slash at the end.
        files: path to content.
        tags: path to the ETag; without one, the server tells no version.
        faults: path to what its next requests of content get: "half" sends half, a number is the
            status, text that begins with a scheme is where it sends on to.
        logins: path to the header `Authorization` that it needs.
        gets: the paths whose content was asked for.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.files: dict[str, bytes] = {}
        self.tags: dict[str, str] = {}
        self.faults: dict[str, list[str | int]] = {}
        self.logins: dict[str, str] = {}
        self.gets: list[str] = []

    def put(self, name: str, content: str | bytes, tag: str | None = "1") -> str:
        """Offer a file; returns its address."""
        self.files[f"/{name}"] = content.encode() if isinstance(content, str) else content
        self.tags.pop(f"/{name}", None)
        if tag is not None:
            self.tags[f"/{name}"] = tag
        return f"{self.address}/{name}"


@contextmanager
def web_server() -> Iterator[Server]:
    """A server as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Print nothing."""

        def do_HEAD(self) -> None:
            self._respond(with_content=False)

        def do_GET(self) -> None:
            server.gets.append(self.path)
            self._respond(with_content=True)

        def _respond(self, *, with_content: bool) -> None:
            path = self.path.partition("?")[0]
            faults = server.faults.get(path, [])
            fault = faults[0] if faults else None
            if faults and with_content and len(faults) > 1:
                faults.pop(0)
            if isinstance(fault, str) and "://" in fault:
                self.send_response(302)
                self.send_header("Location", fault)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            status = fault if isinstance(fault, int) else 200 if path in server.files else 404
            if server.logins.get(path) not in (None, self.headers.get("Authorization")):
                status = 401
            content = server.files.get(path, b"") if status == 200 else b""
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            if path in server.tags:
                self.send_header("ETag", f'"{server.tags[path]}"')
            self.end_headers()
            if with_content:
                self.wfile.write(content[: len(content) // 2] if fault == "half" else content)

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = Server(f"http://127.0.0.1:{httpd.server_port}")
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()
