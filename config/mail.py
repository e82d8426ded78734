"""LABLORE_SMTP -> Django's EMAIL_… settings."""

from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


class Mail(NamedTuple):
    """In the order of EMAIL_HOST, _PORT, _HOST_USER, _HOST_PASSWORD, _USE_TLS, _USE_SSL."""

    host: str
    port: int
    user: str
    password: str
    start_tls: bool
    tls: bool


NO_MAIL = Mail("", 25, "", "", False, False)


def mail_from(url: str) -> Mail | None:
    """The server of `smtp://user:password@host:587`; `smtps://` speaks TLS from the first byte. None for an empty url.

    `smtp://` asks for STARTTLS whenever it signs in, so that no password goes over the wire in the clear.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("LABLORE_SMTP must look like smtp://user:password@host:587 or smtps://…")
    tls = parts.scheme == "smtps"
    port = parts.port or (465 if tls else 587 if parts.username else 25)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Mail(parts.hostname, port, user, password, bool(user) and not tls, tls)
