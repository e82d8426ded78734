"""Bytes named by their hash; what happens beside a purge is in tests/tracking/aggregates/test_purge.py."""

import hashlib
import random

import pytest

from tests.factories.at_once import at_once
from tracking.models import Blob


def test_the_same_bytes_are_one_row(db: None) -> None:
    first, second, third = Blob.keep_all([b"b", b"a", b"b"])
    assert [row.digest for row in (first, second, third)] == [hashlib.sha256(body).hexdigest() for body in (b"b", b"a", b"b")]
    assert Blob.keep(b"a").digest == second.digest
    assert Blob.objects.count() == 2


def test_nothing_is_kept_of_nothing(db: None) -> None:
    assert Blob.keep_all([]) == []


def test_as_many_as_a_batch_has_room_for(db: None) -> None:
    assert len(Blob.keep_all(number.to_bytes(4) for number in range(20_000))) == 20_000
    assert Blob.objects.count() == 20_000


@pytest.mark.django_db(transaction=True)
def test_kept_at_once_in_any_order() -> None:
    bodies = [number.to_bytes(2) for number in range(500)]
    kept = at_once(4, lambda: Blob.keep_all(random.sample(bodies, len(bodies))))
    assert [len(rows) for rows in kept] == [500] * 4
    assert Blob.objects.count() == 500
