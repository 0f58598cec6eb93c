"""Records made by hand: one with every verdict, one in which whatever others can influence is hostile."""

from __future__ import annotations

from typing import Any

from samewire.verdict import Verdict

HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)> \x1b[31mred\x1b[0m \x00\x07 \u202eevil\u202c "
    "\ud800 @everyone #1 | `x` [a](http://evil.example) ](javascript:alert(3)) ]]> & \u2028 {{ 7*7 }} {% raw %} "
    "''' \"\"\" --> $(id)"
)


def exchange(endpoint: str, name: str, **more: Any) -> dict[str, Any]:
    """An exchange's line of a record: a stream of three events in two reads."""
    body = 'data: {"n":1}\n\ndata: {"n":2}\n\ndata: [DONE]\n\n'
    attempt = {
        "started": 1.0,
        "waited": 0.0,
        "lag": 0.0,
        "status": 200,
        "version": "HTTP/1.1",
        "headers": [["Content-Type", "text/event-stream"]],
        "answered": 0.1,
        "ended": 0.5,
        "body": body,
        "reads": [[0.412, 15], [0.5, len(body) - 15]],
        "failure": None,
    }
    return {
        "kind": "exchange",
        "endpoint": endpoint,
        "id": name,
        "request": {"id": f"r-{name}", "method": "POST", "path": "chat/completions", "repetition": 0},
        "wire": {
            "method": "POST",
            "url": "https://api.example/v1/chat/completions",
            "headers": [["Content-Type", "application/json"], ["Authorization", "Bearer {key}"]],
            "key": "own",
            "cut": None,
            "body": '{"model":"m","stream":true}',
        },
        "attempts": [{**attempt, **more}],
        "controls": [],
        "leaked": [],
    }


def requirement(name: str, level: str = "MUST", **more: Any) -> dict[str, Any]:
    """A requirement of a record's header."""
    return {
        "id": name,
        "level": level,
        "sentence": f"It {level} `hold`.",
        "title": name.replace(".", " "),
        "protocol": name.split(".")[0],
        "feature": ".".join(name.split(".")[:2]),
        "spec": ["CHAT-STR-012"],
        "required": False,
        "requests": [],
        "module": "chat.stream",
        **more,
    }


def endpoint(name: str, **more: Any) -> dict[str, Any]:
    """An endpoint of a record's header."""
    provider, _, model = name.partition("/")
    return {
        "name": name,
        "provider": provider,
        "label": provider.capitalize(),
        "model": model,
        "base_url": "https://api.example/v1",
        "key_variable": "EXAMPLE_KEY",
        "has_key": True,
        "missing": "",
        "required": False,
        "settings": {},
        **more,
    }


def record(endpoints: list[Any], rows: list[Any], *lines: dict[str, Any], **header: Any) -> list[dict[str, Any]]:
    """The lines of a record."""
    footer = {"kind": "footer", "finished": "2026-11-21T10:00:09+00:00", "incomplete": False, "masked": 3}
    return [
        {
            "kind": "header",
            "version": "1.0",
            "started": "2026-11-21T10:00:00+00:00",
            "suite": "0123456789abcdef",
            "settings": {"fail_on": "must", "depth": "core"},
            "tool": {"name": "samewire", "version": "9.8.7"},
            "endpoints": endpoints,
            "requirements": rows,
            **header,
        },
        *lines,
        {**footer, "seconds": 9.0, "requests": 12},
    ]


def verdict(endpoint: str, check: str, word: str, message: str = "", **more: Any) -> dict[str, Any]:
    """A verdict's line of a record."""
    return {
        "kind": "verdict",
        "endpoint": endpoint,
        "requirement": check,
        "verdict": word,
        "reason": "",
        "message": message,
        "causes": [],
        "cause": "",
        "exchanges": [],
        "flaky": False,
        "notes": [],
        **more,
    }


def every_verdict() -> list[dict[str, Any]]:
    """A record with each verdict at each level, a flaky cell, a blocked one, and an endpoint that was not run."""
    good, bad, absent = "good/m", "bad/lab/m:1", "absent/m"
    words = [word.value for word in Verdict]
    rows = [
        requirement(f"chat.{word.replace(' ', '_')}.{level.lower()}", level)
        for word in words
        for level in ("MUST", "SHOULD")
    ]
    rows += [requirement("chat.extra.flaky"), requirement("chat.extra.blocked"), requirement("http.need.required")]
    rows[-1]["required"] = True
    told = [
        verdict(
            bad,
            row["id"],
            row["feature"].split(".")[1].replace("_", " "),
            f"seen thus: {row['id']}",
            exchanges=["e1", "e2"],
        )
        for row in rows[:-3]
    ]
    told[-1]["reason"] = "not run"
    told += [
        verdict(bad, "chat.extra.flaky", "inconclusive", "mixed", reason="flaky", flaky=True, exchanges=["e1"]),
        verdict(
            bad, "chat.extra.blocked", "inconclusive", "in the way", reason="blocked", cause="check:chat.broken.must"
        ),
        verdict(bad, "http.need.required", "unsupported", "refused with 404", reason="refused", exchanges=["e3"]),
        *(verdict(good, row["id"], "supported", exchanges=["g1"]) for row in rows),
    ]
    lines = [exchange(bad, "e1"), exchange(bad, "e2"), exchange(bad, "e3", status=404), exchange(good, "g1")]
    found = {"kind": "findings", "protocol": "chat", "stop": None, "limit": "max_tokens", "headroom": 0, "notes": []}
    endpoints = [endpoint(good), endpoint(bad), endpoint(absent, missing="$EXAMPLE_KEY is not set")]
    return record(endpoints, rows, *lines, *told, {**found, "endpoint": good}, {**found, "endpoint": bad})


def hostile_record() -> list[dict[str, Any]]:
    """A record in which everything that others can influence is hostile."""
    name = f"evil/{HOSTILE}"
    rows = [
        requirement("chat.evil.must"),
        requirement("chat.evil.should", "SHOULD"),
        requirement("chat.evil.may", "MAY"),
    ]
    answer = exchange(name, "x", body=f"data: {HOSTILE}\n\n", headers=[["X-Evil", HOSTILE], [HOSTILE, "v"]])
    answer["wire"]["body"] = f'{{"stream":true,"content":"{HOSTILE}"}}'
    answer["wire"]["headers"].append(["X-Evil", HOSTILE])
    answer["attempts"][0]["failure"] = {"kind": "reset", "message": HOSTILE, "peer": True}
    found = {"kind": "findings", "endpoint": name, "protocol": "chat", "stop": None, "limit": None, "notes": [HOSTILE]}
    return record(
        [endpoint(name, label=HOSTILE, base_url=f"https://evil.example/{HOSTILE}", settings={"body": {"x": HOSTILE}})],
        rows,
        answer,
        verdict(name, "chat.evil.must", "broken", HOSTILE, notes=[HOSTILE], reason=HOSTILE, exchanges=["x"]),
        verdict(name, "chat.evil.should", "broken", HOSTILE, exchanges=["x"]),
        verdict(name, "chat.evil.may", "inconclusive", HOSTILE, reason="http.429"),
        found,
    )


def wide_record(checks: int = 400, **header: Any) -> list[dict[str, Any]]:
    """Twelve endpoints and four hundred checks, one in seven of them broken at one endpoint in three."""
    rows = [requirement(f"chat.f{number // 10}.n{number}") for number in range(checks)]
    names = [f"p{number}/m" for number in range(12)]
    lines: list[dict[str, Any]] = []
    for at, name in enumerate(names):
        for number, row in enumerate(rows):
            line = exchange(name, f"e{number}", started=1.0 + number)
            text = f"{at * 7919 + number * 104729}"
            events = "".join(f'data: {{"n":{number},"c":"{text}-{event}"}}\n\n' for event in range(12))
            line["attempts"][0]["body"] = body = f'{events}data: {{"odd":"KIWI7731"}}\n\ndata: [DONE]\n\n'
            line["attempts"][0]["reads"] = [[0.4, len(body) // 2], [0.5, len(body) - len(body) // 2]]
            word = "broken" if at % 3 == 0 and number % 7 == 0 else "supported"
            said = "an event is 'KIWI7731', which is odd" if word == "broken" else ""
            lines += [line, verdict(name, row["id"], word, said, exchanges=[f"e{number}"])]
    return record([endpoint(name) for name in names], rows, *lines, **header)


def told_record() -> list[dict[str, Any]]:
    """A record in which an entry, earlier runs, expectations and preflights have much to tell."""
    name = "acme/m"
    words = {
        "http.auth.wrong_key": "ignored",
        "chat.stream.accepted": "supported",
        "chat.stream.framing": "supported",
        "chat.stream.done": "broken",
        "chat.images.seen": "ignored",
        "chat.history.two_users": "supported",
        "chat.history.assistant_first": "unsupported",
        "chat.tools.accepted": "inconclusive",
        "embeddings.vectors.given": "not run",
    }
    reasons = {"ignored": "accepted", "inconclusive": "http.429", "unsupported": "refused"}
    levels = {"chat.stream.done": "SHOULD"}
    settings = {
        "claims": {
            "streaming": True,
            "images": True,
            "tools": "by model",
            "web_search": "limited",
            "context_window": 1000,
        },
        "notes": "x",
        "source": "https://acme.example/docs",
        "looked_up": "2026-11-20",
        "strip": ["n"],
        "concurrency": 8,
        "rpm": 60,
        "timeout": 60,
        "slots": {"default": "m"},
        "headers": ["X"],
        "query": ["q"],
        "body": {"b": 1},
        "paths": {"p": "/q"},
        "protocols": ["chat"],
    }
    rows = [requirement(check, levels.get(check, "MUST")) for check in words]
    rows[-1]["scored"] = False
    told = [
        verdict(name, check, word, "…", reason=reasons.get(word, ""), exchanges=["e"] if word != "not run" else [])
        for check, word in words.items()
    ]
    packed = {"suite": "old", "version": "1", "checks": {}}
    earlier = [
        {
            **packed,
            "name": day,
            "started": day,
            "cells": {
                name: {check: [word if check != "chat.stream.done" else then, "", 200] for check, word in words.items()}
            },
        }
        for day, then in (("2026-11-07", "supported"), ("2026-11-14", "broken"), ("2026-11-17", "supported"))
    ]
    found = {"kind": "findings", "endpoint": name, "stop": None, "limit": "max_tokens", "headroom": 9, "notes": []}
    stop = {"verdict": "unsupported", "message": "…"}
    lines = record(
        [endpoint(name, settings=settings), endpoint("absent/m", missing="…", required=True)],
        rows,
        exchange(name, "e"),
        {**found, "protocol": "chat"},
        {**found, "protocol": "messages", "stop": stop},
        *told,
        earlier=earlier,
        set="0.1",
        command=["samewire", "run"],
        expectations=[
            {"requirement": "http.auth.*", "why": "…", "endpoint": "*"},
            {"requirement": "chat.stream.accepted", "why": "…", "endpoint": "*"},
            {"requirement": "chat.images.*", "why": "…", "endpoint": "*", "expires": "2026-01-01"},
        ],
        settings={"fail_on": "must", "depth": "core", "level": "MUST", "only": ["x"], "without": ["y"]},
    )
    lines[-1] |= {"hidden": {name: ["logit_bias"]}, "peak": {name: 8}, "tokens": 10, "cost": 0.1}
    return lines
