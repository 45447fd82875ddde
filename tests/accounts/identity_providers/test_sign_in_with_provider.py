"""Sora signs in and up with an account elsewhere, of which the board learns a number only."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.conftest import Mailboxes
from accounts.identity_providers.conftest import Visit, issuer, path
from board.accounts.models import User
from board.accounts.sign_in_methods.identity_providers.models import Identity, OAuthState
from board.accounts.two_factor.models import SecondFactor
from board.db import db, now, writing
from board.runtime import jobs
from board.runtime.app import current_app_object
from conftest import said
from support.fake_providers import FakeProviders

Visits = Callable[..., Visit]
NAMES = ["kakao", "naver", "google", "oidc"]


def identities() -> list[tuple[str, str, int]]:
    return [
        (each.issuer, each.subject, each.user_id) for each in db.session.scalars(select(Identity))
    ]


def states() -> int:
    return len(db.session.scalars(select(OAuthState)).all())


@pytest.mark.parametrize("name", NAMES)
def test_somebody_new_chooses_a_name_and_is_back_where_they_were(visit: Visits, name: str) -> None:
    sora = visit()
    answer = sora.sign_in(name, "1001", next="/articles/harbour#comment-7")

    assert (answer.status_code, answer.location) == (303, "/sign-up/with")
    assert not sora.is_signed_in
    answer = sora.client.post("/sign-up/with", data={"name": "소라", "of_age": "y"})
    assert (answer.status_code, answer.location) == (303, "/articles/harbour#comment-7")
    assert sora.is_signed_in
    user = db.session.scalars(User.named("소라")).one()
    assert (user.email, user.has_email, user.password_hash) == (f"#{user.id}", False, "")
    assert identities() == [(issuer(name), "1001", user.id)]
    assert states() == 0


def test_with_apple_the_newsroom_signs_a_secret_for_itself(visit: Visits, apple: None) -> None:
    sora = visit()

    assert sora.join("apple", "000123.abc.0456", "소라").location == "/"
    assert identities()[0][:2] == ("https://appleid.apple.com", "000123.abc.0456")


@pytest.mark.parametrize("name", NAMES)
def test_in_another_browser_they_are_signed_in_at_once(visit: Visits, name: str) -> None:
    visit().join(name, "1001", "소라")
    there = visit()

    assert there.sign_in(name, "1001", next="/rulings").location == "/rulings"
    assert there.is_signed_in
    assert "소라" in there.client.get("/account").text
    assert len(identities()) == 1


def test_the_same_number_at_another_provider_is_somebody_else(visit: Visits) -> None:
    visit().join("kakao", "1001", "소라")

    assert visit().sign_in("naver", "1001").location == "/sign-up/with"
    assert visit().sign_in("kakao", "1002").location == "/sign-up/with"


def test_an_address_is_never_looked_at(visit: Visits, ada: User) -> None:
    """The fake tells ada's, which nobody asked for."""
    sora = visit()
    sora.join("kakao", "1001", "소라")

    assert "소라" in sora.client.get("/account").text
    assert identities()[0][2] != ada.id


@pytest.mark.parametrize(
    ("form", "problem"),
    [({"name": "소라"}, "만 14세"), ({"name": "", "of_age": "y"}, "입력해"),
     ({"name": "ada", "of_age": "y"}, "쓰고 있"), ({"name": "관리자", "of_age": "y"}, "닉네임")],
)  # fmt: skip
def test_a_form_that_lacks_something_comes_again(
    visit: Visits, ada: User, form: dict[str, str], problem: str
) -> None:
    sora = visit()
    sora.sign_in("kakao", "1001")

    answer = sora.client.post("/sign-up/with", data=form)

    assert (answer.status_code, problem in answer.text, identities()) == (422, True, [])
    assert sora.client.post("/sign-up/with", data={"name": "소라", "of_age": "y"}).location == "/"


def test_no_form_is_there_for_who_has_not_been_anywhere(guest: FlaskClient) -> None:
    form = {"name": "소라", "of_age": "y"}
    answers = [guest.get("/sign-up/with"), guest.post("/sign-up/with", data=form)]

    assert [answer.location for answer in answers] == ["/sign-in?notice=code_over"] * 2


def test_in_half_an_hour_the_form_is_over(visit: Visits) -> None:
    sora = visit()
    sora.sign_in("kakao", "1001")
    with time_machine.travel(now() + timedelta(minutes=31), tick=False):
        assert path(sora.client.get("/sign-up/with")) == "/sign-in"
        assert "oauth states" in jobs.run_pending()
    assert states() == 0


