"""Stateful test: whatever staff and administrators do in any order, nobody gets what two must give
from one, nobody both appoints and reads tips, and somebody always appoints once somebody did."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from board.accounts.models import User
from board.accounts.roles import changes, freezing
from board.accounts.roles.models import RoleGrant
from board.accounts.roles.rules import RULES
from board.db import db, now, writing
from board.db.engine import writing_engine
from conftest import person

pytestmark = pytest.mark.slow

NAMES = ["ina", "jun", "tess", "tom", "ada"]
PEOPLE = st.integers(0, len(NAMES) - 1)
CAPABILITIES = st.sampled_from(
    ["can_moderate", "can_supervise", "can_appoint", "can_appoint", "can_read_tips"]
)
BACK = st.sampled_from([0, 0, 0, 1, 2])  # how many proposals ago
REFUSALS = (changes.NotAllowed, changes.NotOpen, changes.Impossible)


class Staff(RuleBasedStateMachine):
    """Knows who agreed to what, from outside the board."""

    app: Flask

    @initialize()
    def hire(self) -> None:
        with writing():
            for user in db.session.scalars(select(User)):
                for name in User.CAPABILITIES:
                    setattr(user, name, False)
                user.frozen_until = None
            for grant in db.session.scalars(RoleGrant.open()).all():
                grant.state = "withdrawn"
        self.clock = time_machine.travel(now(), tick=False)
        self.time = self.clock.start()
        self.held: set[tuple[str, str]] = set()
        self.agreed: dict[int, set[str]] = {}
        for name, capability in [
            ("ina", "can_appoint"), ("jun", "can_appoint"), ("ada", "can_supervise"),
            ("tess", "can_read_tips"), ("tom", "can_read_tips"),
        ]:  # fmt: skip
            self.attempt(lambda n=name, c=capability: changes.grant_at_once(c, self.user(n)))
            self.held.add((name, capability))

    def teardown(self) -> None:
        if hasattr(self, "clock"):
            self.clock.stop()

    def user(self, who: str | int) -> User:
        name = NAMES[who] if isinstance(who, int) else who
        return db.session.scalars(User.named(name)).one()

    def attempt(self, act: Callable[[], Any]) -> Any:
        """Whether it was done, and what it gave."""
        with suppress(*REFUSALS), writing():
            return act() or True
        return None

    def newest(self, back: int) -> RoleGrant | None:
        grants = select(RoleGrant).order_by(RoleGrant.id.desc()).offset(back).limit(1)
        return db.session.scalar(grants)

    @rule(
        by=st.one_of(st.none(), PEOPLE), subject=PEOPLE, capability=CAPABILITIES,
        by_address=st.booleans(),
    )  # fmt: skip
    def propose(self, by: int | None, subject: int, capability: str, by_address: bool) -> None:
        """By somebody who may, or by anybody."""
        if by is None:
            proposes = RULES[capability].proposes
            holders = [NAMES.index(name) for name, held in self.held if held == proposes]
            by = min(holders, default=0)

        def act() -> int:
            user = self.user(subject)
            to: dict[str, Any] = {"address": user.email} if by_address else {"subject": user}
            return changes.propose(capability, by=self.user(by), why="x", **to).id

        if number := self.attempt(act):
            self.agreed[number] = {NAMES[by]}

    @rule(by=st.one_of(st.none(), PEOPLE), back=BACK)
    def second(self, by: int | None, back: int) -> None:
        if (grant := self.newest(back)) is None:
            return
        number, name = grant.id, "an administrator" if by is None else NAMES[by]
        if self.attempt(
            lambda: changes.second(
                db.session.get_one(RoleGrant, number), by=None if by is None else self.user(by)
            )
        ):
            self.agreed[number].add(name)

    @rule(by=st.one_of(st.none(), PEOPLE), back=BACK)
    def accept(self, by: int | None, back: int) -> None:
        """By the subject, or by anybody."""
        if (grant := self.newest(back)) is None:
            return
        number, user = grant.id, grant.user
        if by is None:
            by = NAMES.index(user.name if user else grant.address.partition("@")[0] or "ada")
        if self.attempt(
            lambda: changes.accept(db.session.get_one(RoleGrant, number), by=self.user(by))
        ):
            capability = db.session.get_one(RoleGrant, number).capability
            needed = 1 if capability in ("can_moderate", "can_edit") else 2
            assert len(self.agreed[number]) == needed
            assert NAMES[by] not in self.agreed[number]
            self.held.add((NAMES[by], capability))

    @rule(
        capability=CAPABILITIES, subject=PEOPLE, by_address=st.booleans(),
        seconder=st.one_of(st.none(), PEOPLE), is_seconded=st.booleans(),
    )  # fmt: skip
    def go_through(
        self,
        capability: str,
        subject: int,
        by_address: bool,
        seconder: int | None,
        is_seconded: bool,
    ) -> None:
        """One after the other, as it usually goes."""
        self.propose(None, subject, capability, by_address)
        if is_seconded:
            self.second(seconder, 0)
        self.accept(None, 0)

    @rule(verb=st.sampled_from(["decline", "withdraw"]), by=PEOPLE, back=BACK)
    def drop(self, verb: str, by: int, back: int) -> None:
        if (grant := self.newest(back)) is None:
            return
        number, act = grant.id, getattr(changes, verb)
        self.attempt(lambda: act(db.session.get_one(RoleGrant, number), by=self.user(by)))

    @rule(subject=PEOPLE, capability=CAPABILITIES)
    def grant(self, subject: int, capability: str) -> None:
        """By an administrator."""
        if self.attempt(lambda: changes.grant_at_once(capability, self.user(subject))):
            self.held.add((NAMES[subject], capability))

    @rule(by=st.one_of(st.none(), PEOPLE), subject=PEOPLE, capability=CAPABILITIES)
    def revoke(self, by: int | None, subject: int, capability: str) -> None:
        def act() -> None:
            actor = None if by is None else self.user(by)
            changes.revoke(capability, self.user(subject), by=actor)

        if self.attempt(act):
            self.held.remove((NAMES[subject], capability))

    @rule(verb=st.sampled_from(["freeze", "unfreeze"]), by=PEOPLE, subject=PEOPLE)
    def freeze(self, verb: str, by: int, subject: int) -> None:
        act = getattr(freezing, verb)
        self.attempt(lambda: act(self.user(subject), by=self.user(by)))

    @rule(hours=st.sampled_from([1, 25, 24 * 20]))
    def wait(self, hours: int) -> None:
        self.time.shift(timedelta(hours=hours))
        with writing():
            changes.end_expired()

    @invariant()
    def what_the_board_says_is_what_was_agreed(self) -> None:
        if not hasattr(self, "held"):
            return
        db.session.rollback()
        users = db.session.scalars(select(User)).all()
        held = {(u.name, name) for u in users for name in User.CAPABILITIES if getattr(u, name)}
        assert held == self.held
        assert not any(user.can_appoint and user.can_read_tips for user in users)
        assert any(user.can_appoint for user in users)


@pytest.mark.timeout(600)
def test_any_acts_in_any_order(app: Flask) -> None:
    connection = writing_engine().raw_connection()  # nothing here has to outlast a power cut
    connection.cursor().execute("PRAGMA synchronous = OFF")
    connection.close()
    for name in NAMES:
        user = person(name)
        with writing():
            db.session.merge(user).email_verified_at = now()
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Staff,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            phases=[Phase.generate],
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
