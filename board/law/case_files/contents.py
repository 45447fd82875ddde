"""What a case file holds of a comment, a claim and an order."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from board.comments.models import Comment
from board.db import db
from board.law.authorities.orders import Order
from board.law.claims.evidence import Evidence
from board.law.claims.models import Claim
from board.law.claims.workflow import objections
from board.moderation.appeals.models import Appeal
from board.moderation.filters.matches import matches_in
from board.moderation.reports.models import Report
from board.moderation.rulings import log as ruling_log
from board.moderation.rulings.models import Ruling

KOREA = ZoneInfo("Asia/Seoul")


def moment(at: datetime | None) -> dict[str, str] | None:
    """Both clocks, since a court reads the one and a log the other."""
    if at is None:
        return None
    return {"utc": at.astimezone(UTC).isoformat(), "kst": at.astimezone(KOREA).isoformat()}


def comment_files(comment: Comment) -> Iterator[tuple[str, bytes]]:
    yield "comment.json", as_json(_comment(comment))
    yield "comment.txt", _text(comment).encode()
    yield "rulings.jsonl", _rulings(comment)
    yield "reports.json", as_json(_reports(comment))
    yield "appeals.json", as_json(_appeals(comment))
    hits = matches_in([comment])[comment.id]
    rules = [
        {"rule": hit.rule.text, "kind": hit.rule.kind, "from": hit.start, "to": hit.end,
         "at": moment(hit.made_at)} for hit in hits
    ]  # fmt: skip
    yield "rules.json", as_json(rules)


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
        told = {
            **ruling_log.as_dict(ruling),
            "previous_hash": previous.hex(),
            "at": moment(ruling.made_at),
        }
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


def claim_as_dict(claim: Claim) -> dict[str, Any]:
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


def order_as_dict(order: Order) -> dict[str, Any]:
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


def as_json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _both(at: datetime) -> str:
    told = moment(at)
    return f"{told['kst']} (KST), {told['utc']} (UTC)" if told else ""


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