def test_who_says_no_at_the_provider_is_back_at_sign_in(visit: Visits, fake: FakeProviders) -> None:
    sora = visit()
    answer = sora.go(fake.refuse(sora.begin("kakao", next="/rulings")))

    assert answer.location == "/sign-in?next=/rulings&notice=provider_cancelled"
    assert (identities(), states()) == ([], 1)


def test_an_address_that_is_not_ours_is_not_where_they_end(visit: Visits) -> None:
    assert visit().join("kakao", "1001", "소라", next="https://evil.example/").location == "/"


# ---- once, and in the browser that began ----


def test_a_callback_that_nobody_waits_for_changes_nothing(
    visit: Visits, fake: FakeProviders
) -> None:
    sora, bora = visit(), visit()
    back = fake.agree(sora.begin("kakao"), "1001")
    answers = [
        sora.go(back.partition("?")[0]),
        sora.go("/sign-in/with/kakao/back?code=1&state=made-up"),
        bora.go(back),
        sora.go(back.replace("/kakao/", "/naver/")),
    ]

    assert {answer.location for answer in answers} == {"/sign-in?notice=provider_failed"}
    assert (identities(), states(), bora.is_signed_in) == ([], 1, False)
    assert not [each for each in fake.asked if each.endswith("/token")]
    assert sora.go(back).location == "/sign-up/with"


def test_a_callback_is_good_once(visit: Visits, fake: FakeProviders) -> None:
    sora = visit()
    address = sora.begin("kakao")
    first, second = sora.agree(address, "1001"), sora.agree(address, "1002")

    assert (first.location, second.location) == (
        "/sign-up/with", "/sign-in?notice=provider_failed",
    )  # fmt: skip
    sora.client.post("/sign-up/with", data={"name": "소라", "of_age": "y"})
    assert [each[1] for each in identities()] == ["1001"]


def test_ten_minutes_later_it_is_over(visit: Visits, fake: FakeProviders) -> None:
    sora = visit()
    back = fake.agree(sora.begin("kakao"), "1001")
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert sora.go(back).location == "/sign-in?notice=provider_failed"


def test_another_issuer_in_the_answer_is_refused(visit: Visits, fake: FakeProviders) -> None:
    """RFC 9207: an answer of another provider was mixed in."""
    sora = visit()
    back = fake.agree(sora.begin("kakao"), "1001")

    assert sora.go(f"{back}&iss=https://evil.example").location == "/sign-in?notice=provider_failed"
    assert states() == 0


