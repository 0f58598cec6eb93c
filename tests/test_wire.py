"""The wire: a request as an endpoint gets it, but for the key, and never at another host."""

from __future__ import annotations

import json
from typing import Any

import pytest

from samewire.credentials import Credential, Secret
from samewire.findings import Findings
from samewire.message import user
from samewire.request import CAP, GET, KEYS, LIMIT, OMIT, POST, Request
from samewire.settings import Auth, SettingsError
from samewire.wire import WRONG_KEY, wire

from .making import KEY, endpoint, key, wired

HELLO = POST("chat/completions", messages=[user("Say hello.")], **LIMIT(32))
BASE = "https://api.example/v1"


def url(request: Request, base: str = BASE, **more: Any) -> str:
    return wire(request, endpoint(base, **more), Findings()).url


@pytest.mark.parametrize(
    ("path", "base", "wanted"),
    [
        ("chat/completions", BASE, "https://api.example/v1/chat/completions"),
        ("chat/completions", f"{BASE}/", "https://api.example/v1/chat/completions"),
        ("chat/completions", "http://127.0.0.1:8000", "http://127.0.0.1:8000/chat/completions"),
        ("{base}//chat/completions", BASE, "https://api.example/v1//chat/completions"),
        ("{origin}/chat/completions", BASE, "https://api.example/chat/completions"),
        ("{origin}/x", "http://h:81/a/b/c", "http://h:81/x"),
        ("models/$model", BASE, "https://api.example/v1/models/m"),
        ("models?limit=1", BASE, "https://api.example/v1/models?limit=1"),
        ("https://api.example/other", BASE, "https://api.example/other"),
    ],
)
def test_a_path_is_joined_to_the_base_url(path: str, base: str, wanted: str) -> None:
    assert url(GET(path), base) == wanted


@pytest.mark.parametrize(
    ("model", "wanted"),
    [
        ("lab/m:1", "models/lab/m:1"),
        ("a b", "models/a%20b"),
        ("a?b#c", "models/a%3Fb%23c"),
        ("ä%", "models/%C3%A4%25"),
        ("@cf/m", "models/@cf/m"),
        ("hf://lab/m", "models/hf://lab/m"),
    ],
)
def test_a_model_in_a_path_is_quoted(model: str, wanted: str) -> None:
    assert url(GET("models/$model"), model=model) == f"{BASE}/{wanted}"


@pytest.mark.parametrize(
    ("other", "model", "wanted"),
    [
        ("deployments/{model}/chat/completions", "lab/m", f"{BASE}/deployments/lab%2Fm/chat/completions"),
        ("{origin}/openai/{model}", "m", "https://api.example/openai/m"),
        ("https://api.example/elsewhere", "m", "https://api.example/elsewhere"),
    ],
)
def test_a_provider_may_have_other_paths(other: str, model: str, wanted: str) -> None:
    assert url(HELLO, paths={"chat/completions": other}, model=model) == wanted
    assert url(GET("models"), paths={"chat/completions": other}) == f"{BASE}/models"


def test_another_model_is_named_in_the_path_as_it_is_in_the_body() -> None:
    paths = {"chat/completions": "deployments/{model}/chat/completions"}
    assert url(HELLO.wrong(model="another"), paths=paths, model="m") == f"{BASE}/deployments/another/chat/completions"
    for unnamed in (None, OMIT, 5):
        assert url(HELLO.wrong(model=unnamed), paths=paths, model="m") == f"{BASE}/deployments/m/chat/completions"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/v1/chat/completions",
        "http://api.example/v1/chat/completions",
        "https://api.example:8443/v1",
        "https://api.example@evil.example/",
        "https://api.example.evil.example/",
        "{origin}.evil.example/x",
        "{origin}@evil.example/x",
        "{origin}:81/x",
        "//evil.example/x",
    ],
)
def test_a_request_never_leaves_its_host(path: str) -> None:
    if path == "//evil.example/x":  # is but an odd path
        assert url(GET(path)) == f"{BASE}///evil.example/x"
        return
    with pytest.raises(SettingsError, match="a key never goes to another host"):
        url(GET(path))


