"""Articles, imported from a feed or written at the desk."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from markupsafe import Markup
from sqlalchemy import (
    BindParameter,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.sites.models import Site
from board.articles.addresses import address_key
from board.articles.article_keys import ArticleKey, new_slug
from board.articles.publication import State, is_public
from board.db import Base, db, now
from board.text.language import language_of


class Article(Base):
    """An article (states: publication.py), with the state and counters of its thread."""

    __tablename__ = "article"
    SLUG_MAX = 80
    TITLE_MAX = 300
    LINE_MAX = 300
    URL_MAX = 2000
    EXTERNAL_ID_MAX = 128
    BODY_MAX = 400_000
    PAGE_SIZE = 20
    # From deletion to erasure of text and thread; until then it can be taken back.
    ERASED_AFTER = timedelta(days=7)
    # Fields that come from a feed or an editor; `revise` changes only these.
    CONTENT = (
        "title", "subtitles", "section", "byline", "summary", "body_html", "image", "image_alt",
        "published_at", "edited_at",
    )  # fmt: skip
    __table_args__ = (
        Index("ix_article_newest", "published_at", "id"),
        Index(None, "section"),
        Index("ix_article_external_id", "site_id", "external_id", unique=True),
        Index("ix_article_scheduled", "published_at", sqlite_where=text("state = 'scheduled'")),
        Index(
            "ix_article_to_erase",
            "erase_at",
            sqlite_where=text("erase_at IS NOT NULL AND erased_at IS NULL"),
        ),
        CheckConstraint("comment_count >= 0", name="comment_count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(SLUG_MAX), unique=True)
    canonical_url: Mapped[str | None] = mapped_column(String(URL_MAX), unique=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey(Site.id))
    external_id: Mapped[str | None] = mapped_column(String(EXTERNAL_ID_MAX))  # the site’s own
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    subtitle_lines: Mapped[str] = mapped_column(default="")
    section: Mapped[str] = mapped_column(String(80), default="")
    byline: Mapped[str] = mapped_column(String(200), default="")
    summary: Mapped[str] = mapped_column(String(1000), default="")
    body_html: Mapped[str] = mapped_column(default="")
    image: Mapped[str] = mapped_column(String(URL_MAX), default="")
    image_alt: Mapped[str] = mapped_column(String(LINE_MAX), default="")
    published_at: Mapped[datetime] = mapped_column(default=now)
    edited_at: Mapped[datetime | None]

    state: Mapped[str] = mapped_column(
        String(10), default=State.PUBLISHED.value, server_default=State.PUBLISHED.value
    )
    # What the editor of a draft or a scheduled article entered as its date.
    planned_at: Mapped[datetime | None]
    erase_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_for: Mapped[str] = mapped_column(String(200), default="")

    # Stored so that no page has to count: visible and featured comments, and a number raised at
    # every visible change, which is the cache key and the ETag of the thread.
    comment_count: Mapped[int] = mapped_column(default=0)
    featured_count: Mapped[int] = mapped_column(default=0, server_default="0")
    revision: Mapped[int] = mapped_column(default=0)

    keys: Mapped[list[ArticleKey]] = relationship(cascade="all, delete-orphan")

    if TYPE_CHECKING:  # has open restrictions; added in thread_controls/models.py
        is_restricted: Mapped[bool]

    @classmethod
    def by_slug(cls, slug: str | BindParameter[str]) -> Select[Self]:
        return select(cls).where(cls.slug == slug)

    @classmethod
    def by_canonical_url(cls, url: str) -> Select[Self]:
        return select(cls).where(cls.canonical_url == url)

    @classmethod
    def by_keys(cls, keys: Collection[str]) -> Select[Self]:
        """The article with one of these address keys; of several the oldest."""
        hashes = [ArticleKey.digest(key) for key in keys]
        known = select(ArticleKey.article_id).where(ArticleKey.hash.in_(hashes))
        return select(cls).where(cls.id.in_(known)).order_by(cls.id).limit(1)

    @classmethod
    def newest(cls, *, before: Self | None = None) -> Select[Self]:
        """A page plus one of the public articles, newest first; ties by id."""
        return cls.page(before=before).where(cls.public_at(now()))

    @classmethod
    def page(cls, *, before: Self | None = None) -> Select[Self]:
        """A page plus one of all articles, newest first; ties by id."""
        page = select(cls).order_by(cls.published_at.desc(), cls.id.desc())
        if before:
            page = page.where(
                tuple_(cls.published_at, cls.id) < tuple_(before.published_at, before.id)
            )
        return page.limit(cls.PAGE_SIZE + 1)

    @classmethod
    def public_at(cls, at: datetime) -> ColumnElement[bool]:
        """The condition that readers see it at that time; the same as is_public()."""
        has_come = and_(cls.state == State.SCHEDULED.value, cls.published_at <= at)
        return or_(cls.state == State.PUBLISHED.value, has_come)

    @classmethod
    def publish(cls, *, slug: str = "", canonical_url: str | None = None, **content: Any) -> Self:
        """A new article. `content` has fields of CONTENT; without a slug one is made."""
        if content.get("published_at") is None:
            content["published_at"] = now()
        article = cls(canonical_url=canonical_url, subtitle_lines="", closed_for="")
        article.comment_count = article.featured_count = article.revision = 0
        article.slug = slug or new_slug(canonical_url or content["title"])
        article._set(content)
        db.session.add(article)
        if canonical_url:
            article.add_keys([address_key(canonical_url)])
        return article

    def add_keys(self, keys: Iterable[str]) -> None:
        """Record what this article is known by, except what another one is known by already."""
        for hash in {ArticleKey.digest(key) for key in keys} - {key.hash for key in self.keys}:
            if db.session.get(ArticleKey, hash) is None:
                self.keys.append(ArticleKey(hash=hash))

    def move_to(self, url: str) -> bool:
        """Take over a new address; False if it is the same, or another article's."""
        if db.session.scalar(Article.by_canonical_url(url)):
            return False
        self.canonical_url = url
        self.add_keys([address_key(url)])
        return True

    def revise(self, **content: Any) -> bool:
        """Set the fields that differ. True if any did."""
        if not self._set(content):
            return False
        self.revision += 1
        return True

    def close(self, *, reason: str) -> None:
        """Close the comments. Readers see the reason."""
        self.closed_at, self.closed_for = self.closed_at or now(), reason
        self.revision += 1

    def open(self) -> None:
        self.closed_at, self.closed_for = None, ""
        self.revision += 1

    @property
    def body(self) -> Markup:
        return Markup(self.body_html)  # noqa: S704 - sanitised before it was stored

    @property
    def language(self) -> str:
        """Of title and text; Korean where letters do not tell."""
        return language_of(f"{self.title} {self.body_html}") or "ko"

    @property
    def is_public(self) -> bool:
        return is_public(self, now())

    @property
    def was_public(self) -> bool:
        """True if readers see it, or saw it until it was withdrawn."""
        return self.is_public or self.state == State.WITHDRAWN

    @property
    def takes_comments(self) -> bool:
        return self.closed_at is None

    @property
    def subtitles(self) -> list[str]:
        return self.subtitle_lines.splitlines()

    @subtitles.setter
    def subtitles(self, lines: Iterable[str]) -> None:
        self.subtitle_lines = "\n".join(lines)

    def _set(self, content: dict[str, Any]) -> bool:
        """True if a value changed. Raises TypeError for a field that is not in CONTENT."""
        changed = False
        for name, value in content.items():
            if name not in self.CONTENT:
                raise TypeError(f"an article has no {name!r} to set")
            value = list(value) if name == "subtitles" else value
            if getattr(self, name) != value:
                setattr(self, name, value)
                changed = True
        return changed
