"""Faults of embeddings."""

from __future__ import annotations

import base64
import gzip
import struct
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal, unsupported
from samewire.reference.faults.registry import fault

WHERE = "/embeddings"


def entries(call: Call) -> list[dict[str, Any]]:
    """The embeddings of an answer."""
    return call.document["data"] if call.path == WHERE else []


@fault(
    "embeddings.none",
    "There are no embeddings.",
    "body",
    {"embeddings.vectors.given": "unsupported"},
    blocks=("embeddings.*",),
    where=WHERE,
)
def none(call: Call) -> None:
    """Embed nothing."""
    raise unsupported("input")


@fault(
    "embeddings.format_demanded",
    "An encoding_format is demanded.",
    "body",
    {"embeddings.vectors.stable": "broken"},
    where=WHERE,
)
def format_demanded(call: Call) -> None:
    """Leave nothing open."""
    if call.body.get("encoding_format") is None:
        raise Refusal(400, "encoding_format: field required", param="encoding_format")


@fault("embeddings.no_model", "Embeddings name no model.", "document", {"embeddings.list.shape": "broken"})
def no_model(call: Call) -> None:
    """Drop the model."""
    if call.path == WHERE:
        del call.document["model"]


@fault(
    "embeddings.no_request_id",
    "Embeddings have no x-request-id.",
    "response",
    {"embeddings.list.request_id": "unsupported"},
    where=WHERE,
)
def no_request_id(call: Call) -> None:
    """Drop the id."""
    call.response.drop("x-request-id")


@fault("embeddings.no_object", "An embedding has no object.", "document", {"embeddings.list.entry": "broken"})
def no_object(call: Call) -> None:
    """Drop the object."""
    for one in entries(call):
        del one["object"]


@fault(
    "embeddings.always_text",
    "Embeddings are base64, whatever was asked for.",
    "body",
    {"embeddings.list.floats": "broken"},
    blocks=("embeddings.*",),
    where=WHERE,
)
def always_text(call: Call) -> None:
    """Pack them all."""
    if call.body.get("encoding_format") == "float":
        call.body["encoding_format"] = "base64"


@fault(
    "embeddings.turned",
    "Embeddings come in reverse.",
    "document",
    {"embeddings.list.order": "broken"},
    blocks=(
        "embeddings.list.belongs",
        "embeddings.list.alike",
    ),
    known=("emb-order-permuted",),
)
def turned(call: Call) -> None:
    """Turn them around."""
    if len(entries(call)) > 1:
        call.document["data"].reverse()


@fault(
    "embeddings.swapped",
    "Embeddings stand at wrong places.",
    "document",
    {"embeddings.list.belongs": "broken", "embeddings.list.own": "broken"},
    blocks=("embeddings.list.alike",),
)
def swapped(call: Call) -> None:
    """Swap the vectors."""
    data = entries(call)
    if len(data) > 1:
        data[0]["embedding"], data[1]["embedding"] = data[1]["embedding"], data[0]["embedding"]


@fault(
    "embeddings.lengths",
    "The first vector is one number short.",
    "document",
    {"embeddings.list.lengths": "broken"},
    blocks=(
        "embeddings.inputs.letters",
        "embeddings.encoding.*",
        "embeddings.dimensions.tokens",
        "embeddings.list.belongs",
        "embeddings.list.alike",
        "embeddings.mistakes.dimensions",
        "embeddings.list.own",
    ),
)
def lengths(call: Call) -> None:
    """Drop a number."""
    data = entries(call)
    if len(data) > 1:
        data[0]["embedding"] = data[0]["embedding"][:-4]


@fault(
    "embeddings.base64_refused",
    "base64 is refused.",
    "body",
    {"embeddings.encoding.base64": "unsupported"},
    blocks=(
        "embeddings.dimensions.tokens",
        "embeddings.encoding.*",
        "embeddings.mistakes.dimensions",
    ),
    where=WHERE,
)
def base64_refused(call: Call) -> None:
    """Write numbers alone."""
    if call.body.get("encoding_format") == "base64":
        raise unsupported("encoding_format")


