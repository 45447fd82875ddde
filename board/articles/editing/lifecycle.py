"""From draft to withdrawal: saving an article at the desk, publishing, withdrawing, deleting it."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, text

from board.accounts.models import User
from board.articles.models import Article
from board.articles.publication import AlreadyPublished, ChangedMeanwhile, State
from board.db import db, now
from board.runtime.hooks import Hook

# Effects of withdrawing, publishing again, deleting and taking a deletion back: the article, the
# verb, and who did it.
on_change: Hook[Callable[[Article, str, User], None]] = Hook()

_SCHEDULED = text("state = 'scheduled'")  # literal, for the partial index


def slug_for(key: str) -> str:
    """The slug of the article written in the form with this key."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def write(content: Mapping[str, Any], *, key: str, at: datetime | None, draft: bool) -> Article:
    """A new article, or the one stored from the same form with the same words. `at`: when it is
    to appear; None for at once."""
    slug = slug_for(key)
    stored = db.session.scalar(Article.by_slug(slug)) if key else None
    if stored and all(getattr(stored, name) == value for name, value in content.items()):
        return stored
    article = Article.publish(slug="" if stored or not key else slug, **content)
    article.state = State.DRAFT.value
    _plan(article, at, draft=draft)
    return article


def save(
    article: Article,
    content: Mapping[str, Any],
    *,
    seen: str,
    at: datetime | None,
    draft: bool,
    by: User,
) -> None:
    """Save an editor’s changes. `seen` is the version that was edited; "" skips that check.

    A public or withdrawn article stays what it is. Publishing or scheduling a draft takes its
    deletion back; once it has begun to be erased, it stays a draft. Raises AlreadyPublished and
    ChangedMeanwhile.
    """
    settle(article)
    before, was_public = version(article), article.was_public
    if was_public and (draft or (at and at > now())):
        raise AlreadyPublished
    has_changed = article.revise(**content, **({"published_at": at} if at and was_public else {}))
    if not was_public:
        if not draft:
            undelete(article, by=by)
        _plan(article, at, draft=draft or article.erase_at is not None)
    elif has_changed:
        article.revise(edited_at=now())
    if seen not in ("", before) and version(article) != before:
        raise ChangedMeanwhile


def version(article: Article) -> str:
    """A text that differs for different contents and dates."""
    names = (*Article.CONTENT, "planned_at")
    values = repr([getattr(article, name) for name in names])
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def withdraw(article: Article, *, by: User) -> None:
    """Show readers that it is gone, and its thread to staff and authors only. Does nothing to one
    that is not public."""
    settle(article)
    if article.state == State.PUBLISHED:
        _enter(article, State.WITHDRAWN)
        _run_effects(article, "withdraw", by)


def publish_again(article: Article, *, by: User) -> None:
    """Show a withdrawn article and its thread again; a deletion is taken back."""
    undelete(article, by=by)
    if article.state == State.WITHDRAWN and article.erase_at is None:
        _enter(article, State.PUBLISHED)
        _run_effects(article, "publish", by)


def delete(article: Article, *, by: User) -> None:
    """Withdraw it, and erase its text and thread after Article.ERASED_AFTER."""
    withdraw(article, by=by)
    if article.state == State.SCHEDULED:
        _enter(article, State.DRAFT)
    if article.erase_at is None:
        article.erase_at = now() + Article.ERASED_AFTER
        _run_effects(article, "delete", by)


def undelete(article: Article, *, by: User) -> None:
    """Take a deletion back; the article stays withdrawn, or a draft. Does nothing once it has
    begun to be erased."""
    if article.erase_at and article.erase_at > now():
        article.erase_at = None
        _run_effects(article, "undelete", by)


def erase_text(article: Article) -> None:
    """Erase all but headline and address: by these the desk knows it, and imports leave it out."""
    article.revise(
        subtitles=[], section="", byline="", summary="", body_html="", image="", image_alt=""
    )
    article.erased_at = now()


def settle(article: Article) -> None:
    """Write down that a scheduled article has become public, so that no clock takes it back."""
    if article.state == State.SCHEDULED and article.is_public:
        _enter(article, State.PUBLISHED)


def settle_due() -> None:
    for article in db.session.scalars(_due()).all():
        settle(article)


def is_due() -> bool:
    return db.session.scalar(_due().limit(1)) is not None


def next_appearance() -> datetime | None:
    """When the next scheduled article becomes public."""
    ahead = select(func.min(Article.published_at)).where(_SCHEDULED, Article.published_at > now())
    return db.session.scalar(ahead)


def _due() -> Select[Article]:
    """Scheduled articles whose time has come."""
    return select(Article).where(_SCHEDULED, Article.published_at <= now())


def _run_effects(article: Article, verb: str, by: User) -> None:
    for effect in on_change:
        effect(article, verb, by)


def _plan(article: Article, at: datetime | None, *, draft: bool) -> None:
    moment = now()
    article.planned_at = at
    if draft:
        _enter(article, State.DRAFT)
        return
    article.published_at = at or moment
    _enter(article, State.SCHEDULED if article.published_at > moment else State.PUBLISHED)


def _enter(article: Article, state: State) -> None:
    if article.state != state:
        article.state = state.value
        article.revision += 1
