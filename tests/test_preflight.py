"""The first steps at an endpoint, end to end: the words a newcomer sees, in one cell, for little traffic."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from samewire.demo import Served, endpoint_at
from samewire.policy import Exit, exit_status, groups
from samewire.reference import Fault, Reference
from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults import FAULTS
from samewire.reference.server import HttpResponse
from samewire.reference.variants import VARIANTS
from samewire.requirement import SMOKE
from samewire.run import Column, Run
from samewire.settings import Endpoint
from samewire.verdict import Judgement, Verdict

from .hostile import Hostile
from .hostile.plays import JSON, whole
from .making import endpoint, key, measure

BASE_URL, KEY, MODEL, ANSWERS = (
    "http.base_url.answers",
    "http.auth.key_accepted",
    "chat.model.served",
    "chat.completion.answers",
)


#: Where it is shown that another protocol is answered, or isn't.
OTHERS = ("responses.endpoint.served", "messages.message.answers")


def refusing(status: int, message: str, code: str | None = None, **headers: str) -> list[Fault]:
    """A server that refuses everything so."""

    def refuse(call: Call) -> None:
        told = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        raise Refusal(status, message, code=code, headers=told)

    return [Fault("refuses", "refuses everything", "request", refuse, {})]


REGION = "Country, region, or territory not supported"


def answering(status: int, body: Any, kind: str = "application/json") -> list[Fault]:
    """A server that answers everything with these bytes, or this as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(call: Call) -> None:
        call.notes["instead"] = HttpResponse(status, [("Content-Type", kind)], raw)

    return [Fault("answers", "answers everything so", "request", answer, {})]


def said(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, **more}}


