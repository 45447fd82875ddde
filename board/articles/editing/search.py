"""Search of the list of articles at the desk."""

import re

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from board.articles.addresses import InvalidAddress, address_key, canonical_url
from board.articles.models import Article
from board.articles.publication import State
from board.db import now

WORDS_MAX = 8
_COLUMNS = (Article.title, Article.section, Article.byline, Article.slug)


def articles_at_desk(
    *, q: str = "", state: str = "", before: Article | None = None
) -> Select[Article]:
    """A page plus one, newest first, without erased ones. `q`: words, each of which is in headline,
    section, byline or slug, or the article's address."""
    page = Article.page(before=before).where(Article.erased_at.is_(None))
    if state:
        page = page.where(_is_in(State(state)))
    return page.where(_has(q)) if q.split() else page


def _is_in(state: State) -> ColumnElement[bool]:
    """An article whose time has come counts as published before anybody writes that down."""
    if state is State.PUBLISHED:
        return Article.public_at(now())
    is_ahead = Article.published_at > now()
    condition = Article.state == state.value
    return and_(condition, is_ahead) if state is State.SCHEDULED else condition


def _has(q: str) -> ColumnElement[bool]:
    words = q.split()[:WORDS_MAX]
    named = and_(*(_in_a_column(word) for word in words))
    slug = re.split("[/?#]", q.rpartition("/articles/")[2])[0]
    return or_(named, Article.slug == slug, _has_address(q))


def _has_address(q: str) -> ColumnElement[bool]:
    """Whether this is the article's address, also if written otherwise: with `www.`, a tracking
    parameter, decomposed letters."""
    try:
        same = Article.by_keys([address_key(canonical_url(q))]).with_only_columns(Article.id)
    except InvalidAddress:
        return false()
    return Article.id.in_(same)


def _in_a_column(word: str) -> ColumnElement[bool]:
    return or_(*(column.icontains(word, autoescape=True) for column in _COLUMNS))


def section_names() -> Select[str]:
    """Names of all sections, in their order."""
    return select(Article.section).where(Article.section != "").distinct().order_by(Article.section)
