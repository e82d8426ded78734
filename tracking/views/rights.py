"""What the reader of a page may do, as booleans for its template."""

from django.http import HttpRequest

from accounts.actor import actor_behind
from accounts.models import Team
from accounts.queries.team import role_in
from accounts.roles import Permission, permits

WORDS = {
    "can_edit": Permission.RUN_EDIT,
    "can_delete": Permission.RUN_DELETE,
    "can_tag": Permission.RUN_TAG,
    "can_create_project": Permission.PROJECT_CREATE,
    "can_write": Permission.REPORT_EDIT,
}


def rights_in(request: HttpRequest, team: Team) -> dict[str, bool]:
    """One query; the gate has let the reader in already, and each action asks it again."""
    role = role_in(actor_behind(request), team) or ""
    return {word: permits(role, permission) for word, permission in WORDS.items()}
