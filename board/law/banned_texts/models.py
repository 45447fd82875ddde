"""Texts a court has finally found unlawful: whatever resembles one waits for a moderator.

정보통신망법 44조의24 fines whoever spreads such a text again. What is kept is no text but its
fingerprints: of its letters, whatever stands between them; of what resembles it; and of the pages
it links to, since a text board holds pictures only as links.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Self, cast
from urllib.parse import urlsplit

from sqlalchemy import ForeignKey, Index, Select, String, Table, bindparam, insert, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.comments.body import LINK
from board.comments.models import Comment
from board.comments.writing.create import PendingPost
from board.db import Base, db, now
from board.moderation.rulings.models import Verdict, append_ruling
from board.moderation.word_filter import bucket_keys, fingerprint, is_near, normalize

CODE = "barred"


class TooShort(Exception):
    """So short a text says nothing by itself: everybody would be held."""


class BannedText(Base):
    """One text that must not come again."""

    __tablename__ = "barred_text"
    PAGE_SIZE = 30
    CASE_MAX = 120
    LETTERS_MIN = 8  # folded, about four syllables
    __table_args__ = (Index(None, "ended_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # Which court, which case: what makes it unlawful.
    case: Mapped[str] = mapped_column(String(CASE_MAX))
    mark: Mapped[bytes]
    comment_id: Mapped[int | None] = mapped_column(ForeignKey(Comment.id))
    made_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]

    maker: Mapped[User] = relationship(foreign_keys=made_by)

    @classmethod
    def in_force(cls, *, before: int | None = None) -> Select[Self]:
        """One page and one more, newest first by id."""
        page = select(cls).where(cls.ended_at.is_(None)).options(joinedload(cls.maker))
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)


class BannedTextKey(Base):
    """What a text is looked up by. A key that is `exact` needs no second look."""

    __tablename__ = "barred_key"

    key: Mapped[int] = mapped_column(primary_key=True)
    barred_id: Mapped[int] = mapped_column(ForeignKey(BannedText.id), primary_key=True)
    exact: Mapped[bool]

    barred: Mapped[BannedText] = relationship()


# Made once; asked with every comment that is posted.
_FOUND = (
    select(BannedTextKey.barred_id, BannedTextKey.exact, BannedText.mark)
    .join(BannedText, BannedText.id == BannedTextKey.barred_id)
    .where(BannedTextKey.key.in_(bindparam("keys", expanding=True)), BannedText.ended_at.is_(None))
)


def ban_text(text: str, *, by: User, case: str, comment: Comment | None = None) -> BannedText:
    """Hold whatever says this again. Raises TooLittle."""
    keys = dict(_keys(text))
    if not keys:
        raise TooShort
    barred = BannedText(
        case=case, mark=fingerprint(text), comment_id=comment and comment.id, made_by=by.id,
        made_at=now(),
    )  # fmt: skip
    db.session.add(barred)
    db.session.flush()
    rows = [{"key": key, "barred_id": barred.id, "exact": exact} for key, exact in keys.items()]
    db.session.execute(insert(cast(Table, BannedTextKey.__table__)), rows)
    append_ruling(Verdict.BAR, by=by, reason="", note=case, comment=comment, barred=barred.id)
    return barred


def unban_text(barred: BannedText, *, by: User) -> None:
    """It may be said again. A second time changes nothing."""
    if barred.ended_at is None:
        barred.ended_at = now()
        append_ruling(Verdict.UNBAR, by=by, reason="", note=barred.case, barred=barred.id)


def match_banned(text: str) -> int | None:
    """The id of the barred text this one repeats or resembles, if any."""
    keys = dict(_keys(text))
    if not keys:
        return None
    mark = fingerprint(text)
    rows = db.session.connection().execute(_FOUND, {"keys": list(keys)}).all()
    return next((id for id, exact, other in rows if exact or is_near(mark, other)), None)


def _keys(text: str) -> Iterator[tuple[int, bool]]:
    """Each with whether it is of the whole text, or of a link in it."""
    heard = normalize(LINK.sub(" ", text)).text
    if len(heard) >= BannedText.LETTERS_MIN:
        yield _number("text", heard), True
    if mark := fingerprint(text):
        yield from ((key, False) for key in bucket_keys(mark))
    for link in LINK.findall(text):
        if page := _page(link):
            yield _number("link", page), True


def _page(link: str) -> str:
    """What a link leads to, however it is written; nothing for a bare host, which is a site."""
    try:
        url = urlsplit(link)
        host = (url.hostname or "").removeprefix("www.")
    except ValueError:  # brackets that hold no address
        return ""
    path = url.path.rstrip("/")
    return f"{host}{path}?{url.query}" if path or url.query else ""


def _number(kind: str, of: str) -> int:
    """Below 2⁶³, and apart from those of `keys_of`, which end below 2⁶³ too: a clash is a hold."""
    return int.from_bytes(hashlib.sha256(f"{kind}:{of}".encode()).digest()[:8]) >> 1


# Whether any text is banned at all: asked with the limits of every post.
ANY_BANNED = select(BannedTextKey.barred_id).limit(1)


def check(draft: PendingPost) -> str | None:
    return CODE if draft.extra.barred and match_banned(draft.body.text) else None
