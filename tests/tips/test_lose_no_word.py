"""Whatever refuses a form, the words, the choices and the files in it come back."""

import io
import re
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import RequestTimeout

from board.db import db, now, writing
from board.db.write_lock import LockTimeout
from board.runtime import disk
from board.runtime.limiter import QueueFull
from board.tips.attachments import draft_space, uploads
from board.tips.models import form_tokens
from board.tips.models.key_holders import TipReader
from board.tips.models.tip import Tip
from board.web.request.body import RequestBody, TooManyUploads
from support import raw_client
from support.bodies import send
from tips.conftest import decided, hidden_field, multipart

pytestmark = pytest.mark.slow

STORY = "과장이 장부를 두 권 씁니다.\n<b>금요일</b>마다 바꿉니다."
CONTACT = "010-0000-0000"
SHOWN = "&lt;b&gt;금요일&lt;/b&gt;마다 바꿉니다."


def raising(error):
    def fail(*_args, **_kwargs):
        raise error

    return fail


BUSY = [
    ("board.tips.source.sending.Submission.prepare", QueueFull()),
    ("board.tips.source.sending.writing_once", LockTimeout()),
    ("board.tips.source.sending.require_readers", OperationalError("", {}, Exception("disk full"))),
]


@pytest.mark.parametrize(("place", "error"), BUSY)
def test_a_tip_that_meets_a_busy_board_waits_and_is_sent(desk, source, monkeypatch, place, error):
    form = decided(source.preview(STORY, contact=CONTACT, files=((b"x", "a.txt"),)))
    with monkeypatch.context() as patch:
        patch.setattr(place, raising(error))
        waiting = source.client.post("/tips/new", data=form)

    assert waiting.status_code == 202
    assert SHOWN in waiting.text
    assert CONTACT in waiting.text
    with time_machine.travel(now().timestamp() + 11):
        done = source.client.post("/tips/new/wait", data=decided(waiting))
    assert done.status_code == 200
    assert "a.txt" in desk.get("/desk/tips/1").text
    assert SHOWN in desk.get("/desk/tips/1").text


def form_is_complete(page):
    """Whether the form on the page has everything that was typed."""
    fields = decided(page)
    return (fields["text"].replace("\r\n", "\n"), fields["contact"]) == (STORY, CONTACT)


def test_a_full_disk_shows_the_form_with_everything_before_the_files(desk, source, monkeypatch):
    """It is refused unread as well."""
    monkeypatch.setattr(disk, "trouble", lambda: disk.Trouble.FULL)
    page = source.preview(STORY, contact=CONTACT, files=((b"x", "a.txt"),))

    assert (page.status_code, form_is_complete(page)) == (503, True)
    assert "지금은 사이트에 아무것도 저장할 수 없어 보내지 못했습니다." in page.text
    assert desk.get("/desk/tips").status_code == 200


def test_too_much_at_once_shows_the_form_with_everything_before_the_files(desk, source):
    """Nothing of the body was read when it was refused; text and contact stand before the files."""
    source.client.application.config["TIP_FILE_MEGABYTES"] = 1
    huge = ((b"x" * 15 * 1024**2, "huge.bin"),)

    page = source.preview(STORY, contact=CONTACT, files=huge)

    assert (page.status_code, form_is_complete(page)) == (413, True)
    assert len(page.data) % (64 * 1024) == 0
    assert source.client.post("/tips/new", data=decided(page)).status_code == 200


def test_a_text_far_too_long_stays_on_the_page(desk, source):
    longest = "가나다라 " * 60_000

    page = source.preview(longest)

    assert (page.status_code, longest.strip() in page.text) == (422, True)


def test_a_text_of_many_megabytes_comes_back_in_its_first_part(desk, source):
    form = {"ticket": hidden_field(source.form(), "ticket"), "text": "처음 " + "x" * 5 * 1024**2}

    page = source.client.post("/tips/new", data=form)

    assert page.status_code == 413
    assert "처음 xxx" in page.text


def test_a_text_with_characters_nobody_can_read_comes_back_with_marks(desk, source):
    page = source.preview("첫 줄\0 둘째 줄", contact=CONTACT)

    assert page.status_code == 400
    assert decided(page)["text"] == "첫 줄� 둘째 줄"
    assert decided(page)["contact"] == CONTACT


@pytest.mark.parametrize(("problem", "status"), [(TooManyUploads(), 503), (RequestTimeout(), 408)])
def test_an_upload_that_did_not_arrive_whole_keeps_the_words(desk, source, problem, status):
    """The text stands before the files, so it was there."""
    ticket = hidden_field(source.form(), "ticket")
    fields = {"ticket": ticket, "step": "look", "text": STORY, "contact": CONTACT}
    kind, body = raw_client.upload("files", content=b"x" * 1024, fields=fields)
    arrived = RequestBody(len(body), io.BytesIO(body[:-512]), problem=problem)

    refused = send(source.client, "/tips/new", arrived, kind.partition(": ")[2])

    assert refused.status_code == status
    assert form_is_complete(refused)
    assert "a.bin" not in refused.text