@fault(
    "embeddings.base64_ignored",
    "base64 is accepted, and numbers come.",
    "body",
    {"embeddings.encoding.given": "ignored"},
    blocks=(
        "embeddings.encoding.short",
        "embeddings.encoding.float32",
    ),
    known=("emb-base64-ignored",),
    where=WHERE,
)
def base64_ignored(call: Call) -> None:
    """Forget the encoding."""
    if call.body.get("encoding_format") == "base64":
        del call.body["encoding_format"]


@fault(
    "embeddings.float64",
    "base64 is of float64.",
    "document",
    {"embeddings.encoding.float32": "broken"},
    blocks=(
        "embeddings.encoding.*",
        "embeddings.dimensions.tokens",
        "embeddings.mistakes.dimensions",
        "embeddings.list.own",
    ),
    known=("emb-base64-wrong-dtype",),
)
def float64(call: Call) -> None:
    """Write twice as much."""
    for one in entries(call):
        if isinstance(one["embedding"], str):
            packed = base64.b64decode(one["embedding"])
            numbers = struct.unpack(f"<{len(packed) // 4}f", packed)
            one["embedding"] = base64.b64encode(struct.pack(f"<{len(numbers)}d", *numbers)).decode()


@fault(
    "embeddings.big_endian",
    "base64 is big-endian.",
    "document",
    {"embeddings.encoding.float32": "broken"},
    blocks=("embeddings.list.own",),
)
def big_endian(call: Call) -> None:
    """Begin at the other end."""
    for one in entries(call):
        if isinstance(one["embedding"], str):
            packed = base64.b64decode(one["embedding"])
            numbers = struct.unpack(f"<{len(packed) // 4}f", packed)
            one["embedding"] = base64.b64encode(struct.pack(f">{len(numbers)}f", *numbers)).decode()


@fault(
    "embeddings.any_encoding",
    "Unknown encodings are passed over.",
    "body",
    {"embeddings.encoding.unknown": "ignored"},
    known=("emb-encoding-invalid-accepted",),
    where=WHERE,
)
def any_encoding(call: Call) -> None:
    """Forget what is not known."""
    if call.body.get("encoding_format") not in ("float", "base64"):
        call.body.pop("encoding_format", None)


@fault(
    "embeddings.dimensions",
    "dimensions is dropped.",
    "body",
    {"embeddings.dimensions.set": "ignored"},
    blocks=(
        "embeddings.encoding.order",
        "embeddings.dimensions.tokens",
        "embeddings.mistakes.dimensions",
    ),
    known=("emb-dimensions-ignored",),
    where=WHERE,
)
def dimensions(call: Call) -> None:
    """Forget the length."""
    call.body.pop("dimensions", None)


@fault(
    "embeddings.no_tokens",
    "Embeddings count no tokens.",
    "document",
    {"embeddings.usage.counted": "broken"},
    blocks=("embeddings.usage.bounds",),
)
def no_tokens(call: Call) -> None:
    """Count nothing."""
    if call.path == WHERE:
        call.document["usage"] = {"prompt_tokens": 0, "total_tokens": 0}


@fault(
    "embeddings.no_dimensions",
    "Where no dimensions are asked for, all come.",
    "body",
    {"embeddings.mistakes.dimensions": "ignored"},
    where=WHERE,
)
def no_dimensions(call: Call) -> None:
    """Take 0 for nothing."""
    if call.body.get("dimensions") == 0:
        del call.body["dimensions"]


@fault(
    "embeddings.empty_input",
    "An empty input is answered.",
    "body",
    {"embeddings.mistakes.empty_input": "ignored"},
    where=WHERE,
)
def empty_input(call: Call) -> None:
    """Embed nothing."""
    given = call.body.get("input")
    if isinstance(given, list) and "" in given:
        call.body["input"] = [text or "nothing" for text in given]


