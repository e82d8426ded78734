"""The spool file: what recovery makes of every way it can end."""

from hypothesis import given
from hypothesis import strategies as st
from lablore._frames import LARGEST_FRAME, decode, frame, frame_size, split_frames

RECORDS = [[0, 1_700_000_000_000, {"loss": 0.5}], ["summary", 1_700_000_000_001, {"best": "é🦦"}], [1, 5, {"a": 1, "b": True}]]
FILE = b"".join(frame(record) for record in RECORDS)
ENDS = [len(FILE[:0]), len(frame(RECORDS[0])), len(frame(RECORDS[0]) + frame(RECORDS[1])), len(FILE)]


def test_every_cut_yields_the_whole_frames_before_it() -> None:
    for end in range(len(FILE) + 1):
        payloads, used = split_frames(FILE[:end])
        whole = max(n for n, place in enumerate(ENDS) if place <= end)
        assert [decode(payload) for payload in payloads] == RECORDS[:whole]
        assert used == ENDS[whole]


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_a_damaged_byte_yields_the_frames_before_it(place: int, flip: int) -> None:
    broken = bytearray(FILE)
    broken[place] ^= flip
    payloads, _ = split_frames(bytes(broken))
    whole = max(n for n, end in enumerate(ENDS) if end <= place)
    assert [decode(payload) for payload in payloads] == RECORDS[:whole]


def test_zeros_after_a_power_cut_are_no_frames() -> None:
    payloads, used = split_frames(FILE + bytes(4096))
    assert len(payloads) == 3
    assert used == len(FILE)


def test_a_frame_says_what_it_wants() -> None:
    assert frame_size(FILE) == ENDS[1]
    assert frame_size(FILE[:7]) == 0
    assert frame_size((LARGEST_FRAME + 1).to_bytes(4, "little") + bytes(4)) == 0
