"""Addresses of Hangul domains: stored and mailed as mail servers know them, or refused."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest
from alembic import command
from sqlalchemy import select, text

from board.accounts.models import User
from board.db import db, now, schema, writing
from board.runtime.smtp import connected, send_message
from board.text.domains import ascii_domain
from conftest import person

FORM = {"name": "이브", "password": "a long quiet evening", "of_age": "y"}
PUNYCODE = "eve@xn--hu1b67o.xn--3e0b707e"


def emails():
    return list(db.session.scalars(select(User.email).order_by(User.id)))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("eve@부두.한국", PUNYCODE),
        ("EVE@부두。한국", PUNYCODE),  # with the full stop of an input method
        (" eve@부두.한국 ", PUNYCODE),
        ("eve@우편.부두.example", "eve@xn--vo5bi2v.xn--hu1b67o.example"),
        ("eve@Pier.example", "eve@pier.example"),
    ],
)
def test_a_domain_is_stored_in_punycode_and_signs_in_either_way(guest, typed, stored):
    guest.post("/sign-up", data={**FORM, "email": typed})

    assert emails() == [stored]
    for email in (typed, stored):
        form = {"email": email, "password": FORM["password"]}
        assert guest.post("/sign-in", data=form).status_code == 303


def test_one_domain_in_two_spellings_is_one_account(guest):
    guest.post("/sign-up", data={**FORM, "email": "eve@부두.한국"})
    guest.post("/sign-up", data={**FORM, "name": "다른 이브", "email": PUNYCODE})

    assert emails() == [PUNYCODE]


@pytest.mark.parametrize(
    "typed",
    [
        "이브@pier.example", "이브@부두.한국", "eve@부두..한국", "eve@.한국",
        f"eve@{'부' * 60}.한국", f"eve@{'p' * 64}.example", "eve@부두",
    ],
)  # fmt: skip
def test_an_address_no_mail_reaches_is_refused(guest, typed):
    answer = guest.post("/sign-up", data={**FORM, "email": typed})

    assert answer.status_code in (400, 422)
    assert emails() == []


def test_mail_has_a_date_and_addresses_of_ascii(smtp_server, app):
    message = EmailMessage()
    message.set_content("본문")
    with connected(app.config["MAIL_SERVER"]) as connection:
        send_message(
            message, to="eve@부두.한국", sender="우리신문 <news@항구.한국>", connection=connection
        )

    [(to, sent)] = smtp_server.messages
    assert (to, sent["To"]) == (PUNYCODE, PUNYCODE)
    assert sent["From"].addresses[0].addr_spec == ascii_domain("news@항구.한국")
    assert sent["From"].addresses[0].display_name == "우리신문"
    assert sent["Message-ID"].endswith(f"@{ascii_domain('x@항구.한국')[2:]}>")
    assert abs(parsedate_to_datetime(sent["Date"]) - now()) < timedelta(minutes=5)


@pytest.mark.slow
def test_addresses_stored_before_are_rewritten(app):
    ids = [person(name).id for name in ("하나", "둘이", "셋이")]
    stored = ("a@부두.한국", "b@부두.한국", "c@d.example")
    command.downgrade(schema.alembic_config(), "0030")
    with writing():
        change = text('UPDATE "user" SET email = :email WHERE id = :id')
        for id, email in zip(ids, stored, strict=True):
            db.session.execute(change, {"id": id, "email": email})

    schema.upgrade()

    db.session.expire_all()
    assert emails() == [ascii_domain("a@부두.한국"), ascii_domain("b@부두.한국"), "c@d.example"]