def test_a_file_there_is_no_room_for_is_left_out_and_named(desk, source, monkeypatch):
    monkeypatch.setattr(draft_space, "FREE_MIN", 1 << 60)
    files = ((b"x" * uploads.LARGE_FORM_BYTES, "big.bin"),)

    page = source.preview(STORY, contact=CONTACT, files=files)

    assert page.status_code == 422
    assert "‘big.bin’ 파일을 받을 공간이 없습니다" in page.text
    assert form_is_complete(page)
    assert source.preview(STORY, files=((b"x" * 100, "small.bin"),)).status_code == 200


def test_an_expired_form_keeps_its_words(desk, source):
    form = decided(source.preview(STORY, contact=CONTACT))
    with time_machine.travel(now() + form_tokens.LIFETIME * 1.1):
        page = source.client.post("/tips/new", data=form)

        assert (page.status_code, form_is_complete(page)) == (200, True)
        assert source.client.post("/tips/new", data=decided(page)).status_code == 200


def test_a_tip_is_sealed_to_those_who_are_readers_when_it_is_sent(second_desk, desk, source):
    """Somebody leaves the roster while a tip is being sent."""
    form = decided(source.preview(STORY))
    jin = TipReader.for_user(second_desk.user)
    desk.post(f"/desk/tips/readers/{db.session.scalars(jin).one().id}/remove")

    assert source.client.post("/tips/new", data=form).status_code == 200
    assert SHOWN in desk.get("/desk/tips/1").text


def test_a_tip_nobody_can_open_any_more_stays_on_the_page(desk, source):
    form = decided(source.preview(STORY, contact=CONTACT))
    with writing():
        desk.user.revoke("can_read_tips")

    page = source.client.post("/tips/new", data=form)

    assert page.status_code == 503
    assert "제보를 열어 볼 담당자가 없어 보내지 못했습니다" in page.text
    assert form_is_complete(page)


def test_the_browsers_back_from_the_preview_finds_the_form_as_it_was(desk, source):
    empty = source.client.get("/tips/new")
    form = source.client.get(empty.location)
    data = {**decided(form), "text": STORY, "contact": CONTACT}
    preview = source.client.post("/tips/new", **multipart(data, ((b"x", "a.txt"),)))

    back = source.client.get(empty.location)

    assert form_is_complete(back)
    assert "a.txt 제외" in back.text
    assert decided(back)["attached"] == "1"
    assert source.client.post("/tips/new", data=decided(preview)).status_code == 200
    assert STORY not in source.client.get(empty.location).text
    assert "a.txt" not in source.client.get(empty.location).text


def test_the_button_back_from_the_preview_keeps_everything(desk, source):
    form = decided(source.preview(STORY, contact=CONTACT, files=((b"x", "a.txt"),)))

    page = source.client.post("/tips/new", data={**form, "back": "yes"})

    assert (page.status_code, form_is_complete(page)) == (200, True)
    assert "a.txt 제외" in page.text


def test_the_chosen_copies_stay_chosen_on_every_page_that_comes_back(desk, source, monkeypatch):
    report = SimpleNamespace(findings=(), cleanable=True, why_not=None)
    look = SimpleNamespace(inspect=lambda *_: report)
    monkeypatch.setattr("board.tips.attachments.drafts.files", look)
    form = decided(source.preview(STORY, files=((b"x", "a.txt"), (b"y", "b.txt"))))
    one, two = (name for name in form if name.startswith("copy-"))

    page = source.client.post("/tips/new", data={**form, one: "both", two: "original", "again": ""})

    assert {name: decided(page)[name] for name in (one, two)} == {one: "both", two: "original"}


def test_an_unsent_message_is_still_in_the_form_when_its_tip_is_opened_again(sent):
    """Back from the preview, a reload, or another page in between."""
    sent.enter()
    ticket = hidden_field(sent.mailbox(), "ticket")
    data = {"ticket": ticket, "step": "look", "text": STORY}
    preview = sent.client.post("/tips/box/message", **multipart(data, ((b"x", "a.txt"),)))

    back = sent.mailbox()

    assert SHOWN in back.text
    assert "a.txt 제외" in back.text
    assert sent.client.post("/tips/box/message", data=decided(preview)).status_code == 303
    assert "<textarea" in sent.mailbox().text
    assert sent.mailbox().text.count(SHOWN) == 1  # the message, and nothing in the form


def test_a_message_whose_session_has_expired_is_in_the_form_once_the_code_is_entered(sent):
    """However many wrong codes come between."""
    sent.enter()
    with time_machine.travel(now().timestamp() + 31 * 60):
        locked = sent.client.post("/tips/box/message", data={"text": STORY, "step": "look"})
        wrong = sent.client.post("/tips/box", data={**decided(locked), "code": "뷁뷁"})
        opened = sent.client.post("/tips/box", data={**decided(wrong), "code": sent.code})

    assert (locked.status_code, wrong.status_code, opened.status_code) == (401, 422, 200)
    assert SHOWN in locked.text
    assert SHOWN in wrong.text
    main = opened.text.split('id="more-title"')[1]
    assert SHOWN in main


