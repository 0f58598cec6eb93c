"""The items of a stream: how each is added, grows and is done; judged over every stream of the run."""

from __future__ import annotations

from collections import Counter

from samewire import FULL, MUST, SHOULD, SMOKE, Blocked, Exchange, Steps, check, scenario, seen

from .following import (
    ADDED,
    DONE,
    EVENT,
    OF_PARTS,
    ONCE,
    PART_ADDED,
    PART_DONE,
    TEXT_DONE,
    agreed,
    apart,
    events,
    final,
    finished,
    of,
    parts,
    placed,
    scoped,
)
from .lifecycle import LOGPROBS
from .reading import items, of_type
from .requests import CUT_BESIDE, HELLO, STREAM, STREAMS


@check("responses.stream.output_index", MUST, of=STREAMS, spec="RSP-STR-014 RSP-EV-002", depth=SMOKE)
def test_events_tell_their_item_by_index(exchange: Exchange) -> None:
    """Every event of an item MUST have `output_index`, a whole number."""
    exchange.conforms(EVENT, "/output_index")


@check("responses.stream.item_id", MUST, of=STREAMS, spec="RSP-STR-015 RSP-EV-003 RSP-EV-004", depth=SMOKE)
def test_events_tell_their_item_by_id(exchange: Exchange) -> None:
    """Every event of an item but those that hold it MUST have `item_id`, a string that is not empty."""
    exchange.conforms(EVENT, "/item_id")


@check("responses.stream.content_index", MUST, of=STREAMS, spec="RSP-STR-013 RSP-EV-003 RSP-EV-004", depth=SMOKE)
def test_events_tell_their_part(exchange: Exchange) -> None:
    """Every event of a part MUST have `content_index`, a whole number."""
    exchange.conforms(EVENT, "/content_index")


@check("responses.stream.item", MUST, of=STREAMS, spec="RSP-EV-002 RSP-ITEM-002 RSP-STR-026", depth=SMOKE)
def test_an_item_is_whole_from_the_start(exchange: Exchange) -> None:
    """`output_item.added` and `.done` MUST hold the `item` with all that it must have, if empty at first."""
    exchange.conforms(EVENT, "/item", but=LOGPROBS)


@check("responses.stream.part", MUST, of=STREAMS, spec="RSP-EV-003 RSP-EV-011 RSP-ITEM-004", depth=SMOKE)
def test_a_part_is_whole_from_the_start(exchange: Exchange) -> None:
    """`content_part.added` and `.done` MUST hold the `part` with all that it must have, if empty at first."""
    exchange.conforms(EVENT, "/part", but=LOGPROBS)


@check("responses.stream.delta", MUST, of=STREAMS, spec="RSP-EV-004 RSP-EV-008 RSP-EV-009 RSP-EV-012", depth=SMOKE)
def test_a_delta_is_text(exchange: Exchange) -> None:
    """The `delta` of an event MUST be a string."""
    exchange.conforms(EVENT, "/delta")


@check("responses.stream.done_text", MUST, of=STREAMS, spec="RSP-EV-005 RSP-EV-007 RSP-EV-008 RSP-EV-009 RSP-EV-012")
def test_a_done_event_holds_the_text(exchange: Exchange) -> None:
    """The event that ends a text MUST hold it: in `text`, `arguments`, `input` or `refusal`, a string."""
    exchange.conforms(EVENT, "/text", "/arguments", "/input", "/refusal")


@check("responses.stream.rest", SHOULD, of=STREAMS, spec="RSP-EV-006 RSP-EV-011 RSP-EV-012", depth=FULL)
def test_other_indexes_are_whole_numbers(exchange: Exchange) -> None:
    """`summary_index` and `annotation_index` SHOULD be whole numbers."""
    exchange.conforms(EVENT, "/summary_index", "/annotation_index")


@check("responses.stream.logprobs", SHOULD, of=STREAMS, spec="RSP-STR-019", depth=FULL)
def test_logprobs_of_streams_have_their_shape(exchange: Exchange) -> None:
    """Wherever a stream tells `logprobs`, they SHOULD be an array of tokens with their `logprob`; empty, not null."""
    exchange.conforms(EVENT, *LOGPROBS)


@check("responses.stream.added_first", MUST, of=STREAMS, spec="RSP-STR-009 OR-010", depth=SMOKE)
def test_an_item_is_added_first(exchange: Exchange) -> None:
    """`output_item.added` MUST come before any other event of the item."""
    for index, every in placed(events(exchange)).items():
        assert every[0]["type"] == ADDED, f"the first event of item {index} is {every[0]['type']}"


