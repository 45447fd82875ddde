"""Dry run: tests a rule on recent comments before it holds anything.

Each step reads a few thousand comments outside any write and stores its progress: a closed window
loses nothing, and no post waits for it.
"""

import zlib
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import JSON, ForeignKey, Select, String, delete, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.comments.models import Comment
from board.db import Base, db, now
from board.moderation.filters import changes
from board.moderation.filters.compiled import CachedRule, CompiledRules
from board.moderation.filters.models import Rule, State, allowed_texts
from board.moderation.rulings.models import Ruling


class DryRun(Base):
    """A rule as proposed, and what it matches in the comments of the last days."""

    __tablename__ = "rule_trial"
    COMMENTS_MAX = 50_000
    STEP = 10_000  # comments checked in one request
    SAMPLE = 20
    DAYS_MAX = 90
    KEPT_FOR = timedelta(days=7)
    RULE_FIELDS = ("kind", "text", "action", "category", "disguised")

    id: Mapped[int] = mapped_column(primary_key=True)
    # The rule it would change; None for a new one.
    rule_id: Mapped[int | None] = mapped_column(ForeignKey(Rule.id))
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(10))
    category: Mapped[str] = mapped_column(String(20))
    disguised: Mapped[bool]
    note: Mapped[str] = mapped_column(String(Ruling.NOTE_MAX), default="")
    made_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)
    since: Mapped[datetime]
    # The id of the oldest comment checked; 0 before the first, as no comment has that id.
    reached: Mapped[int] = mapped_column(default=0)
    looked: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    hidden: Mapped[int] = mapped_column(default=0)
    sample: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    is_done: Mapped[bool] = mapped_column(default=False)

    rule: Mapped[Rule | None] = relationship()

    @property
    def rule_fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.RULE_FIELDS}

    @property
    def share(self) -> float:
        """Matches per 1000 comments checked."""
        return 1000 * self.found / self.looked if self.looked else 0.0

    def sampled(self) -> Select[Comment]:
        """The comments of the sample that are not deleted, newest first."""
        ids = [each["id"] for each in self.sample]
        comments = select(Comment).where(Comment.id.in_(ids), Comment.deleted_at.is_(None))
        return comments.options(joinedload(Comment.article)).order_by(Comment.id.desc())

    def spans(self, comment: Comment) -> list[tuple[int, int]]:
        """Where the rule matched; empty if the text has changed since."""
        for each in self.sample:
            if each["id"] == comment.id and each["length"] == len(comment.body):
                return [(start, end) for start, end in each["spans"]]
        return []


class StepResult(NamedTuple):
    """Result of one step."""

    start: int  # `reached` before the step
    reached: int
    looked: int
    hidden: int
    matches: list[dict[str, Any]]
    is_done: bool


def begin(*, by: User, days: int, note: str, rule: Rule | None = None, **fields: Any) -> DryRun:
    """Start a dry run, and delete those older than KEPT_FOR."""
    db.session.execute(delete(DryRun).where(DryRun.made_at < now() - DryRun.KEPT_FOR))
    since = now() - timedelta(days=days)
    dry_run = DryRun(rule_id=rule and rule.id, made_by=by.id, since=since, note=note, **fields)
    db.session.add(dry_run)
    db.session.flush()
    return dry_run


def run_step(dry_run: DryRun) -> StepResult:
    """Check the next comments, newest first. Reads only: call it before the write of the step."""
    rules = CompiledRules(0, [_as_cached(dry_run)], allowed_texts())
    size = min(DryRun.STEP, DryRun.COMMENTS_MAX - dry_run.looked)
    page = select(Comment.id, Comment.body, Comment.hidden_for, Comment.posted_at)
    if dry_run.reached:
        page = page.where(Comment.id < dry_run.reached)
    rows = db.session.execute(page.order_by(Comment.id.desc()).limit(size)).all()
    recent = [row for row in rows if row.posted_at >= dry_run.since]
    matches, hidden = [], 0
    for id, body, hidden_for, _posted_at in recent:
        if spans := [(each.start, each.end) for each in rules.findings(body)]:
            matches.append({"id": id, "length": len(body), "spans": spans})
            hidden += hidden_for is not None
    # Ids rise with time: a page with a comment that is too old is the last.
    is_done = len(recent) < size or dry_run.looked + len(recent) >= DryRun.COMMENTS_MAX
    reached = rows[-1].id if rows else dry_run.reached
    return StepResult(dry_run.reached, reached, len(recent), hidden, matches, is_done)


def store_step(dry_run: DryRun, step: StepResult) -> None:
    """Add the step to the totals. A step that two windows ran counts once."""
    if dry_run.is_done or dry_run.reached != step.start:
        return
    dry_run.reached, dry_run.is_done = step.reached, step.is_done
    dry_run.looked += step.looked
    dry_run.found += len(step.matches)
    dry_run.hidden += step.hidden
    dry_run.sample = sorted([*dry_run.sample, *step.matches], key=_sample_key)[: DryRun.SAMPLE]


def accept(dry_run: DryRun, *, by: User, state: State) -> Rule:
    """Add or change the rule as tested. Raises DuplicateRule, and InvalidRule."""
    if dry_run.rule is None:
        rule = changes.add(by=by, state=state, note=dry_run.note, **dry_run.rule_fields)
    else:
        rule = dry_run.rule
        changes.change(rule, by=by, note=dry_run.note, state=state.value, **dry_run.rule_fields)
    db.session.delete(dry_run)
    return rule


def discard(dry_run: DryRun) -> None:
    db.session.delete(dry_run)


def _as_cached(dry_run: DryRun) -> CachedRule:
    disguised = dry_run.disguised
    return CachedRule(
        0, dry_run.kind, dry_run.text, dry_run.action, State.ON.value, 1, disguised, 0
    )


def _sample_key(match: dict[str, Any]) -> int:
    """A fixed key for each comment: running the test again does not change the sample."""
    return zlib.crc32(str(match["id"]).encode())
