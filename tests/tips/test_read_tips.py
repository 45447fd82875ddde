"""Tip readers unlock, read, answer, and work on a tip together."""

import re
import unicodedata
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from board.accounts.auth import sessions
from board.db import db, now, writing
from board.tips.cli import tips_cli
from board.tips.dates import today
from board.tips.models.key_holders import TipReader
from board.tips.models.roster import Roster
from board.tips.models.tip import Tip
from conftest import person
from tips.conftest import ReaderClient, element_text, hidden_field, holder_id, is_locked

pytestmark = pytest.mark.slow

STORY = "과장이 장부를 두 권 씁니다."


def test_members_and_moderators_see_no_tips(as_, ada, mo, desk):
    for client in (as_(ada), as_(mo)):
        for path in ("/desk/tips", "/desk/tips/1", "/desk/tips/unlock", "/desk/tips/start"):
            assert client.get(path).status_code == 403
        assert client.post("/desk/tips/start").status_code == 403


def test_a_reader_reads_a_new_tip(desk, sent):
    assert "답변 대기" in desk.get("/desk/tips").text
    page = desk.get("/desk/tips/1").text

    assert STORY in page
    sent.enter()
    assert "읽음" in sent.mailbox().text


def test_a_conversation(desk, sent):
    desk.post("/desk/tips/1/reply", text="언제부터였습니까?")
    sent.enter()
    assert "언제부터였습니까?" in sent.mailbox().text
    assert "tess" in sent.mailbox().text
    sent.add_message("작년 봄부터입니다.")

    assert "작년 봄부터입니다." in desk.get("/desk/tips/1").text


def test_a_signed_in_reader_who_has_not_unlocked_opens_nothing(desk, sent, as_, tess):
    stolen = as_(tess)

    for path in ("/desk/tips", "/desk/tips/1", "/desk/tips/readers"):
        assert is_locked(stolen.get(path))
    for path in ("reply", "note", "file", "contact", "erase", "shut-out"):
        assert is_locked(stolen.post(f"/desk/tips/1/{path}"))


def test_an_unlocked_session_works_for_its_reader_only(desk, sent, as_):
    jin = as_(person("jin", can_read_tips=True))
    jin.set_cookie("board_tip_desk", desk.client.get_cookie("board_tip_desk").value)

    assert is_locked(jin.get("/desk/tips/1"))


def test_another_passphrase_opens_nothing(desk):
    assert desk.unlock("가격 " * 6).status_code == 422
    assert desk.unlock("가격 " * 5).status_code == 422


def test_the_passphrase_opens_nothing_without_two_step_verification(app, desk, sent):
    with writing():
        _, token = sessions.sign_in(desk.user, device="test", today=today())
    stolen = app.test_client()
    stolen.set_cookie("board_session", token)
    stolen.set_cookie("board_tip_desk", desk.client.get_cookie("board_tip_desk").value)

    for path in ("/desk/tips", "/desk/tips/1", "/desk/tips/unlock", "/desk/tips/export"):
        assert stolen.get(path).location.startswith("/sign-in/code?next=/desk/tips")
    words = {"passphrase": desk.passphrase}
    assert stolen.post("/desk/tips/unlock", data=words).status_code == 403
    assert stolen.post("/desk/tips/1/export").status_code == 403


def test_guessing_a_passphrase_is_rate_limited(desk):
    statuses = [desk.unlock("가격 " * 6).status_code for _ in range(11)]

    assert statuses == [422] * 10 + [429]


def test_tips_lock_after_a_while_and_by_hand(desk, sent):
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert is_locked(desk.get("/desk/tips"))
    desk.unlock()
    old = desk.client.get_cookie("board_tip_desk").value
    desk.post("/desk/tips/lock")
    assert desk.client.get_cookie("board_tip_desk") is None
    desk.client.set_cookie("board_tip_desk", old)

    assert is_locked(desk.get("/desk/tips/1"))


def test_after_eight_hours_the_busiest_reader_unlocks_again(desk):
    start = now()
    for minutes in range(0, 480, 10):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert desk.get("/desk/tips").status_code == 200
    with time_machine.travel(start + timedelta(minutes=485)):
        assert desk.get("/desk/tips").status_code in (302, 303)


