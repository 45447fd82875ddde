"""Contents of a case file about a comment, a claim or an order."""

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


def in_both_zones(at: datetime | None) -> dict[str, str] | None:
    """The time in UTC, as in logs, and in Korea, as courts read it."""
    if at is None:
        return None
    return {"utc": at.astimezone(UTC).isoformat(), "kst": at.astimezone(KOREA).isoformat()}


def comment_files(comment: Comment) -> Iterator[tuple[str, bytes]]:
    """File names and contents."""
    yield "comment.json", as_json(_comment_as_dict(comment))
    yield "comment.txt", _plain_text(comment).encode()
    yield "rulings.jsonl", _rulings(comment)
    yield "reports.json", as_json(_reports(comment))
    yield "appeals.json", as_json(_appeals(comment))
    matches = matches_in([comment])[comment.id]
    rules = [
        {"rule": match.rule.text, "kind": match.rule.kind, "from": match.start, "to": match.end,
         "at": in_both_zones(match.made_at)} for match in matches
    ]  # fmt: skip
    yield "rules.json", as_json(rules)


def _comment_as_dict(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "article": {"slug": comment.article.slug, "title": comment.article.title},
        "author": {"account": comment.author_id, "display_name": comment.author.name},
        "answers": comment.parent_id,
        "posted_at": in_both_zones(comment.posted_at),
        "deleted_by_author_at": in_both_zones(comment.deleted_at),
        "hidden_for": comment.hidden_for,
        "held_for": comment.held_for,
        "versions": [
            {"text": text, "since": in_both_zones(since), "sha256": _sha256(text)}
            for text, since in comment.versions
        ]
        if comment.deleted_at is None
        else [],
    }


def _plain_text(comment: Comment) -> str:
    """The same as text to print."""
    lines = [
        f"댓글 번호 / Comment: {comment.id}",
        f"기사 / Article: {comment.article.title} ({comment.article.slug})",
        f"작성 계정 / Account: {comment.author_id} ({comment.author.name})",
    ]
    if comment.deleted_at:
        return "\n".join([*lines, f"작성자가 삭제 / Deleted: {_time_text(comment.deleted_at)}", ""])
    for number, (text, since) in enumerate(comment.versions, start=1):
        lines += ["", f"[{number}] {_time_text(since)}", f"SHA-256 {_sha256(text)}", "", text]
    return "\n".join([*lines, ""])


def _rulings(comment: Comment) -> bytes:
    """Rulings, each with the hash of the one before it in the log, to verify its own."""
    rulings = select(Ruling).where(Ruling.comment_id == comment.id).order_by(Ruling.id)
    lines = []
    for ruling in db.session.scalars(rulings):
        before = select(Ruling.hash).where(Ruling.id < ruling.id).order_by(Ruling.id.desc())
        previous = db.session.scalar(before.limit(1)) or b""
        fields = {
            **ruling_log.as_dict(ruling),
            "previous_hash": previous.hex(),
            "at": in_both_zones(ruling.made_at),
        }
        lines.append(json.dumps(fields, ensure_ascii=False, default=str))
    return "".join(f"{line}\n" for line in lines).encode()


def _reports(comment: Comment) -> list[dict[str, Any]]:
    """Reasons and times of the reports, without the reporters."""
    reports = select(Report).where(Report.comment_id == comment.id).order_by(Report.made_at)
    return [
        {"reason": report.reason, "note": report.note, "at": in_both_zones(report.made_at),
         "ruling": report.ruling_id, "upheld": report.upheld}
        for report in db.session.scalars(reports)
    ]  # fmt: skip


def _appeals(comment: Comment) -> list[dict[str, Any]]:
    appeals = select(Appeal).join(Appeal.ruling).where(Ruling.comment_id == comment.id)
    appeals = appeals.options(joinedload(Appeal.outcome)).order_by(Appeal.made_at)
    return [_appeal_as_dict(appeal) for appeal in db.session.scalars(appeals)]


def _appeal_as_dict(appeal: Appeal) -> dict[str, Any]:
    return {
        "against": appeal.ruling_id,
        "text": appeal.text,
        "at": in_both_zones(appeal.made_at),
        "upheld": appeal.upheld,
        "decided_at": in_both_zones(appeal.decided_at),
        "says": appeal.outcome.note if appeal.outcome else None,
    }


def claim_as_dict(claim: Claim) -> dict[str, Any]:
    """The claim without its claimant."""
    files = db.session.scalars(Evidence.for_claims([claim.id]))
    return {
        "receipt": claim.receipt,
        "kind": claim.kind,
        "sentence": claim.sentence,
        "text": claim.text,
        "wish": claim.wish,
        "rebuttal": claim.rebuttal,
        "requester": claim.requester,
        "made_at": in_both_zones(claim.made_at),
        "blocked_at": in_both_zones(claim.blocked_at),
        "until": in_both_zones(claim.until),
        "steps": [
            {"state": step.state, "basis": step.basis, "says": step.says, "ruling": step.ruling_id,
             "at": in_both_zones(step.made_at), "claimant_told_at": in_both_zones(step.told_at)}
            for step in claim.steps
        ],
        "objections": [_appeal_as_dict(appeal) for appeal in objections(claim)],
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
        "received_at": in_both_zones(order.received_at),
        "items": order.items,
        "deadline_at": in_both_zones(order.deadline_at),
        "outcome": order.outcome or None,
        "answered_at": in_both_zones(order.answered_at),
        "says": order.says,
        "comments": [
            {"comment": target.comment_id, "ruling": target.ruling_id} for target in order.targets
        ],
    }


def as_json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _time_text(at: datetime) -> str:
    times = in_both_zones(at)
    return f"{times['kst']} (KST), {times['utc']} (UTC)" if times else ""


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
