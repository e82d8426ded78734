"""Bytes named by their own hash: never changed, stored once, shared by all who refer to them.

Who keeps bytes and who removes what nobody refers to lock the rows in the order of their hashes: neither waits crosswise.
"""

import hashlib
from collections.abc import Iterable
from typing import Self

from django.db import models

from kit.rows import rows_of

_ROWS = 1_000  # in one statement, which has at most 65,535 parameters


class HashedBytes(models.Model):
    digest = models.CharField(primary_key=True, max_length=64)  # sha256, hex
    body = models.BinaryField()
    size = models.PositiveBigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.digest[:12]

    @classmethod
    def keep(cls, body: bytes) -> Self:
        """The row with these bytes, stored if it is new; see `keep_all`."""
        return cls.keep_all([body])[0]

    @classmethod
    def keep_all(cls, bodies: Iterable[bytes]) -> list[Self]:
        """A row for each of these bytes, in their order, stored where it is new. Until the caller's transaction ends nobody
        removes one, also one that was there before: refer to them within it.
        """
        rows = [cls(digest=hashlib.sha256(body).hexdigest(), body=body, size=len(body)) for body in bodies]
        missing = {row.digest: row for row in sorted(rows, key=lambda row: row.digest)}
        held = f"SELECT digest FROM {cls._meta.db_table} WHERE digest = ANY(%s) ORDER BY digest FOR KEY SHARE"  # noqa: S608
        while missing:  # what was there and was removed before we held it is stored again
            cls._default_manager.bulk_create(missing.values(), batch_size=_ROWS, ignore_conflicts=True)
            for (digest,) in rows_of(held, [list(missing)]):
                del missing[digest]
        return rows
