"""The doctor: from the settings to a first answer, what is found, and what to do next. And the ways that lead there."""

from __future__ import annotations

import asyncio
import base64
import http.server
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from samewire.cli import main
from samewire.credentials import Secret
from samewire.doctor import examined, where_from
from samewire.reaching import Step, proxy_for, steps
from samewire.reference import KEY
from samewire.settings import Auth, Endpoint, Provider, Way
from samewire.telltale import suspicions, whose
from samewire.transport import Transport

from .hostile import Hostile
from .hostile.behaviours import JSON, whole
from .making import ASK, endpoint, key, wired

Serve = Callable[..., Any]


def samewire(*arguments: object, **environ: str) -> Any:
    return CliRunner(env=environ).invoke(main, [str(one) for one in arguments])


def at(port: int, model: str = "reference-1", secret: str = KEY, **more: Any) -> Endpoint:
    return endpoint(f"http://127.0.0.1:{port}/v1", model, credential=key(secret), protocols=("chat",), **more)


def wrong(found: list[Step]) -> list[Step]:
    return [one for one in found if not one.fine]


def test_where_all_is_well_nothing_is_advised(serve: Serve) -> None:
    reference, port = serve()
    found = list(examined(at(port)))
    assert wrong(found) == []
    assert [one for one in found if one.advice] == []
    assert [one.what for one in found][:3] == ["settings", "connection", "key's look"]
    assert "chat, the smallest request is answered" in [one.what for one in found]
    assert reference.calls <= 3


