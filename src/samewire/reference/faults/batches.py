"""Faults of embeddings that show only among several texts, in short vectors, with tokens, or where nothing is given."""

from __future__ import annotations

import base64
import json
import re
import struct
from typing import Any

from samewire.reference.call import Call
from samewire.reference.embeddings import vector
from samewire.reference.errors import Refusal, unsupported
from samewire.reference.faults.embeddings import WHERE, entries
from samewire.reference.faults.registry import fault
from samewire.reference.server import HttpResponse

#: What is judged of short vectors.
SHORT = ("embeddings.encoding.*", "embeddings.mistakes.dimensions", "embeddings.dimensions.*")


def _asked(call: Call) -> list[Any]:
    given = call.body.get("input")
    return given if isinstance(given, list) else [given]


@fault(
    "embeddings.escapes",
    "What is escaped as two halves is read as two characters, neither of which there is.",
    "body",
    {"embeddings.list.belongs": "broken"},
    where=WHERE,
)
def escapes(call: Call) -> None:
    """Read each escape by itself."""
    if b"\\ud8" in call.request.body.lower():
        call.body["input"] = [re.sub("[^\0-\uffff]", "\ufffd\ufffd", text) for text in _asked(call)]


@fault(
    "embeddings.empty_array",
    "An empty array of inputs is answered with an empty list.",
    "body",
    {"embeddings.mistakes.no_input": "ignored"},
    where=WHERE,
)
def empty_array(call: Call) -> None:
    """Embed nothing."""
    if call.body.get("input") == []:
        empty = {"object": "list", "data": [], "model": call.body["model"]}
        call.notes["instead"] = HttpResponse(200, [("Content-Type", "application/json")], json.dumps(empty).encode())


@fault(
    "embeddings.empty_array_fails",
    "An empty array of inputs makes the server fail.",
    "body",
    {"http.error.clients_fault": "broken"},
    blocks=("embeddings.mistakes.no_input",),
    where=WHERE,
)
def empty_array_fails(call: Call) -> None:
    """Look at the first of none."""
    if call.body.get("input") == []:
        raise Refusal(500, "list index out of range", type="server_error")


@fault(
    "embeddings.any_model",
    "Embeddings of a model that does not exist are those of another.",
    "body",
    {"embeddings.mistakes.model": "ignored"},
    where=WHERE,
)
def any_model(call: Call) -> None:
    """Take what there is."""
    call.body["model"] = call.settings.models[0]


@fault(
    "embeddings.base64_alone",
    "base64 is written for one text alone; for several it is refused.",
    "body",
    {"embeddings.encoding.batch": "unsupported"},
    blocks=SHORT,
    where=WHERE,
)
def base64_alone(call: Call) -> None:
    """Write one."""
    if call.body.get("encoding_format") == "base64" and len(_asked(call)) == 3:
        raise unsupported("encoding_format")
    if call.body.get("encoding_format") == "base64" and call.body.get("dimensions") == 8:
        raise unsupported("encoding_format")


@fault(
    "embeddings.hundred",
    "More than a hundred texts are refused.",
    "body",
    {"embeddings.inputs.many": "unsupported"},
    blocks=(*SHORT, "embeddings.list.whole", "embeddings.list.own"),
    where=WHERE,
)
def hundred(call: Call) -> None:
    """Take what the documentation of others says."""
    if len(_asked(call)) > 100:
        raise unsupported("input")


@fault(
    "embeddings.short_float64",
    "Short vectors are written as float64 in base64.",
    "document",
    {"embeddings.encoding.short": "broken"},
    blocks=(*SHORT, "embeddings.list.own"),
    where=WHERE,
)
def short_float64(call: Call) -> None:
    """Write what came out of the division."""
    for one in entries(call) if call.body.get("dimensions") else ():
        if isinstance(one["embedding"], str):
            packed = base64.b64decode(one["embedding"])
            numbers = struct.unpack(f"<{len(packed) // 4}f", packed)
            one["embedding"] = base64.b64encode(struct.pack(f"<{len(numbers)}d", *numbers)).decode()


