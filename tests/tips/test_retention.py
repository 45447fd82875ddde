"""The promises about tips hold against somebody who has the database, the disk, or the logs."""

import hashlib
import json
import logging
import re
import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select, text

from board.db import Base, close_connections, db, now, truncate_wal, writing
from board.db.engine import sqlite
from board.runtime import jobs
from board.runtime.app import setting
from board.tips.crypto import key_files, passphrases, pepper, primitives
from board.tips.crypto.primitives import DecryptionFailed, Key
from board.tips.dates import today
from board.tips.models import form_tokens, roster
from board.tips.models.form_tokens import FormToken
from board.tips.models.key_grants import Grant, TipKey
from board.tips.models.key_holders import KeyHolder, TipReader, UnlockedSession
from board.tips.models.roster import Roster
from board.tips.models.source import ErasedCode
from board.tips.models.tip import Tip, TipItem
from board.tips.sealed import retention
from board.tips.sealed.keyring import DecryptableGrant, Keyring, TipSecret, grant, grant_context
from board.tips.sealed.sealed_tip import DecryptableTip
from conftest import person
from support.encoded_forms import encoded_forms
from tips.conftest import (
    ReaderClient,
    SourceClient,
    element_text,
    form_fields,
    hidden_field,
    holder_id,
    multipart,
    tamper,
)

pytestmark = pytest.mark.slow

MARK = "옥상정원7731"  # in every text of these tests, and nowhere else
LATIN = "rooftop7731"
OTHER = bytes(48)  # a pepper of another machine
STORY = f"{MARK} {LATIN} 이야기"

COLUMNS = {
    "tip": {
        "id", "ref", "state", "epoch", "last_number", "received_on", "active_on", "read_on",
        "promised_on", "held_until", "erasure_asked_on", "awaits_reader", "assignee_id",
        "must_rotate",
    },
    "tip_pepper": {"id", "digest"},
    "tip_removal": {"reader_id", "asked_by_id", "made_on"},
    "tip_key": {"id", "tip_id", "purpose", "epoch"},
    "tip_grant": {"key_id", "holder_id", "sealed"},
    "tip_item": {"id", "tip_id", "purpose", "epoch", "number", "kind", "sealed", "file"},
    "tip_holder": {
        "id", "kind", "public", "wrapped", "tag", "visits", "user_id", "verifier", "salt",
        "wrapped_recovery", "export_to", "has_news",
    },
    "tip_mail_key": {"id", "holder_id", "certificate", "asked", "tries", "made_on"},
    "tip_unlocked": {"token_hash", "holder_id", "sealed", "made_on"},
    "tip_log": {"id", "act", "tip_id", "user_id", "about_id", "made_on", "hash"},
    "tip_gist": {"tip_id", "holder_id", "upto", "sealed"},
    "tip_read_mark": {"tip_id", "holder_id", "upto"},
    "tip_erasure": {"id", "made_on", "reason", "user_id"},
    "tip_erased_code": {"tag", "forget_on"},
    "tip_ticket": {"token_hash", "sealed", "made_on"},
    "tip_roster": {"id", "body", "signer_id", "signature"},
}  # fmt: skip


def tables():
    found = Base.metadata.tables
    return {name: table for name, table in found.items() if name.split("_")[0] == "tip"}


def test_the_tables_have_no_other_columns(app):
    assert {name: set(table.columns.keys()) for name, table in tables().items()} == COLUMNS


def test_nothing_of_a_tip_is_dated_finer_than_a_day(app):
    kinds = {column.type.__class__.__name__ for t in tables().values() for column in t.columns}

    assert kinds & {"DateTime", "UtcDateTime", "Time", "Float", "Double", "JSON"} == set()


def all_files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def copy_database(path: Path, to: Path) -> None:
    """A copy while the database is in use, as backups make it."""
    with closing(sqlite.connect(path)) as live, closing(sqlite.connect(to)) as copy:
        live.backup(copy)


