"""Server-sent events, by the rules of the WHATWG standard, whatever the bytes and wherever they are cut."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samewire.sse import Stream, parse

BOM = b"\xef\xbb\xbf"

DATAS = {
    "one event": (b"data: a\n\n", ["a"]),
    "two events": (b"data: a\n\ndata: b\n\n", ["a", "b"]),
    "lines end with CR": (b"data: a\r\rdata: b\r\r", ["a", "b"]),
    "lines end with CRLF": (b"data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
    "line ends are mixed": (b"data: a\r\n\ndata: b\r\r\ndata: c\n\r\n", ["a", "b", "c"]),
    "LF then CR is two line ends": (b"data: a\n\rdata: b\n\n", ["a", "b"]),
    "CRLF is one line end": (b"data: a\r\ndata: b\r\n\r\n", ["a\nb"]),
    "several data lines are joined with LF": (b"data: a\ndata: b\ndata: c\n\n", ["a\nb\nc"]),
    "no space after the colon": (b"data:a\n\n", ["a"]),
    "only the first of two spaces goes": (b"data:  a\n\n", [" a"]),
    "a tab is no space": (b"data:\ta\n\n", ["\ta"]),
    "spaces at the end stay": (b"data: a \n\n", ["a "]),
    "empty data is data": (b"data:\n\n", [""]),
    "a field without a colon is empty": (b"data\n\n", [""]),
    "two empty data lines are one LF": (b"data\ndata\n\n", ["\n"]),
    "further colons are text": (b"data: a: b\n\n", ["a: b"]),
    "a comment is no event": (b": ping\n\ndata: a\n\n", ["a"]),
    "a comment between data lines changes nothing": (b"data: a\n: ping\ndata: b\n\n", ["a\nb"]),
    "blank lines are no events": (b"\n\n\ndata: a\n\n\n\n", ["a"]),
    "an event without data is kept, and says so": (b"event: ping\n\ndata: a\n\n", [None, "a"]),
    "an unknown field is no data": (b"colour: red\ndata: a\n\n", ["a"]),
    "field names are in lower case": (b"Data: a\n\n", [None]),
    "a field's name has no space before the colon": (b"data : a\n\n", [None]),
    "a byte order mark at the beginning is passed over": (BOM + b"data: a\n\n", ["a"]),
    "a second byte order mark is part of the name": (BOM + BOM + b"data: a\n\n", [None]),
    "U+2028 is text": ("data: a\u2028b\n\n".encode(), ["a\u2028b"]),
    "U+2029 is text": ("data: a\u2029b\n\n".encode(), ["a\u2029b"]),
    "U+0085 is text": ("data: a\u0085b\n\n".encode(), ["a\u0085b"]),
    "vertical tab and form feed are text": (b"data: a\x0bb\x0cc\n\n", ["a\x0bb\x0cc"]),
    "NUL is text": (b"data: a\x00b\n\n", ["a\x00b"]),
    "invalid UTF-8 is replaced": (b"data: a\xffb\n\n", ["a\ufffdb"]),
    "a character cut off by a line end is replaced": (b"data: a\xe2\x82\ndata: b\n\n", ["a\ufffd\nb"]),
    "an unterminated tail is kept": (b"data: a\n\ndata: b", ["a", "b"]),
    "a tail closed by one line end is unterminated": (b"data: a\n", ["a"]),
    "nothing is nothing": (b"", []),
    "line ends alone are nothing": (b"\r\n\r\n", []),
}


@pytest.mark.parametrize(("body", "datas"), DATAS.values(), ids=DATAS)
def test_the_data_of_events_is_what_the_standard_says(body: bytes, datas: list[str | None]) -> None:
    assert [event.data for event in parse([(0.0, body)]).events] == datas


def only(body: bytes) -> Any:
    (event,) = parse([(0.0, body)]).events
    return event


def test_fields_are_kept_in_order_unknown_ones_too() -> None:
    event = only(b"id: 7\nevent: note\nretry: 3000\ncolour:red\ndata: a\n\n")
    assert event.fields == (("id", "7"), ("event", "note"), ("retry", "3000"), ("colour", "red"), ("data", "a"))
    assert (event.id, event.name, event.data) == ("7", "note", "a")


def test_of_a_name_or_id_that_is_told_twice_the_last_stands() -> None:
    event = only(b"id: 1\nevent: a\nid: 2\nevent: b\ndata: x\n\n")
    assert (event.id, event.name) == ("2", "b")


def test_an_id_with_a_nul_is_no_id() -> None:
    assert only(b"id: 1\x002\ndata: a\n\n").id is None


def test_what_is_not_told_is_none() -> None:
    event = only(b"data: a\n\n")
    assert (event.id, event.name) == (None, None)


def test_only_an_event_closed_by_a_blank_line_is_terminated() -> None:
    closed, open_ = parse([(0.0, b"data: a\n\ndata: b\n")]).events
    assert closed.terminated
    assert not open_.terminated


def test_raw_bytes_are_the_block_with_its_blank_line() -> None:
    stream = parse([(0.0, b": hi\n\ndata: a\r\n\r\nevent: b\n\ndata: c")])
    assert [event.raw for event in stream.events] == [b"data: a\r\n\r\n", b"event: b\n\n", b"data: c"]
    assert [event.index for event in stream.events] == [0, 1, 2]


def test_comments_are_kept_without_their_colon() -> None:
    assert [text for _, text in parse([(0.0, b":\n: ping\n:pong\ndata: a\n\n")]).comments] == ["", " ping", "pong"]


def test_a_byte_order_mark_is_reported_and_only_at_the_beginning() -> None:
    assert parse([(0.0, BOM + b"data: a\n\n")]).bom
    assert not parse([(0.0, b"data: " + BOM + b"\n\n")]).bom


@pytest.mark.parametrize(("body", "valid"), [(b"data: \xc3\xa9\n\n", True), (b"data: \xc3\n\n", False), (b"", True)])
def test_a_stream_says_whether_it_is_utf8(body: bytes, valid: bool) -> None:
    assert parse([(0.0, body)]).valid is valid


def test_an_event_arrives_with_the_read_that_holds_its_last_byte() -> None:
    reads = [(1.0, b"data: a\n"), (2.0, b"\ndata: b"), (3.0, b"\n"), (4.0, b"\n: hi\n"), (5.0, b"data: c")]
    stream = parse(reads)
    assert [(event.data, event.at) for event in stream.events] == [("a", 2.0), ("b", 4.0), ("c", 5.0)]
    assert stream.comments == ((4.0, " hi"),)


def test_empty_reads_bring_nothing() -> None:
    reads = [(0.5, b""), (1.0, b"data: a\n"), (2.0, b""), (3.0, b"\n"), (4.0, b"")]
    assert [event.at for event in parse(reads).events] == [3.0]


#: Bytes that look like streams, and such as don't.
PIECES = (b"data: ", b"data:", b"event: x", b"id: 1", b": c", b"\n", b"\r", b"\r\n", b"\n\n", BOM, b"\xe2\x82\xac")
BODIES = st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=24).map(b"".join)


def without_times(stream: Stream) -> Any:
    events = [(one.data, one.name, one.id, one.fields, one.raw, one.terminated, one.index) for one in stream.events]
    return events, [text for _, text in stream.comments], stream.bom, stream.valid


@given(BODIES, st.lists(st.integers(0, 120), max_size=12))
def test_where_the_bytes_are_cut_makes_no_difference(body: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    reads = [(float(number), body[start:end]) for number, (start, end) in enumerate(pairwise(places))]
    cut = parse(reads)
    assert without_times(cut) == without_times(parse([(0.0, body)]))
    ends = [end for _, end in pairwise(places)]
    for event in cut.events:
        # Its last byte lies in the first read that reaches beyond everything up to there.
        last = body.index(event.raw, 0) if body.count(event.raw) == 1 else None
        if last is not None:
            holder = next(number for number, end in enumerate(ends) if end > last + len(event.raw) - 1)
            assert event.at == float(holder)


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_no_bytes_make_it_raise_and_none_of_an_event_is_lost(chunks: list[bytes]) -> None:
    stream = parse([(0.0, one) for one in chunks])
    rest = b"".join(chunks)
    for event in stream.events:
        assert event.raw
        before, found, rest = rest.partition(event.raw)
        assert found
        assert all(not line or line.startswith((b":", BOM)) for line in before.replace(b"\r", b"\n").split(b"\n"))
    assert all(not line or line.startswith((b":", BOM)) for line in rest.replace(b"\r", b"\n").split(b"\n"))
