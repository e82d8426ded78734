"""Slows down who guesses passwords, and never locks out whom they guess at.

Failures are counted per network address and e-mail together, and per address; never per e-mail alone, because then
anybody could keep a colleague out. The rows are in PostgreSQL, so it holds while Redis is away. See docs/decisions/0002.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.limits import PAUSE_MINUTES, TRIES_PER_PAIR, TRIES_PER_SOURCE
from accounts.models import SignInTry


@dataclass(frozen=True, slots=True)
class Try:
    """A try that has begun: it counts as failed until it is forgiven. `left`: tries after this one; below 0: refused."""

    row: SignInTry
    left: int


def begin_try(*, email: str, address: str) -> Try:
    """Count a try before the password is looked at, so that parallel tries cannot slip through together."""
    source = _digest(_network_of(address))
    pair = _digest(f"{_network_of(address)} {email.strip().lower()}")
    now = timezone.now()
    SignInTry.objects.filter(at__lt=now - timedelta(minutes=PAUSE_MINUTES)).delete()
    row = SignInTry.objects.create(source=source, pair=pair, at=now)
    left = min(
        TRIES_PER_PAIR - SignInTry.objects.filter(pair=pair).count(),
        TRIES_PER_SOURCE - SignInTry.objects.filter(source=source).count(),
    )
    if left < 0:
        row.delete()  # a refused try does not make the pause longer
    return Try(row=row, left=left)


def forgive(tried: Try) -> None:
    """The password was right: only failures count. The earlier ones stay, else one's own account would reset the count."""
    tried.row.delete()


def _network_of(address: str) -> str:
    """The address; of IPv6 its /64, which is what one machine has to itself."""
    ip = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)


def _digest(text: str) -> bytes:
    return salted_hmac("accounts.throttle", text, algorithm="sha256").digest()
