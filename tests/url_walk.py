"""Walks the live URL resolver: every address, the view behind it, and the gate the view declares."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.gate import Gate

# Views of others that cannot carry our gate, and why each may stand without. They are all in accounts/urls.py.
THIRD_PARTY = {
    "allauth.account.views.LoginView": "the door itself",
    "allauth.account.views.LogoutView": "ends one's own session, only by POST",
    "allauth.account.views.SignupView": "says that sign-up is closed",
    "allauth.account.views.AccountInactiveView": "says that an account is deactivated, the same to everybody",
    "allauth.account.views.PasswordSetView": "one's own password; sends who is not signed in to the door",
    "allauth.account.views.PasswordResetDoneView": "the same words to everybody",
    "allauth.account.views.PasswordResetFromKeyView": "the key in the mail is the proof",
    "allauth.account.views.PasswordResetFromKeyDoneView": "the same words to everybody",
}


@dataclass(frozen=True)
class Route:
    """`address` as written in urls.py, with its words in <>; `words` their names in order."""

    address: str
    name: str
    view: Callable[..., Any]

    @property
    def words(self) -> list[str]:
        return [first or second for first, second in re.findall(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>", self.address)]

    @property
    def app(self) -> str:
        return getattr(self.view, "cls", self.view).__module__.partition(".")[0]

    @property
    def is_api(self) -> bool:
        return hasattr(self.view, "cls")

    @property
    def gates(self) -> list[Gate | None]:
        """What guards it; for a class of REST framework one entry for each verb's handler."""
        own = getattr(self.view, "gate", None)
        if own is not None or not self.is_api:
            return [own]
        handlers = {getattr(self.view.cls, verb) for verb in self.view.cls.http_method_names if hasattr(self.view.cls, verb)}
        ours = [handler for handler in handlers if handler.__module__ != "rest_framework.views"]
        return [getattr(inspect.getclosurevars(handler).nonlocals.get("func"), "gate", None) for handler in ours] or [None]

    @property
    def gate(self) -> Gate:
        (gate,) = set(self.gates)
        assert gate is not None, f"{self.address} has no gate"
        return gate

    @property
    def third_party(self) -> str | None:
        made_of = getattr(self.view, "view_class", None)
        label = f"{made_of.__module__}.{made_of.__qualname__}" if made_of else ""
        return label if label in THIRD_PARTY else None

    def path(self, words: dict[str, str]) -> str:
        """The address with its words filled in, those with ? behind it; an assert names a word without a sample."""
        missing = [word for word in self.words if word not in words]
        assert not missing, f"{self.address}: no sample for {missing}: add it to sample_words() in tests/factories/<app>.py"
        asked = urlencode({word[1:]: value for word, value in words.items() if word.startswith("?")})
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: words[found[1]], self.address) + f"?{asked}"


def routes_in(patterns: Iterable[URLPattern | URLResolver], before: str = "/") -> Iterator[Route]:
    for pattern in patterns:
        address = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from routes_in(pattern.url_patterns, address)
        else:
            yield Route(address, str(pattern.name), pattern.callback)


def all_routes() -> list[Route]:
    return list(routes_in(get_resolver().url_patterns))


def ungated(routes: Iterable[Route]) -> list[str]:
    """Addresses whose view neither declares a gate for each verb nor stands in the list above."""
    return [route.address for route in routes if None in route.gates and route.third_party is None]
