"""An administrator creates, suspends and restores accounts with `flask --app wsgi accounts …`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from board.accounts.auth.passwords import verify_password
from board.accounts.cli import accounts_cli
from board.accounts.models import User
from board.accounts.two_factor import models as two_factor
from board.db import db, writing
from conftest import PASSWORD

Run = Callable[..., Result]


def test_a_new_board_has_no_account(app: Flask) -> None:
    assert db.session.scalars(select(User)).all() == []


def test_the_first_moderator_is_created_on_the_command_line(operator: Run) -> None:
    result = operator(
        "add", "Mo@Harbour.example", "운영자", "--can", "moderate", "--password", PASSWORD
    )
    user = db.session.scalars(select(User)).one()
    assert (result.exit_code, result.output) == (0, "운영자 <mo@harbour.example> can sign in.\n")
    assert (user.can_moderate, user.can_edit) == (True, False)
    assert verify_password(PASSWORD, user.password_hash)


@pytest.mark.parametrize(
    ("email", "name", "password"),
    [
        ("mo", "mo", PASSWORD),
        ("mo@harbour.example", "ㅤㅤ", PASSWORD),
        ("mo@harbour.example", "mo", "short"),
        ("mo@harbour.example", "mo", "password12345678"),
        ("mo@harbour.example", "ADA", PASSWORD),
        ("ADA@harbour.example", "mo", PASSWORD),
    ],
)
def test_an_invalid_account_is_refused_in_one_sentence(
    operator: Run, ada: User, email: str, name: str, password: str
) -> None:
    result = operator("add", email, name, "--password", password)
    assert result.exit_code == 1 and result.output.startswith("Error: ")
    assert result.output.count("\n") == 1 and password not in result.output
    assert db.session.scalars(select(User)).all() == [ada]


@pytest.mark.parametrize(
    ("email", "name", "wrong"),
    [("mo", "모래", "is not an email address"), ("mo@harbour.example", "모", "2 to 20 visible")],
)
def test_a_wrong_name_or_address_is_refused_before_the_password_is_asked_for(
    operator: Run, email: str, name: str, wrong: str
) -> None:
    result = operator("add", email, name, "--can", "moderate")
    assert result.exit_code == 1 and wrong in result.output
    assert "Password" not in result.output


def test_without_the_option_the_password_is_asked_for_twice(operator: Run) -> None:
    result = operator("add", "mo@harbour.example", "모래", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0 and result.output.endswith(
        "모래 <mo@harbour.example> can sign in.\n"
    )
    assert verify_password(PASSWORD, db.session.scalars(select(User)).one().password_hash)


def test_a_capability_is_granted_and_revoked(operator: Run, ada: User) -> None:
    assert operator("grant", "ADA@harbour.example", "edit").exit_code == 0
    assert (ada.can_edit, ada.can_moderate) == (True, False)
    assert operator("revoke", "ada@harbour.example", "edit").exit_code == 0
    assert ada.can_edit is False
    assert operator("grant", "ada@harbour.example", "rule").exit_code == 2


def test_an_account_is_suspended_and_unsuspended(
    operator: Run, as_: Callable[[User], FlaskClient], ada: User
) -> None:
    client = as_(ada)
    suspended = operator("suspend", "ada@harbour.example", "--days", "3", "--reason", "도배")
    assert suspended.exit_code == 0
    assert (ada.is_suspended, ada.suspended_for) == (True, "도배")
    assert client.get("/account").status_code == 303
    assert operator("unsuspend", "ada@harbour.example").exit_code == 0
    assert (ada.is_suspended, as_(ada).get("/account").status_code) == (False, 200)


@pytest.mark.parametrize(
    "words",
    [("grant", "x@y.z", "edit"), ("unsuspend", "x@y.z"), ("suspend", "x@y.z", "--reason", "")],
)
def test_an_unknown_account_is_an_error(operator: Run, words: tuple[str, ...]) -> None:
    result = operator(*words)
    assert (result.exit_code, result.output) == (
        1, "Error: There is no account with the email x@y.z.\n",
    )  # fmt: skip


@pytest.mark.slow
def test_without_tables_the_command_makes_them(
    another: Callable[..., Flask], tmp_path: Path
) -> None:
    app = another(tmp_path)
    words = ["add", "mo@harbour.example", "mo", "--password", PASSWORD]
    result = app.test_cli_runner().invoke(accounts_cli, words)
    assert (result.exit_code, result.output) == (0, "mo <mo@harbour.example> can sign in.\n")


def test_the_operator_sees_who_may_do_what(operator: Run, ada: User, mo: User, tess: User) -> None:
    operator("suspend", mo.email, "--days", "3", "--reason", "abuse")
    with writing():
        two_factor.enrol(tess, "JBSWY3DPEHPK3PXP", step=0, key="k" * 32)

    assert operator("list").output.splitlines() == [
        "mo <mo@harbour.example> can moderate, supervise, handle-legal "
        "(suspended, no two-step verification)",
        "tess <tess@harbour.example> can edit, read-tips",
    ]


def test_a_board_without_staff_lists_nobody(operator: Run, ada: User) -> None:
    result = operator("list")

    assert (result.exit_code, result.output) == (0, "")