@check("responses.stream.once", MUST, of=STREAMS, spec="RSP-STR-010 RSP-STR-020", depth=SMOKE)
def test_nothing_is_added_or_done_twice(exchange: Exchange) -> None:
    """What is added or done MUST be so once: clients fail at an item that is added twice."""
    agreed(every := events(exchange))
    keys = [(one["type"], one["output_index"], one.get("content_index")) for one in of(every, *ONCE)]
    twice = [key for key, times in Counter(keys).items() if times > 1]
    assert not twice, f"{twice[0][0]} comes more than once for item {twice[0][1]}"


@check("responses.stream.indexes", SHOULD, of=STREAMS, spec="RSP-STR-011", depth=SMOKE)
def test_items_count_from_zero(exchange: Exchange) -> None:
    """The items of a stream SHOULD count from 0, one by one."""
    indexes = list(dict.fromkeys(event["output_index"] for event in of(events(exchange), ADDED)))
    seen(indexes, "no item is added")
    if set(placed(events(exchange))) - set(indexes):
        raise Blocked("there are items that were never added", cause="check:responses.stream.added_first")
    assert indexes == list(range(len(indexes))), f"the indexes are {indexes}"


@check("responses.stream.part_added_first", MUST, of=STREAMS, spec="RSP-STR-012", depth=SMOKE)
def test_a_part_is_added_first(exchange: Exchange) -> None:
    """`content_part.added` MUST come before any other event of the part."""
    found = parts(events(exchange))
    seen(found, "no part of a message came")
    for (index, place), every in found.items():
        assert every[0]["type"] == PART_ADDED, f"the first event of part {place} of item {index} is {every[0]['type']}"


@check("responses.stream.part_indexes", SHOULD, of=STREAMS, spec="RSP-STR-013 RSP-STR-012")
def test_parts_count_from_zero(exchange: Exchange) -> None:
    """The parts of a message SHOULD count from 0, one by one."""
    found: dict[int, list[int]] = {}
    for index, place in parts(events(exchange)):
        found.setdefault(index, []).append(place)
    seen(found, "no part of a message came")
    for index, places in found.items():
        assert places == list(range(len(places))), f"the parts of item {index} have the indexes {places}"


@check("responses.stream.item_done", SHOULD, of=STREAMS, spec="RSP-STR-020 OR-011", depth=SMOKE)
def test_every_item_is_done(exchange: Exchange) -> None:
    """Every item that is added SHOULD be done: `output_item.done` comes last of its events."""
    for index, every in scoped(finished(exchange)).items():
        types = [event["type"] for event in every]
        assert DONE in types, f"item {index} is never done: there is no {DONE} of it"
        assert types[-1] == DONE, f"{types[-1]} follows the end of item {index}"


@check("responses.stream.text_done", SHOULD, of=STREAMS, spec="RSP-STR-020 RSP-EV-005 OR-011", depth=SMOKE)
def test_every_text_is_done(exchange: Exchange) -> None:
    """Every text SHOULD end with `output_text.done`, after its last delta and before its part is done."""
    found = text_parts(exchange)
    for (index, _), types in found.items():
        assert TEXT_DONE in types, f"the text of item {index} has no output_text.done"
        after = [kind for kind in types[types.index(TEXT_DONE) + 1 :] if kind not in (PART_DONE, TEXT_DONE)]
        assert not after, f"{after[0]} follows the end of the text of item {index}"


@check("responses.stream.part_done", SHOULD, of=STREAMS, spec="RSP-STR-020 RSP-EV-003 OR-011", depth=SMOKE)
def test_every_part_is_done(exchange: Exchange) -> None:
    """Every part SHOULD end with `content_part.done`, after its text is done."""
    texts = text_parts(exchange)
    for (index, place), every in parts(finished(exchange)).items():
        types = [event["type"] for event in every]
        # So do parts of what was thought; of other parts nothing is known.
        added = any(one["part"]["type"] == "reasoning_text" for one in of(every, PART_ADDED))
        if not added and (index, place) not in texts:
            continue
        assert PART_DONE in types, f"a part of item {index} has no content_part.done"
        after = [kind for kind in types[types.index(PART_DONE) + 1 :] if kind in OF_PARTS and kind != PART_DONE]
        assert not after, f"{after[0]} follows the end of a part of item {index}"


def text_parts(exchange: Exchange) -> dict[tuple[int, int], list[str]]:
    """The types of the events of each part that holds text, by the places of item and part."""
    found = {key: [event["type"] for event in every] for key, every in parts(finished(exchange)).items()}
    found = {key: types for key, types in found.items() if any("output_text" in kind for kind in types)}
    seen(found, "no text came")
    return found