HTML = "text/html; charset=UTF-8"
HERE, NET, POOR, WITHHELD = (
    "the endpoint does not serve this region",
    "the endpoint does not let this network in",
    "the account has no balance left",
    "the account may not use the model 'reference-1'",
)
COUNTRY = said(REGION, code="unsupported_country_region_territory", type="request_forbidden", param=None)
#: What providers send to those who are not let in, though key and request are in order → what is told of it.
BARRED: dict[str, tuple[list[Fault], str]] = {
    "OpenAI, region": (answering(403, COUNTRY), f"{HERE}: {REGION}"),
    "OpenAI, region, told by a router": (
        answering(403, said("Provider returned error", code=403, metadata={"raw": json.dumps(COUNTRY)})),
        f"{HERE}: Provider returned error",
    ),
    "Gemini, region": (
        answering(
            400, [said("User location is not supported for the API use.", code=400, status="FAILED_PRECONDITION")]
        ),
        f"{HERE}: User location is not supported for the API use.",
    ),
    "Anthropic, region": (
        answering(403, said("Request not allowed", type="forbidden")),
        f"{HERE}: Request not allowed",
    ),
    "Bedrock, region": (
        answering(
            400, said("Access to Anthropic models is not allowed from unsupported countries, regions, or territories.")
        ),
        f"{HERE}: Access to Anthropic models",
    ),
    "OpenRouter, region": (
        answering(403, said("This model is not available in your region.", code=403)),
        f"{HERE}: This",
    ),
    "OpenCode, region": (
        answering(403, {"type": "error", **said("This model is not available in your country.", type="RegionError")}),
        f"{HERE}: This",
    ),
    "xAI, region": (answering(403, {"error": "This service is not available in your region."}), HERE),
    "451": (answering(451, said("Access is not available from this data center (HKG)")), f"{HERE}: Access is"),
    "Cloudflare 1009": (answering(403, b"error code: 1009", "text/plain"), HERE),
    "Cloudflare 1009, a page": (
        answering(403, b"<h1>Error 1009: Access denied: Country or region banned</h1>", HTML),
        HERE,
    ),
    "Cloudflare 1020": (answering(403, b"error code: 1020", "text/plain"), NET),
    "Cloudflare, a page": (
        answering(403, b"<!DOCTYPE html><title>Attention Required! | Cloudflare</title>Please enable cookies.", HTML),
        NET,
    ),
    "Groq, network": (
        answering(403, said("Access denied. Please check your network settings.")),
        f"{NET}: Access denied",
    ),
    "Azure, network": (
        answering(403, said("Access denied due to Virtual Network/Firewall rules.", code="403")),
        f"{NET}: Access denied due to Virtual",
    ),
    "Azure, a private endpoint": (
        answering(403, said("A Virtual Network is configured for this resource. Please use the correct endpoint.")),
        f"{NET}: A Virtual Network",
    ),
    "OpenAI, quota": (answering(429, said("You exceeded your quota.", code="insufficient_quota")), f"{POOR}: You"),
    "Anthropic, balance": (
        answering(
            400, said("Your credit balance is too low to access the Anthropic API.", type="invalid_request_error")
        ),
        f"{POOR}: Your credit",
    ),
    "DeepSeek, balance": (answering(402, said("Insufficient Balance", type="unknown_error")), f"{POOR}: Insufficient"),
    "xAI, credits": (
        answering(
            403, {"code": "The caller does not have permission", "error": "Your team has used all available credits."}
        ),
        POOR,
    ),
    "Moonshot, balance": (
        answering(429, said("Your account is suspended.", type="exceeded_current_quota_error")),
        f"{POOR}: Your account",
    ),
    "GLM, balance": (answering(429, said("余额不足或无可用资源包,请充值。", code="1113")), f"{POOR}: 余额不足"),
    "OpenAI, model": (
        answering(403, said("Project `p` does not have access to model `reference-1`", code="model_not_found")),
        f"{WITHHELD}: Project",
    ),
    "Bedrock, model": (
        answering(403, said("You don't have access to the model with the specified model ID.")),
        f"{WITHHELD}: You don't",
    ),
    "key": (answering(401, said("Incorrect API key provided.", code="invalid_api_key")), "the key is refused"),
    "Gemini, key": (
        answering(400, [said("API key not valid. Please pass a valid API key.", code=400)]),
        "the key is refused",
    ),
    "another right": (answering(403, said("Missing scopes: model.request")), "the key may not be used for this"),
}
REFERENCES = {
    "plain": [],
    "max_tokens only": [VARIANTS["max_tokens_only"]],
    "no limit": [VARIANTS["no_token_limit"]],
    "reasoning": [VARIANTS["reasoning"]],
    "no chat": [FAULTS["way.no_chat"]],
    "no list": [FAULTS["models.missing"]],
    "limited": refusing(429, "Slow down.", retry_after_ms="5"),
    "poor": refusing(429, "You exceeded your current quota.", "insufficient_quota"),
    "in debt": refusing(402, "Add credits."),
    "elsewhere": refusing(403, REGION),
    "forbidden": refusing(403, "Not for you."),
    "down": refusing(500, "Oops."),
    "unwilling": refusing(400, "No."),
}
#: They close after each answer and say so: a connection that was closed unsaid costs another try.
CLOSE = b"Connection: close\r\n"
PAGES = {
    "page": whole(b"<!doctype html><p>Welcome", b"Content-Type: text/html\r\n", CLOSE),
    "status": whole(b'{"status": "ok"}', JSON, CLOSE),
    "nothing": whole(b"", CLOSE, status=b"204 No Content"),
}

