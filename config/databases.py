"""DATABASE_URL -> Django's DATABASES entry. PostgreSQL only; docs/decisions/0001 says why."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# A server that is cut off is noticed: where what we sent is not acknowledged, and where nothing comes, within 15 s.
NOTICED = {"tcp_user_timeout": "15000", "keepalives_idle": "6", "keepalives_interval": "3", "keepalives_count": "3"}


def database_from(url: str, patience: int = 0) -> dict[str, Any]:
    """The settings of `postgresql://user:password@host:port/name?host=/socket/folder`.

    An empty url gives an entry that cannot connect: commands that need no database still work. A statement is given `patience`
    seconds (0: as long as it takes), a lock a third of them; what takes longer is cancelled by the server, and the web answers
    503 with Retry-After (kit/api_errors.py, kit/server_error.py) instead of losing one of its few threads (promises D18, S10).
    """
    parts = urlsplit(url)
    if url and parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL must start with postgresql://, not {parts.scheme}://")
    query = dict(parse_qsl(parts.query))
    options = " ".join(filter(None, [_waits(patience), query.pop("options", "")]))
    return {
        "ENGINE": "kit.postgres",
        "NAME": unquote(parts.path.lstrip("/")) or "lablore",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "") or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Bind values on the server: client binding sends bytea as hex text (three times the CPU, docs/decisions/0003).
        # A database that is away must answer 503 within 2 s (D18), hence the short timeout.
        "OPTIONS": {"server_side_binding": True, "connect_timeout": 2, "options": options, **NOTICED, **query},
    }


def _waits(patience: int) -> str:
    """How long PostgreSQL lets a session of ours take, in ms; the operator's own words stand behind these and win."""
    if not patience:
        return ""
    waits = {"statement_timeout": 1000, "lock_timeout": 333, "idle_in_transaction_session_timeout": 2000}
    return " ".join(f"-c {name}={patience * share}" for name, share in waits.items())
