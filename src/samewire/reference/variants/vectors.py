"""Ways to be conformant that embeddings and lists of models have of their own."""

from __future__ import annotations

import base64
import struct

from samewire.reference.call import Call
from samewire.reference.errors import Refusal, unsupported
from samewire.reference.faults.batches import SHORT
from samewire.reference.faults.embeddings import WHERE, entries
from samewire.reference.variants.registry import variant


@variant(
    "vectors_of_one_length",
    "A model whose vectors can't be made short.",
    "body",
    {"embeddings.dimensions.set": "unsupported"},
    blocks=SHORT,
    where=WHERE,
)
def vectors_of_one_length(call: Call) -> None:
    """Have one length."""
    if call.body.get("dimensions") is not None:
        raise unsupported("dimensions")


@variant(
    "few_texts",
    "At most 32 texts are embedded at once, by a model whose vectors can't be made short.",
    "body",
    {"embeddings.dimensions.set": "unsupported", "embeddings.inputs.many": "unsupported"},
    blocks=(*SHORT, "embeddings.list.whole", "embeddings.list.own"),
    where=WHERE,
)
def few_texts(call: Call) -> None:
    """Take a batch as large as memory allows."""
    given = call.body.get("input")
    if isinstance(given, list) and len(given) > 32 and not isinstance(given[0], int):
        raise Refusal(413, f"batch size {len(given)} > maximum allowed batch size 32", param="input")
    if call.body.get("dimensions") is not None:
        raise unsupported("dimensions")


@variant("projected_vectors", "Short vectors are no beginnings of long ones.", "document", where=WHERE)
def projected_vectors(call: Call) -> None:
    """Turn them in their space."""
    for one in entries(call) if call.body.get("dimensions") else ():
        if isinstance(one["embedding"], str):
            packed = base64.b64decode(one["embedding"])
            numbers = struct.unpack(f"<{len(packed) // 4}f", packed)
            turned = [-numbers[-1], *numbers[:-1]]
            one["embedding"] = base64.b64encode(struct.pack(f"<{len(turned)}f", *turned)).decode()
        else:
            one["embedding"] = [-one["embedding"][-1], *one["embedding"][:-1]]


@variant("rounded_vectors", "Vectors differ a little each time.", "document", where=WHERE)
def rounded_vectors(call: Call) -> None:
    """Compute in half precision, on whatever is free."""
    for one in entries(call):
        if isinstance(one["embedding"], list):
            one["embedding"] = [
                number + 2e-5 * (-1) ** (call.number + at) for at, number in enumerate(one["embedding"])
            ]


@variant("counted_models", "The list of models says that it is whole.", "document")
def counted_models(call: Call) -> None:
    """Say that there is no more."""
    if call.request.path.endswith("/models"):
        call.document.update(has_more=False, next_page_token=None, total=len(call.document["data"]))


@variant("generous_allow", "A refused method is answered with all others.", "response")
def generous_allow(call: Call) -> None:
    """Allow what costs nothing."""
    if call.response.status == 405:
        call.response.set("Allow", "get, HEAD, POST, OPTIONS")