def test_what_is_wrong_with_a_passphrase_is_said_and_is_no_attempt(desk):
    words = desk.passphrase.split()
    told = {
        " ".join([*words[:2], "뷁뷁", *words[3:]]): "3번째 단어는 단어 목록에 없습니다",
        " ".join(words[:5]): "단어 1개가 빠졌습니다. 6개 가운데 5개만 입력하셨습니다",
        " ".join([*words, words[0]]): "단어가 1개 더 많습니다",
        " ".join(["가격"] * 6): "단어는 모두 목록에 있지만 맞지 않습니다",
    }
    mistyped = next(iter(told))

    pages = {typed: desk.unlock(typed) for typed in (*[mistyped] * 30, *told)}

    assert {page.status_code for page in pages.values()} == {422}
    assert [text for typed, text in told.items() if text not in pages[typed].text] == []
    assert hidden_field(pages[mistyped], "passphrase") == mistyped
    assert (
        desk.unlock("\n".join(f"{n}. {word}" for n, word in enumerate(words, 1))).status_code == 303
    )


def test_what_is_wrong_with_recovery_words_is_said(desk):
    words = ["뷁뷁", *desk.recovery.split()[1:11]]
    page = desk.post("/desk/tips/recover", passphrase=" ".join(words), hide="y")

    assert page.status_code == 422
    assert "1번째 단어는 단어 목록에 없습니다. 단어 1개가 빠졌습니다. 12개 가운데 11개" in page.text
    assert " ".join(words) in page.text
    assert " checked" in page.text
    recovered = desk.post("/desk/tips/recover", passphrase=desk.recovery.replace(" ", ""))
    assert recovered.status_code == 200


def test_reloading_a_recovery_sheet_shows_the_same_sheet(as_, desk):
    """A double click or a reload: otherwise nobody would know the words that now open the key."""
    jin = person("jin", can_read_tips=True)
    new = ReaderClient(jin, as_(jin))
    ticket = hidden_field(new.get("/desk/tips/start"), "ticket")
    first = new.set_up(ticket=ticket)
    assert new.set_up(ticket=ticket).text == first.text
    assert new.unlock().status_code == 303
    ticket = hidden_field(new.get("/desk/tips/recover"), "ticket")
    words = {"passphrase": new.recovery, "ticket": ticket}
    sheets = [new.post("/desk/tips/recover", **words).text for _ in range(2)]
    assert sheets[0] == sheets[1] != first.text
    new.remember_phrases(new.post("/desk/tips/recover", **words))
    new.unlock()
    ticket = hidden_field(new.get("/desk/tips/renew"), "ticket")
    words = {"passphrase": new.passphrase, "ticket": ticket}
    sheets = [new.post("/desk/tips/renew", **words).text for _ in range(2)]
    assert sheets[0] == sheets[1]
    new.remember_phrases(new.post("/desk/tips/renew", **words))

    with time_machine.travel(now() + timedelta(minutes=11)):
        assert is_locked(new.post("/desk/tips/renew", **words))
        assert new.unlock().status_code == 303


def test_a_lost_passphrase_is_replaced_with_the_recovery_sheet(desk, sent):
    old = desk.passphrase

    page = desk.post("/desk/tips/recover", passphrase=desk.recovery)
    desk.remember_phrases(page)

    assert desk.unlock(passphrase=old).status_code == 422
    assert desk.unlock().status_code == 303
    assert STORY in desk.get("/desk/tips/1").text


def test_a_new_password_of_the_account_opens_no_tip(desk, sent, as_, tess):
    with writing():
        tess.change_password("!other")
    stolen = ReaderClient(tess, as_(tess))

    assert stolen.unlock("lighthouse keeper at dusk").status_code == 422
    assert is_locked(stolen.get("/desk/tips/1"))


def test_a_reader_who_lost_everything_starts_again_and_gets_access_back(desk, second_desk, sent):
    assert second_desk.restart().status_code == 200
    second_desk.unlock()
    assert second_desk.get("/desk/tips/1").status_code == 404

    desk.sign_for(second_desk.user)

    assert STORY in second_desk.get("/desk/tips/1").text


def test_a_new_reader_waits_for_a_signature(desk, at_desk, source, app):
    jin = at_desk(person("jin", can_read_tips=True))
    source.send(STORY)
    assert "아직 담당자 명단에 없습니다" in jin.get("/desk/tips").text
    assert jin.get("/desk/tips/1").status_code == 404
    assert jin.sign_for(jin.user).status_code == 403

    desk.sign_for(jin.user)

    assert STORY in jin.get("/desk/tips/1").text


