"""A member adds passkeys, signs in with them, and removes them."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.conftest import Mailboxes, is_signed_in
from accounts.test_get_back_in import reset
from board.accounts.auth.passkeys import Passkey
from board.accounts.cli import accounts_cli
from board.accounts.email.queue import QueuedEmail
from board.accounts.models import User
from board.accounts.two_factor import models as two_factor
from board.accounts.two_factor.totp import new_secret
from board.db import db, now, transaction, writing
from board.ops.doctor import doctor
from board.runtime.event_log import EventLog
from conftest import PASSWORD
from support import authenticator as soft
from support.authenticator import Authenticator, add_passkey, sign_in_with_passkey

PAGE = "/account/sign-in-methods"
ADDED = f"{PAGE}?notice=passkey_added"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
SYNCED = soft.USER_PRESENT | soft.USER_VERIFIED | soft.CAN_BACK_UP | soft.BACKED_UP
Browser = Callable[[User], FlaskClient]
Member = Callable[..., User]


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator()


@pytest.fixture
def ada(member: Member) -> User:
    return member("ada")


@pytest.fixture
def ada_with_passkey(as_: Browser, ada: User, phone: Authenticator) -> User:
    assert add_passkey(as_(ada), phone).location == ADDED
    return ada


def passkeys() -> list[Passkey]:
    return list(db.session.scalars(select(Passkey).order_by(Passkey.id)))


@pytest.fixture
def app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Its log has no lines of other tests, of which there may be too many in a minute."""
    monkeypatch.setitem(app.extensions, "event_log", EventLog())
    return app


