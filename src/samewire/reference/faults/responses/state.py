"""Faults of what is kept between requests, and of mistakes that are passed over."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import unknown_url
from samewire.reference.faults.responses.declaring import ABSENT, fault, final, input_text, made, put
from samewire.reference.faults.responses.ignored import again
from samewire.reference.responses_prompt import listen

STATE = ("responses.state.*",)


@fault(
    "responses_state.not_kept",
    "Responses that tell they are stored can't be fetched, listed, deleted or followed.",
    "request",
    {
        "responses.state.get": "ignored",
        "responses.state.delete": "ignored",
        "responses.state.input_items": "unsupported",
        "responses.count.taken": "unsupported",
    },
    blocks=(
        "responses.state.*",
        "responses.count.*",
        "responses.keys.get",
        "responses.keys.delete",
    ),
    known=("resp-store-unimplemented",),
)
def not_kept(call: Call) -> None:
    """Have no such routes."""
    if call.path.startswith("/responses/"):
        raise unknown_url(call.request.method, call.request.path)


@fault(
    "responses_state.not_followed",
    "previous_response_id is ignored.",
    "answers",
    {"responses.state.previous": "ignored", "responses.tools.previous_output": "unsupported"},
    blocks=("responses.state.*",),
)
def not_followed(call: Call) -> None:
    """Forget what was before."""
    call.notes["before"] = []
    call.answers.clear()
    listen(call)


@fault(
    "responses_state.only_input_followed",
    "Of the response before, only the output reaches the model.",
    "answers",
    {"responses.state.previous": "ignored"},
    blocks=(
        "responses.state.output",
        "responses.state.instructions",
        "responses.state.own_instructions",
        "responses.state.chain",
    ),
)
def only_output_followed(call: Call) -> None:
    """Forget what was asked before."""
    call.notes["before"] = [item for item in call.notes["before"] if item.get("role") != "user"]
    call.answers.clear()
    listen(call)


@fault(
    "responses_state.instructions_kept",
    "Instructions are carried over to the response after.",
    "answers",
    {"responses.state.instructions": "broken"},
    blocks=("responses.state.own_instructions",),
)
def instructions_kept(call: Call) -> None:
    """Follow what was said to another."""
    before = call.memory.get("responses", {}).get(call.body.get("previous_response_id"))
    if before and before["document"]["instructions"]:
        again(call, instructions=before["document"]["instructions"])


@fault(
    "responses_state.instructions_kept_where_none_are",
    "Instructions are carried over to the response after, if that has none of its own.",
    "answers",
    {"responses.state.instructions": "broken"},
    blocks=("responses.state.own_instructions",),
)
def instructions_kept_where_none_are(call: Call) -> None:
    """Take what was said to another for the default."""
    if not call.body.get("instructions"):
        instructions_kept(call)


#: What is told of an item later → which member, and how it differs from what was told when it was made.
TOLD_LATER: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "ids": ("id", lambda told: f"{told[:-4]}0000"),
    "call_ids": ("call_id", lambda told: f"{told[:-4]}0000"),
    "names": ("name", lambda told: f"functions.{told}"),
    "arguments": ("arguments", lambda _: "{}"),
}
for _name, (_path, _how) in TOLD_LATER.items():

    @fault(
        f"responses_state.other_{_name}_fetched",
        f"In a response that is fetched, `{_path}` of items is another one than when it was made.",
        "document",
        {"responses.state.get_same": "broken"},
    )
    def other_fetched(call: Call, path: str = _path, how: Callable[[Any], Any] = _how) -> None:
        """Keep something else."""
        for item in made(call)[0]["output"] if call.request.method == "GET" and made(call) else ():
            if path in item:
                item[path] = how(item[path])


@fault(
    "responses_state.another_fetched",
    "A response that is fetched has no output.",
    "document",
    {"responses.state.get_same": "broken"},
)
def another_fetched(call: Call) -> None:
    """Forget what was said."""
    if call.request.method == "GET":
        for one in made(call):
            one["output"] = []


@fault(
    "responses_state.in_progress_for_ever",
    "A response that is fetched is still in progress.",
    "document",
    {"responses.state.get_same": "broken"},
)
def in_progress_for_ever(call: Call) -> None:
    """Never tell the end."""
    if call.request.method == "GET":
        for one in made(call):
            one["status"] = "in_progress"


@fault(
    "responses_state.streamed_kept",
    "Responses that are streamed are kept, whatever `store` says.",
    "chunks",
    {"responses.state.unstored": "ignored"},
)
def streamed_kept(call: Call) -> None:
    """Forget the question on the way."""
    for one in final(call):
        kept = {"document": json.loads(json.dumps(one)), "input": [], "before": []}
        call.memory.setdefault("responses", {}).setdefault(one["id"], kept)


@fault(
    "responses_state.streamed_as_created",
    "A response that was streamed is fetched as it was created: in progress and empty.",
    "chunks",
    {"responses.state.get_same": "broken", "responses.tools.previous_call": "ignored"},
    blocks=("responses.tools.previous_output",),
)
def streamed_as_created(call: Call) -> None:
    """Keep what was there when the stream began."""
    for one in final(call):
        for kept in [call.memory.get("responses", {}).get(one["id"])]:
            if kept:
                kept["document"] = {**one, "status": "in_progress", "output": [], "usage": None}


@fault(
    "responses_state.unstored_kept",
    "Responses are stored that were not to be.",
    "body",
    {"responses.state.unstored": "ignored", "responses.echo.store": "broken"},
)
def unstored_kept(call: Call) -> None:
    """Keep what is none of its business."""
    call.body.pop("store", None)


@fault(
    "responses_state.delete_undone",
    "What is deleted is there all the same.",
    "request",
    {"responses.state.deleted_is_gone": "ignored"},
)
def delete_undone(call: Call) -> None:
    """Delete nothing."""
    call.memory["responses"] = Clinging(call.memory.get("responses", {}))


class Clinging(dict[str, Any]):
    """Keeps what is deleted."""

    def __delitem__(self, name: str) -> None:
        """Keep it."""


#: What is wrong with a deletion → what is put where.
DELETED: dict[str, tuple[str, Any]] = {
    "id_absent": ("id", ABSENT),
    "another_id": ("id", "resp_another"),
    "not_deleted": ("deleted", False),
    "deleted_text": ("deleted", "true"),
}
for _name, (_path, _value) in DELETED.items():

    @fault(
        f"responses_state.delete_{_name}",
        f"When something is deleted, {_path} is {_value!r}.",
        "document",
        {"responses.state.delete_shape": "broken"},
    )
    def deletion(call: Call, path: str = _path, value: Any = _value) -> None:
        """Tell it wrongly."""
        if call.request.method == "DELETE":
            put(call.document, path, value)


#: What is wrong with a list of input → what is put where, and the checks that see it.
LISTED: dict[str, tuple[str, Any, tuple[str, ...]]] = {
    "no_has_more": ("has_more", ABSENT, ("input_items",)),
    "object_absent": ("object", ABSENT, ("input_items",)),
    "data_null": ("data", None, ("input_items",)),
    "first_id_wrong": ("first_id", "msg_another", ("input_items_all",)),
    "type_of_parts": ("data/*/type", "input_text", ("input_items_all",)),
    "ids_absent": ("data/*/id", ABSENT, ("input_items",)),
    "status_number": ("data/*/status", 1, ("input_items",)),
}
for _name, (_path, _value, _checks) in LISTED.items():

    @fault(
        f"responses_state.list_{_name}",
        f"In the list of input, {_path} is {_value!r}.",
        "document",
        {f"responses.state.{check}": "broken" for check in _checks},
        blocks=STATE,
    )
    def listed(call: Call, path: str = _path, value: Any = _value) -> None:
        """Put something else there, or nothing."""
        if call.path.endswith("/input_items"):
            put(call.document, path, value)


@fault(
    "responses_state.list_unpaged",
    "The list of input knows no order, limit and after.",
    "request",
    {"responses.state.input_items_paged": "ignored"},
)
def unpaged(call: Call) -> None:
    """Give all, always."""
    call.request.query.clear()


@fault(
    "responses_state.list_last_only",
    "Only the last item of the input is listed.",
    "document",
    {"responses.state.input_items_all": "broken"},
    blocks=("responses.state.input_items_paged",),
)
def last_only(call: Call) -> None:
    """Forget what was before."""
    if call.path.endswith("/input_items") and not call.request.query:
        document = call.document
        document.update(data=document["data"][:1], last_id=document["first_id"])


@fault(
    "responses_unknown.get",
    "GET of a response that is not there is answered with nothing in it.",
    "error",
    {
        "responses.unknown.get": "ignored",
        "responses.state.unstored": "ignored",
        "responses.state.deleted_is_gone": "ignored",
    },
    blocks=("responses.errors.unknown_url",),
)
def unknown_fetched(call: Call) -> None:
    """Answer with nothing."""
    if call.request.method == "GET" and call.response.status == 404 and len(call.path.split("/")) == 3:
        call.document = {"object": "response"}
        call.response.status = 200


Body = dict[str, Any]


def _number(value: Any) -> float:
    return value if isinstance(value, (int, float)) else 0


def _has(kind: str) -> Callable[[Body], bool]:
    return lambda body: kind in json.dumps(body.get("input"))


#: Check → when a mistake is passed over, and what is changed for that.
MISTAKES: dict[str, tuple[Callable[[Body], bool], Body]] = {
    "mistakes.input_type": (lambda body: body.get("input") == 5, {"input": "5"}),
    "mistakes.unknown_role": (_has("wizard"), {"input": "Hello."}),
    "mistakes.unknown_item": (lambda body: _has("telepathy")(body) and _has("Hi.")(body), {"input": "Hi."}),
    "mistakes.unknown_part": (lambda body: _has("telepathy")(body) and not _has("Hi.")(body), {"input": "Hi."}),
    "mistakes.content_type": (lambda body: body.get("input") == [{"role": "user", "content": 5}], {"input": "5"}),
    "mistakes.stray_output": (_has("call_nobody_made"), {"input": "Hi."}),
    "mistakes.temperature": (lambda body: _number(body.get("temperature")) > 2, {"temperature": 2}),
    "mistakes.number_as_text": (lambda body: body.get("temperature") == "hot", {"temperature": None}),
    "mistakes.top_p": (lambda body: _number(body.get("top_p")) > 1, {"top_p": 1}),
    "mistakes.metadata": (lambda body: len(body.get("metadata") or ()) > 16, {"metadata": None}),
    "mistakes.stream": (lambda body: body.get("stream") == "yes", {"stream": None}),
    "mistakes.include": (lambda body: body.get("include") == ["everything"], {"include": None}),
    "mistakes.conversation": (lambda body: body.get("conversation") is not None, {"conversation": None}),
    "unknown.previous": (
        lambda body: str(body.get("previous_response_id")).startswith("resp_0123456789"),
        {"previous_response_id": None},
    ),
    "unknown.reference": (_has("msg_fedcba98"), {"input": "Say hello."}),
    "limits.not_negative": (lambda body: _number(body.get("max_output_tokens")) < 0, {"max_output_tokens": None}),
    "reasoning.unknown": (lambda body: _effort(body) == "heroic", {"reasoning": None}),
    "tool_choice.unknown": (lambda body: "no_such_tool" in str(body.get("tool_choice")), {"tool_choice": "auto"}),
    "tool_choice.word": (lambda body: body.get("tool_choice") == "perhaps", {"tool_choice": "auto"}),
    "format.unknown": (lambda body: _form(body).get("type") == "yaml", {"text": None}),
    "format.schema": (
        lambda body: _form(body).get("type") == "json_schema" and "schema" not in _form(body),
        {"text": None},
    ),
    "images.unreadable": (_has("A" * 9000), {"input": "Hi."}),
    "images.unreachable": (_has("images.invalid"), {"input": "Hi."}),
}


def _effort(body: Body) -> Any:
    return (body.get("reasoning") or {}).get("effort")


def _form(body: Body) -> Body:
    text = body.get("text")
    form: Body = (text.get("format") if isinstance(text, dict) else None) or {}
    return form


for _check, (_is, _instead) in MISTAKES.items():

    @fault(
        f"responses_passed.{_check.replace('.', '_')}",
        f"The mistake of {_check} is passed over.",
        "body",
        {f"responses.{_check}": "ignored"},
        blocks=("responses.errors.same_in_streams",),
    )
    def passed(call: Call, applies: Callable[[Body], bool] = _is, instead: Body = _instead) -> None:
        """Take it for something else."""
        if applies(call.body):
            call.body.update(instead)


@fault(
    "responses_passed.obfuscation",
    "include_obfuscation is ignored.",
    "body",
    {"responses.parameters.obfuscation": "ignored"},
)
def obfuscation(call: Call) -> None:
    """Veil all the same."""
    call.body.pop("stream_options", None)


@fault(
    "responses_passed.logprobs",
    "include is ignored.",
    "body",
    {"responses.parameters.logprobs": "ignored", "responses.reasoning.encrypted": "ignored"},
    blocks=("responses.parameters.stream_logprobs*",),
)
def logprobs(call: Call) -> None:
    """Include nothing."""
    if isinstance(call.body.get("include"), list) and call.body["include"] != ["everything"]:
        call.body["include"] = []


@fault(
    "responses_passed.logprobs_cut",
    "Of logprobs only the first comes.",
    "document",
    {"responses.parameters.logprobs": "broken"},
)
def logprobs_cut(call: Call) -> None:
    """Include a little."""
    for one in made(call):
        for part in [part for item in one["output"] for part in item.get("content") or ()]:
            part["logprobs"] = part["logprobs"][:1]


@fault(
    "responses_passed.encrypted",
    "encrypted_content is not included.",
    "document",
    {"responses.reasoning.encrypted": "ignored"},
)
def encrypted(call: Call) -> None:
    """Keep it."""
    for one in made(call):
        put(one, "output/*/encrypted_content", None)


@fault(
    "responses_passed.custom_items",
    "Reasoning can't be sent back.",
    "body",
    {"responses.reasoning.returned": "unsupported"},
)
def reasoning_back(call: Call) -> None:
    """Know other items than it sends."""
    if "'reasoning'" in input_text(call):
        raise unknown_url("POST", "/responses")
