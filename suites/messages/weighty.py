"""Pictures that are heavy in bytes and look the same: whoever counts their Base64 as words counts far too much."""

from __future__ import annotations

import hashlib
import struct
import zlib
from base64 import b64decode, b64encode

#: Bytes of a comment in a picture, which no model sees: letters at random, and the same each time.
COMMENT = b64encode(b"".join(hashlib.sha256(b"samewire %d" % at).digest() for at in range(96)))
#: Tokens that its Base64 takes at least if it is read as words. A token of such letters has seldom more than three.
HIDDEN = len(b64encode(COMMENT)) // 7
#: The header of a PNG, after which a comment may stand: the signature, and a chunk of 13 bytes.
HEADER = 8 + 12 + 13


def commented(url: str) -> str:
    """A PNG, as a data URL, with a comment in it."""
    head, _, data = url.partition(",")
    picture, content = b64decode(data), b"tEXtComment\0" + COMMENT
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    return f"{head},{b64encode(picture[:HEADER] + chunk + picture[HEADER:]).decode()}"
