"""Trying a rule on what was posted lately, before it holds anything.

A trial looks at a few thousand comments at a time, outside any write, and keeps how far it came:
whoever closes the window loses nothing, and nobody who posts waits for it.
"""

import zlib
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import JSON, ForeignKey, Select, String, delete, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.comments.models import Comment
from board.db import Base, db, now
from board.moderation.filters import models as filter_rules
from board.moderation.filters.compiled import CachedRule, CompiledRules
from board.moderation.filters.models import Rule, State
from board.moderation.rulings.models import Ruling


class DryRun(Base):
    """A rule as somebody means to have it, and what it finds in the comments of the last days."""

    __tablename__ = "rule_trial"
    COMMENTS_MAX = 50_000
    STEP = 10_000  # comments looked at in one request
    SAMPLE = 20
    DAYS_MAX = 90
    KEPT = timedelta(days=7)
    SAID = ("kind", "text", "action", "category", "disguised")

    id: Mapped[int] = mapped_column(primary_key=True)
    # The rule it would change; none for a new one.
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
    # The oldest comment looked at yet; 0 before the first, as no comment has that number.
    reached: Mapped[int] = mapped_column(default=0)
    looked: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    hidden: Mapped[int] = mapped_column(default=0)
    sample: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    is_done: Mapped[bool] = mapped_column(default=False)

    rule: Mapped[Rule | None] = relationship()

    @property
    def said(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.SAID}

    @property
    def share(self) -> float:
        """Of the comments looked at, how many of a thousand it finds."""
        return 1000 * self.found / self.looked if self.looked else 0.0

    def sampled(self) -> Select[Comment]:
        """The comments of the sample that still stand, newest first."""
        ids = [each["id"] for each in self.sample]
        found = select(Comment).where(Comment.id.in_(ids), Comment.deleted_at.is_(None))
        return found.options(joinedload(Comment.article)).order_by(Comment.id.desc())

    def spans(self, comment: Comment) -> list[tuple[int, int]]:
        """Where it was found; nowhere, if the text is no longer the one that was looked at."""
        for each in self.sample:
            if each["id"] == comment.id and each["length"] == len(comment.body):
                return [(start, end) for start, end in each["spans"]]
        return []


class StepResult(NamedTuple):
    """What one step of a trial has seen."""

    came_from: int
    reached: int
    looked: int
    hidden: int
    hits: list[dict[str, Any]]
    is_done: bool


def begin(*, by: User, days: int, note: str, rule: Rule | None = None, **said: Any) -> DryRun:
    """And forget those nobody came back to."""
    db.session.execute(delete(DryRun).where(DryRun.made_at < now() - DryRun.KEPT))
    since = now() - timedelta(days=days)
    trial = DryRun(rule_id=rule and rule.id, made_by=by.id, since=since, note=note, **said)
    db.session.add(trial)
    db.session.flush()
    return trial


def run_step(trial: DryRun) -> StepResult:
    """The next comments, newest first. Reads only: call it before the write that keeps it."""
    book = CompiledRules(0, [_known(trial)], filter_rules.allowed_texts())
    size = min(DryRun.STEP, DryRun.COMMENTS_MAX - trial.looked)
    page = select(Comment.id, Comment.body, Comment.hidden_for, Comment.posted_at)
    if trial.reached:
        page = page.where(Comment.id < trial.reached)
    rows = db.session.execute(page.order_by(Comment.id.desc()).limit(size)).all()
    within = [row for row in rows if row.posted_at >= trial.since]
    hits, hidden = [], 0
    for id, body, hidden_for, _posted_at in within:
        if spans := [(each.start, each.end) for each in book.findings(body)]:
            hits.append({"id": id, "length": len(body), "spans": spans})
            hidden += hidden_for is not None
    # Numbers rise with time: a page with a comment too old is the last.
    is_done = len(within) < size or trial.looked + len(within) >= DryRun.COMMENTS_MAX
    reached = rows[-1].id if rows else trial.reached
    return StepResult(trial.reached, reached, len(within), hidden, hits, is_done)


def store_step(trial: DryRun, seen: StepResult) -> None:
    """Add it up. A step that another window was faster with counts once."""
    if trial.is_done or trial.reached != seen.came_from:
        return
    trial.reached, trial.is_done = seen.reached, seen.is_done
    trial.looked += seen.looked
    trial.found += len(seen.hits)
    trial.hidden += seen.hidden
    trial.sample = sorted([*trial.sample, *seen.hits], key=_sample_key)[: DryRun.SAMPLE]


def accept(trial: DryRun, *, by: User, state: State) -> Rule:
    """The rule as it was tried. Raises Twice."""
    if trial.rule is None:
        rule = filter_rules.add(by=by, state=state, note=trial.note, **trial.said)
    else:
        rule = trial.rule
        filter_rules.change(rule, by=by, note=trial.note, state=state.value, **trial.said)
    db.session.delete(trial)
    return rule


def discard(trial: DryRun) -> None:
    db.session.delete(trial)


def _known(trial: DryRun) -> CachedRule:
    disguised = trial.disguised
    return CachedRule(0, trial.kind, trial.text, trial.action, State.ON.value, 1, disguised, 0)


def _sample_key(hit: dict[str, Any]) -> int:
    """The same for the same comment, whatever else was found: no moderator tries until it suits."""
    return zlib.crc32(str(hit["id"]).encode())
