"""The table of rights, where people read it and where it is in force."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.rights import RIGHTS, Action, On, Role, as_markdown, may

ROOT = Path(__file__).parents[2]


def test_the_documentation_has_the_table_that_is_in_force() -> None:
    assert as_markdown() in (ROOT / "docs" / "permissions.md").read_text()


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("on", list(On))
def test_what_the_table_does_not_name_is_refused(action: Action, on: On) -> None:
    assert not may(None, action, on), "somebody without a role may nothing"
    for role in Role:
        assert may(role, action, on) == (role in RIGHTS.get((action, on), ()))


def test_nobody_may_do_more_than_those_above_them() -> None:
    for roles in RIGHTS.values():
        assert Role.OWNER in roles
        assert Role.ADMIN in roles or Role.MEMBER not in roles


def test_nobody_touches_owners_or_themselves_or_opens_service_chats() -> None:
    people = {Action.ALLOW, Action.REVOKE, Action.APPOINT, Action.LIMIT, Action.GRANT}

    assert not [on for action, on in RIGHTS if action in people and on in (On.OWNER, On.SELF)]
    assert (Action.OPEN, On.SERVICE) not in RIGHTS
    assert RIGHTS[Action.READ, On.SERVICE] == {Role.OWNER}
    assert RIGHTS[Action.OPEN, On.PRIVATE] == {Role.OWNER}
