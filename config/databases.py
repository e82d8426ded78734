"""DATABASE_URL -> Django's DATABASES entry. PostgreSQL only; docs/decisions/0001 says why."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def database_from(url: str) -> dict[str, Any]:
    """The settings of `postgresql://user:password@host:port/name?host=/socket/folder`.

    An empty url gives an entry that cannot connect: commands that need no database still work.
    """
    parts = urlsplit(url)
    if url and parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL must start with postgresql://, not {parts.scheme}://")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "lablore",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "") or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Bind values on the server: client binding sends bytea as hex text (three times the CPU, docs/decisions/0003).
        # A database that is away must answer 503 within 2 s (D18), hence the short timeout.
        "OPTIONS": {"server_side_binding": True, "connect_timeout": 2, **query},
    }
