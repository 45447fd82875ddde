"""Heuristics: links, repeated text, the author's record, personal numbers.

Each is a rule of the kind `signal` with a threshold, switched like the others.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, literal_column, select

from board.comments.models import Comment
from board.comments.writing.create import PendingPost
from board.comments.writing.pii import find_spans
from board.moderation.filters import near_duplicates
from board.moderation.filters.compiled import CachedRule, Finding
from board.moderation.filters.models import State
from board.moderation.word_filter import hosts

# How many of an author's newest comments count, and how many there must be for a percentage.
RECENT_COMMENTS, RECENT_MIN = 20, 5


def default_heuristics() -> Iterator[dict[str, Any]]:
    """The heuristics a board starts with. Two are in shadow until a moderator has seen matches."""
    for text, threshold, state in (
        ("link", 3, State.ON),
        ("number", 1, State.ON),
        ("repeat", 3, State.SHADOW),
        ("rejected", 50, State.SHADOW),
    ):
        yield {"kind": "signal", "text": text, "threshold": threshold, "state": state.value}


_hosts = lru_cache(maxsize=64)(hosts)


def precompute(text: str) -> None:
    """Compute text features before the write lock is taken, and cache them for the checks."""
    _hosts(text)
    near_duplicates.fingerprint_of(text)


def findings(signals: Iterable[CachedRule], draft: PendingPost) -> Iterator[Finding]:
    for rule in signals:
        yield from _CHECKS[rule.text](rule, draft)


def _links(rule: CachedRule, draft: PendingPost) -> Iterator[Finding]:
    """At least `threshold` links."""
    count = len(_hosts(draft.body.text))
    if count >= rule.threshold:
        yield Finding(rule, value=count)


def _numbers(rule: CachedRule, draft: PendingPost) -> Iterator[Finding]:
    """Phone, resident registration, card and account numbers: each a finding with its span."""
    spans = list(find_spans(draft.body.text))
    if len(spans) >= rule.threshold:
        yield from (Finding(rule, start, end) for start, end in spans)


def _repeats(rule: CachedRule, draft: PendingPost) -> Iterator[Finding]:
    """At least `threshold` near-duplicates within a day, by any author under any article."""
    count = near_duplicates.count_similar(draft.body.text)
    if count >= rule.threshold:
        yield Finding(rule, value=count)


def _rejected(rule: CachedRule, draft: PendingPost) -> Iterator[Finding]:
    """At least `threshold` percent of the author's newest comments were hidden."""
    if (
        draft.extra.hidden_percentage is not None
        and draft.extra.hidden_percentage >= rule.threshold
    ):
        yield Finding(rule, value=draft.extra.hidden_percentage)


def hidden_percentage() -> Select[int]:
    """Percentage of the author's newest comments that were hidden; no row below RECENT_MIN."""
    own = select(Comment.hidden_for).where(Comment.author_id == bindparam("author"))
    own = own.order_by(Comment.posted_at.desc(), Comment.id.desc())
    newest = own.limit(literal_column(str(RECENT_COMMENTS))).subquery()
    share = 100 * func.count(newest.c.hidden_for) // func.count()
    return select(share).select_from(newest).having(func.count() >= RECENT_MIN)


_CHECKS: dict[str, Callable[[CachedRule, PendingPost], Iterator[Finding]]] = {
    "link": _links,
    "number": _numbers,
    "repeat": _repeats,
    "rejected": _rejected,
}
