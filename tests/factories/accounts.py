"""People, teams and keys for tests, made by the same actions as in the product."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone

from accounts.actions.api_key import create_api_key
from accounts.actions.membership import add_member
from accounts.actions.team import create_team
from accounts.actions.user import create_user
from accounts.actor import Actor
from accounts.models import Membership, Team, User
from accounts.roles import Role, Scope

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Cast:
    """Alice owns the team, Bob is on it; so are commenter and viewer; Charlie has a team of his own, sees nothing."""

    team: Team
    elsewhere: Team
    alice: User
    bob: User
    admin: User
    commenter: User
    viewer: User
    charlie: User

    def of_role(self, role: Role) -> User:
        people = {Role.OWNER: self.alice, Role.ADMIN: self.admin, Role.MEMBER: self.bob}
        return {**people, Role.COMMENTER: self.commenter, Role.VIEWER: self.viewer}[role]


def make_user(name: str) -> User:
    """A person `name@example.org` who has no password."""
    return create_user(email=f"{name.split()[0].lower()}@example.org", name=name)


def give_password(user: User) -> None:
    """`user` may sign in with PASSWORD."""
    user.set_password(PASSWORD)
    user.save()


def make_cast() -> Cast:
    """The cast. Actions make it the first time in a process; later tests find the same rows put back, which is much faster."""
    if not _rows:
        _make_people()
        users, teams = User.objects.filter(teams__slug__in=TEAMS).distinct(), Team.objects.filter(slug__in=TEAMS)
        _rows.extend([(User, [*users.values()]), (Team, [*teams.values()])])
        _rows.append((Membership, [*Membership.objects.filter(team__in=teams).values()]))
    else:
        for model, rows in _rows:
            model.objects.bulk_create([model(**row) for row in rows])
    people = {user.name: user for user in User.objects.all()}
    return Cast(
        team=Team.objects.get(slug="meridian"),
        elsewhere=Team.objects.get(slug="elsewhere"),
        alice=people["Alice Abel"],
        charlie=people["Charlie Cole"],
        admin=people[NAMES[Role.ADMIN]],
        bob=people[NAMES[Role.MEMBER]],
        commenter=people[NAMES[Role.COMMENTER]],
        viewer=people[NAMES[Role.VIEWER]],
    )


_rows: list[tuple[type[Model], list[dict[str, Any]]]] = []


def _make_people() -> None:
    alice, charlie = make_user("Alice Abel"), make_user("Charlie Cole")
    team = create_team(by=alice, slug="meridian", name=TEAMS["meridian"])
    create_team(by=charlie, slug="elsewhere", name=TEAMS["elsewhere"])
    for role, name in NAMES.items():
        add_member(by=Actor(alice), team=team, user=make_user(name), role=role)


TEAMS = {"meridian": "Meridian Lab", "elsewhere": "Elsewhere"}
NAMES = {Role.ADMIN: "Ada Admin", Role.MEMBER: "Bob Berg", Role.COMMENTER: "Cora Comment", Role.VIEWER: "Vera View"}


def make_key(user: User, team: Team, *scopes: Scope) -> str:
    """The text of a new key of `user` in `team`, good for a day."""
    expires_at = timezone.now() + timedelta(days=1)
    return create_api_key(by=Actor(user), team=team, name="test", scopes=scopes, expires_at=expires_at)[1]


def client_of(user: User) -> Client:
    """A browser in which `user` is signed in."""
    client = Client()
    client.force_login(user)
    return client


def api_of(key: str) -> Client:
    """A program that sends this key with every request."""
    return Client(headers={"authorization": f"Bearer {key}"})


def sample_words(team: Team, owner: User, words: dict[str, str]) -> dict[str, str]:
    """Words of addresses for tests/test_every_url_is_gated.py; `words` are those of the apps below."""
    return {"team": team.slug, "key": make_key(owner, team, Scope.READ)[4:12], "token": "0" * 32}


RANDOM = re.compile(rb'nonce[-=]"?[\w-]+|X-CSRFToken": "\w+|name="csrfmiddlewaretoken" value="\w+')


def same(answer: HttpResponseBase) -> bytes:
    """Status, headers and body of an answer, without what is random in every answer (nonce, CSRF token)."""
    kept = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
    whole = f"{answer.status_code} {sorted(kept.items())}".encode() + answer.content
    return RANDOM.sub(b"", whole)
