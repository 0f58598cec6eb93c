"""The Python beside the curl: it runs, and sends the very bytes that were recorded."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from samewire.report.snippet import snippet


@pytest.fixture
def heard() -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """A port, and what came there."""
    requests: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            requests.append(
                {
                    "path": self.path,
                    "headers": {name.lower(): value for name, value in self.headers.items()},
                    "body": body,
                }
            )
            self.send_response(418)
            self.end_headers()
            self.wfile.write("ü\n".encode())

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, requests
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("body", ['{"a": "it\'s \\u0007 ü \\n"}', {"base64": "/wD+"}, "[" + "A" * 100_000 + "]", None])
def test_it_sends_what_was_sent(heard: tuple[int, list[dict[str, Any]]], body: Any) -> None:
    port, requests = heard
    wire = {
        "method": "POST" if body is not None else "GET",
        "url": f"http://127.0.0.1:{port}/v1/x?key={{key}}",
        "headers": [["Authorization", "Bearer {key}"], ["Accept-Encoding", "gzip"], ["X-Odd", 'it\'s "{key}"']],
        "body": body,
    }
    program = snippet(wire, "MY_KEY")
    environment = {"MY_KEY": "k3y", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, timeout=30)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("418 ")
    assert done.stdout.endswith("ü\n")
    (request,) = requests
    assert request["path"] == "/v1/x?key=k3y"
    assert request["headers"]["authorization"] == "Bearer k3y"
    assert request["headers"]["x-odd"] == 'it\'s "k3y"'
    assert "accept-encoding" not in request["headers"] or request["headers"]["accept-encoding"] == "identity"
    assert request["body"] == (body.encode() if isinstance(body, str) else b"\xff\x00\xfe" if body else b"")


def test_a_body_too_long_to_paste_has_none() -> None:
    assert snippet({"method": "POST", "url": "http://h/", "headers": [], "body": "1 " * 900 + "x" * 30_000}, "K") == ""
