"""`serve` keeps one background worker, whatever dies."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from board.accounts.verification.emails import announce_password
from board.db import close_connections, writing
from conftest import NO_LIMITS, person
from support.fake_smtp import FakeSmtpServer
from support.real_server import ROOT, Server, free_port
from support.wait import until

pytestmark = pytest.mark.slow  # each starts real servers
NAMES = ["ada", "bora", "cho"]


class SlowSmtpServer(FakeSmtpServer):
    """Takes an email, but answers nothing until `goes_on` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.received, self.goes_on = Event(), Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        self.received.set()
        await asyncio.to_thread(self.goes_on.wait)  # cancelled if the connection is lost
        return answer

    def recipients(self) -> list[str]:
        return sorted(to.partition("@")[0] for to, _message in self.messages)


@pytest.fixture
def mail():
    """A slow mail server, and the settings that name it."""
    server, port = SlowSmtpServer(), free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    yield server, {"MAIL_SERVER": f"smtp://127.0.0.1:{port}", "MAIL_FROM": "desk@harbour.example"}
    server.goes_on.set()
    controller.stop()


@pytest.fixture
def settings():
    return {**NO_LIMITS, "ORIGIN": "http://localhost"}


def queue_emails(app, mail_settings):
    """Three people are told of a new password each; the emails are due."""
    app.config.update(mail_settings)
    for name in NAMES:
        user = person(name)
        with writing():
            announce_password(user)
    close_connections()


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def serving(app, mail_settings) -> Server:
    settings = {**mail_settings, "ORIGIN": "http://localhost"}
    return Server(Path(app.instance_path), workers=1, settings=settings)


def test_emails_leave_once_though_all_processes_are_killed_with_one_on_the_line(app, mail):
    smtp, mail_settings = mail
    queue_emails(app, mail_settings)
    with serving(app, mail_settings) as server:
        assert smtp.received.wait(60)
        for child in children_of(server.process.pid):
            os.kill(child, signal.SIGKILL)
        smtp.goes_on.set()
        until(lambda: len(smtp.messages) >= len(NAMES), "a new worker sends the others")
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(20)

    assert smtp.recipients() == NAMES


def test_a_worker_asked_to_end_waits_for_the_email_on_the_line(app, mail):
    smtp, mail_settings = mail
    queue_emails(app, mail_settings)
    with serving(app, mail_settings) as server:
        assert smtp.received.wait(60)
        for pid in (children_of(server.process.pid)[0], server.process.pid):  # as systemd does
            os.kill(pid, signal.SIGTERM)
        smtp.goes_on.set()
        assert server.process.wait(20) == 0

        assert len(smtp.messages) == 1
        server.start()
        until(lambda: len(smtp.messages) >= len(NAMES), "it sends the others")

    assert smtp.recipients() == NAMES


def test_no_worker_is_left_when_the_server_is_killed(app, mail):
    with serving(app, mail[1]) as server:
        worker = children_of(server.process.pid)[0]
        os.kill(server.process.pid, signal.SIGKILL)

        until(lambda: not is_alive(worker), "it notices")


def test_a_worker_without_serve_sends_them_too_and_ends_when_it_is_asked_to(app, mail):
    smtp, mail_settings = mail
    smtp.goes_on.set()
    queue_emails(app, mail_settings)
    given = {**mail_settings, "ORIGIN": "http://localhost", "INSTANCE": app.instance_path}
    with subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "work"],
        cwd=ROOT,
        env={**os.environ, **{f"BOARD_{name}": value for name, value in given.items()}},
    ) as worker:
        until(lambda: len(smtp.messages) >= len(NAMES), "it sends them")
        worker.send_signal(signal.SIGTERM)

        assert worker.wait(20) == 0
    assert smtp.recipients() == NAMES


def test_cron_is_told_when_the_tables_are_not_up_to_date(tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "work", "--once"],
        cwd=ROOT,
        env={**os.environ, "BOARD_INSTANCE": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=100,
    )

    sentence = "Error: The tables are not up to date. Start `serve` once.\n"
    assert (result.returncode, result.stdout, result.stderr) == (1, "", sentence)
