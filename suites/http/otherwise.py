"""What comes with a 2xx and is not what was asked for: an answer that nobody can read, or one that means nothing."""

from __future__ import annotations

from samewire import POST, Broken, Exchange, Steps, Stop, Unsupported

from .same import begins

#: Who answers this answers anything.
NOWHERE = POST("samewire-no-such-path", input="Say hello.")


def something_else(answer: Exchange, cell: str, what: str) -> Steps:
    """How to stop where what came with a 2xx is not what was asked for.

    It is *broken*, an error with 200 as well, unless the server has the like for paths that don't exist: then the
    protocol is not offered.

    Args:
        answer: what came.
        cell: the check whose cell shows it.
        what: what was asked for, as a word.
    """
    shown = begins(answer, 80)
    unasked = not answer.streamed and answer.body.lstrip().startswith((b"event:", b"data:"))
    came = "a stream, though `stream` is left out" if unasked else f"no {what}"
    words = f"answers {answer.status} with {came}: {shown}"
    there: Exchange = yield NOWHERE
    if there.ok:
        words += "; but so it does at paths that don't exist: not offered"
        return Stop(cell, Unsupported(words), seen=answer.id)
    return Stop(cell, Broken(words), seen=answer.id)
