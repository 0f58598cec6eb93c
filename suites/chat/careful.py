"""A greeting as careful clients write it: their headers, a charset, nulls for what is left open, odd but equal JSON.

The scheme of the key is written in small letters, as some HTTP libraries do.

Where it is refused, each of these things goes out alone.
"""

from __future__ import annotations

from samewire import Exchange, Request, Scenario, Steps, scenario

from .requests import HELLO

#: What the official Python client adds to every request.
OFFICIAL = {
    "User-Agent": "OpenAI/Python 3.52.0",
    "X-Stainless-Lang": "python",
    "X-Stainless-Package-Version": "3.52.0",
    "X-Stainless-OS": "Linux",
    "X-Stainless-Arch": "x64",
    "X-Stainless-Runtime": "CPython",
    "X-Stainless-Runtime-Version": "3.11.7",
    "X-Stainless-Async": "false",
    "x-stainless-retry-count": "0",
    "x-stainless-read-timeout": "600",
}
CHARSET = {"Content-Type": "application/json; charset=utf-8"}
MEMBER = {"OpenAI-Organization": "org-samewire", "OpenAI-Project": "proj-samewire", "X-Client-Request-Id": "sw-1"}
#: As browsers say who asks.
ORIGIN = {"Origin": "https://example.org"}
PLAINLY = {"Accept-Encoding": "identity"}
#: Parameters whose null is their absence; the limits are among them, so that a greeting is as long as the model likes.
NULLABLE = (
    *("temperature", "top_p", "n", "stop", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs"),
    *("top_logprobs", "seed", "stream", "stream_options", "response_format", "service_tier", "metadata", "store"),
    *("max_tokens", "max_completion_tokens", "reasoning_effort", "verbosity"),
)
NULLS = HELLO.but(**dict.fromkeys(NULLABLE))
#: Beyond the first 65536 characters JSON escapes one as two, which belong together.
ESCAPED = {"user": "samewire \N{PARTY POPPER}"}
ODDLY = NULLS.but(**ESCAPED).having({**OFFICIAL, **CHARSET, **MEMBER, **PLAINLY}).written_oddly()
CAREFUL = ODDLY.with_key("lowercase").after(HELLO)

#: The scheme alone in small letters.
SMALL = HELLO.with_key("lowercase")


def small_elsewhere(together: Request, alone: Request) -> Scenario:
    """What is sent elsewhere with a scheme in small letters, and whether such is read in chat."""

    def steps() -> Steps:
        greeting: Exchange = yield CAREFUL
        if not greeting.ok:
            greeting = yield SMALL
        every: Exchange = yield together
        if not every.ok:
            yield alone
        return greeting.ok

    return scenario(CAREFUL, together, spare=(SMALL, alone), name=f".small.{alone.id}", alone=alone)(steps)
