"""Matches of the rules in posted comments: they hold comments, and give each rule's statistics."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import ForeignKey, Index, Select, Table, delete, func, insert, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.comments.models import Comment
from board.comments.reason_codes import automatic_reasons
from board.comments.writing.create import PendingPost
from board.comments.writing.errors import Refused
from board.db import Base, db, execute_core, now
from board.moderation import queue as moderation_queue
from board.moderation.filters import compiled, heuristics, near_duplicates
from board.moderation.filters.compiled import Finding
from board.moderation.filters.models import Kind, Rule, State
from board.moderation.queue import Queue
from board.moderation.word_filter import Action

STATISTICS_PERIOD = timedelta(days=30)
NEWEST_MAX = 20
_WHY_MAX = 200


class WordRefused(Refused):
    """The text contains a word that is not accepted here."""

    def __init__(self, matched: str) -> None:
        super().__init__()
        self.matched = matched


class RuleMatch(Base):
    """A match of a rule in a comment: `start` up to `end` of its text, or a counted `value`."""

    __tablename__ = "rule_hit"
    __table_args__ = (Index(None, "rule_id", "made_at"), Index(None, "comment_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id))
    rule_id: Mapped[int] = mapped_column(ForeignKey(Rule.id))
    start: Mapped[int] = mapped_column(default=0)
    end: Mapped[int] = mapped_column(default=0)
    value: Mapped[int] = mapped_column(default=0)
    shadow: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(default=now)

    comment: Mapped[Comment] = relationship()
    rule: Mapped[Rule] = relationship()

    @classmethod
    def newest(cls, rule: Rule) -> Select["RuleMatch"]:
        """The newest matches of a rule, with their comments."""
        matches = select(cls).where(cls.rule_id == rule.id)
        matches = matches.options(joinedload(cls.comment).joinedload(Comment.article))
        return matches.order_by(cls.made_at.desc(), cls.id.desc()).limit(NEWEST_MAX)

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


class MatchStatistics(NamedTuple):
    """Comments a rule matched in the last 30 days, and what moderators decided about them."""

    matches: int = 0
    hidden: int = 0
    waiting: int = 0

    @property
    def kept(self) -> int:
        return self.matches - self.hidden - self.waiting


def match_statistics(rules: Iterable[Rule]) -> Mapping[int, MatchStatistics]:
    """Statistics by rule id, in one query."""
    comments = (
        select(RuleMatch.rule_id, Comment.id, Comment.hidden_for, Comment.held_for)
        .join(Comment, Comment.id == RuleMatch.comment_id)
        .where(RuleMatch.rule_id.in_([rule.id for rule in rules]))
        .where(RuleMatch.made_at > now() - STATISTICS_PERIOD)
        .distinct()
        .subquery()
    )
    counts = select(
        comments.c.rule_id,
        func.count(),
        func.count(comments.c.hidden_for),
        func.count(comments.c.held_for),
    ).group_by(comments.c.rule_id)
    by_rule = {row[0]: MatchStatistics(*row[1:]) for row in db.session.execute(counts)}
    return defaultdict(MatchStatistics, by_rule)


def matches_in(comments: Iterable[Comment]) -> Mapping[int, list[RuleMatch]]:
    """Matches by comment id, in the order of the text; in one query."""
    ids = [comment.id for comment in comments]
    matches = (
        select(RuleMatch).where(RuleMatch.comment_id.in_(ids)).options(joinedload(RuleMatch.rule))
    )
    by_comment: defaultdict[int, list[RuleMatch]] = defaultdict(list)
    for match in db.session.scalars(matches.order_by(RuleMatch.start, RuleMatch.id)):
        by_comment[match.comment_id].append(match)
    return by_comment


def check_post(draft: PendingPost) -> str | None:
    """The reason to hold the post, or None. Raises WordRefused."""
    rules = compiled.compiled_rules(draft.extra.rules_version)
    findings = [*rules.findings(draft.body.text), *heuristics.findings(rules.signals(), draft)]
    db.session.info["findings"] = findings  # for `store_matches`, once the comment has an id
    active = [each for each in findings if each.rule.state == State.ON]
    for each in active:
        if each.rule.action == Action.REFUSE:
            raise WordRefused(draft.body.text[each.start : each.end])
    holding = _holding(active)
    return _reason_code(holding[0]) if holding else None


def store_matches(comment: Comment) -> None:
    """Store the findings of `check_post`; the desk marks them in the text."""
    findings: list[Finding] = db.session.info.pop("findings", [])
    if findings:
        execute_core(_INSERT, [_row(each, comment) for each in findings])
    holding = _holding(each for each in findings if each.rule.state == State.ON)
    if holding and comment.held_for in automatic_reasons:
        why = ", ".join(dict.fromkeys(_why(each, comment.body) for each in holding))
        moderation_queue.enqueue(comment, Queue.HELD, reason=comment.held_for, why=why[:_WHY_MAX])
    near_duplicates.index_comment(comment)


_INSERT = insert(cast(Table, RuleMatch.__table__))


def _row(finding: Finding, comment: Comment) -> dict[str, Any]:
    return {
        "comment_id": comment.id,
        "rule_id": finding.rule.id,
        "start": finding.start,
        "end": finding.end,
        "value": finding.value,
        "shadow": finding.rule.state == State.SHADOW,
        "made_at": comment.posted_at,
    }


def restore_matches(comment: Comment) -> None:
    """Replace the matches after an edit."""
    delete_matches(comment)
    store_matches(comment)


def delete_matches(comment: Comment) -> None:
    """Delete the matches of a comment whose text is gone."""
    db.session.execute(delete(RuleMatch).where(RuleMatch.comment_id == comment.id))
    near_duplicates.delete_comment(comment)


def _holding(findings: Iterable[Finding]) -> list[Finding]:
    return [each for each in findings if each.rule.action == Action.HOLD]


def _reason_code(finding: Finding) -> str:
    return finding.rule.text if finding.rule.kind == Kind.SIGNAL else "word"


def _why(finding: Finding, text: str) -> str:
    """Which rule, and what it matched: 시발 ← 시1발. In no language, since it is stored."""
    if finding.rule.kind == Kind.SIGNAL:
        return text[finding.start : finding.end] or f"× {finding.value}"
    matched = text[finding.start : finding.end]
    return matched if matched == finding.rule.text else f"{finding.rule.text} ← {matched}"
