"""A case file: everything needed to show what was written, and what the desk did about it.

For a court, an authority or a colleague: one archive with the comment and all it ever said, times
in UTC and Korean time, the decisions with the hashes that prove them, and a manifest with the
SHA-256 of each file. It holds the number and the display name of the author's account and nothing
more of them: an e-mail address is only given out by way of the register of disclosures. Who
reported, and who claimed their rights, stays out; so do their files, of which only the digests are
told.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from board.accounts.models import User
from board.comments.models import Comment
from board.db import db, now
from board.law.evidence import Evidence
from board.law.models import Claim
from board.law.orders import Order
from board.law.takedowns import objections
from board.moderation import log
from board.moderation.appeals import Appeal
from board.moderation.hits import hits_in
from board.moderation.models import Ruling, Verdict, record
from board.moderation.reports import Report

KOREA = ZoneInfo("Asia/Seoul")
PURPOSES = ("court", "authority", "rights", "review")
FORMAT = 1
# So that the same case gives the same bytes.
_STAMP = (1980, 1, 1, 0, 0, 0)


class Dossier(NamedTuple):
    name: str
    data: bytes
    sha256: str  # of the archive


def of_comment(comment: Comment, **why: Any) -> Dossier:
    return _taken(f"comment-{comment.id}", [comment], {}, **why)


def of_claim(claim: Claim, **why: Any) -> Dossier:
    files = {"claim.json": _claim(claim)}
    return _taken(f"claim-{claim.receipt}", [claim.comment], files, **why)


def of_order(order: Order, **why: Any) -> Dossier:
    comments = [target.comment for target in order.targets]
    return _taken(f"order-{order.id}", comments, {"order.json": _order(order)}, **why)


def _taken(
    name: str,
    comments: Iterable[Comment],
    files: Mapping[str, Any],
    *,
    by: User,
    purpose: str,
    says: str,
) -> Dossier:
    """The archive, and a line in the log: who took it along, what for, and its SHA-256."""
    comments = list(comments)
    told = {name: _bytes(value) for name, value in files.items()}
    for comment in comments:
        told |= {f"comment-{comment.id}/{name}": data for name, data in _about(comment)}
    told["manifest.json"] = _manifest(told, name, by=by, purpose=purpose, says=says)
    data = _zipped(told)
    digest = hashlib.sha256(data).hexdigest()
    record(
        Verdict.EXPORT, by=by, reason="", note=says, purpose=purpose, file=name, sha256=digest,
        comments=[comment.id for comment in comments],
    )  # fmt: skip
    return Dossier(f"{name}.zip", data, digest)


def moment(at: datetime | None) -> dict[str, str] | None:
    """Both clocks, since a court reads the one and a log the other."""
    if at is None:
        return None
    return {"utc": at.astimezone(UTC).isoformat(), "kst": at.astimezone(KOREA).isoformat()}


def _about(comment: Comment) -> Iterator[tuple[str, bytes]]:
    yield "comment.json", _bytes(_comment(comment))
    yield "comment.txt", _text(comment).encode()
    yield "rulings.jsonl", _rulings(comment)
    yield "reports.json", _bytes(_reports(comment))
    yield "appeals.json", _bytes(_appeals(comment))
    hits = hits_in([comment])[comment.id]
    rules = [
        {"rule": hit.rule.text, "kind": hit.rule.kind, "from": hit.start, "to": hit.end,
         "at": moment(hit.made_at)} for hit in hits
    ]  # fmt: skip
    yield "rules.json", _bytes(rules)


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "article": {"slug": comment.article.slug, "title": comment.article.title},
        "author": {"account": comment.author_id, "display_name": comment.author.name},
        "answers": comment.parent_id,
        "posted_at": moment(comment.posted_at),
        "deleted_by_author_at": moment(comment.deleted_at),
        "hidden_for": comment.hidden_for,
        "held_for": comment.held_for,
        "versions": [
            {"text": text, "since": moment(since), "sha256": _sha256(text)}
            for text, since in comment.versions
        ]
        if comment.deleted_at is None
        else [],
    }


def _text(comment: Comment) -> str:
    """The same for people who print it."""
    lines = [
        f"댓글 번호 / Comment: {comment.id}",
        f"기사 / Article: {comment.article.title} ({comment.article.slug})",
        f"작성 계정 / Account: {comment.author_id} ({comment.author.name})",
    ]
    if comment.deleted_at:
        return "\n".join([*lines, f"작성자가 삭제 / Deleted: {_both(comment.deleted_at)}", ""])
    for number, (text, since) in enumerate(comment.versions, start=1):
        lines += ["", f"[{number}] {_both(since)}", f"SHA-256 {_sha256(text)}", "", text]
    return "\n".join([*lines, ""])


def _rulings(comment: Comment) -> bytes:
    """Each with the hash of the one before it in the log, so that its own can be made again."""
    rulings = select(Ruling).where(Ruling.comment_id == comment.id).order_by(Ruling.id)
    lines = []
    for ruling in db.session.scalars(rulings):
        before = select(Ruling.hash).where(Ruling.id < ruling.id).order_by(Ruling.id.desc())
        previous = db.session.scalar(before.limit(1)) or b""
        told = {**log.told(ruling), "previous_hash": previous.hex(), "at": moment(ruling.made_at)}
        lines.append(json.dumps(told, ensure_ascii=False, default=str))
    return "".join(f"{line}\n" for line in lines).encode()


def _reports(comment: Comment) -> list[dict[str, Any]]:
    """What was reported and when, not by whom."""
    found = select(Report).where(Report.comment_id == comment.id).order_by(Report.made_at)
    return [
        {"reason": report.reason, "note": report.note, "at": moment(report.made_at),
         "ruling": report.ruling_id, "upheld": report.upheld}
        for report in db.session.scalars(found)
    ]  # fmt: skip


def _appeals(comment: Comment) -> list[dict[str, Any]]:
    asked = select(Appeal).join(Appeal.ruling).where(Ruling.comment_id == comment.id)
    asked = asked.options(joinedload(Appeal.outcome)).order_by(Appeal.made_at)
    return [_appeal(appeal) for appeal in db.session.scalars(asked)]


def _appeal(appeal: Appeal) -> dict[str, Any]:
    return {
        "against": appeal.ruling_id,
        "text": appeal.text,
        "at": moment(appeal.made_at),
        "upheld": appeal.upheld,
        "decided_at": moment(appeal.decided_at),
        "says": appeal.outcome.note if appeal.outcome else None,
    }


def _claim(claim: Claim) -> dict[str, Any]:
    """Without whoever made it."""
    files = db.session.scalars(Evidence.of([claim.id]))
    return {
        "receipt": claim.receipt,
        "kind": claim.kind,
        "sentence": claim.sentence,
        "text": claim.text,
        "wish": claim.wish,
        "rebuttal": claim.rebuttal,
        "requester": claim.requester,
        "made_at": moment(claim.made_at),
        "blocked_at": moment(claim.blocked_at),
        "until": moment(claim.until),
        "steps": [
            {"state": step.state, "basis": step.basis, "says": step.says, "ruling": step.ruling_id,
             "at": moment(step.made_at), "claimant_told_at": moment(step.told_at)}
            for step in claim.steps
        ],
        "objections": [_appeal(appeal) for appeal in objections(claim)],
        "files": [
            {"kind": file.kind, "size": file.size, "sha256": file.sha256, "type": file.media_type}
            for file in files
        ],
    }  # fmt: skip


def _order(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "kind": order.kind,
        "body": order.body,
        "number": order.number,
        "received_at": moment(order.received_at),
        "items": order.items,
        "deadline_at": moment(order.deadline_at),
        "outcome": order.outcome or None,
        "answered_at": moment(order.answered_at),
        "says": order.says,
        "comments": [
            {"comment": target.comment_id, "ruling": target.ruling_id} for target in order.targets
        ],
    }


def _manifest(told: Mapping[str, bytes], name: str, *, by: User, purpose: str, says: str) -> bytes:
    return _bytes(
        {
            "format": FORMAT,
            "case": name,
            "made_at": moment(now()),
            "made_by": {"account": by.id, "display_name": by.name},
            "purpose": purpose,
            "says": says,
            "log": "hash = SHA-256(previous_hash + JSON of the decision, keys sorted, no spaces); "
            "`moderation verify` checks the whole log, which names this archive by its SHA-256",
            "files": [
                {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for name, data in told.items()
            ],
        }
    )


def _zipped(told: Mapping[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in told.items():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            file.writestr(entry, data)
    return archive.getvalue()


def _both(at: datetime) -> str:
    told = moment(at)
    return f"{told['kst']} (KST), {told['utc']} (UTC)" if told else ""


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _bytes(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
