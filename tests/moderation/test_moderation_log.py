"""The log of rulings is append-only, and the check finds rows changed outside the board."""

import csv
import re

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from board.db import db, now, writing, writing_engine
from board.db.hash_chain import find_tampered
from board.law.authorities import orders
from board.law.banned_texts.models import ban_text
from board.law.case_files import archive
from board.moderation.filters import changes
from board.moderation.filters.models import State
from board.moderation.rulings import undo as undoing
from board.moderation.rulings.decisions import hide, restore
from board.moderation.rulings.decisions import keep as keep_comment
from board.moderation.rulings.models import Ruling, Verdict, append_ruling
from conftest import say


@pytest.fixture
def three(ada, mo, harbour):
    comment = say(harbour, ada, "Remark")
    with writing():
        hide(comment, by=mo, reason="abuse")
        restore(comment, by=mo, reason="review", note="")
        hide(comment, by=None, reason="other", note="한글 메모")
    return rulings()


def rulings():
    return list(db.session.scalars(select(Ruling).order_by(Ruling.id)))


def tamper(statement):
    """Changes the database file outside the board."""
    with writing_engine().connect().execution_options(writing=True) as connection:
        for name in ("ruling_no_update", "ruling_no_delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        connection.execute(text(statement))
        connection.commit()
    db.session.rollback()
    db.session.expire_all()


def test_an_unaltered_log_passes_the_check(three):
    assert [r.verdict for r in three] == ["hide", "restore", "hide"]
    assert find_tampered(three) is None


def test_a_ruling_names_the_comment_its_author_and_its_article(three, ada, mo, harbour):
    first, _, last = three

    assert (first.about_id, first.article_id, first.moderator_id) == (ada.id, harbour.id, mo.id)
    assert last.moderator_id is None


@pytest.mark.parametrize("statement", ["UPDATE ruling SET note = 'x'", "DELETE FROM ruling"])
def test_the_database_refuses_to_change_or_delete_a_ruling(three, statement):
    with pytest.raises(IntegrityError, match="append-only"), writing():
        db.session.execute(text(statement))

    db.session.rollback()
    assert len(rulings()) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ruling SET reason = 'spam' WHERE id = 2",
        "UPDATE ruling SET moderator_id = NULL WHERE id = 2",
        "UPDATE ruling SET made_at = '2020-01-01 00:00:00.000000' WHERE id = 2",
        "UPDATE ruling SET detail = '{\"a\": 1}' WHERE id = 2",
    ],
)
def test_a_change_outside_the_board_is_found_at_its_ruling(three, statement):
    tamper(statement)

    assert find_tampered(rulings()) == 2


def test_a_missing_ruling_is_found_at_the_next(three):
    tamper("DELETE FROM ruling WHERE id = 2")

    assert find_tampered(rulings()) == 3


def test_details_and_terms_are_hashed_too(three, ada, mo):
    with writing():
        append_ruling(
            Verdict.KEEP, by=mo, about=ada, reason="", until=now(), undoes=three[0], seen=3
        )

    db.session.expire_all()
    assert rulings()[-1].detail == {"seen": 3}
    assert find_tampered(rulings()) is None


def test_programs_read_the_public_log_as_a_table_and_as_json(guest, harbour, ada, mo):
    comment = say(harbour, ada, "Remark")
    with writing():
        hide(comment, by=mo, reason="other", note="=HYPERLINK(1)")
        restore(comment, by=mo, reason="review")

    page = guest.get("/rulings.json").json
    table = guest.get("/rulings.csv")

    assert [row["verdict"] for row in page["rulings"]] == ["restore", "hide"]
    assert page["rulings"][1]["reason"] == "=HYPERLINK(1)"
    assert page["rulings"][0]["comment"] == comment.id
    assert page["next"] is None
    assert table.data.startswith(b"\xef\xbb\xbfid,verdict")
    rows = list(csv.DictReader(table.data.decode("utf-8-sig").splitlines()))
    assert [row["verdict"] for row in rows] == ["restore", "hide"]
    assert rows[1]["reason"] == "'=HYPERLINK(1)"
    assert "ada" not in table.text
    assert "Remark" not in table.text


def test_a_long_log_is_paged_for_programs_too(guest, harbour, ada, mo, monkeypatch):
    monkeypatch.setattr("board.moderation.rulings.views.EXPORT_SIZE", 1)
    comment = say(harbour, ada, "Remark")
    with writing():
        hide(comment, by=mo, reason="abuse")
        restore(comment, by=mo, reason="review")

    first = guest.get("/rulings.json").json
    link = guest.get("/rulings.csv").headers["Link"]
    second = guest.get(first["next"]).json

    assert [each["rulings"][0]["verdict"] for each in (first, second)] == ["restore", "hide"]
    assert second["next"] is None
    assert re.fullmatch(r'</rulings\.csv\?before=\d+>; rel="next"', link)


def test_a_decision_without_a_reason_names_its_subject_and_no_guideline(as_, ada, mo, harbour):
    comment = say(harbour, ada, "Remark")
    fields = {"text": "상인회", "kind": "word", "action": "hold", "category": "other"}
    with writing():
        keep_comment(comment, by=mo)
        append_ruling(Verdict.ORDER, by=mo, reason="", note="심의-2026-1234")
        rule = changes.add(by=mo, state=State.ON, disguised=True, **fields)
        changes.change(rule, by=mo, state="shadow")
        changes.allow("상인회관", by=mo)

    assert log_lines(as_(mo), "ko") >= {
        "댓글 승인",
        "명령 접수 심의-2026-1234",
        "규칙 변경 상인회 (적용 중 → 시범 적용)",
        "예외 단어 추가 상인회관",
    }
    assert log_lines(as_(mo), "en") >= {
        "Comment approved",
        "Order registered 심의-2026-1234",
        "Rule changed 상인회 (On → Shadow)",
        "Allowed word added 상인회관",
    }


