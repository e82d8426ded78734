"""The table itself, written a second time by hand: a slip in accounts/roles.py must not pass unseen."""

import pytest

from accounts.roles import PERMISSION_WORDS, ROLES, SCOPES, Permission, Role, Scope, is_above, permits, scopes_permit

# owner admin member commenter viewer
EXPECTED = {
    "team.view": "yes yes yes yes yes",
    "team.edit": "yes yes no no no",
    "team.delete": "yes no no no no",
    "member.edit": "yes yes no no no",
    "key.create": "yes yes yes yes yes",
    "project.view": "yes yes yes yes yes",
    "project.create": "yes yes yes no no",
    "project.edit": "yes yes yes no no",
    "project.delete": "yes yes no no no",
    "run.view": "yes yes yes yes yes",
    "run.log": "yes yes yes no no",
    "run.edit": "yes yes yes no no",
    "run.tag": "yes yes yes yes no",
    "run.delete": "yes yes no no no",
    "report.view": "yes yes yes yes yes",
    "report.edit": "yes yes yes no no",
    "report.publish": "yes yes yes no no",
    "report.delete": "yes yes no no no",
    "comment.view": "yes yes yes yes yes",
    "comment.create": "yes yes yes yes no",
    "comment.resolve": "yes yes yes yes no",
}


def test_the_table_says_what_was_decided() -> None:
    table = {p.value: " ".join("yes" if permits(role, p) else "no" for role in Role) for p in Permission}
    assert table == EXPECTED


def test_every_permission_has_a_row_and_words() -> None:
    assert set(ROLES) == set(Permission) == set(PERMISSION_WORDS)
    assert set(SCOPES) == set(Scope)


def test_a_stronger_role_may_all_that_a_weaker_may() -> None:
    for permission, roles in ROLES.items():
        strength = [role in roles for role in Role]
        assert strength == sorted(strength, reverse=True), permission


def test_no_scope_lets_a_key_make_keys() -> None:
    assert [scope for scope in Scope if scopes_permit([scope], Permission.KEY_CREATE)] == []


def test_a_logging_key_reads_no_run_and_no_report() -> None:
    assert SCOPES[Scope.LOG] == {Permission.TEAM_VIEW, Permission.PROJECT_VIEW, Permission.PROJECT_CREATE, Permission.RUN_LOG}


@pytest.mark.parametrize("scope", [Scope.LOG, Scope.READ, Scope.WRITE])
def test_only_the_admin_scope_deletes(scope: Scope) -> None:
    assert {p for p in SCOPES[scope] if p.value.endswith((".delete", "team.edit", "member.edit"))} == set()


def test_is_above() -> None:
    assert [is_above(Role.ADMIN, role) for role in Role] == [False, False, True, True, True]
