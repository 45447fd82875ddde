"""Staff propose, second, accept, take away and freeze; the log says so, and emails tell it."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from board.accounts.models import User
from board.accounts.roles import changes
from board.accounts.roles.log import StaffLogEntry
from board.accounts.roles.models import RoleGrant
from board.accounts.roles.rules import RULES
from board.accounts.two_factor import models as two_factor
from board.db import db, now, writing
from board.ops.doctor import _check_logs
from board.runtime.jobs import run_pending
from conftest import person, said, without_notice

from .conftest import Mailboxes

As = Callable[[User], FlaskClient]
HOURS = timedelta(hours=1)
WHY = "Evenings need somebody"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now(), tick=False) as clock:
        yield clock


@pytest.fixture
def ina(app: Flask) -> User:
    """Appoints staff."""
    return person("ina", can_appoint=True)


@pytest.fixture
def jun(app: Flask) -> User:
    """Appoints staff, too."""
    return person("jun", can_appoint=True)


def propose(client: FlaskClient, capability: str, who: str, why: str = WHY) -> TestResponse:
    data = {"capability": capability, "who": who, "why": why}
    return client.post("/desk/staff/propose", data=data)


def act(client: FlaskClient, verb: str) -> TestResponse:
    """On the newest proposal."""
    number = db.session.scalars(select(RoleGrant.id).order_by(RoleGrant.id.desc())).first()
    area = "/account/offers" if verb in ("accept", "decline") else "/desk/staff/proposals"
    return client.post(f"{area}/{number}/{verb}")


def acts() -> list[tuple[str, str, str | None, str | None]]:
    """The log: act, capability, by whom, about whom."""
    entries = db.session.scalars(select(StaffLogEntry).order_by(StaffLogEntry.id))
    return [(e.act, e.capability, e.by and e.by.name, e.about and e.about.name) for e in entries]


def give_factor(user: User, app: Flask) -> None:
    with writing():
        two_factor.enrol(user, "JBSWY3DPEHPK3PXP", step=0, key=app.config["SECRET_KEY"])


def test_a_moderator_is_proposed_accepts_and_signs_in_again(as_: As, ina: User, ada: User) -> None:
    reader = as_(ada)
    assert said(propose(as_(ina), "can_moderate", "ada")) == "제안했습니다: 운영."
    assert ada.can_moderate is False
    assert "Evenings need somebody" in reader.get("/account/offers").text
    assert 'href="/account/offers"' in reader.get("/account").text

    accepted = act(reader, "accept")

    assert without_notice(accepted) == "/sign-in?next=/desk"
    assert (ada.can_moderate, reader.get("/account").status_code) == (True, 303)
    assert as_(ada).get("/desk/comments").status_code == 200
    assert acts() == [
        ("propose", "can_moderate", "ina", "ada"), ("accept", "can_moderate", "ada", "ada"),
    ]  # fmt: skip


def test_what_needs_two_waits_for_another_person(
    as_: As, ina: User, jun: User, ada: User, mo: User
) -> None:
    client = as_(ina)
    propose(client, "can_appoint", "ada")
    assert act(as_(ada), "accept").status_code == 409
    assert act(client, "second").status_code == 403
    assert act(as_(mo), "second").status_code == 403

    assert said(act(as_(jun), "second")) == "찬성했습니다: 인사."

    assert act(as_(ada), "accept").status_code == 303
    assert ada.can_appoint is True
    assert act(as_(jun), "second").status_code == 409


def test_a_senior_moderator_seconds_another(as_: As, ina: User, ada: User, mo: User) -> None:
    propose(as_(ina), "can_supervise", "ada")
    assert act(as_(mo), "second").status_code == 303
    assert act(as_(ada), "accept").status_code == 303


def test_tip_readers_are_chosen_among_tip_readers(
    as_: As, ina: User, jun: User, tess: User, ada: User
) -> None:
    assert propose(as_(ina), "can_read_tips", "ada").status_code == 422
    assert propose(as_(tess), "can_read_tips", "ada").status_code == 303
    assert act(as_(jun), "second").status_code == 403

    other = person("tom", can_read_tips=True)
    assert act(as_(other), "second").status_code == 303
    assert act(as_(ada), "accept").status_code == 303
    assert ada.can_read_tips is True


def test_an_operator_seconds_where_nobody_else_could(
    as_: As, operator: Callable[..., Result], tess: User, ada: User
) -> None:
    propose(as_(tess), "can_read_tips", "ada")
    assert operator("second", "1").output == "Proposal 1 is seconded.\n"
    assert operator("second", "1").exit_code == operator("second", "7").exit_code == 1
    assert act(as_(ada), "accept").status_code == 303
    assert acts()[1] == ("second", "can_read_tips", None, "ada")


@pytest.mark.parametrize(
    ("capability", "who", "status"),
    [
        ("can_moderate", "ina", 403),  # oneself
        ("can_moderate", "mo", 422),  # has it
        ("can_appoint", "tess", 422),  # reads tips
        ("can_moderate", "nobody at all", 422),
        ("can_moderate", "not an@address", 422),
        ("can_rule", "ada", 422),
        ("second_factor", "ada", 422),
        ("password_hash", "ada", 422),
    ],
)
def test_what_may_not_be_is_refused_with_what_was_typed(
    as_: As, ina: User, ada: User, mo: User, tess: User, capability: str, who: str, status: int
) -> None:
    response = propose(as_(ina), capability, who, "<b>하나</b>")
    assert response.status_code == status
    assert (f'value="{who}"' in response.text) == (status == 422)
    assert "<b>하나" not in response.text
    assert db.session.scalars(select(RoleGrant)).all() == []


@pytest.mark.slow
def test_nobody_is_proposed_twice_or_by_a_flood(as_: As, ina: User, ada: User) -> None:
    client = as_(ina)
    assert propose(client, "can_edit", "ada").status_code == 303
    assert propose(client, "can_edit", "ada").status_code == 422
    for number in range(RoleGrant.PER_DAY - 1):
        assert propose(client, "can_edit", f"n{number}@pier.example").status_code == 303
    assert propose(client, "can_edit", "last@pier.example").status_code == 422


def test_an_invited_address_is_taken_by_who_has_verified_it(
    as_: As, ina: User, jun: User, member: Callable[..., User], mail: Mailboxes
) -> None:
    client = as_(ina)
    propose(client, "can_moderate", "Sora@Harbour.example")
    assert mail.subjects("sora@harbour.example") == ["데스크 구성원으로 초대합니다"]
    mails = mail.of("sora@harbour.example")
    links = re.findall(r"http://\S+", mails[0].get_content())
    assert links == ["http://localhost/account/offers", "http://localhost/"]
    unverified = member("sora", verified=False)
    assert act(as_(unverified), "accept").status_code == 403
    assert act(as_(member("bora")), "accept").status_code == 403
    with writing():
        db.session.get_one(User, unverified.id).email_verified_at = now()

    assert act(as_(unverified), "accept").status_code == 303

    assert unverified.can_moderate is True
    assert db.session.scalars(select(RoleGrant.address)).all() == [""]
    assert acts()[-1] == ("accept", "can_moderate", "sora", "sora")


def test_the_address_invited_is_shown_to_who_decides_and_that_is_logged(
    as_: As, ina: User, jun: User, mo: User
) -> None:
    propose(as_(ina), "can_appoint", "sora@pier.example")
    for client in (as_(mo), as_(jun)):
        assert "sora@pier.example" not in client.get("/desk/staff").text
    assert act(as_(mo), "address").status_code == 403
    assert "sora@pier.example" in act(as_(jun), "address").text
    assert acts()[-1] == ("read_address", "can_appoint", "jun", None)


def test_an_offer_is_declined_withdrawn_or_runs_out(
    as_: As, ina: User, ada: User, bora: User, clock: time_machine.Traveller
) -> None:
    client = as_(ina)
    propose(client, "can_edit", "ada")
    assert act(as_(bora), "decline").status_code == 403
    assert said(act(as_(ada), "decline")) == "거절했습니다."
    propose(client, "can_edit", "ada")
    assert act(as_(bora), "withdraw").status_code == 403
    assert said(act(client, "withdraw")) == "철회했습니다: 편집."
    assert act(as_(ada), "accept").status_code == 409
    propose(client, "can_edit", "sora@pier.example")
    clock.shift(RoleGrant.LIFE)
    assert "staff proposals" in run_pending()
    states = db.session.execute(select(RoleGrant.state, RoleGrant.address)).all()
    assert [tuple(row) for row in states] == [("declined", ""), ("withdrawn", ""), ("expired", "")]
    assert ada.can_edit is False


@pytest.mark.parametrize("capability", RULES)
def test_the_rules_of_taking_away_are_a_table(app: Flask, mo: User, capability: str) -> None:
    """For each capability, whom of all sorts of staff it lets take it away from others."""
    with_one = {name: person(name.replace("_", ""), **{name: True}) for name in RULES}
    holder, _ = (person(name, **{capability: True}) for name in ("holder", "other"))
    allowed = set()
    for name, by in with_one.items():
        try:
            with writing():
                changes.revoke(capability, db.session.merge(holder), by=db.session.merge(by))
                allowed.add(name)
                holder.grant(capability)
        except changes.NotAllowed:
            pass
    assert allowed == {
        "can_read_tips": {"can_read_tips", "can_appoint"},
    }.get(capability, {"can_appoint"})


def test_the_last_one_stays(as_: As, ina: User, jun: User, tess: User) -> None:
    client = as_(ina)
    last_reader = client.post(f"/desk/staff/{tess.id}/revoke/can_read_tips")
    assert (last_reader.status_code, tess.can_read_tips) == (422, True)
    assert client.post(f"/desk/staff/{ina.id}/revoke/can_appoint").status_code == 403
    assert client.post(f"/desk/staff/{jun.id}/revoke/can_appoint").status_code == 303
    assert client.post(f"/desk/staff/{jun.id}/revoke/can_appoint").status_code == 409
    assert client.post(f"/desk/staff/{jun.id}/revoke/password_hash").status_code == 404
    assert as_(jun).get("/desk/staff").status_code == 403


def test_who_loses_the_right_to_propose_loses_what_they_proposed(
    as_: As, ina: User, jun: User, ada: User
) -> None:
    propose(as_(jun), "can_appoint", "ada")
    as_(ina).post(f"/desk/staff/{jun.id}/revoke/can_appoint")
    assert act(as_(ina), "second").status_code == 409
    assert acts()[-1][0] == "revoke" and ("withdraw", "can_appoint", "ina", "ada") in acts()


def test_who_is_frozen_is_out_at_once_and_shut_out_for_a_day(
    as_: As, ina: User, jun: User, mo: User, clock: time_machine.Traveller
) -> None:
    desk = as_(mo)
    assert as_(mo).post(f"/desk/staff/{ina.id}/freeze").status_code == 403
    assert as_(ina).post(f"/desk/staff/{ina.id}/freeze").status_code == 403
    frozen = as_(ina).post(f"/desk/staff/{mo.id}/freeze")
    assert said(frozen) == "mo 님을 모든 기기에서 로그아웃하고 24시간 동안 데스크를 닫았습니다."
    assert desk.get("/desk/comments").status_code == 303
    again = as_(mo)
    for page in ("/desk", "/desk/comments", "/desk/staff", "/account/second-factor"):
        assert again.get(page).status_code == 403
    assert 'href="/desk"' not in again.get("/").text
    assert again.get("/account").status_code == 200
    assert as_(jun).post(f"/desk/staff/{mo.id}/freeze").status_code == 409

    clock.shift(24 * HOURS)
    assert as_(mo).get("/desk/comments").status_code == 200


def test_another_appointer_ends_a_freeze(
    as_: As, operator: Callable[..., Result], ina: User, jun: User
) -> None:
    as_(ina).post(f"/desk/staff/{jun.id}/freeze")
    assert as_(jun).post(f"/desk/staff/{jun.id}/unfreeze").status_code == 403
    assert as_(ina).post(f"/desk/staff/{jun.id}/unfreeze").status_code == 303
    assert as_(jun).get("/desk/staff").status_code == 200
    assert operator("unfreeze", jun.email).exit_code == 1
    as_(ina).post(f"/desk/staff/{jun.id}/freeze")
    assert operator("unfreeze", jun.email).exit_code == 0
    assert [entry[0] for entry in acts()] == ["freeze", "unfreeze", "freeze", "unfreeze"]


def test_a_second_factor_is_reset_a_day_after_two_agreed(
    app: Flask, as_: As, ina: User, jun: User, mo: User, clock: time_machine.Traveller
) -> None:
    give_factor(mo, app)
    as_(ina).post(f"/desk/staff/{mo.id}/reset", data={"why": "Lost phone"})
    assert as_(ina).post(f"/desk/staff/{mo.id}/reset", data={"why": ""}).status_code == 422
    act(as_(jun), "second")
    assert act(as_(mo), "accept").status_code == 409
    clock.shift(24 * HOURS - timedelta(seconds=1))
    assert "second factor resets" not in run_pending()
    clock.shift(timedelta(seconds=1))
    assert "second factor resets" in run_pending()
    assert two_factor.SecondFactor.for_user(mo) is None
    assert acts()[-1] == ("reset", "second_factor", None, "mo")


def test_that_of_a_tip_reader_is_a_matter_of_tip_readers(
    app: Flask, as_: As, ina: User, tess: User
) -> None:
    give_factor(tess, app)
    url = f"/desk/staff/{tess.id}/reset"
    assert as_(ina).post(url, data={"why": "Lost"}).status_code == 403
    other = person("tom", can_read_tips=True)
    assert as_(other).post(url, data={"why": "Lost"}).status_code == 303


@pytest.mark.slow
def test_this_was_not_me_stops_a_reset_and_freezes(
    app: Flask, as_: As, guest: FlaskClient, ina: User, jun: User, mail: Mailboxes,
    clock: time_machine.Traveller, mo: User,
) -> None:  # fmt: skip
    give_factor(mo, app)
    as_(ina).post(f"/desk/staff/{mo.id}/reset", data={"why": "Lost phone"})
    act(as_(jun), "second")
    texts = [message.get_content() for message in mail.of(mo.email)]
    (link,) = {
        url for text in texts for url in re.findall(r"http://localhost(/account/not\S+)", text)
    }
    desk = as_(mo)

    assert "button" in guest.get(link).text
    assert desk.get("/desk/comments").status_code == 200  # looking changes nothing
    assert guest.post(link + "x").status_code == 422
    assert without_notice(guest.post(link)) == "/"

    assert desk.get("/desk/comments").status_code == 303
    assert (mo.is_frozen, guest.post(link).status_code) == (True, 422)
    clock.shift(25 * HOURS)
    assert "second factor resets" not in run_pending()
    assert two_factor.SecondFactor.for_user(mo) is not None


@pytest.mark.slow
def test_each_act_is_mailed_to_those_concerned_without_names(
    as_: As, ina: User, jun: User, mo: User, tess: User, ada: User, mail: Mailboxes
) -> None:
    propose(as_(ina), "can_supervise", "ada")
    act(as_(jun), "second")
    act(as_(ada), "accept")
    proposed, seconded, accepted = (
        f"데스크: {what}: 책임 운영" for what in ("제안", "찬성", "수락")
    )
    subjects = {user.name: mail.subjects(user.email) for user in (ina, jun, mo, tess, ada)}
    assert {name: sorted(each) for name, each in subjects.items()} == {
        "ina": sorted([seconded, accepted]),
        "jun": sorted([proposed, accepted]),
        "mo": sorted([proposed, seconded, accepted]),
        "tess": [],
        "ada": [],
    }
    texts = " ".join(message.get_content() for message in mail.of(mo.email))
    assert not re.search("ada|ina|jun", texts.replace("harbour.example", ""))


@pytest.mark.slow
def test_the_log_is_read_by_all_staff_in_pages_and_cannot_be_altered(
    as_: As, guest: FlaskClient, ina: User, mo: User, ada: User
) -> None:
    with writing():
        for _ in range(StaffLogEntry.PAGE_SIZE + 1):
            changes.grant_at_once("can_edit", db.session.merge(ada))
    page = as_(mo).get("/desk/staff/log").text
    assert page.count('<li id="entry-') == StaffLogEntry.PAGE_SIZE
    assert as_(mo).get("/desk/staff/log?before=2").text.count('<li id="entry-') == 1
    assert [guest.get("/desk/staff/log").status_code] == [303]
    for change in ("UPDATE staff_log SET by_id = 1", "DELETE FROM staff_log"):
        with pytest.raises(IntegrityError, match="append-only"), writing():
            db.session.execute(text(change))
    assert (True, "the log of staff is whole") in _check_logs()
    with writing():
        db.session.execute(text("DROP TRIGGER staff_log_no_update"))
        db.session.execute(text("UPDATE staff_log SET act = 'revoke' WHERE id = 3"))
    assert [good for good, said in _check_logs() if "staff" in said] == [False]
    assert 'role="alert"' in as_(mo).get("/desk/staff/log").text


@pytest.mark.parametrize("first", ["can_appoint", "can_read_tips"])
def test_the_database_refuses_who_appoints_and_reads_tips(app: Flask, first: str) -> None:
    user = person("ina", **{first: True})
    with pytest.raises(IntegrityError, match="both appoints"), writing():
        db.session.execute(text("UPDATE user SET can_appoint = 1, can_read_tips = 1"))
    with pytest.raises(IntegrityError, match="both appoints"):
        person("jun", can_appoint=True, can_read_tips=True)
    assert getattr(user, first) is True


@pytest.mark.parametrize(("proposer", "seconder", "subject"), [(1, 1, 3), (1, 2, 1), (1, 2, 2)])
def test_the_database_refuses_fewer_than_three_people(
    app: Flask, ina: User, jun: User, ada: User, proposer: int, seconder: int, subject: int
) -> None:
    row: dict[str, Any] = {
        "capability": "can_edit", "why": WHY, "proposed_by": proposer, "seconded_by": seconder,
        "user_id": subject, "expires_at": now(),
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="three_people"), writing():
        db.session.add(RoleGrant(**row))


def test_what_the_operator_does_is_logged(
    operator: Callable[..., Result], ada: User, tess: User
) -> None:
    operator("grant", ada.email, "appoint")
    operator("grant", ada.email, "edit")
    operator("revoke", ada.email, "edit")
    assert operator("grant", tess.email, "appoint").exit_code == 1
    assert operator("revoke", ada.email, "appoint").exit_code == 1
    assert operator("revoke", tess.email, "read-tips").exit_code == 0
    assert acts() == [
        ("grant", "can_appoint", None, "ada"),
        ("grant", "can_edit", None, "ada"),
        ("revoke", "can_edit", None, "ada"),
        ("revoke", "can_read_tips", None, "tess"),
    ]


def at_once(app: Flask, *requests: Callable[[], TestResponse]) -> list[int]:
    """The statuses of these requests, sent at the same moment."""
    statuses: list[int] = []
    barrier = Barrier(len(requests))

    def send(request: Callable[[], TestResponse]) -> None:
        with app.app_context():
            barrier.wait()
            statuses.append(request().status_code)

    threads = [Thread(target=send, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    db.session.expire_all()
    return sorted(statuses)


def test_of_two_who_second_at_once_one_does(
    app: Flask, as_: As, ina: User, jun: User, ada: User
) -> None:
    others = [as_(jun), as_(person("kai", can_appoint=True))]
    propose(as_(ina), "can_appoint", "ada")
    seconds = [
        lambda client=client: client.post("/desk/staff/proposals/1/second") for client in others
    ]
    assert at_once(app, *seconds) == [303, 409]
    assert [entry[0] for entry in acts()] == ["propose", "second"]


def test_an_offer_is_accepted_or_withdrawn_never_both(
    app: Flask, as_: As, ina: User, ada: User
) -> None:
    client, reader = as_(ina), as_(ada)
    propose(client, "can_edit", "ada")
    statuses = at_once(
        app,
        lambda: client.post("/desk/staff/proposals/1/withdraw"),
        lambda: reader.post("/account/offers/1/accept"),
    )
    assert statuses == [303, 409]
    grant = db.session.get_one(RoleGrant, 1)
    assert (grant.state == "accepted") == ada.can_edit
    assert [entry[0] for entry in acts()] in (["propose", "accept"], ["propose", "withdraw"])


def test_acts_take_the_password_again(app: Flask, as_: As, ina: User, ada: User) -> None:
    client = as_(ina)
    with time_machine.travel(now() + timedelta(minutes=11)):
        for url in (
            "propose",
            f"{ada.id}/freeze",
            "proposals/1/second",
            f"{ada.id}/revoke/can_edit",
        ):
            assert client.post(f"/desk/staff/{url}", data={"why": "x"}).status_code == 401
        assert as_(ada).get("/account/offers").status_code == 200
    assert db.session.scalars(select(RoleGrant)).all() == []
