"""The one table of who may do what. Every cell is written out; tests/accounts/test_roles.py reads it."""

from enum import StrEnum

from django.db.models import TextChoices


class Role(TextChoices):
    """What a member is in a team, strongest first."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    MEMBER = "member", "Member"
    COMMENTER = "commenter", "Commenter"
    VIEWER = "viewer", "Viewer"


class Permission(StrEnum):
    """What can be asked of the gate."""

    TEAM_VIEW = "team.view"
    TEAM_EDIT = "team.edit"
    TEAM_DELETE = "team.delete"
    MEMBER_EDIT = "member.edit"
    KEY_CREATE = "key.create"
    PROJECT_VIEW = "project.view"
    PROJECT_CREATE = "project.create"
    PROJECT_EDIT = "project.edit"
    PROJECT_DELETE = "project.delete"
    RUN_VIEW = "run.view"
    RUN_LOG = "run.log"
    RUN_EDIT = "run.edit"
    RUN_TAG = "run.tag"
    RUN_DELETE = "run.delete"
    REPORT_VIEW = "report.view"
    REPORT_EDIT = "report.edit"
    REPORT_PUBLISH = "report.publish"
    REPORT_DELETE = "report.delete"
    COMMENT_VIEW = "comment.view"
    COMMENT_CREATE = "comment.create"
    COMMENT_RESOLVE = "comment.resolve"


class Scope(TextChoices):
    """What an API key may be used for; never more than its owner may."""

    LOG = "log", "Log runs"
    READ = "read", "Read"
    WRITE = "write", "Write"
    ADMIN = "admin", "Administer"


SCOPE_WORDS: dict[str, str] = {
    Scope.LOG: "Make runs and send to them. Enough for a training machine.",
    Scope.READ: "See projects, runs, reports and comments.",
    Scope.WRITE: "Also edit and tag runs, write and publish reports, comment.",
    Scope.ADMIN: "Everything you may do yourself, except making keys.",
}


P, R = Permission, Role

ROLES: dict[Permission, frozenset[Role]] = {
    P.TEAM_VIEW: frozenset({R.OWNER, R.ADMIN, R.MEMBER, R.COMMENTER, R.VIEWER}),
    P.TEAM_EDIT: frozenset({R.OWNER, R.ADMIN}),
    P.TEAM_DELETE: frozenset({R.OWNER}),
    P.MEMBER_EDIT: frozenset({R.OWNER, R.ADMIN}),
    P.KEY_CREATE: frozenset({R.OWNER, R.ADMIN, R.MEMBER, R.COMMENTER, R.VIEWER}),
    P.PROJECT_VIEW: frozenset({R.OWNER, R.ADMIN, R.MEMBER, R.COMMENTER, R.VIEWER}),
    P.PROJECT_CREATE: frozenset({R.OWNER, R.ADMIN, R.MEMBER}),
    P.PROJECT_EDIT: frozenset({R.OWNER, R.ADMIN, R.MEMBER}),
    P.PROJECT_DELETE: frozenset({R.OWNER, R.ADMIN}),
    P.RUN_VIEW: frozenset({R.OWNER, R.ADMIN, R.MEMBER, R.COMMENTER, R.VIEWER}),
    P.RUN_LOG: frozenset({R.OWNER, R.ADMIN, R.MEMBER}),
    P.RUN_EDIT: frozenset({R.OWNER, R.ADMIN, R.MEMBER}),
    P.RUN_TAG: frozenset({R.OWNER, R.ADMIN, R.MEMBER, R.COMMENTER}),
    P.RUN_DELETE: frozenset({R.OWNER, R.ADMIN}),
    P.REPORT_VIEW: frozenset({R.OWNER, R.ADMIN, R.MEMBER, R.COMMENTER, R.VIEWER}),
    P.REPORT_EDIT: frozenset({R.OWNER, R.ADMIN, R.MEMBER}),
    P.REPORT_PUBLISH: frozenset({R.OWNER, R.ADMIN, R.MEMBER}),
    P.REPORT_DELETE: frozenset({R.OWNER, R.ADMIN}),
    P.COMMENT_VIEW: frozenset({R.OWNER, R.ADMIN, R.MEMBER, R.COMMENTER, R.VIEWER}),
    P.COMMENT_CREATE: frozenset({R.OWNER, R.ADMIN, R.MEMBER, R.COMMENTER}),
    P.COMMENT_RESOLVE: frozenset({R.OWNER, R.ADMIN, R.MEMBER, R.COMMENTER}),
}

PERMISSION_WORDS: dict[Permission, str] = {
    P.TEAM_VIEW: "See the team and its people",
    P.TEAM_EDIT: "Rename the team",
    P.TEAM_DELETE: "Delete the team",
    P.MEMBER_EDIT: "Add people, change roles",
    P.KEY_CREATE: "Make API keys for themselves",
    P.PROJECT_VIEW: "See projects",
    P.PROJECT_CREATE: "Start projects",
    P.PROJECT_EDIT: "Change projects",
    P.PROJECT_DELETE: "Delete projects",
    P.RUN_VIEW: "See runs",
    P.RUN_LOG: "Log runs",
    P.RUN_EDIT: "Edit names and notes of runs",
    P.RUN_TAG: "Tag runs",
    P.RUN_DELETE: "Delete runs",
    P.REPORT_VIEW: "Read reports",
    P.REPORT_EDIT: "Write reports",
    P.REPORT_PUBLISH: "Publish reports",
    P.REPORT_DELETE: "Delete reports",
    P.COMMENT_VIEW: "Read comments",
    P.COMMENT_CREATE: "Comment",
    P.COMMENT_RESOLVE: "Resolve comments",
}

_VIEWS = frozenset({P.TEAM_VIEW, P.PROJECT_VIEW, P.RUN_VIEW, P.REPORT_VIEW, P.COMMENT_VIEW})

SCOPES: dict[Scope, frozenset[Permission]] = {
    # A trainer's key: makes runs and sends to them, and reads nothing but what it must know of its own team.
    Scope.LOG: frozenset({P.TEAM_VIEW, P.PROJECT_VIEW, P.PROJECT_CREATE, P.RUN_LOG}),
    Scope.READ: _VIEWS,
    Scope.WRITE: _VIEWS
    | {P.RUN_EDIT, P.RUN_TAG, P.PROJECT_CREATE, P.PROJECT_EDIT, P.REPORT_EDIT, P.REPORT_PUBLISH}
    | {P.COMMENT_CREATE, P.COMMENT_RESOLVE},
    # Keys never make keys: a stolen key must not be able to outlive its revocation.
    Scope.ADMIN: frozenset(P) - {P.KEY_CREATE},
}


def permits(role: str, permission: Permission) -> bool:
    """Whether a member with this role has the permission."""
    return role in ROLES[permission]


def is_above(role: str, other: str) -> bool:
    """Whether `role` is stronger than `other`."""
    return Role.values.index(role) < Role.values.index(other)


def roles_with(permission: Permission) -> list[str]:
    """The roles that have the permission, as stored."""
    return [role.value for role in Role if role in ROLES[permission]]


def scopes_permit(scopes: list[str], permission: Permission) -> bool:
    """Whether a key with these scopes may be used for the permission."""
    return any(permission in SCOPES[Scope(scope)] for scope in scopes)