def test_a_query_is_added_behind_what_is_there() -> None:
    assert url(GET("models"), query=(("api-version", "1 2"),)) == f"{BASE}/models?api-version=1+2"
    assert url(GET("models?a=1"), query=(("b", "2"),)) == f"{BASE}/models?a=1&b=2"


def body(request: Request, findings: Findings, **more: Any) -> Any:
    sent = wire(request, endpoint(**more), findings).body
    return json.loads(sent) if sent else sent


@pytest.mark.parametrize(
    ("limit", "headroom", "request_", "wanted"),
    [
        ("max_tokens", 0, HELLO, {"max_tokens": 32}),
        ("max_completion_tokens", 0, HELLO, {"max_completion_tokens": 32}),
        ("max_completion_tokens", 2048, HELLO, {"max_completion_tokens": 2080}),
        ("max_completion_tokens", 2048, HELLO.within(CAP(5)), {"max_completion_tokens": 5}),
        ("max_tokens", 0, HELLO.within(CAP(5)), {"max_tokens": 5}),
        (None, 0, HELLO, {}),
        (None, 2048, HELLO.within(CAP(5)), {}),
        ("max_tokens", 2048, HELLO.within({"max_completion_tokens": 7}), {"max_completion_tokens": 7}),
        (None, 0, HELLO.within({"max_tokens": -5}), {"max_tokens": -5}),
    ],
)
def test_the_limit_is_spelled_as_the_endpoint_takes_it(
    limit: str | None, headroom: int, request_: Request, wanted: dict[str, int]
) -> None:
    sent = body(request_, Findings(limit, headroom))
    assert sent == {"model": "m", "messages": [user("Say hello.")], **wanted}


def test_the_model_is_the_endpoint_s_unless_the_request_names_another() -> None:
    assert body(HELLO, Findings())["model"] == "m"
    assert body(HELLO.but(model="other"), Findings())["model"] == "other"
    assert body(HELLO, Findings(), model="lab/é")["model"] == "lab/é"


def test_a_provider_s_fields_are_added_only_where_there_is_none() -> None:
    more = {"body": {"store": False, "messages": []}}
    assert body(HELLO, Findings(), **more)["store"] is False
    assert body(HELLO, Findings(), **more)["messages"] == [user("Say hello.")]
    assert body(HELLO.but(store=True), Findings(), **more)["store"] is True
    assert body(GET("models"), Findings(), **more) is None
    assert wire(HELLO.raw(b"{ "), endpoint(**more), Findings()).body == b"{ "


def test_a_body_is_utf8_whatever_it_says() -> None:
    sent = wire(HELLO.but(messages=[user("é € \U0001f600 \ud800")]), endpoint(), Findings()).body
    assert sent is not None
    assert "é € \U0001f600".encode() in sent


def headers(request: Request, **more: Any) -> dict[str, str]:
    return dict(wire(request, endpoint(**more), Findings()).headers)


def test_usual_headers_are_there_and_nothing_else() -> None:
    usual = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate", "User-Agent": "samewire"}
    assert headers(GET("models")) == usual
    assert headers(HELLO) == {**usual, "Content-Type": "application/json"}
    assert headers(HELLO.raw(b"x"))["Content-Type"] == "application/json"


def test_a_request_s_headers_replace_and_leave_out() -> None:
    changed = headers(HELLO.having({"accept": "text/event-stream", "USER-AGENT": None, "X-A": "1"}))
    assert changed["accept"] == "text/event-stream"
    assert "Accept" not in changed
    assert "User-Agent" not in changed
    assert changed["X-A"] == "1"


def test_a_provider_s_headers_are_added() -> None:
    assert headers(HELLO, headers=(("X-Org", "o"),))["X-Org"] == "o"
    assert headers(HELLO.having({"x-org": None}), headers=(("X-Org", "o"),)).get("X-Org") is None


