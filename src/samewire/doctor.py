"""What is the matter with an endpoint: from where its settings came to a first answer, and what to do next.

The first answer is what the preflights of the suites find: nothing of that is told here a second time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from samewire.applying import applies
from samewire.connecting import sender
from samewire.credentials import KeyProblem
from samewire.reaching import Step, proxy_for, steps
from samewire.renewal import Renewable
from samewire.requirement import FULL, Requirement
from samewire.run import Run
from samewire.running import PROTOCOLS, Live
from samewire.scenario import Preflight
from samewire.settings import Endpoint, Settings
from samewire.suite import requirements
from samewire.telltale import suspicions
from samewire.verdict import Judgement, Verdict

__all__ = ["examined", "where_from"]

#: Settings as people know them, in the order they are shown.
SHOWN = {
    "base_url": "base URL",
    "models": "model",
    "model": "model",
    "api_key": "key",
    "api_key_env": "key",
    "key": "key",
    "auth": "presented",
    "headers": "headers",
    "query": "query",
    "api_version": "api-version",
    "organization": "organization",
    "project": "project",
    "protocols": "protocols",
    "paths": "paths",
    "body": "body",
    "strip_params": "strip_params",
    "timeout": "timeout",
    "concurrency": "concurrency",
    "rpm": "rpm",
    "tokens_per_minute": "tokens a minute",
    "burst": "burst",
    "proxy": "proxy",
    "ca_bundle": "CA bundle",
    "client_cert": "client certificate",
}
#: The features whose checks are met first.
ORDER = ("http.base_url", "http.auth", "chat.model", "http.models")
AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
#: How the way to an answer failed → what to do next.
UNREACHED = {
    "refused": "start the server, or correct the port",
    "connect": "is a firewall or a proxy in the way?",
    "name": "is the host spelled right?",
    "tls": "as it says: `ca_bundle`, `client_cert`, or http:// instead of https://",
    "proxy": "is the proxy's address right?",
    "timeout": "is it up, is `timeout` long enough, is a proxy in the way?",
    "reset": "does something in between break connections off?",
}
#: What an answer says → what to do next. The first that fits counts.
ADVICE: list[tuple[str, str]] = [
    (r"write base_url", "correct the base URL as it says"),
    (r"does not serve this region", "call it from a region that it serves; a VPN or a proxy may be why it isn't one"),
    (
        r"does not let this network in",
        "let this machine's address in at the provider, or call from another network: a VPN, a proxy, a data centre",
    ),
    (r"status 407|proxy auth", "the proxy refuses: give its user and password, or pass it by with NO_PROXY"),
    (r"status 5\d\d", "the server fails: look at its log, or try again later"),
    (r"insufficient_quota|balance|credit|billing|status 402|payment", "top up the account, or use another key"),
    (r"expired", "make a new key, or log in again"),
    (r"wants a key|none is set", "set the key's variable, or say `api_key` in the entry"),
    (r"rate limit|too many|status 429", "wait, or bound the pace by `rpm` and `concurrency`"),
    (
        r"no model|model.{0,60}(not|unknown|exist)|may not use",
        "name a model that the account may use: GET models lists them",
    ),
    (
        r"web page|<html|status 404|status 405|base URL",
        "correct the base URL: with /v1 at its end, without /chat/completions",
    ),
    (r"status 401|key is refused", "is it this provider's key, copied whole, not revoked, and not of another project?"),
    (r"status 403", "does the account have access to this model, and may its key be used from here?"),
]


def where_from(endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    """Where each setting came from, never its value."""
    origins = endpoint.provider.origins
    for name, title in SHOWN.items():
        if name in origins:
            yield title, origins[name]
    for name, whence in origins.items():
        if name not in SHOWN:
            yield name, whence


def examined(endpoint: Endpoint) -> Iterator[Step]:
    """What is found at an endpoint, step by step; ends where going on makes no sense."""
    provider = endpoint.provider
    if provider.missing:
        yield Step("settings", False, provider.missing, _missing(provider.missing))
        return
    yield Step("settings", True, "complete")
    for step in steps(provider):
        yield step
        if not step.fine:
            return
    key = _key(endpoint)
    if key is not None:
        yield key
        if not key.fine and key.what == "key":
            return
    yield from _answers(endpoint)


def _missing(words: str) -> str:
    if login := re.search(r"samewire login \S+", words.replace("`", "")):
        return f"run {login.group()}"
    if variable := re.search(r"\$(\w+) is not set", words):
        return f"set {variable.group(1)} in the environment, or write {variable.group(1)}=… into .env"
    return ""


def _key(endpoint: Endpoint) -> Step | None:
    """What is seen of the key before it is sent."""
    provider = endpoint.provider
    credential = provider.credential
    if credential is None or not credential.real:
        return Step("key", True, "none is sent" if credential is None else "a placeholder")
    if isinstance(credential.renewing, Renewable):
        try:
            value = credential.renewing.key(sender(provider.way))
        except KeyProblem as problem:
            return Step("key", False, str(problem), _missing(str(problem)))
    else:
        value = credential.secret.reveal() if credential.secret is not None else ""
    odd = suspicions(value, provider.base_url)
    return Step("key's look", not odd, "; ".join(odd) or "nothing odd about it")


def _answers(endpoint: Endpoint) -> Iterator[Step]:
    """What the preflights find: a first answer in each protocol."""
    chosen = [one for one in requirements() if isinstance(one.of, Preflight) and not applies(one, endpoint)]
    # As one gets on: the base URL, the key, the model, an answer; then the other protocols.
    chosen.sort(
        key=lambda one: (PROTOCOLS.index(one.protocol), ORDER.index(one.feature) if one.feature in ORDER else 9)
    )
    live = Live(Settings((endpoint,), depth=FULL))
    try:
        measurement = live.open(chosen)
        for one in chosen:
            live.judged(one, endpoint, measurement.judgement(one, endpoint))
    finally:
        run = live.close()
    assert run is not None  # something was opened
    told: set[str] = set()
    advised: set[str] = set()
    for one in chosen:
        # As the record has it: without any secret.
        judgement = run.verdicts[endpoint.name, one.id]
        if judgement.reason in ("blocked", "not offered") or (judgement.message and judgement.message in told):
            continue
        told.add(judgement.message)
        step = _told(one, judgement, _said(run, endpoint, judgement), endpoint)
        yield replace(step, advice="") if step.advice in advised else step
        advised.add(step.advice)


def _said(run: Run, endpoint: Endpoint, judgement: Judgement) -> str:
    """The status and the body of the answer that decided, for advice alone."""
    line = run.exchanges.get((endpoint.name, judgement.exchanges[0])) if judgement.exchanges else None
    last: dict[str, Any] = line["attempts"][-1] if line else {}
    body = last.get("body")
    return f"status {last.get('status', '')} {body[:2000] if isinstance(body, str) else ''}"


def _told(one: Requirement, judgement: Judgement, said: str, endpoint: Endpoint) -> Step:
    what = f"{one.protocol}, {one.title}"
    if judgement.verdict is Verdict.SUPPORTED:
        return Step(what, True, "yes")
    claimed = endpoint.provider.protocols or ("chat",)
    if judgement.verdict in (Verdict.UNSUPPORTED, Verdict.NOT_RUN) and one.protocol not in (*claimed, "http"):
        return Step(what, True, f"no: {judgement.message}")
    return Step(what, False, judgement.message, _advice(judgement, said, endpoint))


def _advice(judgement: Judgement, said: str, endpoint: Endpoint) -> str:
    host = urlsplit(endpoint.provider.base_url).hostname or ""
    proxy = proxy_for(endpoint.provider)
    words = f"{judgement.message} {said}"
    if judgement.verdict is Verdict.INCONCLUSIVE and judgement.reason in UNREACHED:
        way = f"the proxy {proxy} is in the way: pass it by with NO_PROXY={host}, or `proxy: none` in the entry"
        return way if proxy else UNREACHED[judgement.reason]
    if host.endswith(AZURE) and re.search(r"status 404|DeploymentNotFound|no model", words):
        return f"is {endpoint.model} the name of a deployment? Azure wants that, not the model's; the portal lists them"
    return next((advice for pattern, advice in ADVICE if re.search(pattern, words, re.IGNORECASE)), "")
