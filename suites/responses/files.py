"""Files: proved by what only the file tells."""

from __future__ import annotations

from samewire import FULL, SHOULD, Exchange, Steps, check, scenario, user

from .effects import arrives, effect
from .requests import HELLO, text

PAPER = {
    "type": "input_file",
    "filename": "note.txt",
    "file_data": "data:text/plain;base64,VGhlIGNvZGUgd29yZCBpcyBRVUlOQ0U1NTEyLCBhbmQgbm9ib2R5IGtub3dzIGl0Lg==",
}
READ = "What is the code word? Answer with the code word alone."
WITH_FILE = HELLO.but(input=[user([text(READ), PAPER])])
FILE_IN_WORDS = HELLO.but(input=[user(f"The code word is QUINCE5512. {READ}")])
NO_FILE = HELLO.but(input=[user([text(READ)])])


@scenario(WITH_FILE, spare=(FILE_IN_WORDS, NO_FILE))
def read() -> Steps:
    """A message with a file that holds what is asked for."""
    return (yield from effect(WITH_FILE, FILE_IN_WORDS, NO_FILE, lambda said: "quince5512" in said.lower()))


@check("responses.images.file", SHOULD, of=read, spec="RSP-IN-003 OR-020", depth=FULL)
def test_a_file_is_read_or_refused(exchange: Exchange) -> None:
    """An `input_file` SHOULD be refused or read, not dropped."""
    arrives(exchange, "the file", text=False)
