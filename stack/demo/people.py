"""Who works in the demo's lab. Nobody has a password: a one-time link is the only way in (`manage.py enter EMAIL`)."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.actions.api_key import create_api_key, revoke_api_key
from accounts.actions.membership import add_member
from accounts.actions.team import create_team
from accounts.actions.user import create_user
from accounts.actor import Actor
from accounts.models import ApiKey, Team, User
from accounts.roles import Role, Scope

TEAM, TEAM_NAME = "meridian", "Meridian Lab"
KEY_NAME = "demo trainers"
PEOPLE = {
    "ana": ("Ana Kovač", Role.OWNER),
    "bek": ("Bek Tursunov", Role.MEMBER),
    "chi": ("Chi Nguyen", Role.COMMENTER),
    "dana": ("Dana Rossi", Role.VIEWER),
}


@dataclass(frozen=True, slots=True)
class Lab:
    """The team and its four people, ready to act."""

    team: Team
    ana: Actor
    bek: Actor
    chi: Actor
    dana: Actor


def open_lab() -> Lab:
    """The lab, made where it is missing."""
    users = {word: _person(word, name) for word, (name, _) in PEOPLE.items()}
    actors = {word: Actor(user) for word, user in users.items()}
    team = Team.objects.filter(slug=TEAM).first() or create_team(by=users["ana"], slug=TEAM, name=TEAM_NAME)
    inside = set(team.members.values_list("pk", flat=True))
    for word, (_, role) in PEOPLE.items():
        if users[word].pk not in inside:
            add_member(by=actors["ana"], team=team, user=users[word], role=role)
    return Lab(team=team, **actors)


def _person(word: str, name: str) -> User:
    email = f"{word}@meridian.example"
    return User.objects.filter(email=email).first() or create_user(email=email, name=name)


def trainer_key(by: Actor, team: Team) -> tuple[ApiKey, str]:
    """A key for the trainers that lives one day, and its text. Keys of earlier, interrupted demos end here."""
    for old in ApiKey.objects.filter(user=by.user, team=team, name=KEY_NAME, revoked_at=None):
        revoke_api_key(by=by, key=old)
    day = timezone.now() + timedelta(days=1)
    return create_api_key(by=by, team=team, name=KEY_NAME, scopes=[Scope.LOG], expires_at=day)
