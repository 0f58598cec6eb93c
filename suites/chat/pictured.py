"""Pictures beside a forced tool, and beside a form to fill in a stream: neither makes the other forgotten."""

from __future__ import annotations

import json

from samewire import (
    FULL,
    LIMIT,
    SHOULD,
    Exchange,
    Ignored,
    Steps,
    check,
    conforms_to,
    counts,
    honoured,
    image,
    scenario,
    seen,
    text,
    user,
)

from .alike import heeds
from .effects import SENTENCE
from .form import FILLED_STREAM, UNBOUNDED
from .format import formatted
from .gallery import COLOURS, EXHIBITS, GALLERY, SHOWN, sees
from .images import OF_BLUE, PICTURE, names
from .lost import said_in_all
from .pictures import BLUE
from .reading import (
    STARVED,
    calls,
    chunks,
    finished,
    message,
    parsed,
    pieces,
    prompt_tokens,
    starved,
    streamed_words,
    words,
)
from .requests import FORCED, METERED, STREAM, WEATHER, function
from .talk import EVERYWHERE, EVERYWHERE_METERED
from .tool_choice import NAMED

REPORT = function(
    "report_colour",
    "Reports the colour of an image.",
    {
        "type": "object",
        "properties": {"colour": {"type": "string", "enum": [*COLOURS]}},
        "required": ["colour"],
        "additionalProperties": False,
    },
)
CALL_FOR = {
    "tools": [WEATHER, REPORT],
    "tool_choice": {"type": "function", "function": {"name": "report_colour"}},
    **LIMIT(128),
}
#: A tool that must be called with what the picture tells; and what that picture is worth.
REPORTED = OF_BLUE.but(messages=[user([text("Report the colour of this image."), image(BLUE)])], **CALL_FOR).after(
    NAMED
)
UNPICTURED = OF_BLUE.but(messages=[user([text("Report the colour of this image.")])], **CALL_FOR)


@scenario(OF_BLUE, REPORTED, FORCED, spare=(UNPICTURED,))
def reported() -> Steps:
    """A picture, a call that must tell its colour, and a call where there is no picture."""
    picture: Exchange = yield OF_BLUE
    called: Exchange = yield REPORTED
    forced: Exchange = yield FORCED
    without: Exchange | None = None
    if called.ok and "blue" not in json.dumps(message(called)).lower():
        without = yield UNPICTURED
    return picture, called, forced, without


@check("chat.images.beside_tools", SHOULD, of=reported, spec="CHAT-MSG-014 CHAT-TOOL-005", depth=FULL, again=2)
def test_pictures_go_with_tools(exchange: Exchange) -> None:
    """With a picture, a tool that is forced SHOULD be called as it is otherwise, and the picture be seen."""
    picture, called, forced, unpictured = exchange.found
    able = picture.ok and names("blue", words(picture)) and forced.ok and calls(forced)
    seen(able, "pictures or tools have no effect by themselves")
    called.accepted()
    seen(calls(called) or not starved(called), STARVED)
    honoured(calls(called), "a forced tool and a picture were accepted, and no tool was called")
    if unpictured is None:
        return
    with_it, without = prompt_tokens(called), prompt_tokens(unpictured)
    seen(with_it is not None and without is not None, "the model names another colour, and no tokens are counted")
    grown = (with_it or 0) - (without or 0)
    why = f"a picture was accepted beside tools, and makes the prompt {grown} tokens longer"
    counts(grown >= PICTURE, why, text=False)


