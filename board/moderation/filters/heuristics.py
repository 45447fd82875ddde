"""Signs other than words that a comment deserves a look: links, repeats, its author's record,
numbers that lead to a person. Each is a rule with a threshold, switched like the others."""

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

# An author's newest comments, and how many there must be before their share means anything.
RECORD, RECORD_MIN = 20, 5


def default_heuristics() -> Iterator[dict[str, Any]]:
    """What a board begins with. Two are only watched until somebody has seen what they find."""
    for text, threshold, state in (
        ("link", 3, State.ON),
        ("number", 1, State.ON),
        ("repeat", 3, State.SHADOW),
        ("rejected", 50, State.SHADOW),
    ):
        yield {"kind": "signal", "text": text, "threshold": threshold, "state": state.value}


_hosts = lru_cache(maxsize=64)(hosts)


def precompute(text: str) -> None:
    """Work out what the measures will ask of a text, and keep it for the turn to write in which
    they ask: others wait meanwhile."""
    _hosts(text)
    near_duplicates.fingerprint_of(text)


def findings(signals: Iterable[CachedRule], draft: PendingPost) -> Iterator[Finding]:
    for rule in signals:
        yield from _CHECKS[rule.text](rule, draft)


def _links(rule: CachedRule, draft: PendingPost) -> Iterator[Finding]:
    """As many links as the threshold, or more."""
    count = len(_hosts(draft.body.text))
    if count >= rule.threshold:
        yield Finding(rule, value=count)


def _numbers(rule: CachedRule, draft: PendingPost) -> Iterator[Finding]:
    """Telephones, residents, cards, accounts: each marked in its place."""
    found = list(find_spans(draft.body.text))
    if len(found) >= rule.threshold:
        yield from (Finding(rule, start, end) for start, end in found)


def _repeats(rule: CachedRule, draft: PendingPost) -> Iterator[Finding]:
    """Nearly the same text so many times within a day, by anyone under any article."""
    count = near_duplicates.count_similar(draft.body.text)
    if count >= rule.threshold:
        yield Finding(rule, value=count)


def _rejected(rule: CachedRule, draft: PendingPost) -> Iterator[Finding]:
    """So large a share, in percent, of the author's newest comments was hidden."""
    if draft.extra.rejected is not None and draft.extra.rejected >= rule.threshold:
        yield Finding(rule, value=draft.extra.rejected)


def share_rejected() -> Select[int]:
    """In percent; no row when there is too little to tell from."""
    own = select(Comment.hidden_for).where(Comment.author_id == bindparam("author"))
    own = own.order_by(Comment.posted_at.desc(), Comment.id.desc())
    newest = own.limit(literal_column(str(RECORD))).subquery()
    share = 100 * func.count(newest.c.hidden_for) // func.count()
    return select(share).select_from(newest).having(func.count() >= RECORD_MIN)


_CHECKS: dict[str, Callable[[CachedRule, PendingPost], Iterator[Finding]]] = {
    "link": _links,
    "number": _numbers,
    "repeat": _repeats,
    "rejected": _rejected,
}