@fault(
    "embeddings.packed_in_reverse",
    "As base64, vectors stand in reverse, and their indexes do not.",
    "document",
    {"embeddings.encoding.order": "broken"},
    where=WHERE,
)
def packed_in_reverse(call: Call) -> None:
    """Pop them off a stack."""
    every = [one["embedding"] for one in entries(call)]
    for one, other in zip(entries(call), reversed(every), strict=True):
        one["embedding"] = other if isinstance(other, str) else one["embedding"]


@fault(
    "embeddings.first_packed",
    "Of several vectors the first is base64.",
    "document",
    {"embeddings.list.lengths": "broken"},
    blocks=SHORT,
    where=WHERE,
)
def first_packed(call: Call) -> None:
    """Convert what is looked at first."""
    for one in entries(call)[1:]:
        if isinstance(one["embedding"], str):
            packed = base64.b64decode(one["embedding"])
            one["embedding"] = list(struct.unpack(f"<{len(packed) // 4}f", packed))


@fault(
    "embeddings.first_short",
    "Of several vectors the first is made short.",
    "document",
    {"embeddings.list.lengths": "broken"},
    blocks=(*SHORT, "embeddings.list.own"),
    where=WHERE,
)
def first_short(call: Call) -> None:
    """Shorten what is looked at first."""
    for text, one in list(zip(_asked(call), entries(call), strict=False))[1:]:
        if call.body.get("dimensions") and isinstance(text, str) and isinstance(one["embedding"], str):
            one["embedding"] = base64.b64encode(struct.pack("<64f", *vector(text, 64))).decode()


@fault(
    "embeddings.index_restarts",
    "Texts are embedded by eights, each of which has the indexes from 0.",
    "document",
    {"embeddings.list.order": "broken"},
    blocks=("embeddings.list.belongs",),
    where=WHERE,
)
def index_restarts(call: Call) -> None:
    """Count the eighth, and forget."""
    for number, one in enumerate(entries(call)):
        one["index"] = number % 8


@fault(
    "embeddings.endless",
    "The last of many short vectors has an infinite number.",
    "document",
    {"embeddings.encoding.order": "broken"},
    where=WHERE,
    blocks=("embeddings.list.own",),
)
def endless(call: Call) -> None:
    """Divide by nothing."""
    for one in entries(call)[100:][-1:]:
        if isinstance(one["embedding"], str):
            one["embedding"] = base64.b64encode(struct.pack("<8f", float("inf"), *[0.5] * 7)).decode()


@fault(
    "embeddings.tokens_whole",
    "For tokens, dimensions is dropped.",
    "body",
    {"embeddings.dimensions.tokens": "ignored"},
    where=WHERE,
)
def tokens_whole(call: Call) -> None:
    """Shorten vectors of texts alone."""
    if _asked(call) and not isinstance(_asked(call)[0], str):
        call.body.pop("dimensions", None)


@fault(
    "embeddings.short_as_text",
    "The numbers of short vectors are written as text.",
    "document",
    {"embeddings.list.entry": "broken"},
    blocks=("embeddings.*",),
    where=WHERE,
)
def short_as_text(call: Call) -> None:
    """Round, and print."""
    for one in entries(call) if call.body.get("dimensions") else ():
        if isinstance(one["embedding"], list):
            one["embedding"] = [f"{number:.6f}" for number in one["embedding"]]


@fault(
    "embeddings.scheme_case",
    "For embeddings, the scheme is read in one case only.",
    "request",
    {"embeddings.inputs.scheme_case": "unsupported"},
    where=WHERE,
)
def one_case(call: Call) -> None:
    """Compare letter by letter."""
    if call.request.headers.get("authorization", "").startswith("bearer "):
        call.request.headers["authorization"] = "Bearer wrong"


@fault(
    "embeddings.key_repeated",
    "For embeddings, a refused key is repeated whole.",
    "error",
    {"http.auth.discreet_refusal": "broken"},
    where=WHERE,
)
def key_repeated(call: Call) -> None:
    """Say which one it was."""
    if call.response.status == 401:
        key = call.request.headers.get("authorization", "").partition(" ")[2]
        call.document["error"]["message"] = f"Incorrect API key provided: {key}"


