"""What the database server promises about what it has acknowledged."""

from django.db import connection

OLDEST = 150_000  # PostgreSQL 15, as server_version_num
LASTING = {"on", "remote_apply"}


def complaints() -> list[str]:
    """Why this server may not hold the site's data, one sentence each; empty when it may.

    2xx means committed and on disk (promise D3), so `fsync` and `synchronous_commit` are conditions, not advice.
    """
    with connection.cursor() as cursor:
        names = ("server_version_num", "server_version", "fsync", "full_page_writes", "synchronous_commit")
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}')" for name in names))
        found = dict(zip(names, cursor.fetchone(), strict=True))
    reasons = []
    if int(found["server_version_num"]) < OLDEST:
        reasons.append(f"PostgreSQL {found['server_version']} is too old: 15 or later is needed.")
    if found["fsync"] != "on":
        reasons.append("fsync is off: a power cut would destroy the database. Set fsync = on.")
    if found["full_page_writes"] != "on":
        reasons.append("full_page_writes is off: a power cut could tear pages. Set full_page_writes = on.")
    if found["synchronous_commit"] not in LASTING:
        reasons.append(
            f"synchronous_commit is {found['synchronous_commit']!r}: acknowledged points could be lost. "
            "Set synchronous_commit = on (server, database or role)."
        )
    return reasons
