"""The message object: judged over every message of the run."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, SMOKE, Broken, Every, Exchange, Steps, check, scenario, seen

from ..chat.marks import unmarked
from ..chat.reading import SILENT
from .preflight import ANSWERS, PREFLIGHT, as_message, offered, reached
from .reading import MESSAGE, assembled, begun, blocks, deltas, ended, fields, message, streamed_words, words
from .requests import COUNT, HELLO, MESSAGES, STREAM, STREAMS

#: Every message, whole or streamed.
SPOKEN = Every(witness=(HELLO,), path="messages", method="POST", wrong=False)


@check(ANSWERS, MUST, of=PREFLIGHT, spec="MSG-HTTP-001 MSG-REQ-001 MSG-REQ-003 HTTP-RES-005", depth=SMOKE)
def test_the_smallest_request_is_answered(exchange: Exchange) -> None:
    """Where Messages is spoken, a model, a limit and one message of the user MUST be answered with a message."""
    reached(exchange)


@check("messages.message.json", MUST, of=MESSAGES, spec="HTTP-RES-001 SSE-013", depth=SMOKE)
def test_a_message_is_one_document(exchange: Exchange) -> None:
    """A request that asks for no stream MUST be answered with one JSON document in UTF-8."""
    offered(exchange)
    if problem := exchange.json_problem:
        raise Broken(f"the body is not JSON: {problem}", causes={"json"})


@check("messages.message.id", MUST, of=MESSAGES, spec="MSG-ENV-001", depth=SMOKE)
def test_a_message_has_an_id(exchange: Exchange) -> None:
    """A message MUST have an `id`, a string that is not empty."""
    fields(exchange, "/id")


@check("messages.message.type", MUST, of=MESSAGES, spec="MSG-ENV-001", depth=SMOKE)
def test_a_message_says_what_it_is(exchange: Exchange) -> None:
    """A message's `type` MUST be `message`."""
    fields(exchange, "/type")


@check("messages.message.role", MUST, of=MESSAGES, spec="MSG-ENV-001", depth=SMOKE)
def test_the_assistant_speaks(exchange: Exchange) -> None:
    """A message's `role` MUST be `assistant`."""
    fields(exchange, "/role")


@check("messages.message.model", MUST, of=MESSAGES, spec="MSG-ENV-001", depth=SMOKE)
def test_a_message_names_its_model(exchange: Exchange) -> None:
    """A message MUST name its `model`, a string; it may be another name than the one asked for."""
    fields(exchange, "/model")


@check("messages.message.content", MUST, of=MESSAGES, spec="MSG-ENV-002 MSG-ENV-017", depth=SMOKE)
def test_content_is_an_array_of_blocks(exchange: Exchange) -> None:
    """A message's `content` MUST be an array of blocks, each an object with a `type`, never a string."""
    members = ("text", "citations", "id", "name", "input", "thinking", "signature", "data")
    fields(exchange, "#", "/content", but=tuple(f"/content/*/{name}" for name in members))


@check("messages.message.stop_reason", MUST, of=MESSAGES, spec="MSG-ENV-004", depth=SMOKE)
def test_a_stop_reason_is_known(exchange: Exchange) -> None:
    """A message's `stop_reason` MUST be one of the documented words: `end_turn`, `max_tokens`, `tool_use` and so on."""
    body = exchange.raw_json
    seen(isinstance(body, dict) and body.get("stop_reason") is not None, "no stop_reason is told")
    fields(exchange, "/stop_reason")


@check("messages.message.stop_told", SHOULD, of=MESSAGES, spec="MSG-ENV-003", depth=SMOKE)
def test_a_message_says_why_it_ends(exchange: Exchange) -> None:
    """A message SHOULD have a `stop_reason` that is not null: agents go by it."""
    seen(exchange.request.path == "messages", "this is no message")
    offered(exchange)
    body = exchange.accepted().json
    if isinstance(body, dict) and body.get("stop_reason") is None:
        words = "`stop_reason` is null" if "stop_reason" in body else "there is no `stop_reason`"
        raise Broken(words, causes={f"{MESSAGE}#/stop_reason"})


@check("messages.message.stop_sequence", SHOULD, of=MESSAGES, spec="MSG-ENV-005")
def test_a_message_tells_the_sequence_it_stopped_at(exchange: Exchange) -> None:
    """A message SHOULD have `stop_sequence`: a string if it stopped at one, else null."""
    fields(exchange, "/stop_sequence")
    body = message(exchange)
    assert "stop_sequence" in body, "there is no `stop_sequence`"
    at, reason = body["stop_sequence"], body["stop_reason"]
    assert (at is None) == (reason != "stop_sequence"), f"`stop_sequence` is {at!r}, `stop_reason` {reason!r}"


@check("messages.message.rest", SHOULD, of=MESSAGES, spec="MSG-ENV-007 MSG-ENV-014", depth=FULL)
def test_what_else_there_is_has_its_type(exchange: Exchange) -> None:
    """What else a message holds of what is documented SHOULD have its documented type; more is fine."""
    fields(exchange, "/stop_details", "/container", *(f"/usage/{name}" for name in ("cache_creation", "service_tier")))
    places = ("cache_creation_input_tokens", "cache_read_input_tokens", "server_tool_use", "output_tokens_details")
    fields(exchange, *(f"/usage/{name}" for name in places))


