"""A source sends a tip, gets a code, and comes back with it."""

import logging
import re
import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select

from board.db import db, now
from board.text.keyboard import keystrokes
from board.tips.crypto import key_files, passphrases, primitives
from board.tips.models.tip import Tip
from board.tips.source import contact_channels
from tips.conftest import SourceClient, element_text, form_fields, hidden_field

pytestmark = pytest.mark.slow

AS_SERVED = (
    primitives._PASSES,
    primitives._LANES,
    primitives._KIB,
)  # before the tests make it cheap
STORY = "과장이 장부를 두 권 씁니다."


def tip_count():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Tip))


def test_a_source_sends_and_comes_back(sent):
    assert len(sent.code.split()) == 8

    assert sent.enter().location == "/tips/box"
    page = sent.mailbox().text
    assert STORY in page
    assert "아직 읽지 않음" in page


def test_nothing_is_sent_before_the_preview(desk, source):
    page = source.preview(STORY)

    assert page.status_code == 200
    assert "아직 아무것도 보내지 않았습니다" in page.text
    assert STORY in page.text
    assert tip_count() == 0


def test_a_form_without_a_token_gets_a_preview(desk, source):
    """A program that posts at once gets the preview, whose form it can post."""
    preview = source.client.post("/tips/new", data={"text": STORY, "step": "send"})
    assert tip_count() == 0

    page = source.client.post("/tips/new", data=form_fields(preview))

    assert len(element_text(page, "tip-code").split()) == 8
    assert tip_count() == 1


def test_the_text_can_be_changed_and_previewed_again(desk, source):
    form = form_fields(source.preview(STORY))

    again = source.client.post("/tips/new", data={**form, "text": "더 씁니다.", "again": "yes"})

    assert (again.status_code, tip_count()) == (200, 0)
    assert "더 씁니다." in again.text


def test_the_code_is_shown_again_for_ten_minutes_if_the_form_is_sent_again(desk, source):
    form = form_fields(source.preview(STORY))
    code = element_text(source.client.post("/tips/new", data=form), "tip-code")

    reloaded = source.client.post("/tips/new", data=form)
    with time_machine.travel(now() + timedelta(minutes=11)):
        later = source.client.post("/tips/new", data=form)

    assert element_text(reloaded, "tip-code") == code
    assert later.status_code == 409
    assert code not in later.text
    assert tip_count() == 1


def test_two_words_are_checked_in_any_spelling_and_the_wrong_one_is_named(desk, source):
    page = source.send(STORY)
    code, check_form = element_text(page, "tip-code").split(), form_fields(page)
    first, second = (name for name in check_form if name.startswith("word"))
    right = {name: code[int(name[4:]) - 1] for name in (first, second)}
    numbered = f"{second[4:]}. {unicodedata.normalize('NFD', right[second][:2])}"

    check_form |= {first: right[first] + "요", second: numbered}
    wrong = source.client.post("/tips/new/check", data=check_form)
    check_form[first] = "".join(map(keystrokes, right[first]))
    good = source.client.post("/tips/new/check", data=check_form)

    assert (wrong.status_code, good.status_code) == (422, 200)
    assert f"{first[4:]}번째 단어가 아닙니다" in wrong.text
    assert f"{second[4:]}번째 단어가 아닙니다" not in wrong.text
    assert hidden_field(wrong, first) == right[first] + "요"


def test_after_two_words_are_checked_the_code_is_no_longer_shown(desk, source):
    tip_form = form_fields(source.preview(STORY))
    page = source.client.post("/tips/new", data=tip_form)
    code, check_form = element_text(page, "tip-code").split(), form_fields(page)
    places = [name for name in check_form if name.startswith("word")]
    right = {name: code[int(name[4:]) - 1] for name in places}

    wrong = source.client.post("/tips/new/check", data={**check_form, places[0]: "뷁뷁"})
    good = source.client.post("/tips/new/check", data={**check_form, **right})

    assert (wrong.status_code, good.status_code) == (422, 200)
    assert element_text(wrong, "tip-code").split() == code
    assert len(places) == 2
    assert "잘 적으셨습니다" in good.text
    assert source.client.post("/tips/new", data=tip_form).status_code == 409