def test_the_list_of_readers_says_how_a_colleague_becomes_one(desk, at_desk):
    colleague = at_desk(person("jin", can_read_tips=True))
    steps, own = "시스템 관리자가 동료에게 제보 권한을 줍니다", "전화로 이 지문을 읽어 주세요"

    page, waiting = desk.get("/desk/tips/readers").text, colleague.get("/desk/tips/readers").text

    assert (steps in page, own in page) == (True, False)
    assert (steps in waiting, own in waiting) == (False, True)


def test_tips_that_come_later_are_for_everyone_on_the_roster(desk, second_desk, sent):
    assert STORY in second_desk.get("/desk/tips/1").text


def test_a_removed_reader_cannot_read_later_messages(desk, second_desk, sent):
    before = second_desk.client.get_cookie("board_tip_desk").value
    second_desk.leave_roster()
    sent.enter()
    sent.add_message("나중 이야기")
    second_desk.client.set_cookie("board_tip_desk", before)

    assert is_locked(second_desk.get("/desk/tips/1"))
    page = desk.get("/desk/tips/1").text
    assert STORY in page
    assert "나중 이야기" in page
    assert db.session.get(Tip, 1).epoch == 2


def test_signing_for_a_reader_rotates_the_keys_of_open_tips(desk, sent, source, at_desk):
    code = sent.code
    source.send("끝난 이야기")
    desk.post("/desk/tips/2/close")
    jin = at_desk(person("jin", can_read_tips=True))

    desk.sign_for(jin.user)

    assert [db.session.get(Tip, id).epoch for id in (1, 2)] == [2, 1]
    assert "끝난 이야기" in jin.get("/desk/tips/2").text
    jin.post("/desk/tips/1/reply", text="언제부터였습니까?")
    sent.enter(code)
    sent.add_message("작년 봄부터입니다.")
    for reader in (desk, jin):
        page = reader.get("/desk/tips/1").text
        assert STORY in page and "언제부터였습니까?" in page and "작년 봄부터입니다." in page


def test_a_reader_left_out_of_a_rotation_keeps_old_messages_and_unsent_text(
    desk, second_desk, sent, at_desk, as_
):
    """jin may not read tips for a while; meanwhile the keys are rotated."""
    with writing():
        second_desk.user.revoke("can_read_tips")
    third = at_desk(person("sol", can_read_tips=True))
    desk.sign_for(third.user)
    with writing():
        second_desk.user.grant("can_read_tips")
    second_desk = ReaderClient(second_desk.user, as_(second_desk.user), *second_desk.phrases)
    second_desk.unlock()

    assert STORY in second_desk.get("/desk/tips/1").text
    refused = second_desk.post("/desk/tips/1/reply", text="Wer <b>hat</b> gesehen?")
    assert refused.status_code == 403
    assert "Wer &lt;b&gt;hat&lt;/b&gt; gesehen?" in refused.text
    desk.post("/desk/tips/1/let-in", reader=holder_id(second_desk.user))
    assert second_desk.post("/desk/tips/1/reply", text="Wer?").status_code == 303


def test_a_reader_loses_access_to_one_tip(desk, second_desk, sent):
    second_desk.get("/desk/tips/1")
    desk.post("/desk/tips/1/shut-out", reader=holder_id(second_desk.user))
    assert second_desk.get("/desk/tips/1").status_code == 404

    desk.post("/desk/tips/1/let-in", reader=holder_id(second_desk.user))

    assert STORY in second_desk.get("/desk/tips/1").text


def test_a_reader_gives_up_their_key_if_a_colleague_has_one(desk, second_desk, sent):
    me = holder_id(desk.user)
    desk.post("/desk/tips/1/assign", reader=me)
    desk.post("/desk/tips/1/shut-out", reader=me)

    assert desk.get("/desk/tips/1").status_code == 404
    page = second_desk.get("/desk/tips/1").text
    assert STORY in page
    assert "tess: 자기 열쇠 폐기" in page
    assert db.session.get(Tip, 1).assignee_id is None
    alone = second_desk.post("/desk/tips/1/shut-out", reader=holder_id(second_desk.user))
    assert alone.status_code == 400
    assert STORY in second_desk.get("/desk/tips/1").text


