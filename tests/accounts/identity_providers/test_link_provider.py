"""Ada links an account elsewhere to hers, signs in with it, and unlinks it again."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.conftest import Mailboxes
from accounts.identity_providers.conftest import Visit, issuer
from accounts.test_get_back_in import reset
from board.accounts.auth.used_tokens import UsedToken
from board.accounts.models import User
from board.accounts.sign_in_methods.identity_providers.models import Identity
from board.db import db, now, writing
from conftest import PASSWORD
from support.fake_providers import APPLE_SETTING, SETTINGS, FakeProviders

Visits = Callable[..., Visit]
Browser = Callable[[User], FlaskClient]
Member = Callable[..., User]
PAGE = "/account/sign-in-methods"


def subjects(user: User) -> list[str]:
    return [each.subject for each in db.session.scalars(Identity.of_user(user))]


def give(user: User, name: str, subject: str) -> None:
    with writing():
        db.session.add(Identity(issuer=issuer(name), subject=subject, user_id=user.id))


@pytest.mark.parametrize("name", ["kakao", "naver", "google", "oidc"])
def test_ada_links_one_and_signs_in_with_it(
    mail: Mailboxes, visit: Visits, as_: Browser, member: Member, name: str
) -> None:
    ada = member("ada")
    here = visit(as_(ada))

    answer = here.agree(here.link(name), "1001")

    assert answer.location == f"{PAGE}?notice=identity_linked"
    assert subjects(ada) == ["1001"]
    assert mail.subjects(ada.email) == ["로그인 방법이 추가되었습니다"]
    there = visit()
    there.sign_in(name, "1001")
    assert "ada" in there.client.get("/account").text


def test_the_page_offers_what_is_set_up_and_says_since_when(
    visit: Visits, as_: Browser, ada: User
) -> None:
    give(ada, "kakao", "1001")
    page = as_(ada).get(PAGE)

    acts = re.findall(r"/identities/(\w+/\w+)", page.text)
    assert acts == ["kakao/unlink", "naver/link", "google/link", "oidc/link"]
    assert "우리 신문" in page.text


def test_linking_and_unlinking_ask_who_it_is_after_ten_minutes(
    visit: Visits, as_: Browser, member: Member
) -> None:
    ada = member("ada")
    give(ada, "naver", "7")
    client = as_(ada)
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        page = client.get(PAGE).text
        assert "/identities/kakao/link" not in page
        assert "/account/confirm?next=/account/sign-in-methods%23identities-title" in page
        asked = client.post("/account/identities/kakao/link")
        assert (asked.status_code, client.post("/account/identities/naver/unlink").status_code) == (
            401,
            401,
        )
        assert (
            "http://127.0.0.1"
            in asked.headers["Content-Security-Policy"].partition("form-action")[2]
        )
        answer = client.post(
            "/account/identities/kakao/link", data={"reauthentication-password": PASSWORD}
        )
        here = visit(client)
        assert here.agree(answer.location, "1001").location == f"{PAGE}?notice=identity_linked"
    assert sorted(subjects(ada)) == ["1001", "7"]


def test_who_has_no_password_confirms_with_the_provider(visit: Visits) -> None:
    sora = visit()
    sora.join("kakao", "1001", "소라")
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        asked = sora.client.get(f"/account/confirm?next={PAGE}")
        assert (
            asked.status_code,
            asked.text.count("provider-kakao"),
            "provider-naver" in asked.text,
        ) == (401, 1, False)
        back = sora.sign_in("kakao", "1001", next=f"/account/confirm?next={PAGE}")
        assert sora.client.get(back.location).location == PAGE
        linked = sora.agree(sora.link("naver"), "7")
    assert linked.location == f"{PAGE}?notice=identity_linked"


def test_one_of_another_account_is_refused(
    visit: Visits, as_: Browser, ada: User, bora: User
) -> None:
    give(bora, "kakao", "1001")
    here = visit(as_(ada))

    assert here.agree(here.link("kakao"), "1001").location == f"{PAGE}?notice=identity_taken"
    assert here.sign_in("kakao", "1001").location == f"{PAGE}?notice=identity_taken"
    assert (subjects(ada), subjects(bora)) == ([], ["1001"])
    assert "ada" in here.client.get("/account").text


def test_a_sign_in_links_nothing_by_itself(visit: Visits, as_: Browser, ada: User) -> None:
    here = visit(as_(ada))

    assert here.sign_in("kakao", "1001").location == f"{PAGE}?notice=identity_unknown"
    assert subjects(ada) == []


def test_a_link_begun_by_another_links_nothing(
    visit: Visits, as_: Browser, ada: User, bora: User, fake: FakeProviders
) -> None:
    """Ada began, and bora signed in to the same browser meanwhile."""
    here = visit(as_(ada))
    back = fake.agree(here.link("kakao"), "1001")
    cookie = as_(bora).get_cookie("board_session")
    assert cookie
    here.client.set_cookie("board_session", cookie.value)

    assert here.go(back).location == f"{PAGE}?notice=identity_unknown"
    here.client.delete_cookie("board_session")
    back = fake.agree(visit(as_(ada)).link("kakao"), "1001")
    assert here.go(back).location == "/sign-in?notice=provider_failed"
    assert (subjects(ada), subjects(bora)) == ([], [])


def test_who_signed_out_meanwhile_begins_again(
    visit: Visits, as_: Browser, ada: User, fake: FakeProviders
) -> None:
    here = visit(as_(ada))
    back = fake.agree(here.link("kakao"), "1001")
    here.client.post("/sign-out")

    assert here.go(back).location == "/sign-in?notice=provider_failed"
    assert subjects(ada) == []


def test_a_second_one_there_is_refused_until_the_first_is_gone(
    visit: Visits, as_: Browser, ada: User
) -> None:
    here = visit(as_(ada))
    here.agree(here.link("kakao"), "1001")

    assert here.agree(here.link("kakao"), "1002").location == f"{PAGE}?notice=identity_second"
    assert here.agree(here.link("kakao"), "1001").location == PAGE
    assert subjects(ada) == ["1001"]


def test_ada_unlinks_it_and_other_devices_are_signed_out(
    mail: Mailboxes, visit: Visits, as_: Browser, member: Member
) -> None:
    ada = member("ada")
    give(ada, "kakao", "1001")
    here, there = as_(ada), as_(ada)
    answers = [here.post("/account/identities/kakao/unlink") for _ in range(2)]

    assert [each.location for each in answers] == [
        f"{PAGE}?notice=identity_unlinked&unlinked=kakao",
        PAGE,
    ]
    assert (subjects(ada), mail.subjects(ada.email)) == ([], ["로그인 방법이 삭제되었습니다"])
    assert (here.get("/account").status_code, there.get("/account").status_code) == (200, 303)
    assert visit().sign_in("kakao", "1001").location == "/sign-up/with"


def test_the_last_way_in_stays(visit: Visits) -> None:
    sora = visit()
    sora.join("kakao", "1001", "소라")
    assert "카카오 계정으로만 로그인할 수 있습니다" in sora.client.get(PAGE).text
    answer = sora.client.post("/account/identities/kakao/unlink")

    assert (answer.status_code, sora.is_signed_in) == (422, True)
    assert len(db.session.scalars(select(Identity)).all()) == 1
    sora.agree(sora.link("naver"), "7")
    assert sora.client.post("/account/identities/kakao/unlink").status_code == 303


def test_nobody_touches_those_of_others(
    as_: Browser, guest: FlaskClient, ada: User, bora: User
) -> None:
    give(bora, "kakao", "1001")

    assert as_(ada).post("/account/identities/kakao/unlink").location == PAGE
    assert guest.post("/account/identities/kakao/unlink").status_code == 401
    assert guest.post("/account/identities/kakao/link").status_code == 401
    assert subjects(bora) == ["1001"]


@pytest.mark.parametrize("name", ["apple", "facebook", "KAKAO"])
def test_a_provider_that_is_not_set_up_is_not_there(
    as_: Browser, guest: FlaskClient, ada: User, name: str
) -> None:
    client = as_(ada)
    statuses = {
        guest.post(f"/sign-in/with/{name}").status_code,
        guest.get(f"/sign-in/with/{name}/back").status_code,
        client.post(f"/account/identities/{name}/link").status_code,
        client.post(f"/account/identities/{name}/unlink").status_code,
    }
    assert statuses == {404}


def test_the_first_proof_of_an_address_removes_what_was_linked_before(
    mail: Mailboxes, visit: Visits, member: Member
) -> None:
    """Somebody made an account with ada's address and linked their own Kakao account to it."""
    ada = member("ada", verified=False)
    give(ada, "kakao", "6666")
    reset(visit().client, mail, ada)

    assert subjects(ada) == []


