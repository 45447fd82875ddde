"""Somebody may not read tips any more: colleagues see it at once, and nothing new is theirs."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from board.accounts.cli import accounts_cli
from board.db import db, now, writing
from board.tips.models import roster
from board.tips.models.key_grants import Grant, TipKey
from board.tips.models.tip import Tip
from conftest import person
from tips.conftest import form_fields, holder_id, loss_sentence

pytestmark = pytest.mark.slow

STORY = "과장이 장부를 두 권 씁니다."
ENDS = {
    "revoked": lambda user: user.revoke("can_read_tips"),
    "suspended": lambda user: user.suspend(until=now() + timedelta(days=1), reason="a day"),
    "gone": lambda user: user.delete_account(on=now().date()),
}
PAGES = ("", "/1", "/log", "/export", "/readers", "/mail")


@pytest.fixture(params=ENDS)
def left_desk(request, second_desk):
    """jin, whose account may not read tips any more."""
    with writing():
        ENDS[request.param](second_desk.user)
    return second_desk


def epochs_of(user):
    """The epochs of tip 1 this reader holds a key of."""
    of_holder = select(TipKey.epoch).join(Grant, Grant.key_id == TipKey.id)
    held = of_holder.where(Grant.holder_id == holder_id(user), TipKey.tip_id == 1)
    return set(db.session.scalars(held))


def test_every_page_of_colleagues_says_so_at_once(desk, sent, left_desk):
    for page in PAGES:
        text = desk.get(f"/desk/tips{page}").text
        assert "아직 담당자 명단에 있습니다" in text, page
        assert "제외하고 열쇠 변경" in text, page


def test_one_button_removes_and_renews_the_keys(desk, sent, left_desk):
    epoch = db.session.get(Tip, 1).epoch
    desk.post(f"/desk/tips/readers/{holder_id(left_desk.user)}/remove")

    assert [reader.user.name for reader in roster.members()] == ["tess"]
    assert db.session.get(Tip, 1).epoch == epoch + 1
    assert "아직 담당자 명단에 있습니다" not in desk.get("/desk/tips").text
    assert STORY in desk.get("/desk/tips/1").text


def test_a_new_tip_is_not_sealed_to_them(desk, left_desk, source):
    assert source.send(STORY).status_code == 200

    assert epochs_of(left_desk.user) == set()
    assert epochs_of(desk.user) == {1}


@pytest.mark.parametrize("act", ["message", "reply", "note", "describe", "publish", "hold"])
def test_nothing_new_in_an_old_tip_is_sealed_to_them(desk, second_desk, sent, act):
    fields = {
        "reply": {"text": "언제부터였습니까?"}, "note": {"text": "작년 기사"},
        "describe": {"title": "장부", "labels": "", "case": ""},
        "publish": {"link": "https://news.example/1"}, "hold": {"reason": "재판", "day": ""},
    }  # fmt: skip
    sent.enter()
    with writing():
        second_desk.user.revoke("can_read_tips")

    if act == "message":
        sent.add_message("나중 이야기")
    else:
        assert desk.post(f"/desk/tips/1/{act}", **fields[act]).status_code == 303

    tip = db.session.get(Tip, 1)
    assert (tip.epoch, tip.items[-1].epoch) == (2, 2)
    assert epochs_of(second_desk.user) == {1}
    assert epochs_of(desk.user) == {1, 2}
    assert STORY in desk.get("/desk/tips/1").text


def test_the_keys_are_renewed_once_and_not_with_each_word(desk, second_desk, sent):
    with writing():
        second_desk.user.revoke("can_read_tips")
    for text in ("언제부터였습니까?", "누가 압니까?"):
        desk.post("/desk/tips/1/reply", text=text)

    assert db.session.get(Tip, 1).epoch == 2


def test_a_reader_who_comes_back_reads_what_came_before_and_after(desk, second_desk, sent, as_):
    with writing():
        second_desk.user.suspend(until=now() + timedelta(days=1), reason="a day")
    desk.post("/desk/tips/1/reply", text="그 사이의 물음")
    with writing():
        second_desk.user.unsuspend()
    second_desk.client = as_(second_desk.user)
    second_desk.unlock()
    page = second_desk.get("/desk/tips/1").text
    assert STORY in page and "그 사이의 물음" not in page

    desk.post("/desk/tips/1/let-in", reader=holder_id(second_desk.user))

    assert "그 사이의 물음" in second_desk.get("/desk/tips/1").text


def test_a_message_nobody_could_read_is_refused_and_its_words_stay(desk, sent):
    """tess alone can open the tip, and is suspended."""
    sent.enter()
    with writing():
        desk.user.suspend(until=now() + timedelta(days=1), reason="a day")
    page = sent.add_message("나중 이야기")

    assert page.status_code == 503
    assert "나중 이야기" in page.text
    assert "쓰신 글도 그대로 있습니다" in page.text
    with writing():
        desk.user.unsuspend()
    sent.add_message("나중 이야기")
    assert len([item for item in db.session.get(Tip, 1).items if item.kind == "message"]) == 2


def test_a_form_filled_in_while_the_last_reader_goes_keeps_its_words(desk, source):
    preview = source.preview(STORY)
    with writing():
        desk.user.suspend(until=now() + timedelta(days=1), reason="a day")

    page = source.client.post("/tips/new", data=form_fields(preview))

    assert page.status_code == 503
    assert STORY in page.text
    assert "<textarea" not in source.form().text
    with writing():
        desk.user.unsuspend()
    assert source.client.post("/tips/new", data=form_fields(page)).status_code == 200


def test_a_reader_who_goes_while_a_source_writes_gets_no_key(desk, second_desk, source):
    preview = source.preview(STORY)
    with writing():
        second_desk.user.revoke("can_read_tips")

    assert source.client.post("/tips/new", data=form_fields(preview)).status_code == 200

    assert epochs_of(second_desk.user) == set()


def test_tips_only_they_could_open_are_typed_before_they_are_lost(desk, second_desk, sent):
    second_desk.post("/desk/tips/1/shut-out", reader=holder_id(desk.user))
    with writing():
        second_desk.user.revoke("can_read_tips")
    path = f"/desk/tips/readers/{holder_id(second_desk.user)}/remove"

    refused = desk.post(path)

    assert refused.status_code == 422
    assert loss_sentence(refused) == "제보 1건을 잃습니다"
    assert desk.post(path, loss=loss_sentence(refused)).status_code == 303


def test_the_operator_s_command_is_enough(app, desk, second_desk, sent):
    email = second_desk.user.email
    app.test_cli_runner().invoke(accounts_cli, ["revoke", email, "read-tips"])

    assert "아직 담당자 명단에 있습니다" in desk.get("/desk/tips").text


def test_a_reader_who_waits_for_a_signature_is_told_nothing(second_desk, at_desk):
    sol = at_desk(person("sol", can_read_tips=True))
    with writing():
        second_desk.user.revoke("can_read_tips")

    assert "아직 담당자 명단에 있습니다" not in sol.get("/desk/tips").text
