"""Why nobody is let in, where it is neither the key nor the model: the place, the network, the account, HTTP itself."""

from __future__ import annotations

import re

from samewire import Broken, Exchange, Inconclusive

#: What providers say to those who call from where they do not serve. A service's own region is another matter: that a
#: model is not offered in `us-east-1` is about the model.
REGION = (
    r"unsupported_country|region, or territory|unsupported countr|user location is not supported|regionerror"
    r"|(?:not|n't) (?:available|supported|allowed|offered) (?:in|from|for) (?:your|this) (?:country|region|location)"
    r"|your (?:country|region|location) is(?: not|n't)? (?:supported|available|allowed|banned|blocked|restricted)"
    r"|not available (?:in|from) this data center|not available from [a-z ]{3,40}\. if you believe the country"
    r"|countryblocked|country or region banned|error(?: code)?:? 1009\b"
)
#: What firewalls and proxies before them say to addresses that they don't let in.
NETWORK = (
    r"virtual network|firewall rule|check your network settings|error(?: code)?:? 10(?:05|06|07|08|10|12|20)\b"
    r"|attention required! \| cloudflare|you have been blocked|just a moment\.\.\.|enable cookies"
    r"|ip address .{0,40}not allowed|ip_not_authorized|not authorized to (?:access|make requests) from (?:this|your) ip"
)
#: What is said to accounts that have nothing left.
BALANCE = (
    r"insufficient[_ ](?:quota|balance|funds|credits?)|credit balance is too low|used all (?:available|of your) credits"
    r"|exceeded_current_quota|spend(?:ing)?[_ ]limit|余额不足|billing_(?:hard_limit|not_active)|in arrears"
)


def barred(answer: Exchange) -> Inconclusive | None:
    """What keeps everybody out who calls from here or with this account, or None if nothing of the kind is said."""
    if answer.failure is not None or not 400 <= answer.status < 500:
        return None
    said = (answer.body[:20_000].decode(errors="replace") + answer.said).lower()
    if answer.status == 451 or re.search(REGION, said) or _anthropic(answer):
        return Inconclusive(f"the endpoint does not serve this region{_told(answer)}", reason="region")
    if answer.status in (401, 403, 404, 429) and re.search(NETWORK, said):
        return Inconclusive(f"the endpoint does not let this network in{_told(answer)}", reason="network")
    if answer.status == 402 or re.search(BALANCE, said):
        return Inconclusive(f"the account has no balance left{_told(answer)}", reason="balance")
    return None


def unreadable(answer: Exchange) -> Broken | None:
    """What nobody can read: a coding that is none, or an answer that begins each time and never ends as HTTP says."""
    failure = answer.failure
    if failure is None or not failure.peer:
        return None
    if failure.kind == "decoding":
        return Broken(failure.message, reason="decoding")
    # Nothing of an answer may be a proxy's doing, or the network's; so may one that broke off once.
    begun = [one for one in answer.attempts if one.status and one.failure is not None and one.failure.peer]
    if failure.kind != "protocol" or len(begun) < 2 or len(begun) < len(answer.attempts):
        return None
    return Broken(f"{failure.message}, on each of {len(begun)} tries", reason="protocol")


def _told(answer: Exchange) -> str:
    """The message behind a colon, also of an error that stands in a list or deep inside another."""
    found = re.search(r'"message\\?"\s*:\s*\\?"([^"\\]{1,200})', answer.body[:20_000].decode(errors="replace"))
    return answer.said or (f": {found.group(1)}" if found else "")


def _anthropic(answer: Exchange) -> bool:
    """Whether it is what Anthropic says to other regions, which is not much."""
    error = answer.error_object or {}
    return answer.status == 403 and error.get("type") == "forbidden" and error.get("message") == "Request not allowed"


def withheld(answer: Exchange) -> bool:
    """Whether the model is there, and this account may not use it."""
    error = answer.error_object or {}
    said = str(error.get("message") or "")
    denied = r"(?:not|n't) have access to (?:the )?(?:specified )?(?:model|deployment)|\bmodel\b.{0,80}not allowed"
    denied_by_words = re.search(denied, said, re.IGNORECASE | re.DOTALL) is not None
    return answer.status in (401, 403) and (error.get("code") == "model_not_found" or denied_by_words)


def misnamed(answer: Exchange) -> bool:
    """Whether a 404 names the model that was asked for: then it is the model that is not found, not the path."""
    said = str((answer.error_object or {}).get("message") or "")
    named = re.search(rf"(?<![\w/]){re.escape(answer.model)}(?!\w)", said) is not None
    return answer.status == 404 and bool(answer.model) and answer.model not in answer.wire.url and named


def unkeyed(answer: Exchange) -> bool:
    """Whether a refusal with 400 is about the key, as Gemini's are."""
    said = answer.body[:4000].decode(errors="replace")
    return answer.status == 400 and re.search(r"api[_ ]key[_ ](?:not valid|invalid)", said, re.IGNORECASE) is not None