@check("responses.stream.item_ids", SHOULD, of=STREAMS, spec="RSP-STR-016", depth=SMOKE)
def test_an_item_keeps_its_id(exchange: Exchange) -> None:
    """All events of an item SHOULD name the id that it was added with."""
    apart(found := events(exchange))
    for index, every in placed(found).items():
        held = [event["item"].get("id") for event in of(every, ADDED)]
        seen(held and held[0], "an item has no id")
        odd = [event for event in every if "item_id" in event and event["item_id"] != held[0]]
        assert not odd, f"item {index} is {held[0]!r}, and {odd[0]['type']} names {odd[0]['item_id']!r}"


@check("responses.stream.item_kept", MUST, of=STREAMS, spec="RSP-STR-017 RSP-STR-016", depth=SMOKE)
def test_an_item_stays_what_it_is(exchange: Exchange) -> None:
    """An item that is done MUST have the `type`, `id`, `call_id` and `name` that it was added with."""
    for index, every in scoped(finished(exchange)).items():
        begun, ended = of(every, ADDED), of(every, DONE)
        for name in ("type", "id", "call_id", "name") if begun and ended else ():
            first, last = begun[0]["item"].get(name), ended[0]["item"].get(name)
            assert first is None or first == last, f"{name} is {first!r} when item {index} is added, {last!r} when done"


@check("responses.stream.all_items", MUST, of=STREAMS, spec="RSP-STR-023 RSP-STR-016", depth=SMOKE)
def test_the_end_holds_all_items(exchange: Exchange) -> None:
    """The response that a stream ends with MUST hold every item that was done, in its place and with its id."""
    stream = finished(exchange)
    apart(stream)
    done = {event["output_index"]: event["item"] for event in of(stream, DONE) or of(stream, ADDED)}
    every = [(item["type"], item.get("id")) for item in of_type(final(exchange)["output"])]
    told = [(item["type"], item.get("id")) for _, item in sorted(done.items())]
    assert every == told, f"the items are {told}, and the response ends with {every}"


@scenario(HELLO, STREAM, CUT_BESIDE)
def answers() -> Steps:
    """A response, and two streams."""
    yield HELLO
    yield STREAM
    yield CUT_BESIDE


@check("responses.stream.own_items", SHOULD, of=answers, spec="RSP-ITEM-002 RSP-IN-007", depth=FULL)
def test_no_item_has_the_id_of_another(exchange: Exchange) -> None:
    """The items of different responses SHOULD have different ids, in streams too: they can be referred to."""
    made = [{item.get("id") for item in items(one)} - {None} for one in (*exchange.before, exchange) if one.ok]
    seen(len(made) > 1 and all(made), "no items with ids came")
    shared = [name for place, ids in enumerate(made) for name in ids if any(name in other for other in made[:place])]
    assert not shared, f"items of two responses have the id {shared[0]!r}"


@check("responses.stream.added_status", SHOULD, of=STREAMS, spec="RSP-ITEM-002 OR-010", depth=FULL)
def test_an_item_that_is_added_is_not_completed_yet(exchange: Exchange) -> None:
    """An item that is added SHOULD NOT be told to be completed, if deltas follow: it is in progress."""
    found = {index: every for index, every in scoped(finished(exchange)).items() if of(every, ADDED)}
    growing = {index: every for index, every in found.items() if any(one["type"].endswith(".delta") for one in every)}
    seen(growing, "no delta came")
    for index, every in growing.items():
        status = of(every, ADDED)[0]["item"].get("status")
        assert status not in ("completed", "incomplete"), f"item {index} is added as {status}, and deltas follow"


@check("responses.stream.item_status", SHOULD, of=STREAMS, spec="RSP-ITEM-013 RSP-ITEM-002", depth=FULL)
def test_an_item_that_is_done_is_in_progress_no_more(exchange: Exchange) -> None:
    """An item that is done SHOULD NOT be told to be in progress still."""
    every = of(finished(exchange), DONE)
    seen(any(event["item"].get("status") is not None for event in every), "no item has a status")
    for event in every:
        assert event["item"].get("status") != "in_progress", f"item {event['output_index']} is done, and in progress"


@check("responses.stream.items_completed", SHOULD, of=STREAMS, spec="RSP-ITEM-013 RSP-STR-023", depth=FULL)
def test_the_items_of_a_completed_stream_are_completed(exchange: Exchange) -> None:
    """All items of the response that a stream is completed with SHOULD be completed."""
    one = final(exchange)
    seen(one["status"] == "completed", "the response is not completed")
    odd = [item for item in one["output"] if item.get("status") in ("in_progress", "incomplete")]
    assert not odd, f"the response is completed, and its {odd[0]['type']} is {odd[0]['status']}"