def test_only_readers_on_the_roster_get_access(desk, at_desk, sent):
    jin = at_desk(person("jin", can_read_tips=True))

    assert desk.post("/desk/tips/1/let-in", reader=holder_id(jin.user)).status_code == 400


def test_every_opening_is_in_the_log_for_colleagues(desk, second_desk, sent):
    second_desk.get("/desk/tips/1")
    second_desk.get("/desk/tips/1")
    page = desk.get("/desk/tips/1").text

    assert page.count("jin: 제보 열람") == 1
    assert page.count("tess: 제보 열람") == 1


def test_contact_details_are_shown_on_request_and_logged(desk, source):
    source.send(STORY, contact="010-9999-0000")
    assert "010-9999-0000" not in desk.get("/desk/tips/1").text

    assert "010-9999-0000" in desk.post("/desk/tips/1/contact").text
    assert "제보자 연락처 열람" in desk.get("/desk/tips/1").text


def test_notes_are_for_readers(desk, second_desk, sent):
    desk.post("/desk/tips/1/note", text="작년 기사와 이어집니다.")

    assert "작년 기사와 이어집니다." in second_desk.get("/desk/tips/1").text
    sent.enter()
    assert "작년 기사와 이어집니다." not in sent.mailbox().text


def test_title_labels_and_case_are_found_again(desk, sent, source):
    source.send("다른 제보")
    for id in (1, 2):
        desk.post(f"/desk/tips/{id}/describe", title="장부", labels="회계, 시청", case="시장")

    page = desk.get("/desk/tips").text
    assert page.count("장부</a>") == 2
    assert "회계" in page
    assert 'href="/desk/tips/2"' in desk.get("/desk/tips/1").text


@pytest.mark.parametrize(
    ("asked", "found"), [("장부를", 1), ("작년 기사", 1), ("코끼리", 0), ("", 0)]
)
def test_readers_search_inside_tips(desk, sent, asked, found):
    desk.post("/desk/tips/1/note", text="작년 기사와 이어집니다.")

    assert desk.post("/desk/tips/search", q=asked).text.count('href="/desk/tips/1"') == found


def test_a_tip_is_assigned_and_a_reply_promised(desk, second_desk, sent, as_):
    desk.post("/desk/tips/1/assign", reader=holder_id(second_desk.user))
    day = today() + timedelta(days=7)
    desk.post("/desk/tips/1/promise", day=day.isoformat())

    assert 'href="/desk/tips/1"' in second_desk.get("/desk/tips?show=mine").text
    assert 'href="/desk/tips/1"' not in desk.get("/desk/tips?show=mine").text
    sent.enter()
    assert "까지 답변드리겠습니다" in sent.mailbox().text
    assert 'href="/desk/tips/1"' not in desk.get("/desk/tips?show=late").text
    with time_machine.travel(now() + timedelta(days=9)):
        late = ReaderClient(desk.user, as_(desk.user), *desk.phrases)
        late.unlock()
        assert 'class="error">기한 초과<' in late.get("/desk/tips?show=late").text


def test_a_tip_unread_for_days_is_overdue(desk, sent, as_):
    with time_machine.travel(now() + timedelta(days=3)):
        later = ReaderClient(desk.user, as_(desk.user), *desk.phrases)
        later.unlock()
        alarmed = later.get("/desk/tips?show=late").text
        later.get("/desk/tips/1")
        calmed = later.get("/desk/tips?show=late").text

    assert 'href="/desk/tips/1"' in alarmed
    assert 'href="/desk/tips/1"' not in calmed


@pytest.mark.parametrize("act", ["reply", "note"])
def test_a_form_sent_twice_adds_one_message(desk, sent, act):
    ticket = hidden_field(desk.get("/desk/tips/1"), "ticket")
    for text in ("Seit wann?", "Seit wann?"):
        assert desk.post(f"/desk/tips/1/{act}", text=text, ticket=ticket).status_code == 303

    assert desk.get("/desk/tips/1").text.count("Seit wann?") == 1


def test_a_note_on_an_erased_tip_is_not_lost(desk, second_desk, sent):
    second_desk.post("/desk/tips/1/erase", sure="yes")
    page = desk.post("/desk/tips/1/note", text="lang getippt <b>")

    assert page.status_code == 404
    assert "lang getippt &lt;b&gt;" in page.text