@pytest.mark.parametrize("spelling", ["digits", "two syllables", "lines"])
def test_a_code_opens_the_tip_in_every_spelling(sent, spelling):
    typed = {
        "digits": passphrases.as_digits(sent.code),
        "two syllables": " ".join(word[:2] for word in sent.code.split()),
        "lines": sent.code.replace(" ", "\n"),
    }[spelling]

    assert sent.enter(typed).status_code == 303


@pytest.mark.parametrize("typed", ["뷁뷁 뷁뷁", "1234", "x" * 299, "가격 " * 8])
def test_a_wrong_code_opens_nothing(sent, typed):
    answer = sent.enter(typed)

    assert answer.status_code == 422
    assert "Set-Cookie" not in answer.headers
    assert "맞지 않는 코드입니다" in answer.text


def test_what_is_wrong_with_a_code_is_said(sent):
    words = sent.code.split()
    digits = passphrases.as_digits(sent.code)
    at = next(at for at in range(7) if words[at] != words[at + 1])
    swapped = " ".join([*words[:at], words[at + 1], words[at], *words[at + 2 :]])
    told = {
        " ".join(["뷁뷁", *words[1:]]): "1번째 단어는 단어 목록에 없습니다",
        " ".join(["뷁뷁", *words[1:5], "뷁뷁", words[6]]): "1, 6번째 단어는 단어 목록에 없습니다. "
        "단어 1개가 빠졌습니다. 8개 가운데 7개만 입력하셨습니다.",
        " ".join(words[:7]): "단어 1개가 빠졌습니다",
        " ".join([*words, words[0]]): "단어가 1개 더 많습니다",
        digits[:-1]: "코드는 숫자 27자리인데 26자리를",
        passphrases.new_code(): "잘못 입력한 곳은 없어 보입니다",
    }

    pages = {typed: sent.enter(typed) for typed in (*told, swapped)}

    assert {page.status_code for page in pages.values()} == {422}
    assert [text for typed, text in told.items() if text not in pages[typed].text] == []
    assert "맞지 않는 코드입니다" in pages[swapped].text


def test_a_refused_code_is_shown_again_as_it_was_hidden_or_not(sent):
    typed = " ".join(["뷁뷁", *sent.code.split()[1:]])
    shown = sent.client.post("/tips/box", data={"code": typed})
    hidden = sent.client.post("/tips/box", data={"code": typed, "hide": "y"})

    assert form_fields(shown)["code"] == form_fields(hidden)["code"] == typed
    assert " checked" not in re.search('<input[^>]*name="hide"[^>]*>', shown.text)[0]
    assert " checked" in re.search('<input[^>]*name="hide"[^>]*>', hidden.text)[0]


def test_no_attempt_leaves_its_words_in_a_log(sent, caplog):
    caplog.set_level(logging.DEBUG)
    words = ["뷁뷁", *sent.code.split()[1:]]
    for typed in (" ".join(words), "".join(words[1:]), sent.code):
        sent.enter(typed)

    assert [word for word in words if word in caplog.text] == []


