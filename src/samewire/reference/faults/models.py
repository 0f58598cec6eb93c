"""Faults of the list of models."""

from __future__ import annotations

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import fault


def _listing(call: Call) -> bool:
    return call.request.path.endswith("/models")


def _one(call: Call) -> bool:
    return "/models/" in call.request.path


@fault(
    "models.wrong_key",
    "Models are listed under models.",
    "document",
    {"http.models.list": "broken"},
    blocks=("http.models.*",),
    known=("models-wrong-key",),
)
def wrong_key(call: Call) -> None:
    """Name the list otherwise."""
    if _listing(call):
        call.document = {"models": call.document["data"]}


@fault(
    "models.bare",
    "Models are listed as a bare array.",
    "document",
    {"http.models.list": "broken"},
    blocks=("http.models.*",),
)
def bare(call: Call) -> None:
    """Take the wrapping away."""
    if _listing(call):
        call.document = call.document["data"]


@fault("models.object_wrong", "The list's object is models.", "document", {"http.models.list": "broken"})
def object_wrong(call: Call) -> None:
    """Name another object."""
    if _listing(call):
        call.document["object"] = "models"


@fault(
    "models.no_created",
    "Listed models have no created.",
    "document",
    {"http.models.entry": "broken"},
    blocks=("http.models.created",),
    known=("models-no-created",),
)
def no_created(call: Call) -> None:
    """Drop the date."""
    for model in call.document["data"] if _listing(call) else ():
        del model["created"]


@fault("models.object_entry", "Listed models have another object.", "document", {"http.models.entry": "broken"})
def object_entry(call: Call) -> None:
    """Name another object."""
    for model in call.document["data"] if _listing(call) else ():
        model["object"] = "llm"


@fault("models.twice", "A model is listed twice.", "document", {"http.models.unique": "broken"})
def twice(call: Call) -> None:
    """List the first again."""
    if _listing(call):
        call.document["data"].append(call.document["data"][0])


@fault("models.empty", "The list is empty.", "document", {"http.models.unique": "broken"}, blocks=("http.models.*",))
def empty(call: Call) -> None:
    """List nothing."""
    if _listing(call):
        call.document["data"] = []


@fault(
    "models.missing",
    "There is no list of models.",
    "request",
    {"http.models.list": "unsupported"},
    blocks=(
        "http.models.*",
        "chat.conduct.hang_up",
    ),
    known=("models-endpoint-missing",),
)
def missing(call: Call) -> None:
    """Have no list."""
    if _listing(call):
        raise Refusal(404, "Invalid URL (GET /v1/models)", code="unknown_url")


@fault(
    "models.no_retrieve",
    "A model can't be asked for by its id.",
    "request",
    {"http.models.retrieve": "unsupported", "http.models.slash": "unsupported"},
    blocks=("http.models.same", "http.models.found"),
)
def no_retrieve(call: Call) -> None:
    """Have no single models."""
    if _one(call):
        raise Refusal(404, f"Invalid URL (GET {call.request.path})", code="unknown_url")


@fault(
    "models.retrieve_other",
    "Another model comes than was asked for.",
    "document",
    {"http.models.retrieve": "broken", "http.models.slash": "broken"},
)
def retrieve_other(call: Call) -> None:
    """Give another."""
    if _one(call):
        call.document["id"] = "reference-0"


@fault("models.unknown_found", "A model that does not exist is found.", "error", {"http.models.unknown": "ignored"})
def unknown_found(call: Call) -> None:
    """Invent a model."""
    if _one(call) and call.error is not None and call.error.code == "model_not_found":
        call.response.status = 200
        call.document = {"id": "samewire-no-such-model", "object": "model", "created": 1, "owned_by": "nobody"}


@fault(
    "models.slash",
    "An id with a slash is not found.",
    "request",
    {"http.models.slash": "unsupported"},
    known=("models-retrieve-slash-404",),
)
def slash(call: Call) -> None:
    """Stumble over a slash."""
    if _one(call) and "/" in call.request.path.partition("/models/")[2]:
        raise Refusal(404, f"Invalid URL (GET {call.request.path})", code="unknown_url")


@fault(
    "models.listed_unknown",
    "A model that is listed is unknown where it is asked for.",
    "request",
    {"http.models.retrieve": "unsupported", "http.models.slash": "broken", "http.models.found": "broken"},
    blocks=("http.models.same",),
)
def listed_unknown(call: Call) -> None:
    """Know another list."""
    if _one(call):
        raise Refusal(404, "The model does not exist", param="model", code="model_not_found")


@fault(
    "models.unknown_500",
    "A model that isn't there makes the server fail where it is looked up.",
    "error",
    {"http.models.unknown": "broken"},
)
def unknown_500(call: Call) -> None:
    """Not check the key of a dictionary."""
    if "/models/" in call.path:
        call.response.status = 500
