"""Faults of a stream's course: what comes too early, too late, twice, or never."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.faults.responses.declaring import LIFECYCLE, fault, final, of, renumber
from samewire.reference.faults.responses.events import EVERY

TEXT = "response.output_text."
ARGUMENTS = "response.function_call_arguments."
ITEM = "response.output_item."
PART = "response.content_part."
BROKEN = "broken"


@fault(
    "responses_life.gaps",
    "A number is left out in streams.",
    "chunks",
    {"responses.stream.no_gaps": "broken"},
)
def gaps(call: Call) -> None:
    """Miscount."""
    for event in call.chunks[3:]:
        event["sequence_number"] += 1


@fault(
    "responses_life.backwards",
    "The numbers of streams start anew at the last event.",
    "chunks",
    {"responses.stream.sequence": "broken"},
    blocks=("responses.stream.no_gaps",),
)
def backwards(call: Call) -> None:
    """Start anew."""
    call.chunks[-1]["sequence_number"] = 0


def without(call: Call, *types: str) -> None:
    """Leave events of these types out, and number the others anew."""
    call.chunks[:] = [event for event in call.chunks if event["type"] not in types]
    renumber(call)


@fault(
    "responses_life.no_created",
    "Streams begin without response.created.",
    "chunks",
    {"responses.stream.created": "broken"},
    known=("resp-created-missing",),
)
def no_created(call: Call) -> None:
    """Begin at once."""
    without(call, "response.created")


@fault(
    "responses_life.created_twice",
    "response.created comes twice.",
    "chunks",
    {"responses.stream.created": "broken"},
)
def created_twice(call: Call) -> None:
    """Begin twice."""
    call.chunks.insert(2, json.loads(json.dumps(call.chunks[0])))
    renumber(call)


@fault(
    "responses_life.no_in_progress",
    "response.in_progress does not come.",
    "chunks",
    {"responses.stream.in_progress": "broken"},
)
def no_in_progress(call: Call) -> None:
    """Leave it out."""
    without(call, "response.in_progress")


@fault(
    "responses_life.late_in_progress",
    "response.in_progress comes after the first item.",
    "chunks",
    {"responses.stream.in_progress": "broken"},
)
def late_in_progress(call: Call) -> None:
    """Tell it late."""
    call.chunks.insert(3, call.chunks.pop(1))
    renumber(call)


@fault(
    "responses_life.no_end",
    "Streams end without response.completed.",
    "chunks",
    {"responses.stream.terminal": "broken"},
    blocks=(*EVERY, "responses.tool_choice.none", "responses.tools.letters"),
    known=("resp-completed-missing",),
)
def no_end(call: Call) -> None:
    """Stop without an end."""
    without(call, *LIFECYCLE[2:])


@fault(
    "responses_life.breaks_off",
    "Streams stop after the first deltas, without a word.",
    "chunks",
    {"responses.stream.terminal": "broken"},
    blocks=(
        *EVERY,
        "responses.images.several",
        "responses.t*",
        "responses.images.before_text",
    ),
    known=("resp-stream-exception-after-start",),
)
def breaks_off(call: Call) -> None:
    """Fall over in the middle."""
    del call.chunks[6:]


@fault(
    "responses_life.ends_twice",
    "response.completed comes twice.",
    "chunks",
    {"responses.stream.terminal": "broken"},
)
def ends_twice(call: Call) -> None:
    """End twice."""
    call.chunks.append(json.loads(json.dumps(call.chunks[-1])))
    renumber(call)


@fault(
    "responses_life.goes_on",
    "An event follows response.completed.",
    "chunks",
    {"responses.stream.terminal": "broken"},
)
def goes_on(call: Call) -> None:
    """Say one thing more."""
    call.chunks.append({"type": "response.metrics", "tokens_per_second": 7})
    renumber(call)


@fault(
    "responses_life.fails",
    "Every stream fails with response.failed.",
    "chunks",
    {"responses.stream.completed": "broken", "responses.limits.stream": "broken"},
    blocks=(
        *EVERY,
        "responses.images.several",
        "responses.t*",
        "responses.images.before_text",
    ),
)
def fails(call: Call) -> None:
    """Fail in the middle."""
    one = {**final(call)[0], "status": "failed", "error": {"code": "server_error", "message": "It failed."}}
    call.chunks[6:] = [{"type": "response.failed", "response": one}]
    renumber(call)


@fault(
    "responses_life.error",
    "Every stream that answers a plain question ends with an error event.",
    "chunks",
    {"responses.stream.completed": "broken"},
    blocks=EVERY,
)
def error(call: Call) -> None:
    """Fail in the middle, and say so."""
    if isinstance(call.body["input"], str):
        call.chunks[6:] = [{"type": "error", "code": "server_error", "message": "It failed.", "param": None}]
        renumber(call)


@fault(
    "responses_life.nested_error",
    "Errors in streams are nested.",
    "chunks",
    {"responses.stream.error": "broken", "responses.stream.not_empty": "broken"},
    blocks=(
        "responses.limits.stream*",
        "responses.stream.own_items",
    ),
)
def nested_error(call: Call) -> None:
    """Fail where an answer is cut off, in another protocol's words."""
    if call.chunks[-1]["type"] == "response.incomplete":
        call.chunks[6:] = [{"type": "error", "error": {"type": "server_error", "message": "It failed."}}]
        renumber(call)


