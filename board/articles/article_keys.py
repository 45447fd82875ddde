"""What an article is known by in feeds: an address or an identifier, hashed (addresses.py)."""

import hashlib

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from board.db import Base


class ArticleKey(Base):
    __tablename__ = "article_key"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), index=True
    )

    @classmethod
    def digest(cls, key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()