@fault(
    "embeddings.first_hundred",
    "Of more than a hundred texts, the others are dropped.",
    "body",
    {"embeddings.list.whole": "ignored"},
    blocks=("embeddings.list.own",),
    where=WHERE,
)
def first_hundred(call: Call) -> None:
    """Take what fits."""
    if isinstance(call.body.get("input"), list):
        call.body["input"] = call.body["input"][:100]


@fault(
    "embeddings.batched",
    "Texts are taken ten by ten, and each ten have the embeddings of the first.",
    "document",
    {"embeddings.list.own": "broken"},
    blocks=("embeddings.list.belongs",),
    where=WHERE,
)
def batched(call: Call) -> None:
    """Use one batch again and again."""
    every = [entry["embedding"] for entry in entries(call)]
    for place, entry in enumerate(entries(call)):
        if len(every) > 100:
            entry["embedding"] = every[place % 10]


@fault(
    "embeddings.half_among_others",
    "Among others, a vector has half as many numbers.",
    "document",
    {"embeddings.list.alike": "broken"},
    blocks=("embeddings.*",),
    where=WHERE,
)
def half_among_others(call: Call) -> None:
    """Save room."""
    for entry in entries(call):
        if len(entries(call)) == 3 and isinstance(entry["embedding"], list):
            entry["embedding"] = entry["embedding"][:32]


@fault(
    "embeddings.half_unnamed",
    "Where no encoding is named, a vector has half as many numbers.",
    "document",
    {"embeddings.vectors.stable": "broken"},
    where=WHERE,
)
def half_unnamed(call: Call) -> None:
    """Take a smaller model's."""
    for entry in entries(call):
        if "encoding_format" not in call.body:
            entry["embedding"] = entry["embedding"][:32]


@fault(
    "embeddings.counts_far_too_much",
    "Tokens of texts are counted forty times.",
    "document",
    {"embeddings.usage.bounds": "broken"},
    where=WHERE,
)
def counts_far_too_much(call: Call) -> None:
    """Count the room that was kept free."""
    if entries(call):
        spent = call.document["usage"]["prompt_tokens"] * 40
        call.document["usage"] = {"prompt_tokens": spent, "total_tokens": spent}


@fault(
    "embeddings.padded",
    "Among others, vectors move a little.",
    "document",
    {"embeddings.list.alike": "broken"},
    where=WHERE,
)
def padded(call: Call) -> None:
    """Take what fills up the others for words."""
    for entry in entries(call):
        if len(entries(call)) > 1 and isinstance(entry["embedding"], list):
            entry["embedding"][0] += 0.1


@fault(
    "embeddings.huge_cut",
    "A text beyond the context window is cut in silence.",
    "body",
    {"http.huge.embeddings": "ignored"},
    where=WHERE,
)
def huge_cut(call: Call) -> None:
    """Embed the beginning."""
    call.body["input"] = [text[:50_000] if isinstance(text, str) else text for text in _asked(call)]


@fault(
    "embeddings.cut_at_4096",
    "Of a text, the first 4,096 tokens are read.",
    "body",
    {"embeddings.inputs.long": "ignored"},
    where=WHERE,
)
def cut_at_4096(call: Call) -> None:
    """Read what a small window holds."""
    cut = {text: " ".join(text.split()[:4096]) for text in _asked(call) if isinstance(text, str) and text.strip()}
    call.body["input"] = [cut.get(text, text) if isinstance(text, str) else text for text in _asked(call)]


@fault(
    "embeddings.rounded",
    "Numbers are written with three decimals, and base64 is exact.",
    "document",
    {"embeddings.encoding.float32": "broken"},
    where=WHERE,
)
def rounded(call: Call) -> None:
    """Save letters."""
    for entry in entries(call):
        if isinstance(entry["embedding"], list):
            entry["embedding"] = [round(number, 3) for number in entry["embedding"]]


@fault(
    "embeddings.ascii",
    "Letters beyond ASCII are dropped.",
    "body",
    {"embeddings.inputs.letters": "ignored"},
    where=WHERE,
)
def ascii_alone(call: Call) -> None:
    """Clean the text."""
    call.body["input"] = [
        text.encode("ascii", "ignore").decode() or text if isinstance(text, str) else text for text in _asked(call)
    ]