#: Name → the events that are left out, and the checks that see it.
MISSING: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "no_item_added": ((ITEM + "added",), ("stream.added_first",), ()),
    "no_part_added": ((PART + "added",), ("stream.part_added_first",), ()),
    "no_item_done": ((ITEM + "done",), ("stream.item_done",), ()),
    "no_text_done": ((TEXT + "done",), ("stream.text_done",), ("resp-output_text-done-missing",)),
    "no_part_done": ((PART + "done",), ("stream.part_done",), ()),
    "no_arguments_done": ((ARGUMENTS + "done",), ("call_stream.arguments_done",), ()),
    "no_deltas": ((TEXT + "delta",), ("stream.words",), ()),
    "no_summary_added": (("response.reasoning_summary_part.added",), ("reasoning.stream",), ()),
    "no_summary_done": (("response.reasoning_summary_text.done",), ("reasoning.stream",), ()),
}
for _name, (_types, _checks, _known) in MISSING.items():

    @fault(
        f"responses_life.{_name}",
        f"{', '.join(_types)} never comes.",
        "chunks",
        {f"responses.{check}": BROKEN for check in _checks},
        blocks=EVERY,
        known=_known,
    )
    def missing(call: Call, types: tuple[str, ...] = _types) -> None:
        """Leave events out."""
        without(call, *types)


#: Events that come twice.
TWICE = (ITEM + "added", ITEM + "done", PART + "added", TEXT + "done", PART + "done", ARGUMENTS + "done")
for _type in TWICE:

    @fault(
        f"responses_life.{_type.split('.', 1)[1].replace('.', '_')}_twice",
        f"{_type} comes twice.",
        "chunks",
        {"responses.stream.once": BROKEN},
    )
    def twice(call: Call, kind: str = _type) -> None:
        """Say it again."""
        again = [event for event in call.chunks for _ in range(2 if event["type"] == kind else 1)]
        call.chunks[:] = [dict(event) for event in again]
        renumber(call)


def shifted(call: Call, name: str) -> None:
    """Count from 1 instead of 0."""
    for event in call.chunks:
        if name in event:
            event[name] += 1


@fault(
    "responses_life.items_from_one",
    "The items of streams count from 1.",
    "chunks",
    {"responses.stream.indexes": BROKEN},
)
def items_from_one(call: Call) -> None:
    """Count as people do."""
    shifted(call, "output_index")


@fault(
    "responses_life.parts_from_one",
    "The parts of streams count from 1.",
    "chunks",
    {"responses.stream.part_indexes": BROKEN},
)
def parts_from_one(call: Call) -> None:
    """Count as people do."""
    shifted(call, "content_index")