def log_lines(client, language):
    """The text of each entry of the desk's log."""
    page = client.get(f"/desk/rulings?lang={language}").text
    lines = re.findall(r'<p class="entry-title">(.*?)</p>', page)
    return {" ".join(re.sub("<[^>]+>", "", line).split()) for line in lines}


def test_an_undone_decision_has_a_label(as_, ada, mo, harbour):
    comment = say(harbour, ada, "Remark")
    with writing():
        undoing.take_back(hide(comment, by=mo, reason="abuse"), by=mo)

    assert ">처리 취소<" in as_(mo).get("/desk/rulings").text
    assert ">Decision undone<" in as_(mo).get("/desk/rulings?lang=en").text


def test_an_undo_links_the_decision_it_undid(as_, ada, mo, harbour):
    comment = say(harbour, ada, "Remark")
    with writing():
        hidden = hide(comment, by=mo, reason="abuse")
        undoing.take_back(hidden, by=mo)

    page = as_(mo).get("/desk/rulings?lang=en").text

    link = rf'href="/desk/rulings\?before={hidden.id + 1}#ruling-{hidden.id}">([^<]+)</a>'
    assert re.findall(link, page) == ["Comment hidden: Insult or abuse"]
    assert "Decision undone" in log_lines(as_(mo), "en")


def test_an_entry_names_the_words_its_author_and_the_article(as_, ada, mo, tess, harbour):
    comment = say(harbour, ada, "The ferry is late again")
    with writing():
        keep_comment(comment, by=mo)

    entry = objects(as_(mo))[0]

    assert [text for text, _ in entry] == ["ada", "“The ferry is late again”", harbour.title]
    assert [text for text, _ in objects(as_(tess))[0]] == ["View comment", harbour.title]


def test_numbers_have_commas_and_what_is_cut_an_ellipsis(as_, ada, mo, harbour):
    comment = say(harbour, ada, "The ferry is late again. " * 8)
    with writing():
        keep_comment(comment, by=mo)
        append_ruling(Verdict.RULE_IMPORT, by=mo, reason="", count=1816)

    imported, kept = objects(as_(mo))

    assert imported == [("1,816 rules", "/desk/rules")]
    assert kept[1][0] == "“The ferry is late again. The ferry is late again. The…”"


@pytest.mark.slow
def test_every_entry_links_what_it_was_about(as_, ada, mo, harbour):
    comment = say(harbour, ada, "Remark")
    fields = {"text": "상인회", "kind": "word", "action": "hold", "category": "other"}
    with writing():
        rule = changes.add(by=mo, state=State.ON, disguised=True, **fields)
        changes.allow("상인회관", by=mo)
        changes.add_all([{**fields, "text": "부두", "disguised": True}], [], by=mo)
        banned = ban_text("A long sentence about the harbour, twice", by=mo, case="2026가합1")
        order = orders.register(
            [comment], by=mo, kind="court", body="심의위", number="2026-7", items="all",
            received_at=now(), deadline_at=now(),
        )  # fmt: skip
        orders.carry_out(order, by=mo, says="done")
        archive.of_order(order, by=mo, purpose="court", says="asked")

    links = {text: url for entry in objects(as_(mo)) for text, url in entry}

    assert links.keys() >= {"View rule", "Allowed words", "1 rule", "2026가합1", "심의위 2026-7"}
    assert links["View rule"] == f"/desk/rules/{rule.id}"
    assert links["심의위 2026-7"].endswith(f"#order-{order.id}")
    assert links["2026가합1"].endswith(f"#text-{banned.id}")
    assert all(objects(as_(mo)))
    for url in links.values():
        page, _, id = url.partition("#")
        answer = as_(mo).get(page)
        assert answer.status_code == 200
        assert not id or f'id="{id}"' in answer.text


def test_the_log_is_filtered_by_the_newsrooms_days(as_, ada, mo, harbour):
    comment = say(harbour, ada, "Remark")
    for moment in ("2026-03-01T14:59:59Z", "2026-03-01T15:00:00Z", "2026-03-02T14:59:59Z"):
        with time_machine.travel(moment, tick=False), writing():
            append_ruling(Verdict.KEEP, by=mo, comment=comment, reason="", note=moment)

    def notes(query):
        page = as_(mo).get(f"/desk/rulings?{query}").text
        return re.findall(r"2026-03-0\dT[\d:]+Z", page)

    assert notes("since=2026-03-02") == ["2026-03-02T14:59:59Z", "2026-03-01T15:00:00Z"]
    assert notes("until=2026-03-01") == ["2026-03-01T14:59:59Z"]
    assert notes("since=2026-03-02&until=2026-03-02&verdict=keep") == notes("since=2026-03-02")
    assert notes("since=2026-03-03") == []


@pytest.mark.parametrize("day", ["banana", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_that_cannot_be_is_pointed_out_and_filters_nothing(as_, ada, mo, harbour, day):
    comment = say(harbour, ada, "Remark")
    with writing():
        keep_comment(comment, by=mo)

    page = as_(mo).get(f"/desk/rulings?since={day}&until={day}")

    assert page.status_code == 200
    assert 'id="since-error"' in page.text
    assert "댓글 승인" in page.text


def objects(client):
    """The texts and addresses of the links of each entry of the log."""
    page = client.get("/desk/rulings?lang=en").text
    entries = re.findall(r'<p class="quiet facts">(.*?)</p>', page, re.DOTALL)
    links = [re.findall(r'<a href="([^"]*)">(.*?)</a>', entry, re.DOTALL) for entry in entries]
    return [[(text.strip(), url.replace("&amp;", "&")) for url, text in each] for each in links]