@check("messages.message.no_marks", SHOULD, of=MESSAGES, spec="MSG-ENV-009 MSG-ENV-011", depth=FULL)
def test_no_marks_leak_into_text(exchange: Exchange) -> None:
    """The text of a message SHOULD NOT hold marks of the model's template, nor its thoughts: these have a block."""
    unmarked(exchange, words(exchange))
    unthought(words(exchange), [block["thinking"] for block in blocks(exchange, "thinking")])


def unthought(said: str, thoughts: list[str]) -> None:
    """Say *broken* if a text holds a thought that came before it; one that is all the text was said once."""
    twice = any(len(one.strip()) > 20 and one.strip() in said and one.strip() != said.strip() for one in thoughts)
    assert not twice, "the text holds the thought that came before it"


@check("messages.stream.no_marks", SHOULD, of=STREAMS, spec="MSG-STR-008 MSG-STR-011", depth=FULL)
def test_no_marks_leak_into_streams(exchange: Exchange) -> None:
    """The text of a stream SHOULD NOT hold marks of the model's template, nor its thoughts: these have a block."""
    unmarked(exchange, streamed_words(exchange))
    unthought(streamed_words(exchange), ["".join(one["thinking"] for one in deltas(exchange, "thinking_delta"))])


@check("messages.message.no_empty_text", SHOULD, of=MESSAGES, spec="MSG-ENV-015 MSG-REQ-020", depth=FULL)
def test_no_text_is_empty(exchange: Exchange) -> None:
    """A message SHOULD NOT hold a block of text without text: sent back, it is refused."""
    empty = [block for block in blocks(exchange, "text") if not block["text"]]
    assert not empty, "a block of text is empty"


@check("messages.stream.no_empty_text", SHOULD, of=STREAMS, spec="MSG-STR-008 MSG-REQ-020", depth=FULL)
def test_no_streamed_text_is_empty(exchange: Exchange) -> None:
    """A stream SHOULD NOT begin a block of text that stays empty beside another block: sent back, it is refused."""
    every = assembled(exchange)
    ended(exchange)
    texts = [
        bool(begun(head, "text")) or any(part.get("text", "?") for part in parts)
        for head, parts in every
        if head["type"] == "text"
    ]
    assert len(every) < 2 or all(texts), "a block of text stays empty"


@check("messages.message.status", SHOULD, of=SPOKEN, spec="MSG-HTTP-001")
def test_a_message_comes_with_200(exchange: Exchange) -> None:
    """A message SHOULD come with the status 200, a stream, too."""
    offered(exchange)
    seen(exchange.streamed or as_message(exchange) is not None, "it is no message")
    assert exchange.status == 200, f"answered {exchange.status}"


@check("messages.message.content_type", SHOULD, of=MESSAGES, spec="MSG-HTTP-001")
def test_a_message_is_declared_as_json(exchange: Exchange) -> None:
    """A message SHOULD be declared as `application/json`; parameters are allowed."""
    offered(exchange)
    seen(not exchange.json_problem, "this answer's body is no JSON")
    assert exchange.media_type == "application/json", f"declared as {exchange.media_type or 'nothing'}"


@check("messages.message.words", SHOULD, of=HELLO, spec="MSG-ENV-002 MSG-ENV-009", depth=SMOKE, again=2)
def test_the_answer_is_not_empty(exchange: Exchange) -> None:
    """A plain question SHOULD be answered with words in a block of text, unless the token limit cut them off."""
    reason = message(exchange).get("stop_reason")
    silent = not words(exchange).strip() and (message(exchange).get("usage") or {}).get("output_tokens") in SILENT
    seen(not silent, "the model says nothing, and no words are counted")
    assert words(exchange).strip() or reason in ("max_tokens", "refusal"), "the answer holds no words"


@check("messages.message.end_turn", SHOULD, of=HELLO, spec="MSG-ENV-004", depth=SMOKE)
def test_a_whole_answer_ends_its_turn(exchange: Exchange) -> None:
    """An answer that came to its end SHOULD have the `stop_reason` `end_turn`."""
    reason = message(exchange)["stop_reason"]
    assert reason in ("end_turn", "max_tokens", "refusal"), f"a plain answer stops with {reason!r}"


@scenario(HELLO, COUNT)
def two_messages() -> Steps:
    """Two messages."""
    yield HELLO
    yield COUNT


@check("messages.message.one_text", SHOULD, of=two_messages, spec="MSG-ENV-015", depth=FULL)
def test_plain_words_are_one_block(exchange: Exchange) -> None:
    """Plain words SHOULD be one block of text, however many they are."""
    for one in (*exchange.before, exchange):
        texts = [block["text"] for block in blocks(one, "text")]
        assert len(texts) <= 1, f"the words stand in {len(texts)} blocks: {texts[0][:40]!r}, {texts[1][:40]!r}"


@check("messages.stream.one_text", SHOULD, of=STREAM, spec="MSG-ENV-015 MSG-STR-008", depth=FULL)
def test_plain_words_are_one_streamed_block(exchange: Exchange) -> None:
    """Plain words SHOULD be streamed as one block of text."""
    texts = [head for head, _ in assembled(exchange) if head["type"] == "text"]
    ended(exchange)
    assert len(texts) <= 1, f"the words stand in {len(texts)} blocks"


@check("messages.message.unique_id", SHOULD, of=two_messages, spec="MSG-ENV-001")
def test_ids_differ(exchange: Exchange) -> None:
    """Two messages SHOULD NOT have the same `id`."""
    first, second = message(exchange.before[0])["id"], message(exchange)["id"]
    assert first != second, f"two messages have the id {first!r}"