def test_a_message_to_a_tip_that_is_gone_is_shown_again(sent, desk):
    sent.enter()
    form = {"text": STORY, "step": "look", "ticket": hidden_field(sent.mailbox(), "ticket")}
    desk.post("/desk/tips/1/erase", sure="yes")

    page = sent.client.post("/tips/box/message", data=form)

    assert SHOWN in page.text


def test_a_source_who_lost_access_meanwhile_keeps_the_message(sent, desk, monkeypatch):
    sent.enter()
    form = {"text": STORY, "step": "look", "ticket": hidden_field(sent.mailbox(), "ticket")}
    preview = sent.client.post("/tips/box/message", data=form)
    monkeypatch.setattr("board.tips.source.mailbox_views.writing_once", raising(LockTimeout()))

    page = sent.client.post("/tips/box/message", data=decided(preview))

    assert page.status_code == 503
    assert form_fields_of_message(page)["text"].replace("\r\n", "\n") == STORY


def form_fields_of_message(page):
    """The fields of the form for a further message."""
    form = re.search(r'<form[^>]*action="/tips/box/message".*?</form>', page.text, re.S)[0]
    return decided(SimpleNamespace(text=f"<main>{form}"))


# At the desk: every form people write in, and what they wrote.
WRITTEN = {
    "/desk/tips/1/reply": {"text": "어느 부서입니까?"},
    "/desk/tips/1/note": {"text": "믿을 만합니다."},
    "/desk/tips/1/describe": {"title": "이중 장부", "labels": "회계, 감사", "case": "저축은행"},
    "/desk/tips/1/publish": {"link": "https://news.example/a"},
    "/desk/tips/1/hold": {"reason": "재판 중입니다", "day": ""},
    "/desk/tips/export/recipient": {"recipient": "age1example"},
    "/desk/tips/mail": {"key": "-----BEGIN PGP PUBLIC KEY BLOCK-----"},
    "/desk/tips/search": {"q": "장부"},
}


@pytest.mark.parametrize("path", WRITTEN)
def test_what_a_reader_wrote_while_tips_locked_is_shown_after_unlocking(desk, sent, path):
    with time_machine.travel(now().timestamp() + 16 * 60):
        locked = desk.post(path, **WRITTEN[path])
        wrong = desk.client.post(
            "/desk/tips/unlock", data={**decided(locked), "passphrase": "뷁뷁"}
        )
        unlocked = desk.client.post(
            "/desk/tips/unlock", data={**decided(wrong), "passphrase": desk.passphrase}
        )

    assert (locked.status_code, wrong.status_code, unlocked.status_code) == (401, 422, 200)
    for typed in filter(None, WRITTEN[path].values()):
        assert [typed in page.text for page in (locked, wrong, unlocked)] == [True] * 3


@pytest.mark.parametrize("path", WRITTEN)
@pytest.mark.parametrize("error", [LockTimeout(), QueueFull()])
def test_what_a_reader_wrote_is_shown_when_the_board_is_busy(desk, sent, monkeypatch, path, error):
    app = desk.client.application
    endpoint = next(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.replace("<id:id>", "1") == path and "POST" in rule.methods
    )
    busy = raising(error)
    vars(busy).update(vars(app.view_functions[endpoint]))
    monkeypatch.setitem(app.view_functions, endpoint, busy)
    app.config.update(MAIL_SERVER="smtp://localhost:1", MAIL_FROM="desk@news.example")

    page = desk.post(path, **WRITTEN[path])

    assert page.status_code == 503
    for typed in filter(None, WRITTEN[path].values()):
        assert typed in page.text


def test_a_refused_reply_keeps_its_files(desk, sent):
    page = desk.client.post(
        "/desk/tips/1/reply",
        **multipart({"text": "가" * (Tip.TEXT_MAX + 1)}, ((b"answer", "질문.txt"),)),
    )
    assert page.status_code == 422
    assert "질문.txt 제외" in page.text
    form = re.search(r'<form[^>]*action="/desk/tips/1/reply".*?</form>', page.text, re.S)[0]
    fields = decided(SimpleNamespace(text=f"<main>{form}"))

    desk.post("/desk/tips/1/reply", **{**fields, "text": "짧게"})

    sent.enter()
    assert "질문.txt 저장" in sent.mailbox().text


def test_a_reply_with_a_file_that_is_too_large_is_not_sent_without_it(desk, sent):
    desk.client.application.config["TIP_FILE_MEGABYTES"] = 1
    files = ((b"x" * (1024**2 + 1), "big.bin"),)

    page = desk.client.post("/desk/tips/1/reply", **multipart({"text": "보세요"}, files))

    assert page.status_code == 422
    assert "‘big.bin’ 파일은 1 MB가 넘어" in page.text
    assert "보세요" in page.text


def test_a_reply_too_large_to_be_read_is_shown_again(desk, sent):
    desk.client.application.config["TIP_FILE_MEGABYTES"] = 1
    files = ((b"x" * 15 * 1024**2, "huge.bin"),)

    page = desk.client.post("/desk/tips/1/reply", **multipart({"text": "어느 부서입니까?"}, files))

    assert page.status_code == 413
    assert "어느 부서입니까?" in page.text