# ---- the connection is cut over there ----

ADMIN = {"Authorization": f"KakaoAK {SETTINGS['KAKAO_ADMIN_KEY']}", "Sec-Fetch-Site": None}


def unlinked(client: FlaskClient, user_id: str, headers: dict[str, str | None] = ADMIN) -> int:
    form = {"app_id": "1", "user_id": user_id, "referrer_type": "UNLINK_FROM_APPS"}
    return client.post("/sign-in/with/kakao/unlinked", data=form, headers=headers).status_code


def test_kakao_says_that_somebody_has_unlinked(
    mail: Mailboxes, guest: FlaskClient, as_: Browser, member: Member, bora: User
) -> None:
    ada = member("ada")
    give(ada, "kakao", "1001")
    give(bora, "kakao", "1002")
    client = as_(ada)

    assert [unlinked(guest, "1001"), unlinked(guest, "1001"), unlinked(guest, "")] == [200] * 3
    assert (subjects(ada), subjects(bora)) == ([], ["1002"])
    assert mail.subjects(ada.email) == ["로그인 방법이 삭제되었습니다"]
    assert client.get("/account").status_code == 200  # she has a password


def test_an_account_with_no_other_way_in_is_closed(guest: FlaskClient, visit: Visits) -> None:
    sora = visit()
    sora.join("kakao", "1001", "소라")

    assert unlinked(guest, "1001") == 200
    assert not sora.is_signed_in
    assert visit().sign_in("kakao", "1001").location == "/sign-up/with"


