"""Authors of an article: the accounts that wrote it. An editor names them; no byline is read."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ForeignKey, Select, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts import data_export
from board.accounts.models import User
from board.articles.models import Article
from board.db import Base, db


class ArticleAuthor(Base):
    """One account that wrote one article. Its comments there have a badge."""

    __tablename__ = "article_author"
    PEOPLE_MAX = 10

    article_id: Mapped[int] = mapped_column(ForeignKey(Article.id), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True, index=True)


class UnknownNames(Exception):
    """Nobody has these display names."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__(names)
        self.names = names


def authors_of(article: Article) -> Select[User]:
    """The oldest account first."""
    authors = select(User).join(ArticleAuthor, ArticleAuthor.user_id == User.id)
    return authors.where(ArticleAuthor.article_id == article.id).order_by(User.id)


def set_authors(article: Article, names: Collection[str]) -> None:
    """Put the accounts with these display names in place of those before. Raises UnknownNames, and
    changes nothing, if there is a name nobody has."""
    by_name = {name: db.session.scalar(User.named(name)) for name in names}
    if unknown := [name for name, user in by_name.items() if user is None]:
        raise UnknownNames(unknown)
    ids = {user.id for user in by_name.values() if user}
    db.session.execute(delete(ArticleAuthor).where(ArticleAuthor.article_id == article.id))
    db.session.add_all(ArticleAuthor(article_id=article.id, user_id=id) for id in sorted(ids))
    article.revision += 1


def delete_for_user(user: User) -> None:
    db.session.execute(delete(ArticleAuthor).where(ArticleAuthor.user_id == user.id))


def export_articles(user: User) -> list[dict[str, Any]]:
    """The articles this account wrote, by id."""
    articles = select(Article.slug, Article.title).join(ArticleAuthor)
    articles = articles.where(ArticleAuthor.user_id == user.id).order_by(Article.id)
    return data_export.as_dicts(articles)
