"""Few files are read at a time on the whole machine; nobody loses one because of that."""

import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine

from board.db import now
from board.runtime.limiter import QueueFull
from board.tips import files
from board.tips.attachments import drafts
from board.tips.files import Reason
from tips.conftest import form_fields, hidden_field, multipart

pytestmark = pytest.mark.slow

UNCHECKED = "이 파일에서 무엇이 드러나는지 살펴보지 못했습니다"
PHONE = b"010-\xe2\x80\x8b1234-5678"  # with an invisible character, which a cleaned copy has not
HOLD = (
    "import fcntl, sys; lock = open(sys.argv[1], 'w');"
    " fcntl.flock(lock, fcntl.LOCK_EX); print('held', flush=True); input()"
)


@pytest.fixture
def real_files(monkeypatch):
    monkeypatch.setattr(drafts, "files", files)
    monkeypatch.setattr(drafts.parsers, "wait", 0.0)


@contextmanager
def another_worker_reads_a_file():
    """Another process of the server holds the turn of this one."""
    turn = str(drafts.parsers._process_slot()._path)
    command = [sys.executable, "-c", HOLD, turn]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        yield
        other.communicate(b"\n")


@pytest.fixture
def preview(source, real_files):
    """The preview of a tip with a file that has a telephone number in it."""
    return lambda: source.preview("장부입니다.", files=((PHONE, "장부.txt"),))


def send(source, page, **choices):
    return source.client.post("/tips/new", data={**form_fields(page), **choices})


def original(page):
    """The choice to send the original of the only file."""
    name = page.text.split('type="radio" name="', 1)[1].split('"', 1)[0]
    return {name: "original"}


def test_workers_take_turns_in_reading_files(app, real_files):
    with another_worker_reads_a_file(), pytest.raises(QueueFull), drafts.parsers:
        pass
    with drafts.parsers:
        pass


def test_a_file_that_comes_at_a_busy_moment_is_kept_and_checked_later(desk, source, preview):
    with another_worker_reads_a_file():
        page = preview()

    assert page.status_code == 200
    assert UNCHECKED in page.text and "장부.txt" in page.text
    assert 'value="cleaned"' not in page.text

    again = send(source, page, again="yes")

    assert UNCHECKED not in again.text
    assert 'value="cleaned" checked' in again.text


def test_a_file_nobody_could_check_is_sent_only_if_the_source_says_so(desk, source, preview):
    with another_worker_reads_a_file():
        page = preview()
        undecided = send(source, page)
        sent = send(source, page, **original(page))

    assert undecided.status_code == 422 and UNCHECKED in undecided.text
    assert sent.status_code == 200
    assert "장부.txt" in desk.get("/desk/tips/1").text


def test_nothing_is_sent_uncleaned_because_the_moment_is_busy(desk, source, preview):
    page = preview()
    with another_worker_reads_a_file():
        waiting = send(source, page)

    assert waiting.status_code == 202
    assert desk.get("/desk/tips/1").status_code == 404

    with time_machine.travel(now() + timedelta(minutes=1)):
        sent = source.client.post("/tips/new/wait", data=form_fields(waiting))

    assert sent.status_code == 200
    assert "text.txt" in desk.get("/desk/tips/1").text


def test_a_source_who_comes_back_at_a_busy_moment_keeps_message_and_file(desk, sent, real_files):
    sent.enter()
    ticket = hidden_field(sent.mailbox(), "ticket")
    data = {"ticket": ticket, "step": "look", "text": "하나 더 있습니다."}
    upload = ((PHONE, "장부.txt"),)
    page = sent.client.post("/tips/box/message", **multipart(data, upload))
    with another_worker_reads_a_file():
        refused = sent.client.post("/tips/box/message", data=form_fields(page))

    assert refused.status_code == 503
    assert "하나 더 있습니다." in refused.text and "장부.txt" in refused.text
    assert sent.client.post("/tips/box/message", data=form_fields(refused)).status_code == 303
    assert "하나 더 있습니다." in sent.mailbox().text


def test_where_nothing_isolates_a_parser_a_file_is_sent_unopened(desk, source, monkeypatch):
    report = SimpleNamespace(findings=(), cleanable=False, why_not=Reason.NOT_ISOLATED)
    monkeypatch.setattr(drafts, "files", SimpleNamespace(inspect=lambda data, name: report))
    page = source.preview("장부입니다.", files=((PHONE, "장부.txt"),))

    assert UNCHECKED in page.text
    assert "이 서버는 파일을 안전하게 열 수 없습니다" in page.text
    assert send(source, page, **original(page)).status_code == 200
    assert "장부.txt" in desk.get("/desk/tips/1").text
