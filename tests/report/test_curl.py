"""The command really sends what was sent: run by bash against a server that keeps the bytes."""

from __future__ import annotations

import base64
import http.server
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from samewire.bodies import body_of, packed
from samewire.report.curl import curl, variable_of

pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None or shutil.which("bash") is None, reason="needs curl and bash"
)

KEY = "sk-'quoted' $HOME `id` \"x\""


@dataclass
class Seen:
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


class Keeper(http.server.ThreadingHTTPServer):
    daemon_threads = True
    seen: list[Seen]


class Handler(http.server.BaseHTTPRequestHandler):
    def keep(self) -> None:
        assert isinstance(self.server, Keeper)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append(Seen(self.command, self.path, self.headers.items(), body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_DELETE = do_HEAD = do_OPTIONS = keep  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    server = Keeper(("127.0.0.1", 0), Handler)
    server.seen = []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def wire(keeper: Keeper, body: Any = None, method: str = "POST", path: str = "/v1/chat", **more: Any) -> dict[str, Any]:
    headers = [["Accept", "application/json"], ["Content-Type", "application/json"], ["Authorization", "Bearer {key}"]]
    url = f"http://127.0.0.1:{keeper.server_port}{path}"
    return {"method": method, "url": url, "headers": headers, "body": body, **more}


def sent(keeper: Keeper, wire: dict[str, Any], folder: Path, variable: str = "SOME_KEY") -> Seen:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), variable: KEY, "NO_PROXY": "*"}
    pasted = curl(wire, variable).encode() + b"\n"
    ran = subprocess.run(
        ["bash"], input=pasted, cwd=folder, env=environment, capture_output=True, timeout=20, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert list(folder.iterdir()) == []
    return keeper.seen[-1]


BODIES = {
    "plain": '{"model":"m"}',
    "quotes": """{"a":"it's \\"quoted\\""}""",
    "shell": '{"a":"$HOME ${IFS} $(touch pwned) `touch pwned` !! \\\\ \\n ~ *"}',
    "lines": '{\n  "a": 1\n}',
    "last line": '{"a": 1}\n',
    "last lines": '{"a": 1}\n\n\n',
    "only a line": "\n",
    "words": '{"a":"Grüße, 世界\u3000👋🏽, ½\u00a0%"}',
    "end": '{"a":1}\nJSON\nJSON_\ntouch pwned',
    "end alone": "JSON",
    "file": "@/etc/passwd",
    "tab": '{"a":\t1}\r\n',
    "controls": '{"a":"\x1b[2J\x07\x03\u202e"}',
    "nul": "a\x00b",
    "nothing": "",
    "long": '{"a":"' + "x" * 300_000 + '"}',
    "much": '{"it\'s":"data:' + "A" * 300_000 + '","b":"' + "wörd \\t" * 90_000 + '"}',
    "surrogate": '{"a":"\ud800"}',
}


@pytest.mark.parametrize("name", BODIES)
def test_the_body_arrives_byte_for_byte(name: str, keeper: Keeper, tmp_path: Path) -> None:
    seen = sent(keeper, wire(keeper, BODIES[name]), tmp_path)
    assert seen.body == BODIES[name].encode("utf-8", "surrogatepass")
    assert (seen.method, seen.path) == ("POST", "/v1/chat")
    assert seen.all("Content-Type") == ["application/json"]
    assert seen.all("Authorization") == [f"Bearer {KEY}"]


def test_bytes_that_are_no_text_arrive(keeper: Keeper, tmp_path: Path) -> None:
    data = bytes(range(256))
    seen = sent(keeper, wire(keeper, {"base64": base64.b64encode(data).decode()}), tmp_path)
    assert seen.body == data


@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS", "HEAD"])
def test_a_request_without_body_is_sent_as_it_was(method: str, keeper: Keeper, tmp_path: Path) -> None:
    seen = sent(keeper, wire(keeper, None, method, "/v1/models/a%2Fb?limit=1&after=x"), tmp_path)
    assert (seen.method, seen.path, seen.body) == (method, "/v1/models/a%2Fb?limit=1&after=x", b"")


@pytest.mark.parametrize(
    "path", ["/v1//chat", "/v1/../v2/./x", "/v1/m{a,b}[1-3]", "/v1/';touch pwned;'", "/v1/$(id)`id`!!"]
)
def test_the_path_is_sent_as_it_was(path: str, keeper: Keeper, tmp_path: Path) -> None:
    url = path.replace(" ", "%20")
    assert sent(keeper, wire(keeper, None, "GET", url), tmp_path).path == url


def test_the_key_stands_in_the_url_where_it_did(keeper: Keeper, tmp_path: Path) -> None:
    command = curl(wire(keeper, None, "GET", "/v1/models?key={key}"), "SOME_KEY")
    assert '?key=$SOME_KEY"' in command


def test_headers_are_those_that_were_sent(keeper: Keeper, tmp_path: Path) -> None:
    headers = [["X-Odd", "a 'b' \"c\" $HOME `id` {key}"], ["X-Twice", "1"], ["X-Twice", "2"], ["X-Empty", ""]]
    headers += [["@/etc/passwd", "x"], ["Accept-Encoding", "gzip, deflate"]]
    seen = sent(keeper, wire(keeper, "{}", headers=headers), tmp_path)
    assert seen.all("X-Odd") == [f"a 'b' \"c\" $HOME `id` {KEY}"]
    assert seen.all("X-Twice") == ["1", "2"]
    assert seen.all("X-Empty") == [""]
    assert seen.all("Accept-Encoding") == ["gzip, deflate"]
    added = ("Accept", "User-Agent", "Content-Type")
    assert [seen.all(name) for name in added] == [[], [], []]
    assert not any("root" in value for _, value in seen.headers)


def test_a_record_can_not_smuggle_options_in(keeper: Keeper, tmp_path: Path) -> None:
    assert " --url -K/etc/passwd" in curl({"method": "GET", "url": "-K/etc/passwd", "headers": []}, "K")


def test_streams_are_shown_as_they_come(keeper: Keeper) -> None:
    assert " -N " in curl(wire(keeper, '{"stream":true}'), "K")
    assert " -N " not in curl(wire(keeper, '{"stream":false}'), "K")


@pytest.mark.parametrize(("name", "variable"), [("GROQ_API_KEY", "GROQ_API_KEY"), ("", "API_KEY"), ("a-b", "API_KEY")])
def test_the_key_is_read_from_its_variable(name: str, variable: str, keeper: Keeper, tmp_path: Path) -> None:
    assert variable_of(name) == variable
    command = curl(wire(keeper, "{}"), name)
    assert f'"Authorization: Bearer ${variable}"' in command
    assert "{key}" not in command


def test_what_is_repeated_is_written_once() -> None:
    wire = {"method": "POST", "url": "http://127.0.0.1/", "headers": [], "body": packed(BODIES["much"].encode())}
    assert len(curl(wire, "K")) < 1000


def test_a_command_too_long_to_paste_is_none() -> None:
    body = "".join(f"{number} " for number in range(30_000))
    assert curl({"method": "POST", "url": "http://127.0.0.1/", "headers": [], "body": body}, "K") == ""


@pytest.mark.parametrize("body", [b"", b"text", b"\xff\x00", b"x" * 100_000, bytes(range(256)) * 1000])
def test_a_packed_body_is_the_same(body: bytes) -> None:
    assert body_of(json.loads(json.dumps(packed(body)))) == body


@pytest.mark.parametrize("odd", [None, 7, [], {"base64": "&"}, {"base64": None}, {"gzip": "AAAA"}, {"gzip": "&"}, {}])
def test_an_odd_body_does_no_harm(odd: Any) -> None:
    body_of(odd)
    assert curl({"method": "POST", "url": "http://127.0.0.1/", "headers": [["a"], 3], "body": odd}, "K")
