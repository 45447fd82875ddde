"""Who may propose and second, whom of all sorts of staff a rule lets; and who stays as the last."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from board.accounts.models import User
from board.accounts.roles import changes
from board.accounts.roles.models import RoleGrant
from board.accounts.roles.rules import RULES
from board.db import db, now, writing
from conftest import person

from .test_staff_roles import act, acts, at_once, propose

As = Callable[[User], FlaskClient]
APPOINT, TIPS = "can_appoint", "can_read_tips"


def one_with(capability: str | None, name: str = "", **values: object) -> User:
    """Somebody with this capability and no other; None: a reader."""
    user = person(name or (capability or "reader").replace("_", ""))
    with writing():
        user = db.session.merge(user)
        if capability:
            setattr(user, capability, True)
        for key, value in values.items():
            setattr(user, key, value)
    return user


def tried(verb: Callable[[User], object], people: dict[str, User]) -> set[str]:
    """Those whom a verb lets, each with the state of before."""
    allowed = set()
    for name, user in people.items():
        try:
            with writing():
                verb(db.session.merge(user))
                allowed.add(name)
                raise changes.NotOpen  # nothing of it stays
        except (changes.NotAllowed, changes.NotOpen):
            pass
    return allowed


@pytest.fixture
def sorts(app: Flask) -> dict[str, User]:
    """One of each sort of staff, a reader, and those whose capabilities are at rest."""
    tomorrow = now() + timedelta(days=1)
    people = {name: one_with(name) for name in RULES}
    people["reader"] = one_with(None)
    for name in (APPOINT, TIPS):
        people[f"frozen {name}"] = one_with(name, f"frozen{name}"[:20], frozen_until=tomorrow)
    return people


@pytest.mark.parametrize("capability", RULES)
def test_the_rules_of_proposing_are_a_table(sorts: dict[str, User], capability: str) -> None:
    ada = person("ada")

    allowed = tried(
        lambda by: changes.propose(capability, by=by, why="x", subject=db.session.merge(ada)),
        sorts,
    )

    assert allowed == {TIPS if capability == TIPS else APPOINT}


@pytest.mark.parametrize(
    ("capability", "seconds"),
    [
        ("can_supervise", {APPOINT, "can_supervise"}),
        ("can_handle_legal", {APPOINT, "can_handle_legal"}),
        ("can_appoint", {APPOINT}),
        ("can_read_tips", {TIPS}),
    ],
)
@pytest.mark.parametrize("by_address", [False, True])
def test_the_rules_of_seconding_are_a_table(
    sorts: dict[str, User], capability: str, seconds: set[str], by_address: bool
) -> None:
    proposer = one_with(TIPS if capability == TIPS else APPOINT, "proposer")
    ada = person("ada")
    with writing():
        to = {"address": ada.email} if by_address else {"subject": db.session.merge(ada)}
        changes.propose(capability, by=db.session.merge(proposer), why="x", **to)
    people = {**sorts, "the proposer": proposer, "the subject": ada}

    def second(by: User) -> None:
        changes.second(db.session.get_one(RoleGrant, 1), by=by)

    assert tried(second, people) == seconds


@pytest.mark.parametrize("capability", ["can_moderate", "can_edit"])
def test_nobody_seconds_what_nobody_has_to(sorts: dict[str, User], capability: str) -> None:
    ada = person("ada")
    with writing():
        by = db.session.merge(sorts[APPOINT])
        changes.propose(capability, by=by, why="x", subject=db.session.merge(ada))

    def second(by: User) -> None:
        changes.second(db.session.get_one(RoleGrant, 1), by=by)

    assert tried(second, sorts) == set()


@pytest.mark.parametrize("by_address", [False, True])
def test_who_proposed_and_who_is_proposed_do_not_second_on_the_page(
    as_: As, by_address: bool
) -> None:
    """Both could second somebody else’s proposal."""
    ina, jun = one_with(APPOINT, "ina"), one_with(APPOINT, "jun")
    propose(as_(ina), "can_supervise", jun.email if by_address else "jun")

    statuses = [act(as_(user), "second").status_code for user in (ina, jun, one_with(None))]

    assert statuses == [403, 403, 403]
    grant = db.session.get_one(RoleGrant, 1)
    assert (grant.state, grant.seconded_by, [entry[0] for entry in acts()]) == (
        "proposed", None, ["propose"],
    )  # fmt: skip
    for user in (ina, jun):
        assert "/second" not in as_(user).get("/desk/staff").text


def test_who_seconded_does_not_accept(as_: As) -> None:
    """An address was proposed, and seconded by somebody who moved to it afterwards."""
    ina, jun = one_with(APPOINT, "ina"), one_with(APPOINT, "jun")
    propose(as_(ina), "can_supervise", "sora@pier.example")
    assert act(as_(jun), "second").status_code == 303
    with writing():
        moved = db.session.merge(jun)
        moved.email, moved.email_verified_at = "sora@pier.example", now()

    assert act(as_(moved), "accept").status_code == 403
    assert moved.can_supervise is False


def appointers() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(User.name).where(User.can_appoint)))


def revoke(client: FlaskClient, user: User, capability: str = APPOINT) -> TestResponse:
    return client.post(f"/desk/staff/{user.id}/revoke/{capability}")


def test_nobody_takes_the_last_administrator_away(
    as_: As, operator: Callable[..., object], mo: User
) -> None:
    ina, jun = one_with(APPOINT, "ina"), one_with(APPOINT, "jun")
    desk, other = as_(ina), as_(jun)
    assert revoke(desk, jun).status_code == 303
    assert [revoke(each, ina).status_code for each in (desk, other, as_(mo))] == [403] * 3
    operator("revoke", ina.email, "appoint")
    desk.post("/account/leave", data={"comments": "keep"})

    assert appointers() == {"ina"}


def test_of_two_who_take_it_from_each_other_at_once_one_stays(app: Flask, as_: As) -> None:
    ina, jun = one_with(APPOINT, "ina"), one_with(APPOINT, "jun")
    first, second = as_(ina), as_(jun)

    statuses = at_once(app, lambda: revoke(first, jun), lambda: revoke(second, ina))

    assert statuses == [303, 403]
    assert len(appointers()) == 1


def test_the_last_tip_reader_stays(as_: As) -> None:
    ina, tess, tom = one_with(APPOINT, "ina"), one_with(TIPS, "tess"), one_with(TIPS, "tom")
    desk = as_(ina)

    statuses = [revoke(desk, user, TIPS).status_code for user in (tess, tom)]
    own = revoke(as_(tom), tom, TIPS).status_code

    assert (statuses, own) == ([303, 422], 422)
    db.session.refresh(tom)
    assert tom.can_read_tips is True
