"""Looking at a picture: the colours of a PNG, with the standard library alone."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib

__all__ = ["NotAPicture", "colours", "from_data_url"]

PNG = b"\x89PNG\r\n\x1a\n"
NAMED = {
    "red": (220, 30, 30),
    "green": (30, 160, 60),
    "blue": (30, 60, 220),
    "yellow": (240, 220, 40),
    "black": (10, 10, 10),
    "white": (245, 245, 245),
    "purple": (130, 40, 160),
    "orange": (245, 140, 20),
}


class NotAPicture(Exception):
    """The bytes are no picture that can be read here."""


def from_data_url(url: str) -> bytes:
    """The bytes of a base64 data URL of an image.

    Raises:
        NotAPicture: it is none.
    """
    head, _, payload = url.partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise NotAPicture("not a base64 data URL of an image")
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        raise NotAPicture("not base64") from None


def colours(picture: bytes) -> list[str]:
    """The names of the colours of the left and the right half of an 8-bit RGB PNG; one name if they are alike.

    Raises:
        NotAPicture: it is no such PNG.
    """
    if not picture.startswith(PNG):
        raise NotAPicture("not a PNG")
    width = height = 0
    data = b""
    position = len(PNG)
    while position + 8 <= len(picture):
        (size,), kind = struct.unpack(">I", picture[position : position + 4]), picture[position + 4 : position + 8]
        content = picture[position + 8 : position + 8 + size]
        if kind == b"IHDR" and len(content) == 13:
            width, height, depth, form = struct.unpack(">IIBB", content[:10])
            if depth != 8 or form != 2 or width * height > 4_000_000:
                raise NotAPicture("a PNG of a kind that is not read here")
        elif kind == b"IDAT":
            data += content
        position += 12 + size
    try:
        rows = zlib.decompressobj().decompress(data, 16_000_000)
    except zlib.error:
        raise NotAPicture("a broken PNG") from None
    stride = 1 + 3 * width
    if not width or len(rows) < stride * height or rows[stride * (height // 2)] != 0:
        raise NotAPicture("a PNG that is not read here")
    row = rows[stride * (height // 2) :][1:stride]
    left, right = row[3 * (width // 4) :][:3], row[3 * (3 * width // 4) :][:3]
    return list(dict.fromkeys((_nearest(left), _nearest(right))))


def _nearest(pixel: bytes) -> str:
    return min(NAMED, key=lambda name: sum((a - b) ** 2 for a, b in zip(pixel, NAMED[name], strict=True)))