@pytest.mark.parametrize(
    ("where", "settings", "said", "advice"),
    [
        ({"secret": "sk-other-0123456789"}, {}, "the key is refused", "is it this provider's key"),
        ({"model": "reference-2"}, {}, "no model 'reference-2' here; did you mean", "name a model"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(
    serve: Serve, where: dict[str, Any], settings: dict[str, Any], said: str, advice: str
) -> None:
    _, port = serve(**settings)
    found = wrong(list(examined(at(port, **where))))
    assert said in found[0].words
    assert advice in found[0].advice
    assert "0123456789" not in "".join(one.words for one in found)


def answering(status: int, body: Any) -> Iterator[Endpoint]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = JSON if not content.startswith(b"<") else b"Content-Type: text/html\r\n"
    play = whole(content, kind, status=b"%d T" % status)
    with Hostile({"it": play}) as servers:
        yield endpoint(servers.url("it"), credential=key(), protocols=("chat",), timeout=5)


def error(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None, **more}}


#: What an endpoint answers to everything → what is said, and what to do.
ANSWERS: dict[str, tuple[int, Any, str, str]] = {
    "an expired key": (401, error("Your API key has expired."), "the key is refused", "make a new key"),
    "a balance that is used up": (402, error("Insufficient Balance"), "no balance left", "top up the account"),
    "a quota that is used up": (429, error("You exceeded", code="insufficient_quota"), "no balance left", "top up"),
    "a region": (403, error("Country, region, or territory not supported"), "does not serve this region", "a region"),
    "Gemini's region": (400, error("User location is not supported for the API use."), "this region", "from a region"),
    "a firewall": (403, error("Access denied due to Virtual Network/Firewall rules."), "this network", "address in"),
    "Cloudflare's own page": (403, b"<html>Attention Required! | Cloudflare</html>", "this network", "address in"),
    "Gemini's key": (400, [error("API key not valid.")], "the key is refused", "is it this provider's key"),
    "a model that is withheld": (
        403,
        error("Project p does not have access to model m", code="model_not_found"),
        "the account may not use the model 'm'",
        "GET models lists",
    ),
    "a model that is not allowed": (403, error("You may not use this model"), "may not be used", "GET models lists"),
    "a web page": (200, b"<html><body>Welcome</body></html>", "a web page, not an API", "correct the base URL"),
    "nothing there": (404, error("Not Found"), "answers 404", "correct the base URL"),
    "a proxy that wants a password": (407, b"<html>Proxy</html>", "refused with 407", "NO_PROXY"),
    "a server that fails": (500, error("out of memory"), "answers 500", "the server fails"),
}


@pytest.mark.parametrize(("status", "body", "said", "advice"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_told_in_the_documents_words(status: int, body: Any, said: str, advice: str) -> None:
    for where in answering(status, body):
        found = wrong(list(examined(where)))
        assert said in found[0].words
        assert advice in found[0].advice


def test_an_azure_deployment_s_name_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for where in answering(
        404, error("The API deployment for this resource does not exist", code="DeploymentNotFound")
    ):
        monkeypatch.setattr("samewire.doctor.AZURE", ("127.0.0.1",))
        found = wrong(list(examined(where)))
        assert "is m the name of a deployment?" in found[0].advice


def test_what_is_missing_ends_it_at_once() -> None:
    (one,) = examined(endpoint(missing="$GROQ_API_KEY is not set"))
    assert one == Step(
        "settings",
        False,
        "$GROQ_API_KEY is not set",
        "set GROQ_API_KEY in the environment, or write GROQ_API_KEY=… into .env",
    )
    (one,) = examined(endpoint(missing="not logged in: run `samewire login one`"))
    assert one.advice == "run samewire login one"


def test_nobody_at_the_port_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    (found,) = steps(Provider("one", f"http://127.0.0.1:{port}/v1", ("m",)))
    assert (found.what, found.fine) == ("connection", False)
    assert f"correct the port {port}" in found.advice


def test_an_unknown_host_is_told() -> None:
    (found,) = steps(Provider("one", "https://samewire-test.invalid/v1", ("m",)))
    assert (found.what, found.fine) == ("name", False)
    assert "spelled right" in found.advice


def test_a_plain_server_behind_https_is_told() -> None:
    with Hostile({"it": whole(b"{}", JSON)}) as servers:
        *_, found = steps(Provider("one", servers.url("it", "https"), ("m",)))
    assert (found.what, found.fine) == ("certificate", False)
    assert "write http://" in found.advice


@pytest.mark.parametrize(
    ("environ", "way", "proxy"),
    [
        ({}, Way(), ""),
        ({"HTTP_PROXY": "http://u:secret@proxy.example:3128"}, Way(), "proxy.example:3128"),
        ({"HTTP_PROXY": "http://proxy.example:3128", "NO_PROXY": "127.0.0.1"}, Way(), ""),
        ({"HTTP_PROXY": "http://proxy.example:3128"}, Way(proxy="none"), ""),
        ({}, Way(proxy="http://u:secret@other.example"), "other.example"),
    ],
)
def test_a_proxy_in_between_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], way: Way, proxy: str
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    one = Provider("one", "http://127.0.0.1:9/v1", ("m",), way=way)
    assert proxy_for(one) == proxy
    if proxy:
        (found,) = steps(one)
        assert proxy in found.words
        assert "secret" not in found.words


def token(ends: float) -> str:
    """A JSON Web Token that ends then."""
    parts = ({"alg": "none"}, {"exp": ends}, {})
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts)


@pytest.mark.parametrize(
    ("secret", "base_url", "said"),
    [
        (
            "sk-ant-0123456789",
            "https://api.openai.com/v1",
            "a key of Anthropic, and api.openai.com takes keys of OpenAI",
        ),
        ("gsk_0123456789", "https://api.anthropic.com/v1", "looks like a key of Groq"),
        ("glpat-0123456789", "https://api.x.ai/v1", "looks like a key of GitLab"),
        ("sk-0123456789", "https://api.groq.com/openai/v1", "keys of Groq begin with gsk_"),
        ("sk-...", "https://h/v1", "a document's example"),
        ('"sk-0123456789"', "https://h/v1", "stands in quotes"),
        ("sk-0123 456789", "https://h/v1", "a blank"),
        ("Bearer sk-0123456789", "https://h/v1", "begins with `Bearer`"),
        (token(1_700_000_000), "https://h/v1", "ended on 2023-11-14"),
    ],
)
def test_a_key_that_looks_odd_is_told_without_a_part_of_it(secret: str, base_url: str, said: str) -> None:
    found = " ".join(suspicions(secret, base_url))
    assert said in found
    assert "0123456789" not in found


@pytest.mark.parametrize(
    ("secret", "base_url"),
    [
        ("sk-0123456789", "https://api.openai.com/v1"),
        ("sk-proj-0123456789", "https://api.openai.com/v1"),
        ("sk-0123456789", "https://api.deepseek.com"),
        ("sk-ant-0123456789", "https://api.anthropic.com/v1"),
        (token(4e9), "https://h/v1"),
        ("anything-at-all", "http://localhost:8000/v1"),
        ("eyJ.not.json", "https://h/v1"),
    ],
)
def test_a_key_that_looks_right_is_left_alone(secret: str, base_url: str) -> None:
    assert suspicions(secret, base_url) == []


def test_whose_a_key_is_the_longest_beginning_tells() -> None:
    assert [whose(one) for one in ("sk-ant-x", "sk-or-x", "sk-x", "x")] == ["Anthropic", "OpenRouter", "", ""]


def test_the_command_tells_settings_steps_and_what_to_do(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, port = serve()
    text = "providers:\n  - name: mine\n    base_url: ${MINE}\n    api_key: ${MINE_KEY}\n    models: [reference-1]\n"
    (tmp_path / "providers.yaml").write_text(text)
    environ = {"MINE": f"http://127.0.0.1:{port}/v1", "MINE_KEY": KEY}
    done = samewire("doctor", "mine", **environ)
    assert done.exit_code == 0, done.output
    assert "providers.yaml, line 3, $MINE" in done.stdout
    assert "✓ http, the key is accepted: yes" in done.stdout
    assert KEY not in done.output
    assert not Path("reports").exists()
    failed = samewire("doctor", "mine", "--json", **{**environ, "MINE_KEY": "sk-ant-0123456789"})
    assert failed.exit_code == 3
    (told,) = json.loads(failed.stdout)
    assert next(one["next"] for one in told["steps"] if not one["fine"]).startswith("is it this provider's key")
    absent = samewire("doctor", "mine", MINE=environ["MINE"])
    assert absent.exit_code == 3
    assert "→ set MINE_KEY" in absent.stdout
    assert samewire("doctor", MINE="").exit_code == 2


def test_where_settings_came_from_is_told_without_their_values() -> None:
    where = endpoint(origins={"api_key": "$K", "base_url": "providers.yaml, line 3", "rpm": "the command line"})
    assert list(where_from(where)) == [
        *(("base URL", "providers.yaml, line 3"), ("key", "$K"), ("rpm", "the command line")),
    ]


class _Plain(http.server.BaseHTTPRequestHandler):
    """Answers anything with an empty object; what it was asked for is kept."""

    asked: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def serving(context: ssl.SSLContext | None = None) -> tuple[http.server.ThreadingHTTPServer, list[str]]:
    handler = type("Handler", (_Plain,), {"asked": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, handler.asked  # type: ignore[attr-defined]


def sent(where: Endpoint) -> Any:
    async def send() -> Any:
        transport = Transport(where)
        try:
            return await transport.attempt(wired(ASK, where))
        finally:
            await transport.close()

    return asyncio.run(send())


def test_a_certificate_of_one_s_own_is_trusted_when_it_is_named(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server, _ = serving(context)
    where = endpoint(f"https://127.0.0.1:{server.server_port}/v1", credential=key(), timeout=5)
    trusting = replace(where, provider=replace(where.provider, way=Way(ca_bundle=str(certificate / "cert.pem"))))
    try:
        refused = sent(where)
        assert refused.failure is not None
        assert refused.failure.kind == "tls"
        assert sent(trusting).status == 200
        *_, last = steps(trusting.provider)
        assert (last.what, last.fine) == ("certificate", True)
        assert "good until" in last.words
        *_, last = steps(where.provider)
        assert not last.fine
        assert "ca_bundle" in last.advice
    finally:
        server.shutdown()
        server.server_close()


def test_a_client_s_certificate_is_shown_when_one_is_named(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificate / "cert.pem")
    server, _ = serving(context)
    way = Way(ca_bundle=str(certificate / "cert.pem"))
    shown = replace(way, certificate=(str(certificate / "cert.pem"), str(certificate / "key.pem")))
    where = endpoint(f"https://127.0.0.1:{server.server_port}/v1", timeout=5)
    try:
        assert sent(replace(where, provider=replace(where.provider, way=way))).failure is not None
        assert sent(replace(where, provider=replace(where.provider, way=shown))).status == 200
    finally:
        server.shutdown()
        server.server_close()


def test_a_proxy_that_is_named_is_used_and_none_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, through = serving()
    server, direct = serving()
    base_url = f"http://127.0.0.1:{server.server_port}/v1"
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.server_port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    try:
        for way in (Way(), Way(proxy=f"http://127.0.0.1:{proxy.server_port}")):
            assert sent(endpoint(base_url, way=way)).status == 200
        assert through == [f"{base_url}/chat/completions"] * 2
        assert direct == []
        assert sent(endpoint(base_url, way=Way(proxy="none"))).status == 200
        assert direct == ["/v1/chat/completions"]
    finally:
        for one in (proxy, server):
            one.shutdown()
            one.server_close()


def test_a_secret_shows_nothing_of_itself_in_a_way() -> None:
    assert "pass-phrase" not in repr(Way(certificate=("cert.pem", "key.pem", "pass-phrase")))
    assert "0123456789" not in repr(Secret("sk-0123456789"))
    assert Auth().scheme == "bearer"
