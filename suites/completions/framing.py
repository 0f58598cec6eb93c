"""Server-sent events of legacy completions: often a stream of its own making, beside that of chat."""

from __future__ import annotations

import re
import unicodedata

from samewire import FULL, MUST, SHOULD, Broken, Exchange, check, seen

from ..chat.careful import small_elsewhere
from ..chat.odds import is_odds
from ..chat.packing import packed
from ..http.same import closed, closes, data_only, ends_there, not_stored, without_ids
from .many import FOREIGN_ECHO, FOUR, LIKELY_ECHO, echoed, likely_whole_and_streamed
from .requests import METERED, STREAM, STREAMS, TEXT
from .text import SHAPE, choices


@check("completions.stream.content_type", MUST, of=STREAMS, spec="HTTP-RES-003", depth=FULL)
def test_a_streamed_text_is_declared_as_a_stream(exchange: Exchange) -> None:
    """A stream MUST be declared as `text/event-stream`."""
    exchange.events()
    assert exchange.media_type == "text/event-stream", f"declared as {exchange.media_type or 'nothing'}"


@check("completions.stream.json", MUST, of=STREAMS, spec="SSE-001 SSE-002 SSE-013")
def test_every_piece_of_a_text_is_json(exchange: Exchange) -> None:
    """The data of every event but the last MUST be one JSON document."""
    exchange.events()
    if garbled := exchange.garbled_events():
        raise Broken("; ".join(garbled[:3]), reason="json", causes={"stream#/*"})


@check("completions.stream.no_ids", SHOULD, of=STREAMS, spec="SSE-011", depth=FULL)
def test_pieces_of_a_text_have_no_ids(exchange: Exchange) -> None:
    """Events SHOULD have no `id:` lines: with one, official clients take every further blank line for an event."""
    without_ids(exchange)


@check("completions.stream.no_event_names", SHOULD, of=STREAMS, spec="SSE-010", depth=FULL)
def test_pieces_of_a_text_have_no_names(exchange: Exchange) -> None:
    """Events SHOULD be data only: browsers give what has a name only to those who listen for that name."""
    data_only(exchange)


@check("completions.stream.no_empty_event", MUST, of=STREAMS, spec="SSE-002", depth=FULL)
def test_no_piece_of_a_text_is_empty(exchange: Exchange) -> None:
    """A stream MUST NOT hold events without data: official clients fail at them."""
    exchange.events()
    empty = [event for event in exchange.stream.events if not (event.data or "").strip()]
    assert not empty, f"event {empty[0].index} has no data, only {empty[0].raw!r:.60}"


@check("completions.stream.utf8", MUST, of=STREAMS, spec="SSE-003 SSE-004", depth=FULL)
def test_a_streamed_text_is_utf8(exchange: Exchange) -> None:
    """A stream MUST be valid UTF-8 without a byte order mark, to which official clients lose the first event."""
    assert exchange.stream.valid, "the stream holds bytes that are not UTF-8"
    assert not exchange.stream.bom, "the stream begins with a byte order mark"


@check(
    "completions.stream.letters", MUST, of=packed(LIKELY_ECHO, FOREIGN_ECHO), spec="SSE-004 HTTP-REQ-001", depth=FULL
)
def test_letters_of_a_prompt_are_echoed(exchange: Exchange) -> None:
    """Letters beyond ASCII MUST come back as they were sent, where a prompt is echoed: not torn, lost or misread."""
    seen(exchange.ok, "it is refused, which has a cell of its own")
    seen(exchange.stream.valid, "the stream is not UTF-8, which has a cell of its own")
    asked, said = echoed(exchange)
    seen(said.startswith(asked), "the prompt is not echoed, which has a cell of its own")
    came = re.search(r"inacaf(.{0,16}?):1", said)
    # Some tokenizers take accents off, and what they are asked is the word without.
    seen(came and not came[1].startswith("e"), "the prompt is echoed otherwise")
    letters = unicodedata.normalize("NFC", came[1]) if came else ""
    # Others know no such sign.
    known = letters not in ("é", "é⁇", "é<unk>", "é[UNK]")
    assert letters == "é🎉" or not known, f"a prompt with 'café 🎉' was echoed with 'caf{letters}', spaces left out"


@check("completions.stream.terminated", MUST, of=STREAMS, spec="SSE-005", depth=FULL)
def test_every_piece_of_a_text_is_closed(exchange: Exchange) -> None:
    """Every event but a final `[DONE]` MUST be closed by a blank line: an open one is dropped."""
    closed(exchange)


@check("completions.stream.nothing_after_done", SHOULD, of=STREAMS, spec="SSE-016", depth=FULL)
def test_nothing_follows_the_end_of_a_text(exchange: Exchange) -> None:
    """Nothing SHOULD follow `[DONE]`: clients stop reading there."""
    ends_there(exchange)


@check("completions.stream.closes", SHOULD, of=packed(METERED, STREAM), spec="SSE-017", depth=FULL, again=2)
def test_the_answer_ends_with_the_text(exchange: Exchange) -> None:
    """The answer SHOULD end promptly after `[DONE]`: some clients wait for it."""
    done = [event for event in exchange.events() if event.data == "[DONE]"]
    seen(done, "there is no [DONE]")
    closes(exchange, done[0].at, "[DONE]")


@check("completions.stream.not_stored", SHOULD, of=packed(METERED, STREAM), spec="SSE-018", depth=FULL)
def test_a_streamed_text_is_not_stored(exchange: Exchange) -> None:
    """A stream SHOULD NOT be declared as one that caches may keep and give to others."""
    not_stored(exchange)


@check(
    "completions.text.scheme_case",
    SHOULD,
    of=small_elsewhere(FOUR, TEXT.with_key("lowercase")),
    spec="HTTP-AUTH-002",
    needs=("key", "bearer"),
    depth=FULL,
)
def test_the_scheme_is_read_in_any_case_with_a_prompt(exchange: Exchange) -> None:
    """The scheme's name SHOULD be read in any case here as elsewhere: `bearer` is `Bearer`."""
    seen(exchange.found, "it is not in chat either, which has a cell of its own")
    exchange.accepted()


@check("completions.stream.likelihood", SHOULD, of=likely_whole_and_streamed, spec="CMPL-004 CMPL-007", depth=FULL)
def test_every_token_of_a_stream_has_its_own(exchange: Exchange) -> None:
    """`logprobs` in the chunks of a stream SHOULD have a logprob and a place for each of their tokens."""
    seen(exchange.ok, "it is refused, which has a cell of its own")
    every = [choice.get("logprobs") for chunk in exchange.stream_of(SHAPE) for choice in chunk["choices"]]
    told = [given for given in every if given and given.get("tokens") and given.get("token_logprobs")]
    seen(told, "no logprobs come, which has a cell of its own")
    whole = [one.get("logprobs") or {} for one in choices(exchange.before[0])] if exchange.before[0].ok else []
    seen(any(given.get("text_offset") for given in whole), "whole texts tell no places either, which has its own cell")
    for given in told:
        counts = [len(given.get(name) or ()) for name in ("tokens", "token_logprobs", "text_offset")]
        assert len(set(counts)) == 1, f"tokens, token_logprobs and text_offset have {counts} entries"
        odd = [one for one in given["token_logprobs"] if one is not None and not is_odds(one)]
        assert not odd, f"a token has the logprob {odd[0]!r}"
