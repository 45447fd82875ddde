"""What the rules found in what was posted: why it waits, and what each rule is good for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, Index, Select, Table, delete, func, insert, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.comments import moderation_reasons
from board.comments.models import Comment
from board.comments.writing.create import PendingPost
from board.comments.writing.errors import Refused
from board.comments.writing.warnings import TextWarning
from board.db import Base, db, execute_core, now
from board.moderation import queue as moderation_queue
from board.moderation.filters import compiled, heuristics, near_duplicates
from board.moderation.filters.compiled import Finding
from board.moderation.filters.models import Kind, Rule, State
from board.moderation.queue import Queue
from board.moderation.word_filter import Action

COUNTED = timedelta(days=30)
SHOWN = 20
_WHY_MAX = 200


_ADVISED = {
    Action.HOLD.value: (
        _("Posted like this, it will be held for a moderator."),
        _(
            "It contains words often used as insults. Others will see it once a moderator has "
            "checked it."
        ),
    ),
    Action.WARN.value: (
        _("This may sound harsher than you mean it."),
        _("You can rephrase it, or post it as it is."),
    ),
}


class WordRefused(Refused):
    """It holds a word that is not accepted here."""

    def __init__(self, matched: str) -> None:
        super().__init__()
        self.matched = matched


class RuleMatch(Base):
    """A rule found something in a comment: `start` up to `end` of its text, or so many."""

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
        """The newest of a rule, with the comments they are in."""
        hits = select(cls).where(cls.rule_id == rule.id)
        hits = hits.options(joinedload(cls.comment).joinedload(Comment.article))
        return hits.order_by(cls.made_at.desc(), cls.id.desc()).limit(SHOWN)

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


class MatchStatistics(NamedTuple):
    """Comments a rule was about in the last 30 days, and what the desk thought of them."""

    hits: int = 0
    hidden: int = 0
    waiting: int = 0

    @property
    def kept(self) -> int:
        return self.hits - self.hidden - self.waiting


def match_statistics(found: Iterable[Rule]) -> Mapping[int, MatchStatistics]:
    """By rule, in one query."""
    comments = (
        select(RuleMatch.rule_id, Comment.id, Comment.hidden_for, Comment.held_for)
        .join(Comment, Comment.id == RuleMatch.comment_id)
        .where(RuleMatch.rule_id.in_([rule.id for rule in found]))
        .where(RuleMatch.made_at > now() - COUNTED)
        .distinct()
        .subquery()
    )
    of = select(
        comments.c.rule_id,
        func.count(),
        func.count(comments.c.hidden_for),
        func.count(comments.c.held_for),
    ).group_by(comments.c.rule_id)
    counted = {row[0]: MatchStatistics(*row[1:]) for row in db.session.execute(of)}
    return defaultdict(MatchStatistics, counted)


def matches_in(comments: Iterable[Comment]) -> Mapping[int, list[RuleMatch]]:
    """Of each comment, by its id, in the order of its text; in one query."""
    ids = [comment.id for comment in comments]
    hits = (
        select(RuleMatch).where(RuleMatch.comment_id.in_(ids)).options(joinedload(RuleMatch.rule))
    )
    found: defaultdict[int, list[RuleMatch]] = defaultdict(list)
    for hit in db.session.scalars(hits.order_by(RuleMatch.start, RuleMatch.id)):
        found[hit.comment_id].append(hit)
    return found


def check(draft: PendingPost) -> str | None:
    """Why it must wait, if a rule says so. Raises WordRefused."""
    book = compiled.compiled_rules(draft.extra.edition)
    found = [*book.findings(draft.body.text), *heuristics.findings(book.signals(), draft)]
    db.session.info["findings"] = found  # for `note`, in the same write, once it has an id
    firm = [each for each in found if each.rule.state == State.ON]
    for each in firm:
        if each.rule.action == Action.REFUSE:
            raise WordRefused(draft.body.text[each.start : each.end])
    holding = _holding(firm)
    return _code(holding[0]) if holding else None


def store_matches(comment: Comment) -> None:
    """Keep what was found; a moderator sees it marked in place."""
    found: list[Finding] = db.session.info.pop("findings", [])
    if found:
        execute_core(_INSERT, [_row(each, comment) for each in found])
    holding = _holding(each for each in found if each.rule.state == State.ON)
    if holding and comment.held_for in moderation_reasons.automatic_reasons:
        why = ", ".join(dict.fromkeys(_why(each, comment.body) for each in holding))
        moderation_queue.enqueue(comment, Queue.HELD, reason=comment.held_for, why=why[:_WHY_MAX])
    near_duplicates.index_comment(comment)


_INSERT = insert(cast(Table, RuleMatch.__table__))


def _row(found: Finding, comment: Comment) -> dict[str, Any]:
    return {
        "comment_id": comment.id,
        "rule_id": found.rule.id,
        "start": found.start,
        "end": found.end,
        "value": found.value,
        "shadow": found.rule.state == State.SHADOW,
        "made_at": comment.posted_at,
    }


def restore_matches(comment: Comment) -> None:
    """It says something else now."""
    delete_matches(comment)
    store_matches(comment)


def warn(text: str) -> Iterator[TextWarning]:
    """What would make it wait, or might better be said otherwise; the words refused are told when
    it is posted."""
    heuristics.precompute(text)
    for each in compiled.current_rules().findings(text):
        if each.rule.state == State.ON and each.rule.action in _ADVISED:
            what, why = _ADVISED[each.rule.action]
            yield TextWarning(each.start, each.end, f"rule-{each.rule.action}", str(what), str(why))


def delete_matches(comment: Comment) -> None:
    """Its text is gone, and so is what was found in it."""
    db.session.execute(delete(RuleMatch).where(RuleMatch.comment_id == comment.id))
    near_duplicates.delete_comment(comment)


def _holding(found: Iterable[Finding]) -> list[Finding]:
    return [each for each in found if each.rule.action == Action.HOLD]


def _code(finding: Finding) -> str:
    return finding.rule.text if finding.rule.kind == Kind.SIGNAL else "word"


def _why(finding: Finding, text: str) -> str:
    """Which rule, and what it matched: 시발 ← 시1발. In no language, since it is stored."""
    if finding.rule.kind == Kind.SIGNAL:
        return text[finding.start : finding.end] or f"× {finding.value}"
    matched = text[finding.start : finding.end]
    return matched if matched == finding.rule.text else f"{finding.rule.text} ← {matched}"