def secrets_of(source, desk):
    """What opens the tip, and must be stored nowhere: codes, and the cookies of both sides."""
    cookies = [source.client.get_cookie("board_tip"), desk.client.get_cookie("board_tip_desk")]
    codes = [source.code, *desk.phrases]
    digits = [passphrases.as_digits(source.code)] if source.code else []
    return {secret for secret in (*codes, *digits, *(c.value for c in cookies if c)) if secret}


def assert_stored_text_is_found(folder, mark):
    """The search itself works: a text stored in clear now is found in the database's log."""
    entry = {"mark": mark}
    with writing():
        db.session.execute(
            text("INSERT INTO tip_erasure (made_on, reason) VALUES ('2026-01-01', :mark)"), entry
        )
    assert files_containing(folder, mark) == [str(folder / "board.db-wal")]
    with writing():
        db.session.execute(text("DELETE FROM tip_erasure WHERE reason = :mark"), entry)


def files_containing(folder, *marks):
    """Files that contain a mark, in any encoding a person or program might use."""
    forms = {form for mark in marks for form in encoded_forms(mark)}
    return [
        str(path)
        for path, data in all_files(folder).items()
        if any(form in data.lower() for form in forms)
    ]


@pytest.fixture
def logged(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


def test_no_action_leaves_plaintext_on_disk_or_in_a_log(
    app, tmp_path, desk, second_desk, source, logged, monkeypatch
):
    """Database, write-ahead log, temporary files, backups and logs are searched each time."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # it caches the first one
    backup = tmp_path / "backup.db"
    origin = {"REMOTE_ADDR": "203.0.113.77"}

    def search(after):
        copy_database(tmp_path / "board.db", backup)
        marks = {MARK, LATIN, "203.0.113.77", "Rooftop/7.7", *secrets_of(source, desk)}
        assert files_containing(tmp_path, *marks) == [], after
        assert not any(mark in logged.text for mark in marks), after
        assert_stored_text_is_found(tmp_path, f"visible after {after}")

    source.client.environ_base |= {**origin, "HTTP_USER_AGENT": "Rooftop/7.7"}
    big = (MARK.encode() * 60_000, f"{LATIN}.txt")
    source.preview(STORY, files=(big,), contact=f"{MARK} 010")
    search("looking")
    source.preview("가" * 20_001 + MARK)
    search("a refused form")
    source.send(STORY, files=(big,), contact=f"{MARK} 010")
    search("sending")
    source.enter()
    source.enter(f"{MARK} 틀린 코드")
    search("entering")
    source.add_message(f"{STORY} 하나 더")
    search("adding")
    desk.get("/desk/tips/1")
    desk.client.post("/desk/tips/1/reply", **multipart({"text": f"{MARK} 답"}, (big,)))
    desk.post("/desk/tips/1/note", text=f"{MARK} 메모")
    desk.post("/desk/tips/1/describe", title=MARK, labels=MARK, case=LATIN)
    desk.post("/desk/tips/1/hold", reason=MARK, day=today().isoformat())
    desk.post("/desk/tips/search", q=MARK)
    desk.post("/desk/tips/1/contact")
    search("working")
    desk.post("/desk/tips/1/shut-out", reader=holder_id(second_desk.user))
    ticket = hidden_field(source.mailbox(), "ticket")
    source.client.post("/tips/box/code", data={"ticket": ticket})
    search("new keys")

    def crash(*_args, **_kwargs):
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr("board.tips.sealed.messages.DecryptableTip.add", crash)
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert SourceClient(app).send(f"{STORY} und weg", files=(big,)).status_code == 500
    search("a crash")


def test_the_account_of_a_source_is_stored_nowhere(app, as_, ada, desk, source, tmp_path):
    source.client = as_(ada)
    source.send(STORY)
    with writing():
        pass

    rows = {}
    for name in tables():
        rows[name] = db.session.execute(text(f"SELECT * FROM {name}")).mappings().all()
    people = {row["user_id"] for row in rows["tip_holder"]} | {
        row["assignee_id"] for row in rows["tip"]
    }
    assert ada.id not in people


def test_encrypted_messages_are_padded_to_common_sizes(desk, sent):
    sent.enter()
    for length in (1, 5, 50, 200):
        sent.add_message("가" * length)

    items = db.session.scalars(select(TipItem).where(TipItem.kind == "message")).all()
    assert len({len(item.sealed) for item in items}) == 1


def test_a_session_is_stored_by_the_hash_of_its_token(desk, sent):
    sent.enter()
    cookies = [sent.client.get_cookie("board_tip"), desk.client.get_cookie("board_tip_desk")]
    tokens = [cookie.value.encode() for cookie in cookies]

    stored = db.session.scalars(select(UnlockedSession.token_hash)).all()

    assert sorted(stored) == sorted(hashlib.sha256(token).digest() for token in tokens)


def test_the_hour_is_the_finest_time_in_an_encrypted_message(desk, source):
    with time_machine.travel(datetime(2026, 11, 22, 5, 47, 31, tzinfo=UTC), tick=False):
        source.send(STORY)
        reader = db.session.scalars(TipReader.for_user(desk.user)).one()
        tip = DecryptableTip.open(db.session.get(Tip, 1), reader, unlocked_key(desk))
        (message,) = tip.contents("message")

    assert message.data["at"] == "2026-11-22 14"  # in Seoul


def test_a_code_opens_nothing_without_the_pepper(desk, sent):
    """The same code on another machine: another pepper, another tag."""
    tag, _kek = key_files.stretch(sent.code)
    with writing():
        db.session.execute(text("UPDATE tip_pepper SET digest = :d"), {"d": pepper.digest(OTHER)})
    (key_files.folder() / "pepper").write_bytes(OTHER)

    assert sent.enter().status_code == 422
    assert key_files.stretch(sent.code)[0] != tag


FAULTS = {
    "an item moved to another number": "UPDATE tip_item SET number = number + 100",
    "an item that says it is another kind": "UPDATE tip_item SET kind = 'story'",
    "an item of another tip": (
        "UPDATE tip_item SET sealed = (SELECT sealed FROM tip_item WHERE tip_id = 2)"
        " WHERE tip_id = 1"
    ),
    "a grant of another tip": (
        "UPDATE tip_grant SET sealed = (SELECT g.sealed FROM tip_grant g JOIN tip_key k"
        " ON k.id = g.key_id WHERE k.tip_id = 2 AND k.purpose = 'talk'"
        " AND g.holder_id = tip_grant.holder_id)"
        " WHERE key_id = (SELECT id FROM tip_key WHERE tip_id = 1 AND purpose = 'talk')"
    ),
    "a tip under another name": "UPDATE tip SET ref = 'ab' || substr(ref, 3) WHERE id = 1",
    "bytes nobody sealed": "UPDATE tip_item SET sealed = randomblob(1200)",
    "a key of another purpose": (
        "UPDATE tip_grant SET sealed = (SELECT g.sealed FROM tip_grant g JOIN tip_key k"
        " ON k.id = g.key_id WHERE k.tip_id = 1 AND k.purpose = 'desk'"
        " AND g.holder_id = tip_grant.holder_id)"
        " WHERE key_id = (SELECT id FROM tip_key WHERE tip_id = 1 AND purpose = 'talk')"
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_row_that_was_moved_does_not_decrypt(app, desk, sent, source, fault):
    SourceClient(app).send("두 번째 제보")
    with writing():
        db.session.execute(text("UPDATE tip_item SET number = number"))
        db.session.execute(text("DELETE FROM tip_grant WHERE holder_id NOT IN (SELECT id"
                                " FROM tip_holder WHERE kind = 'reader')"))  # fmt: skip
        db.session.execute(text(FAULTS[fault]))
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False

    page = desk.get("/desk/tips/1")

    assert page.status_code in (404, 409)
    assert "과장이 장부를" not in page.text


@pytest.mark.parametrize(
    "change",
    ["kind = 'x'", "kind = 'facts'", "purpose = 'x'", "purpose = 'desk'", "epoch = 0", "epoch = 9"],
)
def test_a_message_does_not_vanish_under_another_name(desk, sent, change):
    sent.enter()
    sent.add_message("둘째")
    assert desk.get("/desk/tips/1").status_code == 200
    tamper(f"UPDATE tip_item SET {change} WHERE number = 2")

    assert desk.get("/desk/tips/1").status_code == 409
    if "desk" not in change:  # what the source has no key for
        assert sent.mailbox().status_code == 409


def test_a_grant_opens_in_the_context_of_its_tip_only(desk, sent, source):
    """Both encryptions of a grant name the tip: not only the erase key binds it."""
    key = unlocked_key(desk)
    source.send("두 번째 제보")
    me, tips = (
        db.session.scalars(TipReader.for_user(desk.user)).one(),
        db.session.scalars(select(Tip)).all(),
    )
    one, two = (db.session.execute(Grant.for_holder(me, [tip.id])).first() for tip in tips)
    places = [grant_context(tip, one.purpose, one.epoch) for tip in tips]
    locked = key.open(one.sealed, *places[0], me.id)
    erase_key = key_files.erase_key(tips[0].ref)

    for elsewhere in (("desk", one.epoch), (one.purpose, one.epoch + 1)):
        assert elsewhere != (one.purpose, one.epoch)
        with pytest.raises(DecryptionFailed):
            key.open(one.sealed, *grant_context(tips[0], *elsewhere), me.id)
        with pytest.raises(DecryptionFailed):
            primitives.decrypt(erase_key, locked, *grant_context(tips[0], *elsewhere))
    assert (one.purpose, one.epoch) == (two.purpose, two.epoch)
    assert len(primitives.decrypt(erase_key, locked, *places[0])) == 64
    with pytest.raises(DecryptionFailed):
        key.open(one.sealed, *places[1], me.id)
    with pytest.raises(DecryptionFailed):
        primitives.decrypt(erase_key, locked, *places[1])
    (key_files.folder("keys") / tips[1].ref).write_bytes(erase_key)
    with pytest.raises(DecryptionFailed):
        DecryptableGrant(tips[1], one, me, key, key_files.erase_key(tips[1].ref)).open()


def unlocked_key(desk):
    """This reader's key pair, unlocked with their passphrase."""
    reader = db.session.scalars(TipReader.for_user(desk.user)).one()
    return reader.unwrap_key(key_files.stretch(desk.passphrase, salt=reader.salt)[1])


def test_a_lost_recovery_sheet_opens_nothing_written_after_the_new_signature(
    desk, second_desk, sent
):
    """With every key jin had before, from a copy of the database and the disk."""
    old, tip = unlocked_key(second_desk), db.session.get(Tip, 1)
    before = db.session.scalars(TipReader.for_user(second_desk.user)).one()
    grants = db.session.execute(Grant.for_holder(before, [tip.id])).all()
    old_keys = Keyring.from_grants(tip, grants, before, old, key_files.erase_key(tip.ref))
    old_keys = {place: old_keys[place].shared for place in old_keys}
    second_desk.restart()
    second_desk.unlock()
    desk.sign_for(second_desk.user)
    desk.post("/desk/tips/1/reply", text="그 뒤의 질문")

    assert "그 뒤의 질문" in second_desk.get("/desk/tips/1").text
    item = db.session.scalars(select(TipItem).order_by(TipItem.number.desc())).first()
    tip = db.session.get(Tip, 1)
    assert (item.purpose, item.epoch) not in old_keys
    place = ("item", tip.ref, item.purpose, item.epoch, item.number, item.kind, "")
    for secret in old_keys.values():
        with pytest.raises(DecryptionFailed):
            primitives.decrypt_shared(secret, item.sealed, *place)


GRANT = "INSERT INTO tip_grant (key_id, holder_id, sealed) SELECT id, :holder, x'00' FROM tip_key"


@pytest.mark.parametrize("kind", ["source", "reader"])
def test_new_keys_are_not_granted_for_a_forged_row(app, desk, sent, at_desk, kind):
    """An attacker who can write to the database, and has a code of their own or an account."""
    if kind == "source":
        mallory = SourceClient(app)
        mallory.send("미끼")
        holder = db.session.scalar(text("SELECT max(id) FROM tip_holder"))
    else:
        holder = holder_id(at_desk(person("mal", can_read_tips=True)).user)
    with writing():
        db.session.execute(text("DELETE FROM tip_grant WHERE holder_id = :h"), {"h": holder})
        db.session.execute(text(f"{GRANT} WHERE tip_id = 1"), {"holder": holder})
    jin = at_desk(person("jin", can_read_tips=True))
    desk.sign_for(jin.user)
    desk.post("/desk/tips/1/shut-out", reader=holder_id(jin.user))

    of_holder = select(TipKey.epoch).join(Grant, Grant.key_id == TipKey.id)
    assert db.session.get(Tip, 1).epoch == 3
    assert set(db.session.scalars(of_holder.where(Grant.holder_id == holder))) == {1}
    sent.enter(sent.code)
    assert "과장이 장부를" in sent.mailbox().text
    sent.add_message("나중 이야기")
    assert "나중 이야기" in desk.get("/desk/tips/1").text


def test_a_tip_of_the_first_key_format_still_works(desk, sent, at_desk):
    """Its keys were key pairs, items were encrypted to their public keys, and no grant named the
    source.
    """
    tip, key = db.session.get(Tip, 1), unlocked_key(desk)
    me = db.session.scalars(TipReader.for_user(desk.user)).one()
    rows = db.session.execute(Grant.for_holder(me, [tip.id])).all()
    keyring = Keyring.from_grants(tip, rows, me, key, key_files.erase_key(tip.ref))
    with writing():
        for tip_key in tip.keys:
            holders = [db.session.get(KeyHolder, each.holder_id) for each in tip_key.grants]
            tip_key.grants = []
            db.session.flush()
            seed = keyring[tip_key.purpose, tip_key.epoch].shared
            for holder in holders:
                grant(tip, tip_key, TipSecret(seed, b""), holder, key_files.erase_key(tip.ref))
        for item in tip.items:
            place = ("item", tip.ref, item.purpose, item.epoch, item.number, item.kind, "")
            plaintext = primitives.decrypt_shared(
                keyring[item.purpose, item.epoch].shared, item.sealed, *place
            )
            pair = Key(keyring[item.purpose, item.epoch].shared)
            item.sealed = primitives.hpke_encrypt(pair.public, plaintext, *place)
    jin = at_desk(person("jin", can_read_tips=True))

    desk.sign_for(jin.user)
    sent.enter()
    sent.add_message("나중 이야기")

    assert "과장이 장부를" in jin.get("/desk/tips/1").text
    assert "나중 이야기" in jin.get("/desk/tips/1").text


def test_a_reader_slipped_into_the_database_gets_no_tip(app, desk, source):
    """A row without a signature; and a signed one whose key was replaced."""
    mallory, key = person("mal", can_read_tips=True), Key()
    with writing():
        reader = TipReader(user=mallory, verifier=key.verifier, salt=b"", has_news=False)
        reader.wrap_key(key, bytes(32))
        db.session.add(reader)
    source.send(STORY)
    assert [r.user.name for r in roster.members()] == ["tess"]
    grants = db.session.scalars(select(Grant.holder_id)).all()
    assert holder_id(mallory) not in grants

    with writing():
        signed = db.session.scalars(TipReader.for_user(desk.user)).one()
        signed.public = key.public
    with pytest.raises(roster.ForgedRoster):
        roster.members()
    assert "지금은 제보를 받지 않습니다" in source.form().text
    assert desk.get("/desk/tips/readers").status_code in (303, 503)


def test_a_roster_that_no_reader_signed_closes_the_form(desk, source):
    mallory, key = person("mal", can_read_tips=True), Key()
    with writing():
        reader = TipReader(user=mallory, verifier=key.verifier, salt=b"", has_news=False)
        reader.wrap_key(key, bytes(32))
        db.session.add(reader)
        db.session.flush()
        newest = db.session.scalars(Roster.newest()).one()
        roster_body = json.loads(newest.body)
        roster_body["readers"][str(reader.id)] = roster._entry(reader)
        roster_body["before"] = roster.current_fingerprint()
        body = json.dumps(roster_body)
        db.session.add(Roster(body=body, signer_id=reader.id, signature=key.sign(body.encode())))

    with pytest.raises(roster.ForgedRoster):
        roster.members()
    assert "<textarea" not in source.form().text
    page = desk.get("/desk/tips/readers")
    assert page.status_code == 503
    assert "담당자 명단에 문제가 있습니다" in page.text


def test_a_version_taken_out_of_the_roster_closes_the_form(desk, second_desk, at_desk, source):
    """Each version names the one before: a change cannot be made unseen. All are tess’s here."""
    desk.sign_for(at_desk(person("kim", can_read_tips=True)).user)
    versions = db.session.scalars(select(Roster.id).order_by(Roster.id)).all()
    with writing():
        db.session.delete(db.session.get(Roster, versions[1]))

    assert len(versions) == 3
    with pytest.raises(roster.ForgedRoster):
        roster.members()
    assert "<textarea" not in source.client.get("/tips/new").text


def test_the_source_has_no_key_to_the_readers_notes(desk, sent):
    source_keys = db.session.execute(
        select(TipKey.purpose)
        .join(Grant, Grant.key_id == TipKey.id)
        .join_from(Grant, TipItem, isouter=True, onclause=text("1=0"))
        .where(Grant.holder_id.not_in(select(TipReader.id)))
    ).scalars()

    assert set(source_keys) == {"talk"}


class TestErasure:
    def test_a_reader_erases_a_tip_for_good(self, desk, sent, tmp_path):
        sent.enter()
        unsure = desk.post("/desk/tips/1/erase")
        assert (unsure.status_code, db.session.get(Tip, 1) is None) == (422, False)
        db.session.rollback()

        desk.post("/desk/tips/1/erase", sure="yes")

        assert "삭제되었습니다" in sent.mailbox().text or "코드" in sent.mailbox().text
        assert desk.get("/desk/tips/1").status_code == 404
        assert sent.enter().status_code == 410
        counts = {t: db.session.scalar(text(f"SELECT count(*) FROM {t}")) for t in tables()}
        may_remain = {"tip_holder", "tip_roster", "tip_ticket", "tip_unlocked", "tip_erasure",
                "tip_log", "tip_erased_code", "tip_pepper"}  # fmt: skip
        assert {t for t, count in counts.items() if count} <= may_remain
        assert counts["tip_holder"] == 1
        assert counts["tip_erasure"] == 1

    def test_its_source_is_told_for_two_months_at_least(self, app, desk, sent):
        with time_machine.travel(datetime(2031, 11, 30, 3, tzinfo=UTC)):
            with writing():
                retention.erase(db.session.get_one(Tip, 1), reason="reader")
            told = sent.enter()
        with time_machine.travel(datetime(2032, 1, 31, 3, tzinfo=UTC)):
            jobs.run_pending()
            later = sent.enter()
        with time_machine.travel(datetime(2032, 2, 1, 3, tzinfo=UTC)):
            assert "tips" in jobs.run_pending()
            forgotten = sent.enter()

        assert (told.status_code, later.status_code, forgotten.status_code) == (410, 410, 422)
        assert "삭제되었습니다" in told.text
        assert "Set-Cookie" not in told.headers
        assert "맞지 않는 코드입니다. 잘못 입력한 곳은 없어 보입니다" in forgotten.text
        assert len(told.data) == len(forgotten.data)

    def test_a_source_who_gave_up_access_leaves_no_code(self, desk, sent):
        sent.enter()
        sent.client.post("/tips/box/burn", data={"sure": "yes"})
        desk.post("/desk/tips/1/erase", sure="yes")

        assert sent.enter().status_code == 422
        assert db.session.scalars(select(ErasedCode)).all() == []

    def test_codes_of_erased_tips_are_dated_by_a_month_and_lead_to_no_tip(self, desk, source):
        tags = set()
        for number in (1, 2, 3):
            source.send(STORY)
            tags.add(key_files.stretch(source.code)[0])
            desk.post(f"/desk/tips/{number}/erase", sure="yes")

        codes = db.session.execute(text("SELECT tag, forget_on FROM tip_erased_code")).all()
        assert [code.tag for code in codes] == sorted(tags)  # not the order of erasure
        assert {code.forget_on[-3:] for code in codes} == {"-01"}

    def test_it_reaches_backups(self, app, desk, sent, tmp_path):
        """The whole database as it was, with every key a reader has, cannot be decrypted."""
        copy_database(tmp_path / "board.db", tmp_path / "backup.db")
        desk.post("/desk/tips/1/erase", sure="yes")
        db.session.remove()
        close_connections()
        for ending in ("-wal", "-shm"):
            (tmp_path / f"board.db{ending}").unlink(missing_ok=True)
        shutil.copy(tmp_path / "backup.db", tmp_path / "board.db")

        desk.unlock()

        assert 'href="/desk/tips/1"' in desk.get("/desk/tips").text
        assert desk.get("/desk/tips/1").status_code == 404
        sent.enter()
        assert "과장이 장부를" not in sent.mailbox().text
        assert "이 제보는 이제 없습니다" in sent.mailbox().text

    def test_it_truncates_the_write_ahead_log(self, desk, sent, tmp_path):
        ref = db.session.get(Tip, 1).ref.encode()
        db.session.rollback()
        assert ref in (tmp_path / "board.db-wal").read_bytes()

        desk.post("/desk/tips/1/erase", sure="yes")

        files = [tmp_path / "board.db", tmp_path / "board.db-wal"]
        assert [path.name for path in files if ref in path.read_bytes()] == []

    def test_a_tip_is_erased_when_its_retention_ends(self, app, desk, source):
        source.send(STORY, files=((b"x" * 100, "a.bin"),))
        days = timedelta(days=app.config["TIP_DAYS"])
        with time_machine.travel(now() + days - timedelta(days=1)), writing():
            assert retention.erase_outdated() == 0
        with time_machine.travel(now() + days):
            assert "tips" in jobs.run_pending()

        assert list(key_files.folder("files").iterdir()) == []
        assert list(key_files.folder("keys").iterdir()) == []

    def test_a_held_tip_stays(self, app, desk, sent):
        days = timedelta(days=app.config["TIP_DAYS"])
        until = today() + days + timedelta(days=30)
        desk.post("/desk/tips/1/hold", day=until.isoformat(), reason="재판이 끝날 때까지")
        with time_machine.travel(now() + days + timedelta(days=1)), writing():
            assert retention.erase_outdated() == 0
        with time_machine.travel(now() + days + timedelta(days=32)), writing():
            assert retention.erase_outdated() == 1

    def test_both_sides_are_warned_fourteen_days_before_erasure(self, app, desk, sent, as_):
        days = timedelta(days=app.config["TIP_DAYS"])
        with time_machine.travel(now() + days - timedelta(days=14)):
            sent.enter()
            assert re.search(r'class="error">[^<]*삭제', sent.mailbox().text)
            later = ReaderClient(desk.user, as_(desk.user), *desk.phrases)
            later.unlock()
            assert re.search(r'class="error">[^<]*삭제', later.get("/desk/tips/1").text)


def test_a_copy_of_the_database_does_not_open_a_recorded_answer(desk, source):
    """It is encrypted with the form's token, which is in the page alone."""
    form = form_fields(source.preview(STORY))
    page = source.client.post("/tips/new", data=form)
    code, key = element_text(page, "tip-code"), hidden_field(page, "key")
    row = db.session.scalars(select(FormToken)).all()[-1]

    assert form_tokens.answer_to(key)["code"] == code
    for known in (form_tokens.new(), row.token_hash.hex(), setting("SECRET_KEY")):
        assert form_tokens.answer_to(known) == {}
    other_token = form_tokens.idempotency_key(form_tokens.new(), repr(form).encode())
    assert form_tokens.answer_to(other_token) == {}


def test_two_boards_do_not_accept_each_others_form_tokens(app, another, desk, tmp_path):
    other = another(tmp_path / "other")
    with other.app_context():
        foreign = form_tokens.new()

    assert form_tokens.age(foreign) is None
    assert form_tokens.age(form_tokens.new()) < timedelta(seconds=5)


def test_the_write_ahead_log_can_be_truncated_twice(app):
    truncate_wal()
    truncate_wal()
