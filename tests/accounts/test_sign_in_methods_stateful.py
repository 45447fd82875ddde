"""Stateful test: after any acts in any order every account has a way in, and a passkey one account.

The model of an account is its password, whether its address is verified, and its passkeys.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select

from accounts.conftest import Mailboxes
from board.accounts.auth.passkeys import Passkey
from board.accounts.auth.passwords import hash_password
from board.accounts.auth.rate_limit import Attempt
from board.accounts.models import User
from board.accounts.sign_in.methods import methods_of
from board.accounts.verification.models import EmailVerification
from board.db import db, now, writing
from conftest import PASSWORD, person
from support.authenticator import Authenticator, Credential, add_passkey, sign_in_with_passkey

pytestmark = pytest.mark.slow
PEOPLE = st.integers(0, 2)
numbers = count()  # makes names unique


@dataclass(eq=False)
class ModelAccount:
    user: User
    verified: bool
    has_password: bool = True
    has_left: bool = False
    passkeys: list[Credential] = field(default_factory=list)

    @property
    def ways(self) -> int:
        return self.has_password + self.verified + len(self.passkeys)


class SignInMethods(RuleBasedStateMachine):
    def __init__(self, app: Flask, as_: Callable[[User], FlaskClient]) -> None:
        super().__init__()
        self.app, self.as_ = app, as_
        self.phone = Authenticator()
        self.removed: list[Credential] = []
        self.accounts: list[ModelAccount] = []

    @initialize(verified=st.lists(st.booleans(), min_size=3, max_size=3))
    def sign_up(self, verified: list[bool]) -> None:
        for is_verified in verified:
            user = person(f"sora{next(numbers)}")
            with writing():
                user.password_hash = hash_password(PASSWORD)
                user.email_verified_at = now() if is_verified else None
            self.accounts.append(ModelAccount(user, is_verified))

    @rule(who=PEOPLE)
    def add_passkey(self, who: int) -> None:
        account = self.accounts[who]
        if account.has_left or len(account.passkeys) == Passkey.MAX:
            return
        assert add_passkey(self.as_(account.user), self.phone).status_code == 303
        account.passkeys.append(self.phone.credentials[-1])

    @rule(who=PEOPLE, which=st.integers(0, 9))
    def remove_passkey(self, who: int, which: int) -> None:
        account = self.accounts[who]
        if which >= len(account.passkeys):
            return
        credential = account.passkeys[which]
        passkey = db.session.scalars(Passkey.with_credential_id(credential.id)).one()
        answer = self.as_(account.user).post(f"/account/passkeys/{passkey.id}/remove")
        assert answer.status_code == (303 if account.ways > 1 else 422)
        if account.ways > 1:
            account.passkeys.remove(credential)
            self.removed.append(credential)

    @rule(who=PEOPLE)
    def remove_password(self, who: int) -> None:
        account = self.accounts[who]
        if account.has_left or not account.has_password:
            return
        answer = self.as_(account.user).post("/account/password/remove")
        assert answer.status_code == (303 if account.ways > 1 else 422)
        account.has_password = account.ways == 1

    @rule(who=PEOPLE)
    def set_password(self, who: int) -> None:
        account = self.accounts[who]
        if account.has_left or account.has_password:
            return
        answer = self.as_(account.user).post("/account/password", data={"password": PASSWORD})
        assert answer.status_code == 303
        account.has_password = True

    @rule(who=PEOPLE)
    def reset(self, who: int) -> None:
        """The owner of the address proves to be that, and chooses a password."""
        account, browser = self.accounts[who], self.app.test_client()
        if account.has_left:
            return
        with writing():
            db.session.execute(delete(Attempt))  # a new hour has begun
            db.session.execute(delete(EmailVerification))
        browser.post("/sign-in/forgot", data={"email": account.user.email})
        code = db.session.scalars(select(EmailVerification)).one()
        browser.post("/verify", data={"code": code.code(key=self.app.config["SECRET_KEY"])})
        assert browser.post("/verify/password", data={"password": PASSWORD}).status_code == 303
        if not account.verified:
            self.removed += account.passkeys
            account.passkeys = []
        account.verified = account.has_password = True

    @precondition(lambda self: sum(account.has_left for account in self.accounts) < 2)
    @rule(who=PEOPLE, really=st.sampled_from([False, False, False, True]))
    def leave(self, who: int, really: bool) -> None:
        account = self.accounts[who]
        if account.has_left or not really:
            return
        data = {"comments": "keep", "password": PASSWORD}
        assert self.as_(account.user).post("/account/leave", data=data).status_code == 303
        account.has_left = True
        self.removed += account.passkeys
        account.passkeys = []

    @invariant()
    def everybody_can_sign_in(self) -> None:
        db.session.rollback()
        db.session.expire_all()
        for account in self.accounts:
            with self.app.test_request_context(base_url="http://localhost"):
                counts = {each.name: each.count(account.user) for each in methods_of(account.user)}
            expected = {
                "password": int(account.has_password),
                "email": int(account.verified),
                "passkey": len(account.passkeys),
            }
            if not account.has_left:
                assert counts == {name: number for name, number in expected.items() if number}
                assert counts

    @invariant()
    def a_passkey_leads_to_its_account_and_a_removed_one_nowhere(self) -> None:
        owners = {each.id: account for account in self.accounts for each in account.passkeys}
        ours = Passkey.user_id.in_([account.user.id for account in self.accounts])
        stored = db.session.execute(select(Passkey.credential_id, Passkey.user_id).where(ours))
        assert sorted(stored) == sorted((id, owners[id].user.id) for id in owners)

    def teardown(self) -> None:
        """Each is tried: those that are left sign in to their account, the others nowhere."""
        for account in self.accounts:
            for credential in account.passkeys:
                assert self._sign_in(credential) == account.user.name
        assert [self._sign_in(credential) for credential in self.removed] == [None] * len(
            self.removed
        )

    def _sign_in(self, credential: Credential) -> str | None:
        browser = self.app.test_client()
        self.phone.credentials.append(credential)
        if sign_in_with_passkey(browser, self.phone).status_code != 303:
            return None
        return str(browser.get("/account/data").json["account"]["name"])


def test_any_acts_in_any_order_leave_a_way_in(
    app: Flask, as_: Callable[[User], FlaskClient], mail: Mailboxes
) -> None:
    checks: Any = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        lambda: SignInMethods(app, as_),
        settings=settings(
            deadline=None, database=None, suppress_health_check=checks, max_examples=15,
            stateful_step_count=25, print_blob=True, phases=[Phase.generate, Phase.shrink],
        ),
    )  # fmt: skip
    db.session.rollback()
