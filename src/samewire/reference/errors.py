"""Errors as OpenAI words them."""

from __future__ import annotations

from typing import Any

__all__ = ["Refusal", "missing", "unknown_model", "unknown_url", "unsupported"]


class Refusal(Exception):
    """A request is refused.

    Attributes:
        status: the HTTP status.
        message, type, param, code: the error object's members.
        headers: further headers of the response.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.type = type
        self.param = param
        self.code = code
        self.headers = headers

    @property
    def document(self) -> dict[str, Any]:
        """The error as the body of a response."""
        error = {"message": self.message, "type": self.type, "param": self.param, "code": self.code}
        return {"error": error}


def missing(name: str) -> Refusal:
    """A required parameter is missing."""
    return Refusal(400, f"Missing required parameter: '{name}'.", param=name, code="missing_required_parameter")


def unsupported(name: str, instead: str = "") -> Refusal:
    """A parameter is not supported with this model."""
    hint = f" Use '{instead}' instead." if instead else ""
    message = f"Unsupported parameter: '{name}' is not supported with this model.{hint}"
    return Refusal(400, message, param=name, code="unsupported_parameter")


def unknown_model(model: object) -> Refusal:
    """The model does not exist."""
    message = f"The model '{model}' does not exist or you do not have access to it."
    return Refusal(404, message, code="model_not_found")


def unknown_url(method: str, path: str) -> Refusal:
    """The URL does not exist."""
    return Refusal(404, f"Invalid URL ({method} {path})", code="unknown_url")