@fault(
    "embeddings.no_token_ids",
    "Arrays of tokens are refused.",
    "body",
    {"embeddings.inputs.tokens": "unsupported"},
    where=WHERE,
    blocks=("embeddings.dimensions.tokens",),
)
def no_token_ids(call: Call) -> None:
    """Read words alone."""
    if isinstance(call.body.get("input"), list) and any(isinstance(one, int) for one in call.body["input"]):
        raise unsupported("input")


@fault(
    "embeddings.token_arrays",
    "Arrays of tokens are joined to one.",
    "body",
    {"embeddings.inputs.token_arrays": "ignored"},
    where=WHERE,
)
def token_arrays(call: Call) -> None:
    """Join."""
    given = call.body.get("input")
    if isinstance(given, list) and given and all(isinstance(one, list) for one in given):
        call.body["input"] = [[token for one in given for token in one]]


@fault(
    "embeddings.batches", "Among others, a text has another vector.", "document", {"embeddings.list.alike": "broken"}
)
def batches(call: Call) -> None:
    """Mix a little."""
    for one in entries(call) if len(entries(call)) > 1 else ():
        if isinstance(one["embedding"], list):
            one["embedding"] = [*one["embedding"][1:], one["embedding"][0]]


@fault(
    "embeddings.dimensions_as_numbers",
    "dimensions is dropped where base64 is asked for.",
    "body",
    {"embeddings.dimensions.set": "ignored"},
    blocks=(
        "embeddings.encoding.order",
        "embeddings.dimensions.tokens",
        "embeddings.mistakes.dimensions",
    ),
    where=WHERE,
)
def dimensions_as_numbers(call: Call) -> None:
    """Shorten numbers alone."""
    if call.body.get("encoding_format") == "base64":
        call.body.pop("dimensions", None)


@fault("embeddings.one_token", "Every request counts one token.", "document", {"embeddings.usage.bounds": "broken"})
def one_token(call: Call) -> None:
    """Count to one."""
    if entries(call):
        call.document["usage"] = {"prompt_tokens": 1, "total_tokens": 1}


@fault(
    "embeddings.drift",
    "The same text has another vector each time.",
    "document",
    {"embeddings.vectors.stable": "broken"},
)
def drift(call: Call) -> None:
    """Drift."""
    for one in entries(call):
        if isinstance(one["embedding"], list) and len(entries(call)) == 1 and "user" in call.body:
            one["embedding"] = [number + 0.01 for number in one["embedding"]]


@fault(
    "embeddings.other_scripts",
    "Texts in other scripts have vectors of nulls.",
    "document",
    {"embeddings.list.entry": "broken"},
    blocks=("embeddings.*",),
)
def other_scripts(call: Call) -> None:
    """Know ASCII alone."""
    asked = call.body["input"] if call.path == WHERE else ""
    for text, one in zip([asked] if isinstance(asked, str) else asked, entries(call), strict=False):
        if isinstance(text, str) and not text.isascii() and isinstance(one["embedding"], list):
            one["embedding"] = [None] * len(one["embedding"])


@fault(
    "embeddings.compressed",
    "Long answers are compressed unasked.",
    "response",
    {"embeddings.list.coding": "broken"},
    where=WHERE,
)
def compressed(call: Call) -> None:
    """Compress what is worth it."""
    unasked = call.request.headers.get("accept-encoding") == "identity"
    if unasked and isinstance(call.response.body, bytes) and len(call.response.body) > 1000:
        call.response.body = gzip.compress(call.response.body)
        call.response.set("Content-Encoding", "gzip")


@fault(
    "embeddings.wants_lists",
    "A text by itself makes the server fail; only lists of texts are embedded.",
    "body",
    {"embeddings.vectors.given": "broken"},
    blocks=("embeddings.*", "http.auth.embeddings"),
    where=WHERE,
)
def wants_lists(call: Call) -> None:
    """Iterate over letters."""
    if isinstance(call.body.get("input"), str):
        raise Refusal(500, "input.map is not a function", type="server_error")
