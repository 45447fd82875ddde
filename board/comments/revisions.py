"""What a comment said before it was edited."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from board.db import Base


class Revision(Base):
    """An earlier text of a comment. Never edited; deleted with the words of the comment itself."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    text: Mapped[str]
    written_at: Mapped[datetime]
