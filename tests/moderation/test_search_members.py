"""A moderator finds a member by any part of the name, or by the email address, which is logged."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from board.db import db, now, writing
from board.db.clock import today
from board.moderation.rulings.models import Ruling, Verdict
from board.moderation.users import search
from conftest import person, said, without_notice


def found(text):
    return [user.name for user in db.session.scalars(search.with_name_part(text))]


@pytest.fixture
def members(app):
    return [person(name) for name in ("바닷바람", "밤바다", "부산 사람", "Sea Breeze", "seabird")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("바다", ["밤바다"]),
        ("바", ["바닷바람", "밤바다"]),
        ("람", ["바닷바람", "부산 사람"]),
        ("SEA", ["seabird", "Sea Breeze"]),
        ("ａbr", ["Sea Breeze"]),
        ("산사", ["부산 사람"]),
        ("ㅂㅅ", ["부산 사람"]),
        ("ㅄ", ["부산 사람"]),
        ("ㅂㄷ", ["바닷바람", "밤바다"]),
        ("밤ㅂ", ["밤바다"]),
        ("부ㅅㅅㄹ", ["부산 사람"]),
        ("ㅋ", []),
        ("%", []),
        ("*", []),
        ("[", []),
        ("7", []),
    ],
)
def test_a_member_is_found_by_any_part_of_the_name(members, text, names):
    assert found(text) == names


def test_names_that_begin_with_the_text_come_first(app):
    for name in ("가부두", "부두", "나부두", "부두가"):
        person(name)

    assert found("부두") == ["부두", "부두가", "가부두", "나부두"]


def test_a_deleted_account_is_not_found_by_its_number(ada):
    with writing():
        ada.delete_account(on=today())

    assert found(str(ada.id)) == found("ada") == []


def test_more_members_than_a_page_are_said_to_be_more(as_, mo, monkeypatch):
    monkeypatch.setattr(search, "PAGE_SIZE", 2)
    for name in ("부두 가", "부두 나", "부두 다"):
        person(name)

    page = as_(mo).get("/desk/people?q=부두").text

    assert page.count('class="card person-row"') == 2
    assert "더 있습니다. 닉네임을 더 길게 입력해 주세요." in page


def test_the_one_box_takes_a_name_to_a_search_that_can_be_linked(as_, ada, mo):
    client = as_(mo)

    answer = client.post("/desk/people/find", data={"q": " da "})

    assert answer.location == "/desk/people?q=da"
    assert f'href="/desk/people/{ada.id}"' in client.get(answer.location).text
    page = client.get("/desk/people?q=부두").text
    assert "닉네임에 “부두” 문구가 있는 회원이 없습니다." in page


def look_ups():
    rows = db.session.scalars(select(Ruling).where(Ruling.verdict == Verdict.LOOK_UP))
    return [(row.moderator.name, row.about and row.about.name, row.detail) for row in rows]


def test_a_member_is_found_by_the_whole_address_and_the_log_says_who_looked(as_, ada, mo):
    client = as_(mo)

    answer = client.post("/desk/people/find", data={"q": " ADA@harbour.example"})

    assert without_notice(answer) == f"/desk/people/{ada.id}"
    notice = "이메일 주소로 ada 님을 찾았습니다. 조회한 사실을 운영 기록에 남겼습니다."
    assert said(answer) == notice
    page = client.get(answer.location).text
    assert notice in page
    assert "ada@harbour.example" not in page
    assert look_ups() == [("mo", "ada", {"found": True})]
    log = client.get("/desk/rulings").text
    assert "이메일 주소로 회원 조회" in log
    assert "harbour.example" not in log


@pytest.mark.parametrize("address", ["ada@", "@harbour.example", "nobody@harbour.example", "%@%"])
def test_a_part_of_an_address_finds_nobody_and_is_logged_too(as_, ada, mo, address):
    answer = as_(mo).post("/desk/people/find", data={"q": address})

    assert answer.status_code == 422
    assert "이 이메일 주소를 쓰는 회원이 없습니다." in answer.text
    assert f'value="{address}"' in answer.text
    assert look_ups() == [("mo", None, {"found": False})]


def test_an_address_nobody_has_is_not_said_to_be_part_of_a_name(as_, ada, mo):
    with writing():
        ada.suspend(until=now() + timedelta(days=1), reason="spam")

    page = as_(mo).post("/desk/people/find?lang=en", data={"q": "nobody@harbour.example"}).text

    assert "Display names with" not in page
    assert '<h2 class="minor">Currently restricted</h2>' in page


def test_an_address_in_a_link_is_never_looked_up(as_, ada, mo):
    page = as_(mo).get("/desk/people?q=ada@harbour.example").text

    assert f'href="/desk/people/{ada.id}"' not in page
    assert look_ups() == []


def test_a_member_never_reads_that_they_were_looked_up(as_, ada, mo):
    as_(mo).post("/desk/people/find", data={"q": "ada@harbour.example"})

    assert "조회" not in as_(ada).get("/account/notices").text
    assert "조회" not in as_(ada).get("/rulings").text


@pytest.mark.parametrize("who", ["ada", "tess"])
def test_only_moderators_look_people_up(as_, request, bora, who):
    answer = as_(request.getfixturevalue(who)).post(
        "/desk/people/find", data={"q": "bora@harbour.example"}
    )

    assert answer.status_code == 403
    assert look_ups() == []


def test_a_guest_looks_nobody_up(guest, ada):
    answer = guest.post("/desk/people/find", data={"q": "ada@harbour.example"})

    assert answer.status_code == 401
    assert look_ups() == []


def test_an_endless_text_is_refused(as_, mo):
    answer = as_(mo).post("/desk/people/find", data={"q": "가" * 300})

    assert answer.status_code == 422
    assert look_ups() == []