def test_every_attempt_costs_one_derivation_and_the_same_time(sent, monkeypatch):
    """Right codes, wrong codes and other text: derivations counted, sleep up to the same moment."""
    clock, slept, stretched = [100.0], [], []
    monkeypatch.setattr("board.tips.source.mailbox_views.TRY_SECONDS", 0.6)
    monkeypatch.setattr("board.tips.source.mailbox_views.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("board.tips.source.mailbox_views.time.sleep", slept.append)
    stretch = key_files.stretch

    def slow(secret, **kwargs):
        clock[0] += 0.25
        stretched.append(secret)
        return stretch(secret, **kwargs)

    monkeypatch.setattr("board.tips.source.mailbox_views.key_files.stretch", slow)
    for typed in (sent.code, "뷁뷁", "1" * 27, " ".join(reversed(sent.code.split()))):
        sent.enter(typed)

    assert len(stretched) == 4
    assert slept == [pytest.approx(0.35)] * 4


def test_guessing_a_code_is_slow():
    assert AS_SERVED == (3, 1, 64 * 1024)


def test_no_cookie_before_a_code_is_entered(sent, source):
    other = SourceClient(sent.client.application)
    pages = [
        other.client.get("/tips"),
        other.form(),
        other.preview(STORY),
        other.send(STORY),
        other.mailbox(),
        other.enter("wrong"),
    ]

    assert [page.headers.get("Set-Cookie") for page in pages] == [None] * 6
    cookie = sent.enter().headers["Set-Cookie"]
    assert cookie.startswith("board_tip=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie


def test_the_code_is_in_no_title_and_no_address_and_no_cookie(sent):
    page = sent.send("다른 이야기입니다.")
    title = page.text.split("<title>")[1].split("</title>")[0]

    assert not set(sent.code.split()) & set(title.split())
    assert sent.code.split()[0] not in "".join(map(str, sent.enter().headers))


def test_pages_of_sources_are_not_cached_and_have_common_sizes(sent):
    sent.enter()
    for page in (sent.client.get("/tips"), sent.form(), sent.mailbox()):
        headers = page.headers
        assert headers["Cache-Control"] == "private, no-store, no-transform"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "script-src" not in headers["Content-Security-Policy"]
        assert "Content-Encoding" not in headers
        assert len(page.data) % (64 * 1024) == 0
        assert "<script" not in page.text


def test_pages_of_tips_are_not_compressed(sent):
    page = sent.client.get("/tips/new", follow_redirects=True, headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in page.headers


def test_a_member_who_sends_a_tip_stays_anonymous(desk, as_, ada, app):
    """The session cookie is sent, and ignored."""
    member = as_(ada)
    seen_on = ada.sessions[0].seen_on

    with time_machine.travel(now() + timedelta(days=2)):
        page = member.get("/tips/new", follow_redirects=True)

    stranger = app.test_client().get("/tips/new", follow_redirects=True)
    assert without_ticket(page) == without_ticket(stranger)
    db.session.expire_all()
    assert ada.sessions[0].seen_on == seen_on


def without_ticket(page):
    return page.text.replace(hidden_field(page, "ticket"), "")


def test_an_empty_tip_and_a_filled_honeypot_are_refused(desk, source):
    empty = source.preview("  ")
    trapped = source.preview(STORY, website="http://spam.example")

    assert (empty.status_code, trapped.status_code) == (422, 422)
    assert "내용을 입력하거나 파일을 올려 주세요" in empty.text
    assert STORY in trapped.text


def test_a_text_of_maximum_length_is_sent_and_a_longer_one_stays_on_the_page(desk, source):
    longest = "가" * Tip.TEXT_MAX

    assert source.send(longest).status_code == 200
    refused = source.preview(longest + "나")
    assert refused.status_code == 422
    assert longest + "나" in refused.text


def test_without_a_reader_there_is_no_form(source):
    page = source.form().text

    assert "아직 제보를 열어 볼 담당자가 없습니다" in page
    assert "<textarea" not in page


def test_without_a_reader_the_first_page_says_so_before_all_else(source):
    page = source.client.get("/tips").text

    assert page.index("아직 제보를 열어 볼 담당자가 없습니다") < page.index("<section")


def test_ways_as_in_the_document_replace_those_the_board_ships(app, source, monkeypatch):
    shipped = app.extensions["tip_contact_channels"]
    monkeypatch.setitem(app.extensions, "tip_contact_channels", shipped)  # put back afterwards
    assert not contact_channels.have_addresses(app)
    document = (Path(__file__).parents[2] / "docs/tips.md").read_text()
    (example,) = re.findall(r"```toml\n(.*?)```", document, re.S)
    (Path(app.instance_path) / "tip-ways.toml").write_text(example)

    contact_channels.init_app(app)

    page = source.client.get("/tips").text
    assert "우리신문 제보 담당자" in page
    assert "이메일·전화·메신저" not in page
    assert contact_channels.have_addresses(app)


def test_the_same_form_twice_makes_one_tip(desk, source):
    form = form_fields(source.preview(STORY))

    codes = {element_text(source.client.post("/tips/new", data=form), "tip-code") for _ in range(3)}

    assert len(codes) == 1
    assert tip_count() == 1


def test_a_form_token_is_valid_for_a_day_and_must_be_signed(desk, source):
    form = form_fields(source.preview(STORY))
    for broken in ("", "x", form["ticket"][:-4] + "AAAA", form["ticket"] + "A", "é" * 64):
        source.client.post("/tips/new", data={**form, "ticket": broken})
    with time_machine.travel(now() + timedelta(hours=25)):
        source.client.post("/tips/new", data=form)

    assert tip_count() == 0


def test_a_sources_session_expires(sent):
    sent.enter()
    with time_machine.travel(now() + timedelta(minutes=29)):
        assert STORY in sent.mailbox().text
    with time_machine.travel(now() + timedelta(minutes=58)):
        assert STORY in sent.mailbox().text
    with time_machine.travel(now() + timedelta(minutes=100)):
        assert STORY not in sent.mailbox().text
    with time_machine.travel(now() + timedelta(minutes=58)):
        assert STORY in sent.mailbox().text


def test_a_message_of_an_expired_session_is_not_lost(sent):
    sent.enter()
    with time_machine.travel(now() + timedelta(minutes=31)):
        page = sent.client.post("/tips/box/message", data={"text": "천천히 <b>", "step": "look"})

    assert page.status_code == 401
    assert "천천히 &lt;b&gt;" in page.text
    assert 'name="code"' in page.text


def test_leaving_locks_the_tip(sent):
    sent.enter()
    cookie = sent.client.get_cookie("board_tip").value

    left = sent.client.post("/tips/box/leave")
    assert sent.client.get_cookie("board_tip") is None
    sent.client.set_cookie("board_tip", cookie)

    assert (left.status_code, left.location) == (303, "/tips")
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert STORY not in sent.mailbox().text


def test_a_source_sees_how_often_the_code_was_used(sent):
    sent.enter()
    assert "오늘 처음 쓰였습니다" in sent.mailbox().text
    sent.enter()
    assert "지금까지 1번 쓰였습니다" in sent.mailbox().text
    sent.enter()
    assert "지금까지 2번 쓰였습니다" in sent.mailbox().text


def test_a_source_adds_something(sent):
    sent.enter()

    assert sent.add_message("그 장부를 본 날은 11월 3일입니다.").location == "/tips/box#newest"
    assert "11월 3일입니다" in sent.mailbox().text


def test_a_source_changes_the_code(sent):
    old, elsewhere = sent.code, SourceClient(sent.client.application)
    sent.enter()
    elsewhere.enter(old)
    ticket = hidden_field(sent.mailbox(), "ticket")

    page = sent.client.post("/tips/box/code", data={"ticket": ticket})
    again = sent.client.post("/tips/box/code", data={"ticket": ticket})

    new = element_text(page, "tip-code")
    assert element_text(again, "tip-code") == new != old
    assert STORY in sent.mailbox().text
    assert STORY not in elsewhere.mailbox().text
    assert sent.enter(old).status_code == 422
    assert sent.enter(new).status_code == 303


def test_a_source_destroys_their_access_and_the_newsroom_keeps_the_tip(sent, desk):
    sent.enter()
    sent.client.post("/tips/box/burn", data={"sure": "yes"})

    assert sent.enter().status_code == 422
    assert STORY in desk.get("/desk/tips/1").text


def test_giving_up_access_has_to_be_confirmed(sent):
    sent.enter()

    page = sent.client.post("/tips/box/burn")

    assert page.status_code == 422
    assert "<title>오류: 내 제보" in page.text
    assert "정말 진행할지 확인해 주세요" in page.text
    assert STORY in sent.mailbox().text


def test_a_source_asks_for_erasure(sent, desk):
    sent.enter()
    sent.client.post("/tips/box/erase")

    assert "삭제를 요청하셨습니다" in sent.mailbox().text
    assert "삭제 요청" in desk.get("/desk/tips").text


def test_actions_in_a_locked_tip_lead_to_the_code_form(sent):
    for act in ("message", "file", "code", "burn", "erase"):
        assert sent.client.post(f"/tips/box/{act}").location == "/tips/box"


def test_the_language_is_kept_in_the_address(desk, source):
    page = source.client.get("/tips/new?lang=en", follow_redirects=True).text

    assert "What happened?" in page
    assert 'action="/tips/new?lang=en"' in page
    assert 'href="/tips?lang=en"' in page
