"""``samewire explain --example``: an answer that meets a check, and one that doesn't."""

from __future__ import annotations

import pytest

from samewire.example import LINES, _lines, example
from samewire.suite import requirements

from .test_cli import samewire

FOUND = {one.id: one for one in requirements()}


def parts(check: str) -> tuple[list[str], list[str]]:
    lines = list(example(FOUND[check]))
    at = next(at for at, line in enumerate(lines) if line.startswith("One that doesn't"))
    return lines[:at], lines[at:]


def test_the_reference_meets_it_and_a_twin_does_not() -> None:
    good, bad = parts("chat.stream.done")
    assert good[1] == "An answer that meets it"
    assert good[2] == "  POST /chat/completions"
    assert "    data: [DONE]" in good
    assert good[-2:] == ["  supported", ""]
    assert bad[0] == "One that doesn't: stream.no_done, streams end without [DONE]."
    assert "    data: [DONE]" not in bad
    assert bad[-1].startswith("  broken: there is no [DONE]: the last event is")


@pytest.mark.parametrize("check", ["http.auth.wrong_key", "chat.sampling.stop", "messages.error.envelope"])
def test_it_works_for_every_kind_of_check(check: str) -> None:
    good, bad = parts(check)
    assert good[-2] == "  supported"
    assert bad[-1].split()[0].rstrip(":") in ("ignored", "broken", "unsupported")
    assert any(line.startswith("  → ") for line in good)


def test_a_long_body_is_shown_by_its_ends() -> None:
    lines = list(_lines("\n".join(f"line {at}" for at in range(40)).encode()))
    assert lines[0] == "  line 0"
    assert lines[LINES] == f"  … {40 - 2 * LINES} lines more"
    assert lines[-1] == "  line 39"
    assert len(lines) == 2 * LINES + 1
    assert list(_lines(b"a\nb")) == ["  a", "  b"]
    assert len(list(_lines(b"\n".join([b"x"] * (LINES + 2))))) == LINES + 2
    assert list(_lines(None)) == []


def test_the_command_shows_it() -> None:
    told = samewire("explain", "chat.completion.object", "--example").stdout
    assert told.startswith("chat.completion.object")
    assert "→ 200" in told