@fault(
    "responses_life.one_index",
    "All items of a stream have the index 0.",
    "chunks",
    {
        "responses.stream.once": BROKEN,
    },
    blocks=EVERY,
)
def one_index(call: Call) -> None:
    """Count no further."""
    for event in call.chunks:
        if "output_index" in event:
            event["output_index"] = 0


@fault(
    "responses_life.ids_rotate",
    "Every event names another item_id.",
    "chunks",
    {"responses.stream.item_ids": BROKEN},
    known=("resp-item-ids-rotate",),
)
def ids_rotate(call: Call) -> None:
    """Name it anew each time."""
    for event in call.chunks:
        if "item_id" in event:
            event["item_id"] = f"{event['item_id']}_{event['sequence_number']}"


@fault(
    "responses_life.other_item_id",
    "Deltas name the call_id instead of the item's id.",
    "chunks",
    {"responses.stream.item_ids": BROKEN},
)
def other_item_id(call: Call) -> None:
    """Take one id for another."""
    for event in of(call, ARGUMENTS + "delta", TEXT + "delta"):
        event["item_id"] = "call_0"


#: Members of an item that are others when it is done than when it was added, and the checks that see it.
CHANGED: dict[str, dict[str, str]] = {
    "id": {},
    "call_id": {},
    "name": {"responses.call_stream.same_calls": BROKEN},
}
for _name, _more in CHANGED.items():

    @fault(
        f"responses_life.{_name}_changes",
        f"The {_name} of an item is another when it is done.",
        "chunks",
        {"responses.stream.item_kept": BROKEN, **_more},
        blocks=EVERY,
    )
    def changes(call: Call, name: str = _name) -> None:
        """Change the item on its way."""
        items = [event["item"] for event in of(call, ITEM + "done")]
        for item in [*items, *final(call)[0]["output"]]:
            if name in item:
                item[name] += "_x"


@fault(
    "responses_life.items_lost",
    "The response that a stream ends with has no output.",
    "chunks",
    {
        "responses.stream.all_items": BROKEN,
        "responses.stream.same_response": BROKEN,
        "responses.stream.same_items": BROKEN,
    },
    blocks=EVERY,
)
def items_lost(call: Call) -> None:
    """Forget what was said."""
    for one in final(call):
        one["output"] = []


@fault(
    "responses_life.ids_lost",
    "The items of the response that a stream ends with have other ids.",
    "chunks",
    {"responses.stream.all_items": BROKEN},
)
def ids_lost(call: Call) -> None:
    """Name items anew."""
    for one in final(call):
        for item in one["output"]:
            item["id"] += "_end"


def _early(call: Call, kind: str, before: str) -> None:
    """Let events of one type come before the first of another."""
    moved = [event for event in call.chunks if event["type"] == kind]
    rest = [event for event in call.chunks if event["type"] != kind]
    place = next((place for place, event in enumerate(rest) if event["type"] == before), len(rest) - 1)
    call.chunks[:] = [*rest[:place], *moved, *rest[place:]] if moved else rest
    renumber(call)


#: Name → which events come before which, and the check that sees it.
EARLY = {
    "text_done_first": (TEXT + "done", TEXT + "delta", "stream.text_done"),
    "part_done_first": (PART + "done", TEXT + "done", "stream.part_done"),
    "item_done_first": (ITEM + "done", PART + "done", "stream.item_done"),
    "deltas_first": (TEXT + "delta", PART + "added", "stream.part_added_first"),
    "parts_first": (PART + "added", ITEM + "added", "stream.added_first"),
    "arguments_done_first": (ARGUMENTS + "done", ARGUMENTS + "delta", "call_stream.arguments_done"),
}
for _name, (_kind, _before, _check) in EARLY.items():

    @fault(
        f"responses_life.{_name}",
        f"{_kind} comes before {_before}.",
        "chunks",
        {f"responses.{_check}": BROKEN},
        blocks=EVERY,
    )
    def early(call: Call, kind: str = _kind, before: str = _before) -> None:
        """Change the order."""
        if of(call, before) and len(final(call)[0]["output"]) == 1:
            _early(call, kind, before)