BEARER = {"Authorization": "Bearer {key}"}
PRESENTED: list[tuple[Auth, str, dict[str, str]]] = [
    (Auth(), "own", BEARER),
    (Auth(), "none", {}),
    (Auth(), "wrong", {"Authorization": f"Bearer {WRONG_KEY}"}),
    (Auth(), "malformed", {"Authorization": WRONG_KEY}),
    (Auth(), "empty", {"Authorization": "Bearer "}),
    (Auth(), "lowercase", {"authorization": "bearer {key}"}),
    (Auth(), "x-api-key", {"x-api-key": "{key}"}),
    (Auth(), "bearer", BEARER),
    (Auth("header", "api-key"), "own", {"api-key": "{key}"}),
    (Auth("header", "api-key"), "none", {}),
    (Auth("header", "api-key"), "wrong", {"api-key": WRONG_KEY}),
    (Auth("header", "api-key"), "longer", {"api-key": "{key}x"}),
    (Auth("header", "api-key"), "lowercase", {"api-key": "{key}"}),
    (Auth("header", "api-key"), "bearer", BEARER),
    (Auth("query", "key"), "own", {}),
    (Auth("query", "key"), "wrong", {}),
    (Auth("none"), "own", {}),
]


@pytest.mark.parametrize(("auth", "way", "wanted"), PRESENTED)
def test_a_key_is_presented_as_the_request_and_the_provider_say(auth: Auth, way: str, wanted: dict[str, str]) -> None:
    sent = headers(HELLO.with_key(way), auth=auth, credential=key())
    names = ("authorization", "x-api-key", "api-key")
    assert {name: value for name, value in sent.items() if name.lower() in names} == wanted


@pytest.mark.parametrize(
    ("way", "end"), [("own", "?key={key}"), ("longer", "?key={key}x"), ("wrong", f"?key={WRONG_KEY}"), ("none", "")]
)
def test_a_key_in_the_query_is_presented_there(way: str, end: str) -> None:
    more = {"auth": Auth("query", "key"), "credential": key()}
    assert url(HELLO.with_key(way), **more) == f"{BASE}/chat/completions{end}"


@pytest.mark.parametrize("way", ["own", "lowercase", "x-api-key", "bearer"])
@pytest.mark.parametrize("credential", [None, Credential("UNSET", None)])
@pytest.mark.parametrize("auth", [Auth(), Auth("header", "api-key"), Auth("query", "key")])
def test_without_a_key_none_is_presented(auth: Auth, credential: Credential | None, way: str) -> None:
    sent = wire(HELLO.with_key(way), endpoint(auth=auth, credential=credential), Findings())
    assert not any("key" in f"{name}{value}".lower() for name, value in sent.headers)
    assert "key" not in sent.url


def test_a_placeholder_is_presented_like_a_key() -> None:
    assert headers(HELLO, credential=Credential("", Secret("ollama")))["Authorization"] == "Bearer {key}"


def test_messages_have_headers_of_their_own() -> None:
    sent = headers(POST("messages"), credential=key())
    assert sent["x-api-key"] == "{key}"
    assert sent["anthropic-version"] == "2023-06-01"
    assert "Authorization" not in sent
    assert headers(POST("messages"), credential=key(), auth=Auth("header", "k"))["k"] == "{key}"


@pytest.mark.parametrize("way", KEYS)
@pytest.mark.parametrize("auth", [Auth(), Auth("header", "api-key"), Auth("query", "key")])
def test_no_wire_holds_the_key_and_no_id_depends_on_it(auth: Auth, way: str) -> None:
    request = HELLO.with_key(way)
    first, second = (
        wired(request, endpoint(auth=auth, credential=key(value))) for value in (KEY, "sk-another-0123456789")
    )
    assert first == second
    assert KEY not in repr(first)
    secret_header = wired(request, endpoint(auth=auth, credential=key(), headers=(("X-Org", "from-the-environment"),)))
    secret_query = wired(request, endpoint(auth=auth, credential=key(), query=(("org", "from-the-environment"),)))
    assert first.id == secret_header.id == secret_query.id


@pytest.mark.parametrize(
    "other",
    [
        HELLO.but(n=1),
        HELLO.again(1),
        HELLO.with_key("none"),
        HELLO.hanging_up(3),
        HELLO.having({"A": "1"}),
        GET("models"),
    ],
)
def test_what_is_sent_anew_or_otherwise_has_an_id_of_its_own(other: Request) -> None:
    assert wired(other).id != wired(HELLO).id


def test_two_spellings_that_mean_the_same_bytes_are_one_wire() -> None:
    assert wired(HELLO).id == wired(HELLO.within({"max_completion_tokens": 32})).id
    assert wired(HELLO.but(model="m")).id == wired(HELLO).id
