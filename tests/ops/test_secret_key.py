"""Rotation of the secret key: what the old one signed stays valid, until it is forgotten."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask
from itsdangerous import BadSignature

from board import create_app
from board.accounts import models as accounts
from board.accounts.email.unsubscribe import unsubscribe_url, unsubscription
from board.accounts.two_factor import key_rotation
from board.accounts.two_factor import models as two_factor
from board.accounts.two_factor.encryption import enrolment_token, secret_from_token
from board.accounts.two_factor.models import SecondFactor
from board.accounts.two_factor.totp import new_secret
from board.config.instance_folder import old_secret_keys
from board.db import db, now, schema, writing
from board.moderation.appeals.views import _key_serializer
from board.ops.doctor import doctor
from board.ops.secret_key import secret_key_cli
from board.runtime.app import secret_keys
from board.runtime.jobs import run_pending
from board.tips.models import form_tokens
from board.web.response.notices import notice, notice_text
from support.shared_app import close_app

Start = Callable[[], Flask]


@pytest.fixture
def start(tmp_path: Path) -> Any:
    """Starts the board in the same folder, as a restart of the server does."""
    started: list[tuple[Flask, Any]] = []

    def stop() -> None:
        for app, context in started:
            db.session.rollback()
            context.pop()
            close_app(app)
        started.clear()

    def start() -> Flask:
        stop()
        app = create_app({"INSTANCE": str(tmp_path), "TESTING": True})
        context = app.app_context()
        context.push()
        started.append((app, context))
        if schema.state(db.engine) is not schema.State.CURRENT:
            schema.upgrade()
        return app

    yield start
    stop()


def command(app: Flask, *words: str) -> str:
    result = app.test_cli_runner().invoke(secret_key_cli, words)
    assert result.exit_code == 0, result.output
    return result.output


def moderator(app: Flask) -> tuple[int, str, list[str]]:
    """A new moderator, the secret on the phone, and the backup codes."""
    secret = new_secret()
    with writing():
        mo = accounts.sign_up(email="mo@harbour.example", name="mo", password_hash="!")
        mo.can_moderate = True
        db.session.flush()
        codes = two_factor.enrol(mo, secret, step=0, key=app.config["SECRET_KEY"])
    return mo.id, secret, codes


def accepts(id: int, code: str) -> bool:
    with writing():
        return db.session.get_one(SecondFactor, id).accept(code, keys=secret_keys())


def digits(secret: str, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(now().timestamp()) + 30 * steps)


@pytest.mark.slow
def test_a_rotation_makes_a_new_key_and_keeps_the_old_one_private(
    start: Start, tmp_path: Path
) -> None:
    app = start()
    first = app.config["SECRET_KEY"]

    said = command(app, "rotate")
    second = start().config["SECRET_KEY"]

    assert "Restart the server now" in said
    assert (tmp_path / "secret_key").read_text() == second != first
    ((at, key),) = old_secret_keys(tmp_path)
    assert key == first and abs(now() - at).total_seconds() < 60
    assert (tmp_path / "old_secret_keys").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_what_was_signed_before_is_valid_after_two_rotations_until_the_keys_are_forgotten(
    start: Start,
) -> None:
    app = start()
    id, _secret, _codes = moderator(app)
    with app.test_request_context("/"):
        mo = db.session.get_one(accounts.User, id)
        link = unsubscribe_url(mo).partition("to=")[2]
        said = notice("warned", name="bora")
        appeal, ticket = _key_serializer().dumps(id), form_tokens.new()
        place = form_tokens.sign(ticket, "7")
        setup = enrolment_token(mo, "A" * 32, key=app.config["SECRET_KEY"])

    def is_valid(app: Flask) -> list[bool]:
        with app.test_request_context(f"/?notice={said}"):
            mo = db.session.get_one(accounts.User, id)
            try:
                appellant = _key_serializer().loads(appeal)
            except BadSignature:
                appellant = None
            return [
                unsubscription(link) == (mo, ""), "bora" in (notice_text() or ""), appellant == id,
                form_tokens.age(ticket) is not None, form_tokens.is_signed(ticket, "7", place),
                secret_from_token(setup, mo, keys=secret_keys()) == "A" * 32,
            ]  # fmt: skip

    for _ in range(2):
        command(app, "rotate")
        app = start()
        assert is_valid(app) == [True] * 6
    command(app, "forget", "--yes")
    assert is_valid(start()) == [False] * 6


@pytest.mark.slow
def test_new_things_are_signed_with_the_new_key_only(start: Start) -> None:
    old = start().config["SECRET_KEY"]
    command(start(), "rotate")
    app = start()
    id, _secret, codes = moderator(app)
    with app.test_request_context("/"):
        link = unsubscribe_url(db.session.get_one(accounts.User, id)).partition("to=")[2]
        ticket = form_tokens.new()
    app.config.update(SECRET_KEY=old, SECRET_KEY_FALLBACKS=[])

    assert unsubscription(link) is None
    assert form_tokens.age(ticket) is None
    assert not accepts(id, codes[0])


@pytest.mark.slow
def test_staff_use_phone_and_backup_codes_after_a_rotation(start: Start) -> None:
    app = start()
    id, secret, codes = moderator(app)
    command(app, "rotate")
    start()

    assert accepts(id, digits(secret))
    assert accepts(id, codes[0]) and not accepts(id, codes[0])


@pytest.mark.slow
def test_a_job_encrypts_second_factors_with_the_new_key(start: Start) -> None:
    app = start()
    id, secret, codes = moderator(app)
    assert not key_rotation.is_due()
    command(app, "rotate")
    app = start()

    assert "second factors" in run_pending()

    app.config["SECRET_KEY_FALLBACKS"] = []
    assert not key_rotation.is_due()
    assert accepts(id, digits(secret))
    assert not accepts(id, codes[0])  # only a hash of it is there


@pytest.mark.slow
def test_forgetting_says_whose_backup_codes_end(start: Start, tmp_path: Path) -> None:
    app = start()
    id, secret, codes = moderator(app)
    command(app, "rotate")

    said = command(start(), "forget", "--yes")

    assert "1 of the staff have backup codes" in said
    assert not (tmp_path / "old_secret_keys").exists()
    start()
    assert accepts(id, digits(secret)) and not accepts(id, codes[1])


@pytest.mark.slow
def test_codes_printed_after_the_rotation_go_on(start: Start) -> None:
    app = start()
    id, _secret, _codes = moderator(app)
    command(app, "rotate")
    app = start()
    old = old_secret_keys(Path(app.instance_path))
    with writing():
        two_factor.record(two_factor.TwoFactorAction.RENEW, id)
        codes = db.session.get_one(SecondFactor, id).renew_codes(key=app.config["SECRET_KEY"])

    assert (key_rotation.count_old_codes(old[0][0]), len(old)) == (0, 1)
    assert "backup codes" not in command(app, "forget", "--yes")
    start()
    assert accepts(id, codes[0])


@pytest.mark.slow
def test_there_is_nothing_to_forget_without_a_rotation(start: Start) -> None:
    result = start().test_cli_runner().invoke(secret_key_cli, ["forget", "--yes"])

    assert (result.exit_code, "There is no old secret key" in result.output) == (1, True)


@pytest.mark.slow
def test_a_damaged_file_of_old_keys_stops_the_board_with_a_sentence(
    start: Start, tmp_path: Path
) -> None:
    command(start(), "rotate")
    (tmp_path / "old_secret_keys").write_text("half a li")

    with pytest.raises(Exception, match="old_secret_keys holds no usable keys"):
        start()


@pytest.mark.slow
def test_doctor_says_since_when_an_old_key_is_there(start: Start) -> None:
    app = start()
    assert "still verifies" not in app.test_cli_runner().invoke(doctor).output
    command(app, "rotate")

    said = start().test_cli_runner().invoke(doctor).output
    assert f"the secret key of before {datetime.now():%Y-%m-%d} still verifies" in said
    assert re.search("ok .*second factors open", said)
