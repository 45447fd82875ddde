"""A moderator downloads a case file, which shows what was written and what was decided."""

import hashlib
import io
import json
import zipfile
from datetime import datetime

import pytest
from sqlalchemy import select

from board.comments.body import Body
from board.db import db, now, writing
from board.db.hash_chain import find_tampered
from board.law.authorities import orders
from board.law.claims import evidence
from board.law.claims.evidence import Upload
from board.law.claims.models import Claim
from board.law.claims.workflow import block, receive_claim
from board.moderation.appeals.models import submit_appeal
from board.moderation.reports import models as reports
from board.moderation.rulings import decisions as moderation
from board.moderation.rulings.models import Ruling, Verdict
from board.runtime.limiter import long_work
from conftest import person, say


@pytest.fixture
def comment(harbour, ada, bora, mo):
    made = say(harbour, ada, "First words")
    with writing():
        made.edit(Body.from_text("Second words"))
        reports.report(made, by=bora, reason="abuse", note="look at this")
        ruling = moderation.hide(made, by=mo, reason="abuse")
        submit_appeal(ruling, by=ada, text="Not abuse")
    return made


def export(client, url, **data):
    data = {"purpose": "court", "says": "2026가합1", **data}
    return client.post(url, data=data)


def files(response):
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_has_every_version_with_times_in_utc_and_korean_time(as_, mo, comment):
    response = export(as_(mo), f"/desk/comments/{comment.id}/case")

    assert response.mimetype == "application/zip"
    assert f"comment-{comment.id}.zip" in response.headers["Content-Disposition"]
    fields = json.loads(files(response)[f"comment-{comment.id}/comment.json"])
    assert [version["text"] for version in fields["versions"]] == ["First words", "Second words"]
    digest = hashlib.sha256(b"First words").hexdigest()
    assert fields["versions"][0]["sha256"] == digest
    utc, kst = (datetime.fromisoformat(fields["posted_at"][zone]) for zone in ("utc", "kst"))
    assert utc == kst == comment.posted_at
    assert (utc.utcoffset().seconds, kst.utcoffset().seconds) == (0, 9 * 3600)
    assert "First words" in files(response)[f"comment-{comment.id}/comment.txt"].decode()


def test_the_manifest_lists_each_file_by_its_hash_and_the_log_the_archive(as_, mo, comment):
    response = export(as_(mo), f"/desk/comments/{comment.id}/case")

    found = files(response)
    manifest = json.loads(found.pop("manifest.json"))
    assert {file["name"]: file["sha256"] for file in manifest["files"]} == {
        name: hashlib.sha256(data).hexdigest() for name, data in found.items()
    }
    assert (manifest["purpose"], manifest["says"]) == ("court", "2026가합1")
    [ruling] = db.session.scalars(select(Ruling).where(Ruling.verdict == Verdict.EXPORT))
    assert ruling.detail["sha256"] == hashlib.sha256(response.data).hexdigest()
    assert (ruling.moderator_id, ruling.note) == (mo.id, "2026가합1")
    assert ruling.detail["comments"] == [comment.id]


def test_one_is_made_at_a_time_and_none_is_logged_that_was_not(as_, mo, comment, monkeypatch):
    monkeypatch.setattr(long_work, "wait", 0)
    with long_work:
        busy = export(as_(mo), f"/desk/comments/{comment.id}/case")

    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
    assert list(db.session.scalars(select(Ruling).where(Ruling.verdict == Verdict.EXPORT))) == []


def test_the_hashes_of_its_decisions_can_be_verified(as_, mo, comment):
    response = export(as_(mo), f"/desk/comments/{comment.id}/case")

    lines = files(response)[f"comment-{comment.id}/rulings.jsonl"].decode().splitlines()
    rulings = [json.loads(line) for line in lines]
    assert [ruling["verdict"] for ruling in rulings] == ["hide"]
    for fields in rulings:
        named = {name: fields[name] for name in Ruling.HASHED}
        text = json.dumps(named, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(bytes.fromhex(fields["previous_hash"]) + text.encode())
        assert digest.hexdigest() == fields["hash"]
    assert find_tampered(db.session.scalars(select(Ruling).order_by(Ruling.id))) is None


def test_it_names_only_the_author_and_no_email_address(as_, mo, comment, ada, bora):
    response = export(as_(mo), f"/desk/comments/{comment.id}/case")

    whole = b"".join(files(response).values()).decode()
    assert '"display_name": "ada"' in whole
    assert "look at this" in whole
    assert "Not abuse" in whole
    for private in (ada.email, "bora", bora.email):
        assert private not in whole


def test_of_a_claim_it_has_everything_but_the_claimant(as_, mo, harbour, ada):
    comment = say(harbour, ada, "3 Pier Street")
    with writing():
        made, _ = receive_claim(
            comment, name="Kim Harbour", contact="kim@pier.example", kind="privacy", sentence="3",
            text="My address", wish="block", requester="person",
        )  # fmt: skip
        db.session.flush()
        evidence.attach(
            made,
            evidence.encrypt_uploads([Upload("proof", "kim-passport.pdf", b"%PDF-1.7 secret")]),
        )
        block(made, by=mo, says="Down.")

    response = export(as_(mo), f"/desk/claims/{made.id}/case")

    whole = b"".join(files(response).values()).decode()
    fields = json.loads(files(response)["claim.json"])
    assert [step["state"] for step in fields["steps"]] == ["received", "blocked"]
    assert fields["files"][0]["sha256"] == hashlib.sha256(b"%PDF-1.7 secret").hexdigest()
    assert "My address" in whole
    for private in ("Kim Harbour", "kim@pier.example", "kim-passport", "secret"):
        assert private not in whole
    assert db.session.scalar(select(Claim)).claimant is not None


def test_of_an_order_it_has_each_comment(as_, mo, harbour, ada):
    both = [say(harbour, ada, "One"), say(harbour, ada, "Two")]
    with writing():
        order = orders.register(
            both, by=mo, kind="court", body="A court", number="1", items="Delete",
            received_at=now(), deadline_at=now(),
        )  # fmt: skip

    found = files(export(as_(mo), f"/desk/orders/{order.id}/case"))

    assert json.loads(found["order.json"])["number"] == "1"
    assert {f"comment-{each.id}/comment.json" for each in both} <= found.keys()


def test_it_has_no_deleted_text(as_, mo, comment):
    with writing():
        db.session.get_one(type(comment), comment.id).delete()

    whole = b"".join(files(export(as_(mo), f"/desk/comments/{comment.id}/case")).values())

    assert b"First words" not in whole
    assert b"Second words" not in whole


@pytest.mark.parametrize("lacking", [{"purpose": ""}, {"purpose": "fun"}, {"says": " "}])
def test_a_moderator_cannot_download_it_without_a_purpose(as_, mo, comment, lacking):
    response = export(as_(mo), f"/desk/comments/{comment.id}/case", **lacking)

    assert response.status_code == 422
    assert db.session.scalar(select(Ruling).where(Ruling.verdict == Verdict.EXPORT)) is None


def test_only_moderators_download_it(as_, guest, ada, tess, comment):
    url = f"/desk/comments/{comment.id}/case"
    statuses = [export(client, url).status_code for client in (guest, as_(ada), as_(tess))]

    assert statuses == [401, 403, 403]
    assert (
        export(
            as_(person("min", can_moderate=True, can_handle_legal=True)), "/desk/comments/999/case"
        ).status_code
        == 404
    )