#: The server, what its entry has otherwise → the cell that tells, and how much is sent at most.
STOPS: dict[str, tuple[str, dict[str, Any], str, int]] = {
    "a base URL without /v1": ("plain", {"base_url": "{host}"}, BASE_URL, 4),
    "a pasted URL": ("plain", {"base_url": "{host}/v1/chat/completions"}, BASE_URL, 4),
    "a wrong path": ("plain", {"base_url": "{host}/api/v2"}, BASE_URL, 6),
    "nobody at the port": ("plain", {"base_url": "http://127.0.0.1:9/v1"}, BASE_URL, 2),
    "an unknown host": ("plain", {"base_url": "http://samewire-test.invalid/v1"}, BASE_URL, 1),
    "https at a plain port": ("page", {"base_url": "https://{address}/v1"}, BASE_URL, 1),
    "a web page": ("page", {}, BASE_URL, 7),
    "another API": ("status", {}, BASE_URL, 7),
    "nothing at all": ("nothing", {}, BASE_URL, 7),
    "a key that is refused": ("plain", {"credential": key("sk-wrong-0123456789")}, KEY, 1),
    "no key": ("plain", {"credential": None}, KEY, 1),
    "a key for something else": ("forbidden", {}, KEY, 1),
    "another region": ("elsewhere", {}, KEY, 1),
    "a used-up quota": ("poor", {}, KEY, 1),
    "no balance": ("in debt", {}, KEY, 1),
    "a model like others": ("plain", {"models": ("reference-11",)}, MODEL, 2),
    "a model like none": ("plain", {"models": ("zzz",)}, MODEL, 2),
    "a model, and no list": ("no list", {"models": ("zzz",)}, MODEL, 2),
    "no chat": ("no chat", {}, ANSWERS, 3),
    "a limit without end": ("limited", {}, ANSWERS, 3),
    "a server that is down": ("down", {}, ANSWERS, 12),
    "a server that wants nothing": ("unwilling", {}, ANSWERS, 3),
}
#: What the cell says.
SAID = {
    "a base URL without /v1": "answers 404 at this base URL, but the API answers at {host}/v1: write base_url: {host}",
    "a pasted URL": "write base_url: {host}/v1",
    "a wrong path": "write base_url: {host}/v1",
    "nobody at the port": "connection refused at 127.0.0.1:9: is the server running?",
    "an unknown host": "the host name of samewire-test.invalid is not known: is it spelled right?",
    "https at a plain port": "no secure connection to {address}: is it https",
    "a web page": "answers 200, but with no `choices` (a web page, not an API): is the base URL right?",
    "another API": "answers 200, but with no `choices`: is the base URL right?",
    "nothing at all": "is the base URL right?",
    "a key that is refused": "the key is refused: Incorrect API key provided: sk-***6789.",
    "no key": "the endpoint wants a key, and none is set: You didn't provide an API key",
    "a key for something else": "the key may not be used for this: Not for you.",
    "another region": f"the endpoint does not serve this region: {REGION}",
    "a used-up quota": "the account has no balance left: You exceeded your current quota.",
    "no balance": "the account has no balance left: Add credits.",
    "a model like others": "no model 'reference-11' here; did you mean reference-1 or ",
    "a model like none": "no model 'zzz' here; there are reference-1, reference-mini, lab/reference-2:latest",
    "a model, and no list": "no model 'zzz' here: The model 'zzz' does not exist",
    "no chat": "POST chat/completions answers 404: Invalid URL (POST /v1/chat/completions), though GET models is",
    "a limit without end": "the rate limit allows nothing now: Slow down.",
    "a server that is down": "the server answers 500 to the smallest request: Oops.",
    "a server that wants nothing": "the smallest request is refused with 400: No.",
}
#: Who refuses cleanly what cannot be done without; all others are nobody's fault.
REFUSED = ("no chat", "a server that wants nothing")


@pytest.fixture(scope="module")
def places() -> Iterator[dict[str, Endpoint]]:
    """Every server, by name."""
    references = {name: Reference(faults) for name, faults in REFERENCES.items()}
    with Served(references) as served, Hostile(PAGES) as pages:
        found = {name: endpoint_at(port, name) for name, port in served.ports.items()}
        yield found | {name: endpoint(pages.url(name), name=name, credential=key(), timeout=5) for name in PAGES}


@pytest.fixture(autouse=True)
def fewer_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samewire.retry.FAILED_ATTEMPTS", 2)
    monkeypatch.setattr("samewire.retry.LIMITED_ATTEMPTS", 3)


def hosted(places: dict[str, Endpoint], name: str, text: str) -> str:
    host = places[name].provider.base_url.removesuffix("/v1")
    return text.replace("{host}", host).replace("{address}", host.removeprefix("http://"))


def other(places: dict[str, Endpoint], name: str, more: dict[str, Any]) -> Endpoint:
    """A server's endpoint with some of its entry changed."""
    more = {field: hosted(places, name, value) if isinstance(value, str) else value for field, value in more.items()}
    provider = replace(places[name].provider, protocols=("chat",), **more)
    return Endpoint(provider, provider.models[0])


