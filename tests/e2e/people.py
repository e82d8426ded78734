"""Run as a program with a stack's environment: fills its database with the cast, prints how they get in, as JSON.

The tests themselves never touch that database: they come in through the doors that people and programs have.
"""

import json
import os

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()

    from accounts.actions.entry import open_entry
    from accounts.roles import Role, Scope
    from tests.factories.accounts import make_cast, make_key

    cast = make_cast()
    people = {"alice": cast.alice, "bob": cast.bob, "commenter": cast.of_role(Role.COMMENTER)}
    print(
        json.dumps(
            {
                "team": cast.team.slug,
                "links": {word: open_entry(user=person) for word, person in people.items()},
                "log_key": make_key(cast.bob, cast.team, Scope.LOG),
                "read_key": make_key(cast.bob, cast.team, Scope.READ),
            }
        )
    )