OF_PICTURES = {
    "type": "object",
    "properties": {
        "colours": {"type": "array", "items": {"type": "string", "enum": [*COLOURS]}},
        "codes": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["colours", "codes"],
    "additionalProperties": False,
}
#: The same in a stream, answered by a form, with its usage.
GALLERY_STREAM = STREAM.but(
    messages=SHOWN, response_format=formatted(OF_PICTURES), stream_options={"include_usage": True}, **LIMIT(160)
).after(OF_BLUE)
BLUE_STREAM = STREAM.but(**OF_BLUE.body)


@scenario(OF_BLUE, GALLERY_STREAM, spare=(BLUE_STREAM,))
def seen_in_a_stream() -> Steps:
    """A picture, and a stream with several; if that doesn't name it, a stream with this one alone."""
    whole: Exchange = yield OF_BLUE
    stream: Exchange = yield GALLERY_STREAM
    among = sees("blue")(said_in_all(stream))
    if not among:
        stream = yield BLUE_STREAM
    return whole, stream, among


@check("chat.images.streamed", SHOULD, of=seen_in_a_stream, spec="CHAT-EQ-002 CHAT-MSG-014", depth=FULL, again=2)
def test_a_picture_is_seen_in_streams(exchange: Exchange) -> None:
    """A picture that is seen for a whole answer SHOULD be seen for a stream, too."""
    whole, stream, among = exchange.found
    stream.accepted()
    finished(stream)
    if not among:
        heeds(whole, stream, "the picture", lambda said: names("blue", said))


@scenario(METERED, GALLERY_STREAM)
def metered_with_pictures() -> Steps:
    """A stream that counts its tokens, and another with pictures."""
    yield METERED
    yield GALLERY_STREAM


@check("chat.images.counted", SHOULD, of=metered_with_pictures, spec="CHAT-STR-014", depth=FULL)
def test_usage_is_given_beside_pictures(exchange: Exchange) -> None:
    """With `include_usage`, a stream SHOULD count its tokens with pictures and a format, too."""
    seen(all(one.ok for one in (*exchange.before, exchange)), "one of them is refused, which has a cell of its own")
    usual, pictured = (any(chunk.get("usage") for chunk in chunks(one)) for one in (exchange.before[0], exchange))
    seen(usual, "no usage comes without pictures either")
    honoured(pictured, "include_usage was accepted, and beside pictures and a format no usage came")


@scenario(GALLERY, GALLERY_STREAM, FILLED_STREAM, EVERYWHERE, EVERYWHERE_METERED, spare=(BLUE_STREAM,))
def filled_from_pictures() -> Steps:
    """Pictures and words, told in words, and in a stream by a form; a form alone in a stream.

    A conversation without pictures tells whether streams count prompts as whole answers do.
    """
    talk: Exchange = yield EVERYWHERE
    streamed: Exchange = yield EVERYWHERE_METERED
    usual = less_counted(talk, streamed) if talk.ok and streamed.ok else None
    whole: Exchange = yield GALLERY
    stream: Exchange = yield GALLERY_STREAM
    form: Exchange = yield FILLED_STREAM
    seeing = sees("blue")(said_in_all(stream))
    if not seeing:
        alone: Exchange = yield BLUE_STREAM
        seeing = names("blue", said_in_all(alone))
    return whole, stream, form, seeing, usual


def less_counted(whole: Exchange, stream: Exchange) -> int | None:
    """By how many tokens a stream's prompt counts less than that of a whole answer, if both are counted."""
    usages = [chunk["usage"] for chunk in chunks(stream) if chunk.get("usage")]
    counted = prompt_tokens(whole)
    return counted - usages[-1]["prompt_tokens"] if usages and counted is not None else None


@check(
    "chat.images.beside_format", SHOULD, of=filled_from_pictures, spec="CHAT-EQ-002 CHAT-MSG-014", depth=FULL, again=2
)
def test_pictures_are_seen_beside_a_format(exchange: Exchange) -> None:
    """In a stream that is answered by a form, all that is told SHOULD reach the model as it does otherwise."""
    whole, stream, _, seeing, usual = exchange.found
    seen(whole.ok and stream.ok, "one of them is refused, which has a cell of its own")
    finished(stream)
    said, streamed = words(whole), streamed_words(stream)
    lost = [place for place, one in EXHIBITS.items() if one.shows(said) and not one.shows(streamed)]
    fewer = less_counted(whole, stream) if lost or not seeing else None
    seen(fewer is None or not usual, "streams count other prompts differently, too, which has a cell of its own")
    if not seeing:
        why = f"pictures were accepted in a stream, and it counts {fewer} tokens fewer than a whole answer"
        counts(fewer is None or fewer <= SENTENCE, why)
    seen(streamed.strip() and seeing, "streams see no pictures, or have no words")
    # A model may know and not fill it in: then the prompt is as long as the one that is answered in words.
    seen(not lost or fewer is not None, "the form has less than is said in words, and nothing is counted")
    seen(not lost or (fewer or 0) > SENTENCE, "the form has less than is said in words")
    seen("length" not in [piece.get("finish_reason") for piece in pieces(stream)], "the answer is cut off")
    if lost:
        raise Ignored(f"a form was to be filled in a stream, and this got lost: {', '.join(lost)}: {streamed[:80]!r}")


@check(
    "chat.format.beside_pictures",
    SHOULD,
    of=filled_from_pictures,
    spec="CHAT-FMT-005 CHAT-REQ-018",
    depth=FULL,
    again=2,
)
def test_a_format_holds_beside_pictures(exchange: Exchange) -> None:
    """A `json_schema` that is taken with pictures, in a stream, SHOULD hold there, too."""
    _, stream, form, _, _ = exchange.found
    seen(stream.ok, "it is refused, which has a cell of its own")
    finished(stream)
    seen(
        form.ok and not conforms_to(UNBOUNDED, parsed(streamed_words(form))), "no schema holds without pictures either"
    )
    streamed = streamed_words(stream)
    seen(streamed.strip() and "length" not in [piece.get("finish_reason") for piece in pieces(stream)], "it is cut off")
    problem = conforms_to(OF_PICTURES, parsed(streamed))
    honoured(not problem, f"json_schema was accepted beside pictures, and the answer does not conform: {problem}")
