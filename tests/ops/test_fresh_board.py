"""An operator types the README's commands on a board that nobody has started yet."""

import re
from pathlib import Path

import pytest
import time_machine

from board import create_app
from board.config import BadSetting
from board.db import close_connections
from board.ops import cli as ops_cli

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PASSWORD = "lighthouse keeper at dusk"
COMMANDS = [
    ["accounts", "add", "mo@news.example", "모래", "--can", "moderate", "--password", PASSWORD],
    ["articles", "import", str(ROOT / "tests/articles/feeds/harbour.rss")],
    ["rules", "load"],
    ["moderation", "verify"],
    ["tips", "tidy"],
    ["tips", "verify"],
]


@pytest.fixture
def fresh(tmp_path):
    app = create_app({"INSTANCE": str(tmp_path), "TESTING": True})
    ops_cli.init_app(app)
    yield app
    with app.app_context():
        close_connections()


def run(app, *words):
    return app.test_cli_runner().invoke(app.cli, list(words))


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_a_command_works_before_the_server_was_ever_started(fresh, words):
    result = run(fresh, *words)

    assert (result.exit_code, result.exception) == (0, None), result.output


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_a_database_that_is_none_is_named_in_a_sentence(fresh, words, tmp_path):
    (tmp_path / "board.db").write_bytes(b"no database" * 1000)

    result = run(fresh, *words)

    assert result.exit_code == 1
    assert re.search(r"^Error: The database .* cannot be opened", result.output)


def test_the_versions_are_printed(fresh):
    output = run(fresh, "version").output

    assert re.match(r"board \d+\.\d+\.\d+ \(tables \d{4}, here empty\)\n", output)


def test_settings_that_only_this_shell_has_are_named(tmp_path, monkeypatch):
    (tmp_path / "board.toml").write_text('origin = "https://news.example"\ndislikes = false\n')
    monkeypatch.setenv("BOARD_ORIGIN", "https://news.example/")
    monkeypatch.setenv("BOARD_DISLIKES", "true")
    monkeypatch.setenv("BOARD_SITE_NAME", "우리신문")
    app = create_app({"INSTANCE": str(tmp_path)})
    ops_cli.init_app(app)

    with app.app_context():
        output = run(app, "doctor").output

    assert "ok  BOARD_DISLIKES, BOARD_SITE_NAME: set in this environment only" in output
    with app.app_context():
        close_connections()


def test_a_reader_of_security_txt_learns_whom_to_tell(another, tmp_path):
    contact = "security@news.example https://news.example/report tel:+82-2-000-0000"
    app = another(tmp_path, SECURITY_CONTACT=contact, ORIGIN="https://news.example")

    with time_machine.travel("2026-03-01T10:20:30Z", tick=False):
        answer = app.test_client().get("/.well-known/security.txt", base_url="https://news.example")

    assert answer.mimetype == "text/plain"
    assert answer.text.splitlines() == [
        "Contact: mailto:security@news.example",
        "Contact: https://news.example/report",
        "Contact: tel:+82-2-000-0000",
        "Expires: 2026-05-30T00:00:00Z",
        "Preferred-Languages: ko, en",
        "Canonical: https://news.example/.well-known/security.txt",
    ]


def test_without_the_setting_there_is_no_security_txt(guest):
    assert guest.get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize("value", ["call us", "http://news.example", "a@b@c d", "javascript:1"])
def test_a_contact_that_is_no_address_is_refused(tmp_path, value):
    with pytest.raises(BadSetting, match="BOARD_SECURITY_CONTACT"):
        create_app({"INSTANCE": str(tmp_path), "SECURITY_CONTACT": value})