def security_log(app: Flask) -> list[tuple[str, str]]:
    """Event and reason of each line."""
    files = sorted((Path(app.instance_path) / "log").glob("*.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    return [(line["event"], line["reason"]) for line in lines]


# ---- adding ----


def test_ada_adds_a_passkey_and_signs_in_with_it(
    mail: Mailboxes, as_: Browser, guest: FlaskClient, ada: User, phone: Authenticator
) -> None:
    client = as_(ada)
    client.environ_base["HTTP_USER_AGENT"] = CHROME
    assert add_passkey(client, phone).location == ADDED
    page = client.get(PAGE).text
    assert "Chrome · Windows" in page and "동기화됨" not in page
    assert mail.subjects(ada.email) == ["로그인 방법이 추가되었습니다"]

    answer = sign_in_with_passkey(guest, phone, next="/articles/harbour")

    assert (answer.status_code, answer.location) == (303, "/articles/harbour")
    assert is_signed_in(guest)
    assert "마지막으로 쓴 날" in guest.get(PAGE).text


def test_a_passkey_that_is_synced_says_so(as_: Browser, ada: User) -> None:
    client = as_(ada)
    add_passkey(client, Authenticator(flags=SYNCED))
    assert "동기화됨" in client.get(PAGE).text


def test_what_the_authenticator_is_asked_for(as_: Browser, ada: User, phone: Authenticator) -> None:
    client = as_(ada)
    first = client.post("/account/passkeys/options").json
    assert first["rp"] == {"id": "localhost", "name": "전체댓글"}
    assert first["authenticatorSelection"]["userVerification"] == "required"
    assert first["authenticatorSelection"]["residentKey"] == "required"
    assert (first["attestation"], first["excludeCredentials"]) == ("none", [])
    assert ada.email not in json.dumps(first)

    client.post("/account/passkeys", data={"credential": phone.create(first)})
    second = client.post("/account/passkeys/options").json

    assert second["user"] == first["user"]
    assert [each["id"] for each in second["excludeCredentials"]] == [
        soft.encode(phone.credentials[0].id)
    ]


def test_adding_needs_reauthentication(as_: Browser, ada: User, phone: Authenticator) -> None:
    client = as_(ada)
    options = client.post("/account/passkeys/options").json
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert client.post("/account/passkeys/options").status_code == 401
        data = {"credential": phone.create(options)}
        assert client.post("/account/passkeys", data=data).status_code == 401
    assert passkeys() == []


@pytest.mark.slow
def test_ten_is_enough(as_: Browser, ada: User, phone: Authenticator) -> None:
    client = as_(ada)
    answers = [add_passkey(client, phone).status_code for _ in range(11)]

    assert answers == [303] * 10 + [422]
    assert "/account/passkeys/options" not in client.get(PAGE).text
    assert len(passkeys()) == 10


def test_a_passkey_leads_to_one_account(
    as_: Browser, ada_with_passkey: User, bora: User, phone: Authenticator
) -> None:
    """Also where an authenticator claims to have made the same credential id again."""
    client = as_(bora)
    options = client.post("/account/passkeys/options").json
    response = json.loads(phone.create(options))
    known = phone.credentials[0].id
    forged = json.dumps(response).replace(soft.encode(phone.credentials[1].id), soft.encode(known))
    data = soft.decode(response["response"]["attestationObject"])
    data = data.replace(phone.credentials[1].id, known)
    response = {**json.loads(forged)}
    response["response"]["attestationObject"] = soft.encode(data)

    answer = client.post("/account/passkeys", data={"credential": json.dumps(response)})

    assert answer.status_code == 409
    assert [passkey.user_id for passkey in passkeys()] == [ada_with_passkey.id]


def test_another_member_s_options_add_nothing(
    as_: Browser, ada: User, bora: User, phone: Authenticator
) -> None:
    """Nor in the same browser."""
    browser = as_(ada)
    options = browser.post("/account/passkeys/options").json
    session = as_(bora).get_cookie("board_session")
    assert session
    browser.set_cookie("board_session", session.value)

    answer = browser.post("/account/passkeys", data={"credential": phone.create(options)})

    assert (answer.status_code, passkeys()) == (422, [])


def test_the_page_says_why_there_are_none_at_a_bare_address(
    app: Flask, as_: Browser, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "ORIGIN", "http://127.0.0.1:8000")
    assert "https 주소가 있어야" in as_(ada).get(PAGE).text


@pytest.mark.parametrize(
    "agent",
    ["Android KAKAOTALK 25.1", "iPhone NAVER(inapp; search; 2000)", "iPhone Instagram 300.0"],
)
def test_in_the_browser_of_an_app_the_page_says_to_open_another(
    guest: FlaskClient, agent: str
) -> None:
    hint = "앱 안에서는 패스키를 쓸 수 없을 수 있습니다"
    pages = [guest.get("/sign-in", headers={"User-Agent": each}).text for each in (agent, CHROME)]
    assert [hint in page for page in pages] == [True, False]


# ---- signing in ----


def test_looking_at_the_sign_in_page_writes_nothing(
    guest: FlaskClient, ada_with_passkey: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[float] = []
    monkeypatch.setattr(transaction, "write_observers", [lambda wait, _: writes.append(wait)])
    assert 'autocomplete="username webauthn"' in guest.get("/sign-in").text
    options = guest.post("/sign-in/passkey/options").json

    assert set(options) == {"challenge", "rpId", "userVerification", "timeout"}
    assert writes == []


def test_a_challenge_is_good_once(
    guest: FlaskClient, ada_with_passkey: User, phone: Authenticator
) -> None:
    options = guest.post("/sign-in/passkey/options").json
    data = {"credential": phone.get(options)}
    assert guest.post("/sign-in/passkey", data=data).status_code == 303
    guest.delete_cookie("board_session")

    assert guest.post("/sign-in/passkey", data=data).status_code == 422
    assert not is_signed_in(guest)


def test_a_challenge_is_good_for_five_minutes(
    guest: FlaskClient, ada_with_passkey: User, phone: Authenticator
) -> None:
    options = guest.post("/sign-in/passkey/options").json
    data = {"credential": phone.get(options)}
    answers = []
    for seconds in (301, 299):
        with time_machine.travel(now() + timedelta(seconds=seconds), tick=False):
            answers.append(guest.post("/sign-in/passkey", data=data).status_code)

    assert answers == [422, 303]


def test_a_challenge_is_good_in_its_browser_only(
    app: Flask, guest: FlaskClient, ada_with_passkey: User, phone: Authenticator
) -> None:
    options = guest.post("/sign-in/passkey/options").json
    data = {"credential": phone.get(options)}
    other, empty = app.test_client(), app.test_client()
    other.post("/sign-in/passkey/options")

    assert [each.post("/sign-in/passkey", data=data).status_code for each in (other, empty)] == [
        422, 422,
    ]  # fmt: skip


def test_a_challenge_for_adding_signs_nobody_in(
    as_: Browser, ada_with_passkey: User, phone: Authenticator
) -> None:
    client = as_(ada_with_passkey)
    options = client.post("/account/passkeys/options").json
    client.delete_cookie("board_session")

    answer = client.post("/sign-in/passkey", data={"credential": phone.get(options)})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "bend",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://sub.localhost"},
        {"origin": "https://localhost"},
        {"flags": soft.USER_PRESENT},
        {"flags": soft.USER_VERIFIED},
        {"flags": soft.USER_PRESENT | soft.USER_VERIFIED | soft.BACKED_UP},
        {"client": {"crossOrigin": True}},
        {"client": {"type": "payment.get"}},
        {"client": {"challenge": soft.encode(b"a challenge of somebody else's")}},
    ],
    ids=str,
)
def test_another_origin_or_somebody_who_was_not_verified_is_refused(
    as_: Browser, guest: FlaskClient, ada: User, bend: dict[str, object]
) -> None:
    phone = Authenticator()
    assert add_passkey(as_(ada), phone).status_code == 303
    for name, value in bend.items():
        setattr(phone, name, value)

    assert sign_in_with_passkey(guest, phone).status_code == 422
    assert add_passkey(as_(ada), phone).status_code == 422
    assert (len(passkeys()), is_signed_in(guest)) == (1, False)


def test_an_algorithm_that_was_not_asked_for_is_refused(as_: Browser, ada: User) -> None:
    assert add_passkey(as_(ada), Authenticator(algorithm=-65535)).status_code == 422


def test_another_key_signs_nobody_in(
    guest: FlaskClient, ada_with_passkey: User, phone: Authenticator
) -> None:
    phone.credentials[0].key = ec.generate_private_key(ec.SECP256R1())
    assert sign_in_with_passkey(guest, phone).status_code == 422


def test_the_account_is_that_of_the_passkey_not_of_the_handle(
    as_: Browser, guest: FlaskClient, ada_with_passkey: User, bora: User, phone: Authenticator
) -> None:
    other = Authenticator()
    add_passkey(as_(bora), other)
    phone.credentials[0].user_handle = other.credentials[0].user_handle

    assert sign_in_with_passkey(guest, phone).status_code == 422


def test_a_passkey_that_is_not_known_any_more_is_named_for_the_browser(
    as_: Browser, guest: FlaskClient, ada_with_passkey: User, phone: Authenticator
) -> None:
    client = as_(ada_with_passkey)
    answer = client.post(f"/account/passkeys/{passkeys()[0].id}/remove")
    id = soft.encode(phone.credentials[0].id)
    assert answer.location == f"{PAGE}?notice=passkey_removed&removed={id}"
    assert f'data-unknown-passkey="{id}" data-rp-id="localhost"' in client.get(answer.location).text

    answer = sign_in_with_passkey(guest, phone)

    assert (answer.status_code, f'data-unknown-passkey="{id}"' in answer.text) == (422, True)


def test_no_link_makes_a_browser_forget_a_passkey_that_works(
    as_: Browser, ada_with_passkey: User, phone: Authenticator
) -> None:
    client = as_(ada_with_passkey)
    for id in (soft.encode(phone.credentials[0].id), "%", "é", "", "A" * 3001):
        assert "data-unknown-passkey" not in client.get(PAGE, query_string={"removed": id}).text


def test_a_suspended_member_reads_why(
    guest: FlaskClient, ada_with_passkey: User, phone: Authenticator
) -> None:
    with writing():
        ada_with_passkey.suspend(until=now() + timedelta(days=1), reason="도배")
    answer = sign_in_with_passkey(guest, phone)

    assert (answer.status_code, "도배" in answer.text) == (403, True)
    assert not is_signed_in(guest)


def test_a_counter_that_goes_back_is_logged_and_let_in(
    app: Flask, as_: Browser, guest: FlaskClient, ada: User
) -> None:
    phone = Authenticator(counts=True)
    add_passkey(as_(ada), phone)
    for _ in range(3):
        sign_in_with_passkey(guest, phone)
    assert security_log(app) == []
    phone.credentials[0].count = 1

    assert sign_in_with_passkey(guest, phone).status_code == 303
    assert security_log(app) == [("authn_token_reuse", "passkey")]
    assert passkeys()[0].sign_count == 3


def test_a_refused_passkey_is_logged(app: Flask, guest: FlaskClient) -> None:
    guest.post("/sign-in/passkey", data={"credential": "{}"})
    assert security_log(app) == [("authn_login_fail", "passkey")]


# ---- bad input ----


def test_a_response_that_is_too_long_is_413(as_: Browser, guest: FlaskClient, ada: User) -> None:
    data = {"credential": "x" * (16 * 1024 + 1)}
    client = as_(ada)
    answers = [
        guest.post("/sign-in/passkey", data=data),
        client.post("/account/passkeys", data=data),
    ]
    assert [answer.status_code for answer in answers] == [413, 413]


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "{}", "[" * 16_000, '{"response":{}}',
        '{"response":{"clientDataJSON":1}}',
        '{"rawId":"AA","response":{"clientDataJSON":"e30"}}', '{"rawId":"é"}', "1e999",
    ],
)  # fmt: skip
def test_what_is_no_response_is_refused(
    as_: Browser, guest: FlaskClient, ada: User, text: str
) -> None:
    data = {"credential": text}
    assert guest.post("/sign-in/passkey", data=data).status_code == 422
    assert as_(ada).post("/account/passkeys", data=data).status_code == 422


