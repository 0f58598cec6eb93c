"""What stands in a body for what is too large to be written there, until it is sent."""

from __future__ import annotations

__all__ = ["BLANKS", "FAR_TOO_LONG", "NO_PICTURE", "WORDS", "written_out"]

#: Stands in a body for a text of so many words, eight megabytes, which is more than most context windows hold.
FAR_TOO_LONG = "$far_too_long"
WORDS = 1_600_000
#: Stands in a body for the Base64 of what is no picture, and as large as photographs are: two megabytes are as much as
#: many a proxy and web framework lets through unless told otherwise.
NO_PICTURE = "$no_picture"
LARGE = 2_400_000
#: Stands, outside of all strings, for blanks that make a body longer than the 64 KiB that buffers often have.
BLANKS = "$blanks"
WIDE = 70_000


def written_out(body: bytes) -> bytes:
    """A body with what is meant where a placeholder stands for it."""
    for name, meant, times in ((FAR_TOO_LONG, b"word ", WORDS), (NO_PICTURE, b"A", LARGE), (BLANKS, b" ", WIDE)):
        if name.encode() in body:
            body = body.replace(name.encode(), meant * times)
    return body
