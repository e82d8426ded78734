"""JSON that comes in is storable, or a clear 400."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.json_body import NESTING, read_json
from kit.refusal import BrokenBody


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[1,]", "not JSON"),
        (b"1_000", "not JSON"),
        ("١٢".encode(), "not JSON"),
        (b'{"a":1,"a":2}', "the same name twice"),
        (rb'{"a":1,"\u0061":2}', "the same name twice"),
        (rb'"\ud800"', "surrogate pair"),
        (rb'{"\udc00x":1}', "surrogate pair"),
        (rb'["a\u0000b"]', "U+0000"),
        (rb'{"\u0000":1}', "U+0000"),
        (b"NaN", "NaN is not JSON"),
        (b"[-Infinity]", "-Infinity is not JSON"),
        (b"1e999", "beyond double precision"),
        (b"9" * 5000, "beyond 64 bits"),
        (b"18446744073709551616", "beyond 64 bits"),
        (b"-9223372036854775809", "beyond 64 bits"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"a":' * 2_000 + b"1" + b"}" * 2_000, "nested deeper"),
        (b"[" * (NESTING + 1) + b"]" * (NESTING + 1), "nested deeper"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_the_reason(body: bytes, words: str) -> None:
    with pytest.raises(BrokenBody) as refusal:
        read_json(body)
    assert words in refusal.value.message


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (rb'"\ud83d\ude00"', "😀"),
        (b"18446744073709551615", 2**64 - 1),
        (b"-9223372036854775808", -(2**63)),
        (b"-0.0", -0.0),
        (b"[" * NESTING + b"]" * NESTING, None),
        (b' {"a": [1, 2.5, null, true, "\xc3\xa9"]} ', {"a": [1, 2.5, None, True, "é"]}),
    ],
)
def test_what_can_be_stored_comes_as_it_is(body: bytes, value: object) -> None:
    read = read_json(body)
    assert value is None or (read == value and str(read) == str(value))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_a_sentence(body: bytes) -> None:
    said = "."
    try:
        read_json(body)
    except BrokenBody as refusal:
        said = refusal.message
    assert said.endswith((".", "”."))