@pytest.mark.slow
@pytest.mark.parametrize(
    "part", ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]
)
def test_a_byte_changed_anywhere_is_refused(
    as_: Browser, guest: FlaskClient, ada: User, phone: Authenticator, part: str
) -> None:
    """But in what nobody signs: of a new passkey only the key and its id are taken, unproven."""
    client = as_(ada)
    add_passkey(client, phone)
    is_new = part == "attestationObject"
    path = "/account/passkeys" if is_new else "/sign-in/passkey"
    browser = client if is_new else guest
    options = browser.post(f"{path}/options").json
    response = json.loads(phone.create(options) if is_new else phone.get(options))
    whole = soft.decode(response["response"][part])
    answers = set()
    for at in range(0, len(whole), 7):
        bent = whole[:at] + bytes([whole[at] ^ 0x11]) + whole[at + 1 :]
        fields = {**response["response"], part: soft.encode(bent)}
        data = {"credential": json.dumps({**response, "response": fields})}
        answers.add(browser.post(path, data=data).status_code)
        browser.delete_cookie("board_session") if not is_new else None

    assert answers <= ({422, 303} if is_new else {422})


# ---- renaming and removing ----


def test_ada_renames_her_passkey(as_: Browser, ada_with_passkey: User) -> None:
    client = as_(ada_with_passkey)
    path = f"/account/passkeys/{passkeys()[0].id}/rename"

    assert client.post(path, data={"name": "회사 노트북"}).location == (
        f"{PAGE}?notice=passkey_renamed"
    )
    answers = [client.post(path, data={"name": each}) for each in ("", " ", "x" * 61)]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert "회사 노트북" in client.get(PAGE).text