def other_than_supported(run: Run) -> dict[str, Judgement]:
    """The cells of the protocol that is claimed that are not *supported*."""
    cells = {check: one for (_, check), one in run.verdicts.items() if one.verdict is not Verdict.SUPPORTED}
    unasked = ("protocols that are claimed", "add --burst")
    return {check: one for check, one in cells.items() if not any(words in one.message for words in unasked)}


def column(run: Run) -> Column:
    (one,) = run.columns
    return one


@pytest.mark.parametrize("name", STOPS)
def test_what_stands_in_the_way_is_told_in_one_cell_and_blocks_the_rest(places: dict[str, Endpoint], name: str) -> None:
    server, more, cell, most = STOPS[name]
    run = measure(other(places, server, more), depth=SMOKE)
    told = run.verdicts[column(run).name, cell]
    assert told.verdict == (Verdict.UNSUPPORTED if name in REFUSED else Verdict.INCONCLUSIVE)
    assert hosted(places, server, SAID[name]) in told.message
    # Nothing is accused, and what is open is open because of this.
    others = {check: one for (_, check), one in run.verdicts.items() if check != cell}
    assert {check: one.message for check, one in others.items() if one.verdict.red} == {}
    held = [one for one in others.values() if one.verdict is Verdict.SUPPORTED]
    waiting = [one for one in others.values() if one.cause == f"check:{cell}" or one.verdict is Verdict.NOT_RUN]
    assert len(held) + len(waiting) == len(others), {
        check: one for check, one in others.items() if one not in [*held, *waiting]
    }
    assert len(held) <= 5
    assert [group.row.id for group in groups(run, column(run))] == [cell]
    assert run.footer["requests"] <= most
    assert exit_status(run) is (Exit.NOT_MET if name in REFUSED else Exit.COULD_NOT_JUDGE)


def test_what_was_passed_before_a_stop_is_supported(places: dict[str, Endpoint]) -> None:
    run = measure(other(places, "plain", {"models": ("zzz",)}), depth=SMOKE)
    seen = {check: one.verdict for (_, check), one in run.verdicts.items()}
    assert (seen[BASE_URL], seen[KEY]) == (Verdict.SUPPORTED, Verdict.SUPPORTED)
    assert run.verdicts[column(run).name, ANSWERS].cause == f"check:{MODEL}"


FINDS: dict[str, tuple[str, dict[str, Any], str | None, int]] = {
    "a trailing slash": ("plain", {"base_url": "{host}/v1/"}, "max_completion_tokens", 0),
    "the new spelling": ("plain", {}, "max_completion_tokens", 0),
    "the old spelling alone": ("max_tokens only", {}, "max_tokens", 0),
    "no limit at all": ("no limit", {}, None, 0),
    "a model that thinks": ("reasoning", {}, "max_completion_tokens", 2048),
}


@pytest.mark.parametrize(("name", "more", "limit", "headroom"), FINDS.values(), ids=FINDS)
def test_what_is_found_is_used_and_everything_is_judged(
    places: dict[str, Endpoint], name: str, more: dict[str, Any], limit: str | None, headroom: int
) -> None:
    run = measure(other(places, name, more), depth=SMOKE)
    assert other_than_supported(run) == {}
    found = run.findings[column(run).name, "chat"]
    assert (found["limit"], found["headroom"], found["stop"]) == (limit, headroom, None)
    sent = [one["wire"]["body"] for one in run.exchanges.values()]
    later = [json.loads(body) for body in sent if body and '"stream":true' in body]
    assert later
    for body in later:
        assert {key for key in body if key.startswith("max_")} == ({limit} if limit else set())
        assert limit is None or body[limit] > headroom