def test_a_stolen_code_is_no_use_in_another_browser(visit: Visits, fake: FakeProviders) -> None:
    """The verifier is bound to the state: PKCE."""
    sora, thief = visit(), visit()
    code = fake.agree(sora.begin("kakao"), "1001").partition("code=")[2].partition("&")[0]
    own = fake.agree(thief.begin("kakao"), "9999")
    stolen = own.replace(own.partition("code=")[2].partition("&")[0], code)

    assert thief.go(stolen).location == "/sign-in?notice=provider_failed"


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What several threads got that begin together."""
    app, barrier, results = current_app_object(), threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            barrier.wait(10)
            results.append(act())

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    return results


def copy_of(client: FlaskClient, app: Flask) -> FlaskClient:
    """Another tab."""
    tab = app.test_client()
    cookie = client.get_cookie("board_oauth")
    assert cookie
    tab.set_cookie("board_oauth", cookie.value)
    return tab


def test_two_callbacks_with_one_state_at_once_count_once(
    app: Flask, visit: Visits, fake: FakeProviders
) -> None:
    sora = visit()
    address = sora.begin("kakao")
    backs = [fake.agree(address, "1001"), fake.agree(address, "1001")]
    tabs = [visit(copy_of(sora.client, app)) for _ in backs]

    locations = at_once(
        *(
            lambda tab=tab, back=back: tab.go(back).location
            for tab, back in zip(tabs, backs, strict=True)
        )
    )

    assert sorted(map(str, locations)) == ["/sign-in?notice=provider_failed", "/sign-up/with"]


def test_one_new_person_in_two_browsers_at_once_has_one_account(visit: Visits) -> None:
    here, there = visit(), visit()
    for browser in (here, there):
        browser.sign_in("kakao", "1001")

    at_once(*(
        lambda browser=browser, name=name: browser.client.post(
            "/sign-up/with", data={"name": name, "of_age": "y"}
        ).status_code
        for browser, name in ((here, "소라"), (there, "바다"))
    ))  # fmt: skip

    assert len(identities()) == 1
    assert len(db.session.scalars(select(User)).all()) == 1
    assert here.is_signed_in and there.is_signed_in


# ---- who may not simply come in ----


def test_somebody_suspended_reads_why(visit: Visits) -> None:
    visit().join("kakao", "1001", "소라")
    with writing():
        sora = db.session.scalars(User.named("소라")).one()
        sora.suspend(until=now() + timedelta(days=3), reason="도배")
    there = visit()
    answer = there.sign_in("kakao", "1001")

    assert (answer.status_code, "도배" in answer.text, there.is_signed_in) == (403, True, False)


def test_staff_still_show_their_second_factor(
    visit: Visits, mo: User, as_: Callable[[User], FlaskClient]
) -> None:
    with writing():
        db.session.add(Identity(issuer=issuer("oidc"), subject="mo", user_id=mo.id))
    there = visit()

    assert SecondFactor.for_user(mo) is None
    assert there.sign_in("oidc", "mo", next="/desk").location == "/sign-in/code?next=/desk"
    assert path(there.client.get("/desk")) == "/sign-in/code"


# ---- an account without an address ----


def test_it_writes_and_is_never_told_to_verify_an_address(
    visit: Visits, mail: Mailboxes, harbour: object
) -> None:
    sora = visit()
    sora.join("kakao", "1001", "소라")
    assert "verify-bar" not in sora.client.get("/").text
    jobs.run_pending()
    with time_machine.travel(now() + timedelta(days=20), tick=False):
        form = {"body": "항구가 다시 열립니다", "key": "a key"}
        sora.sign_in("kakao", "1001")
        answer = sora.client.post("/articles/harbour/comments", data=form)
    with time_machine.travel(now() + timedelta(days=40), tick=False):
        sora.sign_in("kakao", "1001")
        later = sora.client.post(
            "/articles/harbour/comments", data={**form, "key": "b", "body": "또"}
        )

    assert (answer.status_code, later.status_code) == (303, 303)


def test_it_adds_an_address_by_code(visit: Visits, mail: Mailboxes) -> None:
    sora = visit()
    sora.join("kakao", "1001", "소라")
    assert "#" not in sora.client.get("/account").text.partition('id="email-title"')[2][:300]

    form = {"email": "sora@harbour.example"}
    assert sora.client.post("/account/email", data=form).location == "/verify"
    sora.client.post("/verify", data={"code": mail.code("sora@harbour.example")})

    user = db.session.scalars(User.named("소라")).one()
    assert (user.email, bool(user.email_verified_at)) == ("sora@harbour.example", True)


def test_nothing_is_mailed_to_it(visit: Visits, mail: Mailboxes) -> None:
    visit().join("kakao", "1001", "소라")
    user = db.session.scalars(User.named("소라")).one()
    with writing():
        db.session.add(Identity(issuer=issuer("naver"), subject="7", user_id=user.id))
    there = visit()
    there.sign_in("naver", "7")
    assert there.client.post("/account/identities/naver/unlink").status_code == 303

    assert mail.of(user.email) == []


def test_what_stands_in_for_an_address_opens_nothing(visit: Visits, mail: Mailboxes) -> None:
    visit().join("kakao", "1001", "소라")
    user = db.session.scalars(User.named("소라")).one()
    guest = visit().client

    assert guest.post("/sign-in", data={"email": user.email, "password": "x"}).status_code == 422
    assert guest.post("/sign-in/forgot", data={"email": user.email}).status_code == 422
    assert guest.post("/sign-in/email", data={"email": user.email}).status_code == 422


def test_leaving_forgets_the_identity_and_the_export_tells_no_number(visit: Visits) -> None:
    sora = visit()
    sora.join("kakao", "1001", "소라")
    exported = sora.client.get("/account/data").json
    assert exported and exported["identities"][0].keys() == {"issuer", "linked_at", "used_on"}
    assert exported["account"]["email"] is None

    assert sora.client.post("/account/leave", data={"comments": "keep"}).status_code == 303
    assert identities() == []
    assert visit().sign_in("kakao", "1001").location == "/sign-up/with"


def test_notices_are_said(visit: Visits, fake: FakeProviders) -> None:
    sora = visit()
    texts = {said(sora.go(fake.refuse(sora.begin("kakao"))), lang) for lang in ("ko", "en")}

    assert None not in texts and len(texts) == 2
