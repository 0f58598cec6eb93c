"""Looking at a picture: the colours of a PNG or the first of another kind, with the standard library alone."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from functools import lru_cache

__all__ = ["NotAPicture", "colours", "from_data_url"]

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
GIF, WEBP = b"GIF8", b"WEBPVP8L"
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


@lru_cache(maxsize=64)
def colours(picture: bytes) -> tuple[str, ...]:
    """The names of the colours of the left and the right half of an 8-bit RGB PNG; one name if they are alike.

    Of other kinds it is the colour of the upper left corner.

    Raises:
        NotAPicture: it is no such picture.
    """
    for known, corner in (
        (picture[:3] == JPEG, _corner),
        (picture[:4] == GIF, _of_gif),
        (picture[8:16] == WEBP, _of_webp),
    ):
        if known:
            try:
                return (_nearest(corner(picture)),)
            except (IndexError, KeyError, StopIteration, ValueError, struct.error):
                raise NotAPicture("a picture of a kind that is not read here") from None
    if not picture.startswith(PNG):
        raise NotAPicture("no picture of a kind that is read here")
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
    return tuple(dict.fromkeys((_nearest(left), _nearest(right))))


def _corner(picture: bytes) -> tuple[int, int, int]:
    """The mean colour of the first blocks of a baseline JPEG whose components have the same size."""
    steps: dict[int, int] = {}
    codes: dict[int, dict[str, int]] = {}
    frame: list[tuple[int, int]] = []
    position = 2
    while picture[position + 1] != 0xDA:
        kind, size = picture[position + 1], struct.unpack(">H", picture[position + 2 : position + 4])[0]
        content = picture[position + 4 : position + 2 + size]
        if kind == 0xDB:
            for start in range(0, len(content), 65):
                steps[content[start]] = content[start + 1]
        elif kind == 0xC4:
            while content:
                lengths, signs = content[1:17], content[17 : 17 + sum(content[1:17])]
                codes[content[0]] = dict(zip(_prefixes(lengths), signs, strict=True))
                content = content[17 + len(signs) :]
        elif kind == 0xC0:
            frame = [(content[at + 1], content[at + 2]) for at in range(6, len(content), 3)]
        position += 2 + size
    if {sampling for sampling, _ in frame} != {0x11} or len(frame) != 3:
        raise ValueError("not read here")
    head = picture[position + 4 : position + 2 + struct.unpack(">H", picture[position + 2 : position + 4])[0]]
    data = picture[position + 4 + len(head) :].replace(b"\xff\x00", b"\xff")[:64]
    bits = "".join(f"{byte:08b}" for byte in data)
    means = []
    for place, (_, table) in enumerate(frame):
        which = head[2 + 2 * place]
        size, bits = _read(bits, codes[which >> 4])
        value = int(bits[:size] or "0", 2)
        value -= 0 if not size or bits[0] == "1" else (1 << size) - 1
        means.append(value * steps[table] / 8)
        # All of one colour: the rest of the block is nothing.
        rest, bits = _read(bits[size:], codes[0x10 | which & 15])
        if rest:
            raise ValueError("not of one colour")
    light, blue, red = means
    rgb = (light + 1.402 * red, light - 0.344 * blue - 0.714 * red, light + 1.772 * blue)
    return (int(rgb[0]) + 128, int(rgb[1]) + 128, int(rgb[2]) + 128)


def _of_gif(picture: bytes) -> tuple[int, int, int]:
    """The colour of the first pixel of a GIF with a table of colours for all its pictures."""
    if not picture[10] & 0x80:
        raise ValueError("not read here")
    table = picture[13 : 13 + (6 << (picture[10] & 7))]
    position = 13 + len(table)
    while picture[position] == 0x21:  # what is said about the picture, in blocks of which the last is empty
        position += 2
        while picture[position]:
            position += picture[position] + 1
        position += 1
    if picture[position] != 0x2C or picture[position + 9] & 0x80:
        raise ValueError("not read here")
    size = picture[position + 10] + 1
    # The first code says that the picture begins, the second is the first pixel.
    pixel = int.from_bytes(picture[position + 12 : position + 16], "little") >> size & ((1 << size) - 1)
    red, green, blue = table[3 * pixel :][:3]
    return (red, green, blue)


def _of_webp(picture: bytes) -> tuple[int, int, int]:
    """The colour of a WebP without loss that is all of one colour, and written in the plainest way."""
    bits = int.from_bytes(picture[20:44], "little")
    colours = []
    # After the size: nothing is transformed or remembered; then a code of one sign for each colour.
    if bits & 0xFF != 0x2F or bits >> 40 & 0b111:
        raise ValueError("not read here")
    bits >>= 43
    for _ in range(3):
        if bits & 0b111 != 0b101:
            raise ValueError("not of one colour")
        colours.append(bits >> 3 & 0xFF)
        bits >>= 11
    green, red, blue = colours
    return (red, green, blue)


def _prefixes(lengths: bytes) -> list[str]:
    """The codes of a Huffman table, of which so many have 1 bit, so many 2 …"""
    made, code = [], 0
    for length, many in enumerate(lengths, 1):
        for _ in range(many):
            made.append(f"{code:0{length}b}")
            code += 1
        code <<= 1
    return made


def _read(bits: str, codes: dict[str, int]) -> tuple[int, str]:
    """The first sign of some bits, and the bits after it."""
    length = next(length for length in range(1, 17) if bits[:length] in codes)
    return codes[bits[:length]], bits[length:]


def _nearest(pixel: bytes | tuple[int, int, int]) -> str:
    return min(NAMED, key=lambda name: sum((a - b) ** 2 for a, b in zip(pixel, NAMED[name], strict=True)))