def test_she_cannot_touch_those_of_somebody_else(
    as_: Browser, ada_with_passkey: User, bora: User
) -> None:
    client, id = as_(bora), passkeys()[0].id
    answers = [client.post(f"/account/passkeys/{id}/{act}") for act in ("rename", "remove")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert len(passkeys()) == 1


def test_a_removed_passkey_signs_nobody_in_and_ends_other_sessions(
    mail: Mailboxes, as_: Browser, guest: FlaskClient, member: Member, phone: Authenticator
) -> None:
    ada = member("ada")
    here, there = as_(ada), as_(ada)
    add_passkey(here, phone)

    assert here.post(f"/account/passkeys/{passkeys()[0].id}/remove").status_code == 303

    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    assert mail.subjects(ada.email) == [
        "로그인 방법이 추가되었습니다", "로그인 방법이 삭제되었습니다",
    ]  # fmt: skip
    assert sign_in_with_passkey(guest, phone).status_code == 422


def test_the_last_passkey_stays_and_is_warned_about(
    as_: Browser, ada_with_passkey: User, phone: Authenticator
) -> None:
    client, warning = as_(ada_with_passkey), "패스키가 유일한 로그인 방법입니다"
    assert warning not in client.get(PAGE).text
    assert client.post("/account/password/remove").status_code == 303
    assert warning in client.get(PAGE).text
    (only,) = passkeys()

    assert client.post(f"/account/passkeys/{only.id}/remove").status_code == 422
    assert add_passkey(client, phone).status_code == 303
    assert warning not in client.get(PAGE).text
    assert client.post(f"/account/passkeys/{only.id}/remove").status_code == 303


def test_removing_is_confirmed_with_the_passkey_in_one_go(
    as_: Browser, ada_with_passkey: User, phone: Authenticator
) -> None:
    """Somebody without a password, eleven minutes after signing in."""
    client = as_(ada_with_passkey)
    client.post("/account/password/remove")
    add_passkey(client, Authenticator())
    path = f"/account/passkeys/{passkeys()[1].id}/remove"
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        page = client.post(path, data={"current": PASSWORD, "kept": "field"})
        assert page.status_code == 401
        assert re.findall(r'name="([\w-]*password|current)"', page.text) == []
        assert 'name="kept" value="field"' in page.text
        options = client.post("/sign-in/passkey/options").json
        data = {"reauthentication-credential": phone.get(options)}

        assert client.post(path, data=data).status_code == 303
        assert len(passkeys()) == 1
        assert is_signed_in(client)


def test_somebody_else_s_passkey_confirms_nothing(
    as_: Browser, ada_with_passkey: User, bora: User, phone: Authenticator
) -> None:
    client = as_(bora)
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        options = client.post("/sign-in/passkey/options").json
        data = {"reauthentication-credential": phone.get(options)}
        answer = client.post("/account/data", data=data)

    assert (answer.status_code, "이 패스키로 로그인하지 못했습니다" in answer.text) == (422, True)


# ---- the offer after a password ----


def test_a_passkey_is_offered_after_a_password_where_the_browser_can(
    guest: FlaskClient, ada: User, phone: Authenticator
) -> None:
    form = {"email": ada.email, "password": PASSWORD, "next": "/tips"}
    assert guest.post("/sign-in", data=form).location == "/tips"

    answer = guest.post("/sign-in", data={**form, "can_add_passkey": "1"})

    assert answer.location == "/account/passkeys/offer?next=/tips"
    assert 'href="/tips"' in guest.get(answer.location).text
    assert add_passkey(guest, phone, next="/tips").location == "/tips"
    assert guest.post("/sign-in", data={**form, "can_add_passkey": "1"}).location == "/tips"


def test_it_is_not_offered_again_in_a_browser_that_declined(
    app: Flask, guest: FlaskClient, ada: User
) -> None:
    form = {"email": ada.email, "password": PASSWORD, "next": "/tips", "can_add_passkey": "1"}
    guest.post("/sign-in", data=form)
    assert guest.post("/account/passkeys/decline", data={"next": "/tips"}).location == "/tips"

    locations = [
        browser.post("/sign-in", data=form).location for browser in (guest, app.test_client())
    ]
    assert locations == ["/tips", "/account/passkeys/offer?next=/tips"]


# ---- staff ----


@pytest.fixture
def mo_with_passkey(as_: Browser, member: Member, phone: Authenticator) -> User:
    mo = member("mo", can_moderate=True)
    add_passkey(as_(mo), phone)
    return mo


def test_a_passkey_is_both_factors_for_staff(
    guest: FlaskClient, mo_with_passkey: User, phone: Authenticator
) -> None:
    assert sign_in_with_passkey(guest, phone, next="/desk/comments").location == "/desk/comments"
    assert guest.get("/desk/comments").status_code == 200


def test_with_the_password_alone_staff_show_the_passkey_before_the_desk(
    guest: FlaskClient, mo_with_passkey: User, phone: Authenticator
) -> None:
    """Nor can who knows the password set up codes in its place."""
    form = {"email": mo_with_passkey.email, "password": PASSWORD, "next": "/desk/comments"}
    answer = guest.post("/sign-in", data=form)
    assert answer.location == "/sign-in/code?next=/desk/comments"
    page = guest.get(answer.location).text
    assert ('name="code"' in page, 'href="/sign-in?next=/desk/comments"' in page) == (False, True)
    assert guest.get("/desk/comments").status_code != 200
    enrol = guest.get("/account/second-factor/enrol")
    assert (enrol.status_code, enrol.location) == (303, "/sign-in/code?next=/")
    assert guest.post("/account/second-factor/enrol", data={"code": "1"}).status_code == 303

    sign_in_with_passkey(guest, phone)
    assert guest.get("/desk/comments").status_code == 200
    assert guest.get("/account/second-factor/enrol").status_code == 200


def test_staff_with_codes_may_use_either(
    app: Flask, guest: FlaskClient, mo_with_passkey: User, phone: Authenticator
) -> None:
    with writing():
        two_factor.enrol(mo_with_passkey, new_secret(), step=0, key=app.config["SECRET_KEY"])
    guest.post("/sign-in", data={"email": mo_with_passkey.email, "password": PASSWORD})
    page = guest.get("/sign-in/code").text
    assert ('name="code"' in page, "패스키로 로그인" in page) == (True, True)
    sign_in_with_passkey(guest, phone)
    assert guest.get("/desk/comments").status_code == 200


def test_staff_re_authenticate_with_the_passkey_and_not_with_the_password_alone(
    as_: Browser, mo_with_passkey: User, phone: Authenticator
) -> None:
    client = as_(mo_with_passkey)
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert "reauthentication-password" not in client.get("/account/data").text
        data = {"reauthentication-password": PASSWORD}
        assert client.post("/account/data", data=data).status_code == 422
        options = client.post("/sign-in/passkey/options").json
        data = {"reauthentication-credential": phone.get(options)}
        assert client.post("/account/data", data=data).mimetype == "application/json"
        assert client.get("/account/data").status_code == 200


def test_an_administrator_resets_lost_passkeys(app: Flask, mo_with_passkey: User) -> None:
    result = app.test_cli_runner().invoke(
        accounts_cli, ["reset-second-factor", mo_with_passkey.email]
    )
    assert (result.exit_code, passkeys()) == (0, [])


# ---- what becomes of them ----


def test_leaving_deletes_them_and_the_emails_about_them(
    mail: Mailboxes, as_: Browser, ada_with_passkey: User, phone: Authenticator
) -> None:
    """Those that were sent, and those that wait."""
    client = as_(ada_with_passkey)
    assert mail.subjects(ada_with_passkey.email) == ["로그인 방법이 추가되었습니다"]
    add_passkey(client, phone)
    data = {"comments": "keep", "password": PASSWORD}
    assert client.post("/account/leave", data=data).status_code == 303

    assert passkeys() == []
    assert db.session.scalars(select(QueuedEmail.address)).all() == []


def test_the_data_export_has_their_names_and_dates(as_: Browser, ada_with_passkey: User) -> None:
    (passkey,) = as_(ada_with_passkey).get("/account/data").json["passkeys"]
    assert set(passkey) == {"name", "is_synced", "made_at", "used_on"}


@pytest.mark.parametrize(("verified", "left"), [(False, 0), (True, 1)])
def test_the_first_verification_ever_removes_what_was_added_before(
    mail: Mailboxes, as_: Browser, guest: FlaskClient, member: Member, phone: Authenticator,
    verified: bool, left: int,
) -> None:  # fmt: skip
    """The maker of the account may have added it without owning the address."""
    ada = member("ada", verified=verified)
    add_passkey(as_(ada), phone)
    assert mail.subjects(ada.email) == ["로그인 방법이 추가되었습니다"]
    reset(guest, mail, ada)

    assert (len(passkeys()), ada.email_verified_at is not None) == (left, True)


def test_undoing_a_change_of_address_removes_them_too(
    mail: Mailboxes, as_: Browser, guest: FlaskClient, ada_with_passkey: User
) -> None:
    """Somebody else had the account, and may have added one."""
    old, client = ada_with_passkey.email, as_(ada_with_passkey)
    client.post("/account/email", data={"email": "new@harbour.example", "password": PASSWORD})
    client.post("/verify", data={"code": mail.code("new@harbour.example")})
    link = re.search(r"http://localhost(/account/email/undo\S+)", mail.of(old)[-1].get_content())
    assert link

    assert guest.post(link[1]).status_code == 303
    assert (ada_with_passkey.email, passkeys()) == (old, [])


# ---- the library ----


@pytest.mark.slow
def test_the_library_is_loaded_on_first_use_only(tmp_path: Path) -> None:
    code = (
        "import sys; from board import create_app; create_app({'INSTANCE': sys.argv[1]}); "
        "print([name for name in sys.modules if name.startswith('fido2')])"
    )
    root = Path(__file__).parents[2]
    result = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=root, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert result.stdout == "[]\n"


# ---- the address of the board ----


def test_passkeys_go_on_where_the_board_moves_below_their_host(
    app: Flask, as_: Browser, guest: FlaskClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "ORIGIN", "https://news.example")
    phone = Authenticator(origin="https://news.example")
    assert add_passkey(as_(ada), phone).status_code == 303
    monkeypatch.setitem(app.config, "ORIGIN", "https://www.news.example")
    phone.origin = "https://www.news.example"

    assert guest.post("/sign-in/passkey/options").json["rpId"] == "news.example"
    assert sign_in_with_passkey(guest, phone).status_code == 303
    assert "ok  passkeys work at www.news.example" in app.test_cli_runner().invoke(doctor).output


@pytest.mark.slow
def test_passkeys_of_another_host_count_no_more_and_doctor_says_so(
    app: Flask, as_: Browser, guest: FlaskClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "ORIGIN", "https://news.example")
    phone = Authenticator(origin="https://news.example")
    add_passkey(as_(ada), phone)
    monkeypatch.setitem(app.config, "ORIGIN", "https://paper.example")
    phone.origin = "https://paper.example"

    assert sign_in_with_passkey(guest, phone).status_code == 422
    client = as_(ada)
    assert client.post("/account/password/remove").status_code == 422
    assert "이 사이트의 예전 주소용" in client.get(PAGE).text
    assert client.post("/account/passkeys/options").json["rp"]["id"] == "paper.example"
    said = app.test_cli_runner().invoke(doctor).output
    assert "BAD passkeys work at paper.example, but not 1 for news.example" in said
    assert add_passkey(client, phone).status_code == 303
    said = app.test_cli_runner().invoke(doctor).output
    assert "ok  passkeys work at paper.example, but not 1 for news.example" in said
