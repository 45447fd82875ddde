"""Few files are read at a time on the whole machine; nobody loses one because of that."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace

import pytest

from board.runtime.limiter import QueueFull
from board.tips import files
from board.tips.attachments import drafts
from board.tips.crypto import key_files
from board.tips.files import Reason
from tips.conftest import form_fields, hidden_field, multipart

UNCHECKED = "이 파일에서 무엇이 드러나는지 살펴보지 못했습니다"
NOW = 0.0  # a deadline that has passed: no waiting
HOLD = (
    "import fcntl, sys; held = [open(path, 'w') for path in sys.argv[1:]];"
    " [fcntl.flock(each, fcntl.LOCK_EX) for each in held]; print('held', flush=True); input()"
)


@pytest.fixture
def real_files(monkeypatch):
    monkeypatch.setattr(drafts, "files", files)
    monkeypatch.setattr(drafts, "_WAIT", 0.0)


@contextmanager
def all_parsers_taken():
    """By another process, such as another worker of the server."""
    paths = [str(key_files.folder() / f"parser-{number}") for number in range(2)]
    command = [sys.executable, "-c", HOLD, *paths]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        yield
        other.communicate(b"\n")


def test_two_files_are_read_at_a_time(app):
    two = (key_files.parser_slot(NOW), key_files.parser_slot(NOW))
    with two[0], two[1], pytest.raises(QueueFull), key_files.parser_slot(NOW):
        pass
    with all_parsers_taken(), pytest.raises(QueueFull), key_files.parser_slot(NOW):
        pass
    with key_files.parser_slot(NOW):
        pass


def test_so_few_wait_that_threads_are_left_for_readers(app):
    with ExitStack() as places:
        for _ in range(8):
            places.callback(os.close, key_files._acquire_slot("parser-place", 8))

        with pytest.raises(QueueFull), key_files.parser_slot(time.monotonic() + 3600):
            pass


def test_a_file_that_comes_at_a_busy_moment_is_kept_and_checked_later(desk, source, real_files):
    with all_parsers_taken():
        page = source.preview("장부입니다.", files=((b"010-1234-5678", "장부.txt"),))

    assert page.status_code == 200
    assert UNCHECKED in page.text
    assert "장부.txt" in page.text and "흔적을 지운 사본을 보냅니다" not in page.text

    again = source.client.post("/tips/new", data={**form_fields(page), "again": "yes"})

    assert UNCHECKED not in again.text
    assert "010-1234-5678" in again.text


def test_a_file_nobody_could_check_is_sent_if_the_source_says_so(desk, source, real_files):
    with all_parsers_taken():
        page = source.preview("장부입니다.", files=((b"010-1234-5678", "장부.txt"),))
        sent = source.client.post("/tips/new", data=form_fields(page))

    assert sent.status_code == 200
    assert "장부.txt" in desk.get("/desk/tips/1").text


def test_nothing_is_sent_uncleaned_because_the_moment_is_busy(desk, source, real_files):
    page = source.preview("장부입니다.", files=((b"010-\xe2\x80\x8b1234-5678", "장부.txt"),))
    with all_parsers_taken():
        refused = source.client.post("/tips/new", data=form_fields(page))

    assert refused.status_code == 503
    assert "장부입니다." in refused.text and 'value="cleaned" checked' in refused.text
    assert desk.get("/desk/tips/1").status_code == 404

    sent = source.client.post("/tips/new", data=form_fields(refused))

    assert sent.status_code == 200
    assert "text.txt" in desk.get("/desk/tips/1").text


def test_a_source_who_comes_back_at_a_busy_moment_keeps_message_and_file(desk, sent, real_files):
    sent.enter()
    ticket = hidden_field(sent.mailbox(), "ticket")
    data = {"ticket": ticket, "step": "look", "text": "하나 더 있습니다."}
    upload = ((b"010-\xe2\x80\x8b1234-5678", "장부.txt"),)
    page = sent.client.post("/tips/box/message", **multipart(data, upload))
    with all_parsers_taken():
        refused = sent.client.post("/tips/box/message", data=form_fields(page))

    assert refused.status_code == 503
    assert "하나 더 있습니다." in refused.text and "장부.txt" in refused.text
    assert sent.client.post("/tips/box/message", data=form_fields(refused)).status_code == 303
    assert "하나 더 있습니다." in sent.mailbox().text


def test_where_nothing_isolates_a_parser_a_file_is_sent_unopened(desk, source, monkeypatch):
    report = SimpleNamespace(findings=(), cleanable=False, why_not=Reason.NOT_ISOLATED)
    monkeypatch.setattr(drafts, "files", SimpleNamespace(inspect=lambda data, name: report))
    page = source.preview("장부입니다.", files=((b"010-1234-5678", "장부.txt"),))

    assert UNCHECKED in page.text
    assert "이 서버는 파일을 안전하게 열 수 없습니다" in page.text
    assert source.client.post("/tips/new", data=form_fields(page)).status_code == 200
    assert "장부.txt" in desk.get("/desk/tips/1").text
