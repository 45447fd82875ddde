"""An administrator checks and exports the log; the desk reads all of it."""

import json

import pytest
from sqlalchemy import select

from board.db import db, writing
from board.db.hash_chain import find_tampered_tail
from board.moderation.appeals.models import Appeal, submit_appeal
from board.moderation.cli import moderation_cli
from board.moderation.rulings.decisions import hide, restore
from board.moderation.rulings.models import Ruling, Verdict, append_ruling
from board.moderation.users import sanctions
from conftest import count_queries, more_link, say
from moderation.test_moderation_log import tamper


@pytest.fixture
def type_(app):
    def run(*words):
        db.session.rollback()
        result = app.test_cli_runner().invoke(moderation_cli, words)
        db.session.expire_all()
        return result

    return run


@pytest.fixture
def decisions(ada, mo, harbour):
    comment = say(harbour, ada, "Remark")
    with writing():
        hide(comment, by=mo, reason="abuse")
        restore(comment, by=mo, reason="review")
        sanctions.warn(ada, by=mo, reason="spam")
    return list(db.session.scalars(select(Ruling).order_by(Ruling.id)))


def test_verify_confirms_an_unaltered_log_and_prints_its_last_hash(type_, decisions):
    result = type_("verify")

    assert result.exit_code == 0
    last = decisions[-1]
    assert result.output == f"3 decisions, unaltered. The last is {last.id}: {last.hash.hex()}\n"


def test_verify_names_the_first_altered_ruling(type_, decisions):
    tamper("UPDATE ruling SET note = 'x' WHERE id = 2")

    result = type_("verify")

    assert result.exit_code == 1
    assert "Ruling 2 is not as it was written" in result.output


def test_the_end_of_the_log_is_checked_separately(decisions):
    assert find_tampered_tail(Ruling, 1) is None
    tamper("UPDATE ruling SET note = 'x' WHERE id = 1")

    assert find_tampered_tail(Ruling, 1) is None
    assert find_tampered_tail(Ruling, 1000) == 1


def test_the_log_is_exported_line_by_line_to_a_private_file(type_, decisions, tmp_path):
    path = tmp_path / "log.jsonl"

    assert type_("export", str(path)).output == "3 decisions written.\n"

    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["verdict"] for line in lines] == ["hide", "restore", "warn"]
    assert [line["hash"] for line in lines] == [each.hash.hex() for each in decisions]
    assert path.stat().st_mode & 0o777 == 0o600


def test_export_overwrites_no_file(type_, decisions, tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text("mine")

    assert type_("export", str(path)).exit_code == 1
    assert path.read_text() == "mine"


def test_an_administrator_decides_an_appeal_nobody_else_can(type_, ada, mo, harbour, guest):
    comment = say(harbour, ada, "Remark")
    with writing():
        ruling = hide(comment, by=mo, reason="abuse")
        submit_appeal(ruling, by=ada, text="It was a quote")

    result = type_("decide", str(ruling.id), "uphold", "It was one.")

    assert result.output == "Decided.\n"
    assert "Remark" in guest.get("/articles/harbour").text
    assert db.session.get(Appeal, ruling.id).upheld is True
    assert type_("decide", str(ruling.id), "reject", "Again.").exit_code == 1


def test_the_desk_log_shows_what_the_public_log_does_not(as_, guest, mo, tess, ada, decisions):
    page = as_(tess).get("/desk/rulings").text

    assert page.count('id="ruling-') == 3
    assert "경고" in page
    assert guest.get("/rulings").text.count('id="ruling-') == 2


def test_the_log_is_filtered_by_verdict_and_moderator(as_, mo, decisions):
    client = as_(mo)

    assert client.get("/desk/rulings?verdict=warn").text.count('id="ruling-') == 1
    assert client.get("/desk/rulings?by=MO").text.count('id="ruling-') == 3
    assert client.get("/desk/rulings?by=bora").text.count('id="ruling-') == 0


@pytest.mark.parametrize("rows", [1, 40])
def test_the_desk_log_is_paged_with_a_fixed_number_of_queries(as_, mo, ada, rows):
    with writing():
        for _ in range(rows):
            append_ruling(Verdict.WARN, by=mo, about=ada, reason="spam")
    client = as_(mo)

    with count_queries() as queries:
        page = client.get("/desk/rulings").text

    assert page.count('id="ruling-') == min(rows, 30)
    assert bool(more_link(page)) == (rows > 30)
    assert len([each for each in queries if each.startswith("SELECT")]) <= 11
