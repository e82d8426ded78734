"""`manage.py enter [email]`: print a link that signs a person in once."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.actions.entry import open_entry
from accounts.limits import ENTRY_LINK_HOURS
from accounts.models import User
from accounts.roles import Role

NOBODY_HERE = 3  # exit code by which `manage.py up` sees a site that nobody has entered yet


class Command(BaseCommand):
    help = "Print a link that signs a person in once; without an address: the owner of the oldest team."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", nargs="?")
        parser.add_argument("--hours", type=float, default=ENTRY_LINK_HOURS, help="how long the link lives")

    def handle(self, *args: Any, email: str | None, hours: float, **options: Any) -> None:
        people = User.objects.filter(is_active=True)
        if email is None:
            person = people.filter(memberships__role=Role.OWNER).order_by("memberships__team__created_at", "pk").first()
        else:
            person = people.filter(email=email.strip().lower()).first()
        if person is None:
            whom = f"Nobody active has the address {email}." if email else "There is no team with an owner yet."
            advice = 'Make a team: manage.py create_team SLUG "NAME" --owner EMAIL'
            raise CommandError(f"{whom} {advice}", returncode=1 if email else NOBODY_HERE)
        self.stdout.write(settings.PUBLIC_URL + open_entry(user=person, hours=hours))
