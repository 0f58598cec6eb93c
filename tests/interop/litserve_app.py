"""The smallest application that LitServe's OpenAI specifications serve: a fixed text, a call, three numbers.

Run by the Python in which LitServe is installed, with the port as its argument.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import litserve
from litserve.specs.openai import ChatMessage
from litserve.specs.openai_embedding import OpenAIEmbeddingSpec

PIECES = ("Hello", "! I am", " a tiny", " LitServe", " back-end.")
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Paris"}'}}


class Speaker(litserve.LitAPI):
    """Says its text, or calls a tool if there are any and no result has come yet."""

    def setup(self, device: str) -> None:
        pass

    def decode_request(self, request: Any, context: dict[str, Any]) -> Any:
        context["calls"] = bool(request.tools) and request.messages[-1].role != "tool"
        return request.messages

    def predict(self, prompt: Any, context: dict[str, Any]) -> Iterator[ChatMessage]:
        if context["calls"]:
            yield ChatMessage(role="assistant", content="", tool_calls=[CALL])
        else:
            yield from (ChatMessage(role="assistant", content=piece) for piece in PIECES)

    def encode_response(self, output: Iterator[ChatMessage]) -> Iterator[ChatMessage]:
        yield from output


class Embedder(litserve.LitAPI):
    """Gives every text the same vector."""

    def setup(self, device: str) -> None:
        pass

    def predict(self, inputs: Any) -> list[list[float]]:
        return [[0.1, 0.2, 0.3] for _ in (inputs if isinstance(inputs, list) else [inputs])]

    def encode_response(self, output: list[list[float]]) -> dict[str, Any]:
        return {"embeddings": output}


if __name__ == "__main__":
    apis = [Speaker(spec=litserve.OpenAISpec()), Embedder(spec=OpenAIEmbeddingSpec())]
    litserve.LitServer(apis, accelerator="cpu").run(
        host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False, num_api_servers=1
    )