def test_an_empty_form_removes_the_title(desk, sent):
    desk.post("/desk/tips/1/describe", title="저울", labels="시장", case="")

    assert desk.post("/desk/tips/1/describe").status_code == 303
    assert "저울" not in desk.get("/desk/tips/1").text


def test_signing_twice_has_no_further_effect(desk, sent, at_desk):
    jin = at_desk(person("jin", can_read_tips=True))
    for _ in range(2):
        add = desk.sign_for(jin.user)
        let_in = desk.post("/desk/tips/1/let-in", reader=holder_id(jin.user))
        assert (add.status_code, let_in.status_code) == (303, 303)

    assert db.session.get(Tip, 1).epoch == 2
    assert len(db.session.scalars(select(Roster)).all()) == 2


def test_a_removed_reader_is_unassigned(desk, second_desk, sent):
    desk.post("/desk/tips/1/assign", reader=holder_id(second_desk.user))
    second_desk.leave_roster()

    assert db.session.get(Tip, 1).assignee_id is None


def test_a_reader_who_writes_for_minutes_can_send_the_reply(desk, sent):
    with time_machine.travel(now() + timedelta(minutes=14)):
        assert desk.post("/desk/tips/1/reply", text="천천히 쓴 답").status_code == 303
        assert "천천히 쓴 답" in desk.get("/desk/tips/1").text


def test_a_reply_of_an_expired_session_is_not_lost(desk, sent):
    with time_machine.travel(now() + timedelta(minutes=16)):
        page = desk.post("/desk/tips/1/reply", text="너무 천천히 쓴 답 <b>")
        assert page.status_code == 401
        assert "너무 천천히 쓴 답 &lt;b&gt;" in page.text
        assert is_locked(desk.get("/desk/tips/1"))


def test_a_page_that_locks_itself_shows_what_was_being_written_and_is_locked(desk, sent):
    page = desk.post("/desk/tips/lock", text="halb <b>fertig")

    assert page.status_code == 200
    assert "halb &lt;b&gt;fertig" in page.text
    assert "Clear-Site-Data" in page.headers
    assert is_locked(desk.get("/desk/tips/1"))


def test_tips_are_found_by_label_person_state_and_age(desk, sent, source):
    source.send("다른 제보")
    desk.get("/desk/tips/1")
    desk.post("/desk/tips/1/describe", title="장부", labels="회계, 시장", case="")
    desk.post("/desk/tips/1/assign", reader=holder_id(desk.user))

    for asked, found in (
        ({"label": "회계"}, ["1"]), ({"label": "시청"}, []), ({"state": "open"}, ["1"]),
        ({"state": "new"}, ["2"]), ({"reader": "0"}, ["2"]), ({"reader": desk.user.id}, ["1"]),
        ({"q": "장부", "label": "회계"}, ["1"]), ({"q": "다른", "label": "회계"}, []),
        ({"age": "week"}, []), ({"age": "leaving"}, []),
        ({"q": unicodedata.normalize("NFD", "장부")}, ["1"]),
    ):  # fmt: skip
        page = desk.post("/desk/tips/search", **asked).text
        assert re.findall(r'<h2><a href="/desk/tips/(\d+)"', page) == found, asked


def test_old_tips_are_found_by_their_age(app, desk, sent, as_):
    later = now() + timedelta(days=app.config["TIP_DAYS"] - 10)
    with time_machine.travel(later):
        desk = ReaderClient(desk.user, as_(desk.user), *desk.phrases)
        desk.unlock()
        for age in ("late", "week", "leaving"):
            assert 'href="/desk/tips/1"' in desk.post("/desk/tips/search", age=age).text


@pytest.mark.parametrize(
    "wrong", [{"state": "x"}, {"reader": "x"}, {"age": "x"}, {"q": "가" * 101}]
)
def test_an_invalid_search_is_refused(desk, sent, wrong):
    page = desk.post("/desk/tips/search", **wrong)

    assert "problem" in page.text
    assert 'href="/desk/tips/1"' not in page.text