@pytest.mark.parametrize("protocol", ["chat", "responses", "messages"])
@pytest.mark.parametrize("name", BARRED)
def test_who_lets_nobody_in_is_told_from_who_refuses_the_key(serve: Any, name: str, protocol: str) -> None:
    faults, wanted = BARRED[name]
    if protocol != "chat" and "key" in wanted:
        wanted = "key"
    _, port = serve(faults)
    run = measure(
        endpoint(f"http://127.0.0.1:{port}/v1", "reference-1", credential=key(), protocols=(protocol,)), depth=SMOKE
    )
    (told,) = groups(run, column(run))
    assert wanted in told.judgement.message
    assert {one.verdict for one in run.verdicts.values()} <= {Verdict.INCONCLUSIVE, Verdict.NOT_RUN, Verdict.SUPPORTED}
    assert exit_status(run) is Exit.COULD_NOT_JUDGE


def test_without_a_list_of_models_only_the_list_is_unsupported(places: dict[str, Endpoint]) -> None:
    run = measure(other(places, "no list", {}), depth=SMOKE)
    seen = {check: one.verdict for check, one in other_than_supported(run).items()}
    assert seen == {"http.models.list": Verdict.UNSUPPORTED}
    assert exit_status(run) is Exit.MET


def test_a_key_that_is_needed_by_nobody_is_no_obstacle(places: dict[str, Endpoint], serve: Any) -> None:
    _, port = serve(key=None)
    run = measure(endpoint(f"http://127.0.0.1:{port}/v1", "reference-1", protocols=("chat",)), depth=SMOKE)
    seen = {check: one.verdict for check, one in other_than_supported(run).items()}
    assert seen == dict.fromkeys(("http.auth.wrong_key", "messages.access.wrong_key"), Verdict.NOT_RUN)


def test_at_full_depth_a_wrong_base_url_is_still_one_finding(places: dict[str, Endpoint]) -> None:
    for name in ("page", "status"):
        run = measure(other(places, name, {}))
        assert {check for (_, check), one in run.verdicts.items() if one.verdict.red} == set()
        assert exit_status(run) is Exit.COULD_NOT_JUDGE


@pytest.mark.parametrize("protocols", [(), ("responses", "messages"), ("messages",)])
@pytest.mark.parametrize("barred", [False, True])
def test_what_bars_the_way_to_all_is_told_once(serve: Any, protocols: tuple[str, ...], barred: bool) -> None:
    faults, words = BARRED["Cloudflare 1020"] if barred else ([], "connection refused")
    port = serve(faults)[1] if barred else 9
    run = measure(endpoint(f"http://127.0.0.1:{port}/v1", credential=key(), protocols=protocols))
    (cause,) = groups(run, column(run))
    assert words in cause.judgement.message
    where = {(): {KEY, BASE_URL}, ("messages",): {"messages.message.answers"}}
    assert cause.row.id in where.get(protocols, {"responses.endpoint.served"})
    assert {one.cause for one in run.verdicts.values()} <= {"", f"check:{cause.row.id}"}
    assert exit_status(run) is Exit.COULD_NOT_JUDGE


def test_each_protocol_that_is_not_served_says_so_itself(serve: Any) -> None:
    def without(call: Call) -> None:
        if call.path in ("/responses", "/messages"):
            raise Refusal(404, f"Cannot POST {call.path}")

    port = serve([Fault("chat only", "serves chat alone", "request", without, {})])[1]
    run = measure(endpoint_at(port, "it"), depth=SMOKE)
    seen = {check: one.message for (_, check), one in run.verdicts.items() if one.verdict is Verdict.UNSUPPORTED}
    for cell, path in (("responses.endpoint.served", "POST responses"), ("messages.message.answers", "POST messages")):
        assert path in seen[cell]


@pytest.mark.parametrize("alone", ["messages", "responses"])
def test_who_serves_another_protocol_alone_has_the_right_base_url(serve: Any, alone: str) -> None:
    def without(call: Call) -> None:
        if not call.path.startswith(f"/{alone}"):
            raise Refusal(404, f"Invalid URL ({call.request.method} {call.path})")

    port = serve([Fault("alone", "serves one protocol alone", "request", without, {})])[1]
    run = measure(endpoint_at(port, "it"), depth=SMOKE)
    seen = {check: one for (_, check), one in run.verdicts.items()}
    assert seen[ANSWERS].verdict is Verdict.UNSUPPORTED
    assert f"though POST {alone} is answered here" in seen[ANSWERS].message
    assert not {check for check, one in seen.items() if one.cause == f"check:{BASE_URL}"}


