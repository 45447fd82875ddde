"""Keys of an article: its slug, and hashes of its addresses and identifiers in feeds
(addresses.py)."""

import hashlib

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from board.db import Base, now


class ArticleKey(Base):
    __tablename__ = "article_key"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), index=True
    )

    @classmethod
    def digest(cls, key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()


def new_slug(source: str) -> str:
    """A unique slug for an article without a URL to take one from."""
    return hashlib.sha256(f"{source}\n{now().isoformat()}".encode()).hexdigest()[:12]