def test_a_source_sees_the_link_of_a_published_tip(desk, sent):
    bad = desk.post("/desk/tips/1/publish", link="javascript:alert(1)")
    desk.post("/desk/tips/1/publish", link="https://news.example/articles/books")
    sent.enter()

    assert bad.status_code == 422
    assert "https://news.example/articles/books" in sent.mailbox().text
    assert "기사화됨" in sent.mailbox().text
    assert 'href="/desk/tips/1"' in desk.get("/desk/tips?show=published").text


@pytest.mark.parametrize(
    ("act", "form", "field"),
    [
        ("reply", {"text": ""}, "text"),
        ("note", {"text": ""}, "note-text"),
        ("promise", {"day": "2020-01-01"}, "promise-day"),
        ("publish", {"link": "x"}, "link"),
        ("hold", {"day": "2099-01-01", "reason": "재판"}, "hold-day"),
    ],
)
def test_a_refused_form_is_open_with_the_error_at_its_field(desk, sent, act, form, field):
    page = desk.post(f"/desk/tips/1/{act}", **form)

    assert page.status_code == 422
    assert "<title>오류: 제보 1 " in page.text
    assert f'<a href="#{field}">' in page.text
    panel = page.text.partition(f'id="{field}-error"')[0].rpartition('class="panel"')[2]
    assert not panel.startswith("><summary>")
    assert page.text.count(f' id="{field}"') == 1


def test_a_tip_is_closed_and_opened_again(desk, sent):
    desk.post("/desk/tips/1/close")
    assert 'href="/desk/tips/1"' in desk.get("/desk/tips?show=closed").text
    desk.post("/desk/tips/1/open")
    assert 'href="/desk/tips/1"' in desk.get("/desk/tips?show=open").text


def test_text_from_strangers_is_harmless_to_look_at(desk, source):
    source.send("<script>alert(1)</script> https://evil.example/x \u200b\u202ehidden")
    page = desk.get("/desk/tips/1").text

    assert "<script>alert" not in page
    assert "hxxps://evil[.]example/x" in page
    assert 'href="https://evil' not in page
    assert "⟦U+200B⟧⟦U+202E⟧" in page
    assert "보이지 않는 글자가 2개" in page


def test_a_tip_that_depends_on_one_reader_is_pointed_out(desk, sent, at_desk):
    assert "제보 담당자가 한 명뿐입니다" in desk.get("/desk/tips").text
    jin = person("jin", can_read_tips=True)
    at_desk(jin)
    desk.sign_for(jin)
    assert "열 수 있는 사람 한 명뿐" not in desk.get("/desk/tips").text

    desk.post("/desk/tips/1/shut-out", reader=holder_id(jin))

    assert "열 수 있는 사람 한 명뿐" in desk.get("/desk/tips").text


def test_a_tip_only_somebody_who_left_could_open_is_pointed_out(desk, second_desk, sent):
    assert "열 수 있는 사람 한 명뿐" not in desk.get("/desk/tips").text
    with writing():
        second_desk.user.revoke("can_read_tips")

    assert db.session.scalars(Tip.single_reader()).all() == [1]


def test_an_administrator_resets_the_roster_of_a_sole_reader_who_lost_everything(
    app, desk, sent, source, as_
):
    """The form stays closed until the reset, and old tips stay encrypted."""
    assert desk.restart().status_code == 200
    desk.unlock()
    assert "<textarea" not in source.form().text
    assert desk.sign_for(desk.user).status_code == 403

    unsure = app.test_cli_runner().invoke(tips_cli, ["begin-roster"], input="n\n")
    assert unsure.exit_code == 1
    assert app.test_cli_runner().invoke(tips_cli, ["begin-roster", "--yes"]).exit_code == 0
    assert desk.sign_for(desk.user).status_code == 303

    assert desk.get("/desk/tips/1").status_code == 404
    assert source.send("새 제보").status_code == 200
    assert "새 제보" in desk.get("/desk/tips/2").text
    assert "시스템 관리자가 담당자 명단을 새로 시작함" in desk.get("/desk/tips/log").text


def test_a_reader_without_the_permission_gets_no_new_tips(desk, second_desk, source):
    with writing():
        second_desk.user.revoke("can_read_tips")
    source.send(STORY)

    assert second_desk.get("/desk/tips/1").status_code == 403
    assert len(db.session.scalars(TipReader.active()).all()) == 1
    assert element_text(source.send("다시"), "tip-code")
