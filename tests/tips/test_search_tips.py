"""Search inside tips: nothing stored for it can be decrypted without the reader's key and the erase
key.
"""

import pytest
from sqlalchemy import select, text

from board.db import db, writing
from board.tips.sealed.search_index import SearchEntry
from tips.conftest import holder_id

pytestmark = pytest.mark.slow

STORY = "과장이 장부를 두 권 씁니다."


def is_found(desk, q):
    return 'href="/desk/tips/1"' in desk.post("/desk/tips/search", q=q).text


def search_entries():
    db.session.rollback()
    return db.session.scalars(select(SearchEntry).order_by(SearchEntry.holder_id)).all()


def test_later_messages_notes_and_titles_are_found(desk, sent):
    assert is_found(desk, "장부")
    assert not is_found(desk, "봄부터")
    sent.enter()
    sent.add_message("작년 봄부터입니다.")
    desk.post("/desk/tips/1/note", text="사무장에게 확인")
    desk.post("/desk/tips/1/describe", title="저울", labels="", case="")

    assert is_found(desk, "봄부터") and is_found(desk, "사무장") and is_found(desk, "저울")
    desk.post("/desk/tips/1/describe", title="다른 이름", labels="", case="")
    assert not is_found(desk, "저울")


def test_unlocking_builds_the_search_index(desk, sent):
    assert search_entries() == []
    desk.unlock()

    assert [entry.tip_id for entry in search_entries()] == [1]


def test_a_search_entry_is_deleted_with_its_tip(desk, sent, tmp_path):
    is_found(desk, "장부")
    kept = search_entries()[0].sealed
    desk.post("/desk/tips/1/erase", sure="yes")

    assert search_entries() == []
    assert kept not in (tmp_path / "board.db").read_bytes()


def test_a_search_entry_from_a_backup_does_not_open_an_erased_tip(desk, sent, tmp_path):
    is_found(desk, "장부")
    for key in (tmp_path / "tips" / "keys").iterdir():
        key.unlink()

    assert not is_found(desk, "장부")


def test_another_readers_search_entry_does_not_open(desk, second_desk, sent):
    is_found(desk, "장부")
    is_found(second_desk, "장부")
    theirs, mine = holder_id(second_desk.user), holder_id(desk.user)
    with writing():
        move = "UPDATE tip_gist SET sealed = (SELECT sealed FROM tip_gist WHERE holder_id = :a)"
        db.session.execute(text(f"{move} WHERE holder_id = :b"), {"a": theirs, "b": mine})

    assert not is_found(desk, "장부")
    assert is_found(second_desk, "장부")


def test_the_inbox_shows_a_tip_whose_search_entry_is_damaged(desk, sent):
    is_found(desk, "장부")
    with writing():
        db.session.execute(text("UPDATE tip_gist SET sealed = x'00'"))

    assert STORY in desk.get("/desk/tips").text


def test_a_reader_without_access_has_no_search_entry(desk, second_desk, sent):
    is_found(second_desk, "장부")
    jin = holder_id(second_desk.user)
    desk.post("/desk/tips/1/shut-out", reader=jin)
    assert search_entries() == []
    assert not is_found(second_desk, "장부")

    desk.post("/desk/tips/1/let-in", reader=jin)
    assert is_found(second_desk, "장부")
    second_desk.leave_roster()
    assert search_entries() == []


def test_search_entries_of_short_tips_have_one_size(desk, sent, source):
    source.send("짧은 글")
    is_found(desk, "장부")

    assert len({len(entry.sealed) for entry in search_entries()}) == 1
