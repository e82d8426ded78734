"""`manage.py create_team SLUG NAME --owner EMAIL`: the first team, or another one, and its owner's way in."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.actions.entry import open_entry
from accounts.actions.team import create_team
from accounts.actions.user import create_user
from accounts.models import User


class Command(BaseCommand):
    help = "Make a team with its owner, and print the link by which the owner comes in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="short name, the first word of the team's addresses")
        parser.add_argument("name")
        parser.add_argument("--owner", required=True, metavar="EMAIL")
        parser.add_argument("--owner-name", metavar="NAME", help="of a person who is new here")

    def handle(self, *args: Any, slug: str, name: str, owner: str, owner_name: str | None, **options: Any) -> None:
        email = owner.strip().lower()
        try:
            with transaction.atomic():
                person = User.objects.filter(email=email).first()
                person = person or create_user(email=email, name=owner_name or email.partition("@")[0])
                create_team(by=person, slug=slug, name=name)
                path = open_entry(user=person)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        self.stdout.write(settings.PUBLIC_URL + path)
