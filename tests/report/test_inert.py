"""What acts unseen becomes visible, and nothing else changes."""

from __future__ import annotations

import pytest

from samewire.inert import one_line, shortened, visible, whole


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ✓ Grüße 世界\u3000👩\u200d💻\n\tindented", "plain ✓ Grüße 世界\u3000👩\u200d💻\n\tindented"),
        ("\x1b[31m", "␛[31m"),
        ("a\r\nb", "a␍\nb"),
        ("\x00\x9b", "␀⟨U+009B⟩"),
        ("\u202eevil\u2066", "⟨U+202E⟩evil⟨U+2066⟩"),
        ("a\ud800b\u2028", "a⟨U+D800⟩b⟨U+2028⟩"),
        ("\U000e0041\ufeff", "⟨U+E0041⟩⟨U+FEFF⟩"),
    ],
)
def test_what_acts_unseen_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown
    shown.encode("utf-8")


def test_a_text_is_put_on_one_line() -> None:
    assert one_line(" a\r\n\tb\u2029c \x1b") == "a b c ␛"


def test_a_text_is_shortened() -> None:
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdefg", 6) == "abcde…"


def test_lone_surrogates_are_replaced() -> None:
    assert whole("a\ud83d\ude00\ud800") == "a\ufffd\ufffd\ufffd"