@pytest.mark.parametrize("protocols", [("chat",), ("responses",), ("messages",)])
def test_a_404_that_names_the_model_is_about_the_model(serve: Any, protocols: tuple[str, ...]) -> None:
    port = serve(refusing(404, "provider error: model: reference-1"))[1]
    where = endpoint_at(port, "it")
    run = measure(replace(where, provider=replace(where.provider, protocols=protocols)), depth=SMOKE)
    (cause,) = groups(run, column(run))
    assert cause.judgement.message.startswith("no model 'reference-1' here")


@pytest.mark.parametrize(
    "body", [{"message": "Send a provider."}, {"detail": "Send a provider."}, {"error": "Send a provider."}]
)
def test_a_refusal_is_repeated_wherever_it_says_what_it_says(serve: Any, body: Any) -> None:
    run = measure(endpoint_at(serve(answering(400, body))[1], "it"), depth=SMOKE)
    assert (
        run.verdicts["it/reference-1", ANSWERS].message == "the smallest request is refused with 400: Send a provider."
    )


def test_a_stream_that_nobody_asked_for_is_called_one(serve: Any) -> None:
    body = b'event: response.created\ndata: {"type": "response.created", "response": {}}\n\n'

    def stream(call: Call) -> None:
        if call.path == "/responses" and b'"stream"' not in call.request.body:
            call.notes["instead"] = HttpResponse(200, [("Content-Type", "text/event-stream")], body)

    port = serve([Fault("streams", "streams unless told not to", "request", stream, {})])[1]
    run = measure(endpoint_at(port, "it"), depth=SMOKE)
    told = {check: one for (_, check), one in run.verdicts.items() if one.verdict.red}
    assert list(told) == ["responses.endpoint.served"]
    assert "with a stream, though `stream` is left out" in told["responses.endpoint.served"].message


@pytest.mark.parametrize(
    ("everywhere", "body", "red"),
    [
        (True, {"status": "ok"}, []),
        (False, {"status": "ok"}, [ANSWERS, *OTHERS]),
        (False, said("Out of order."), [ANSWERS, *OTHERS]),
    ],
    ids=["anything", "another answer", "an error"],
)
def test_a_success_that_is_no_answer_is_broken_unless_anything_is_answered_so(
    serve: Any, everywhere: bool, body: Any, red: list[str]
) -> None:
    def succeed(call: Call) -> None:
        if call.request.method == "POST" and (everywhere or "no-such" not in call.path):
            call.notes["instead"] = HttpResponse(200, [("Content-Type", "application/json")], json.dumps(body).encode())

    port = serve([Fault("succeeds", "answers every request so", "request", succeed, {})])[1]
    run = measure(endpoint_at(port, "it"), depth=SMOKE)
    judged = {check: one for (_, check), one in run.verdicts.items() if one.verdict.red}
    assert sorted(judged) == sorted(red)
    for cell in (ANSWERS, *OTHERS) if everywhere else ():
        told = run.verdicts["it/reference-1", cell]
        assert told.verdict is Verdict.UNSUPPORTED
        assert "but so it does at paths that don't exist" in told.message


def test_where_only_streams_are_right_the_whole_answer_is_shown_and_streams_are_named(serve: Any) -> None:
    def null(call: Call) -> None:
        if call.path == "/responses" and b'"stream"' not in call.request.body:
            call.notes["instead"] = HttpResponse(200, [("Content-Type", "application/json")], b"null")

    port = serve([Fault("streams", "answers nothing but in streams", "request", null, {})])[1]
    run = measure(endpoint_at(port, "it"), depth=SMOKE)
    ((check, one),) = ((check, one) for (_, check), one in run.verdicts.items() if one.verdict.red)
    assert check == "responses.endpoint.served"
    assert "with no response: null; with `stream: true` a response comes" in one.message
    shown = run.exchanges["it/reference-1", one.exchanges[0]]["wire"]
    assert shown["url"].endswith("/responses")
    assert "stream" not in shown["body"]