@pytest.mark.parametrize("given", ["", "KakaoAK ", "KakaoAK wrong", "Bearer x", "KakaoAK é"])
def test_anybody_else_is_refused(app: Flask, guest: FlaskClient, ada: User, given: str) -> None:
    give(ada, "kakao", "1001")

    assert unlinked(guest, "1001", {"Authorization": given, "Sec-Fetch-Site": None}) == 401
    app.config["KAKAO_ADMIN_KEY"], key = "", app.config["KAKAO_ADMIN_KEY"]
    assert unlinked(guest, "1001", {"Authorization": "KakaoAK ", "Sec-Fetch-Site": None}) == 401
    app.config["KAKAO_ADMIN_KEY"] = key
    assert subjects(ada) == ["1001"]


APPLE_ID = APPLE_SETTING.split()[0]


def notify(client: FlaskClient, payload: object) -> int:
    path = "/sign-in/with/apple/notification"
    return client.post(
        path, json={"payload": payload}, headers={"Sec-Fetch-Site": None}
    ).status_code


@pytest.mark.parametrize("kind", ["consent-revoked", "account-delete", "account-deleted"])
def test_apple_says_that_somebody_has_gone(
    apple: None, fake: FakeProviders, guest: FlaskClient, member: Member, kind: str
) -> None:
    ada = member("ada")
    give(ada, "apple", "000.1")
    message = fake.apple_event(APPLE_ID, {"type": kind, "sub": "000.1", "event_time": 1})

    assert notify(guest, message) == 200
    assert subjects(ada) == []
    give(ada, "apple", "000.1")  # she has linked it again
    assert (notify(guest, message), subjects(ada)) == (200, ["000.1"])
    assert len(db.session.scalars(select(UsedToken)).all()) == 1


def test_other_news_of_apple_change_nothing(
    apple: None, fake: FakeProviders, guest: FlaskClient, ada: User
) -> None:
    give(ada, "apple", "000.1")
    events = [
        {"type": "email-disabled", "sub": "000.1"},
        {"type": "consent-revoked", "sub": "000.2"},
    ]

    assert notify(guest, fake.apple_event(APPLE_ID, *events)) == 200
    assert subjects(ada) == ["000.1"]


def test_what_apple_has_not_signed_for_us_is_refused(
    apple: None, fake: FakeProviders, guest: FlaskClient, ada: User
) -> None:
    give(ada, "apple", "000.1")
    gone = {"type": "consent-revoked", "sub": "000.1"}
    good = fake.apple_event(APPLE_ID, gone)
    body, signature = good.rpartition(".")[::2]
    forged = [
        "", None, 7, "a.b.c", fake.apple_event("another.app", gone), f"{body}.{signature[::-1]}",
        fake.apple_event(APPLE_ID, {**gone, "sub": 7}),
    ]  # fmt: skip

    assert {notify(guest, each) for each in forged} == {401}
    path, headers = "/sign-in/with/apple/notification", {"Sec-Fetch-Site": None}
    for raw in (b"", b"[]", b"{", b"[" * 10_000):
        answer = guest.post(path, data=raw, content_type="application/json", headers=headers)
        assert answer.status_code == 401
    assert subjects(ada) == ["000.1"]
