"""Banned texts: found unlawful by a court's final decision; similar comments are held.

정보통신망법 44조의24 fines those who spread such a text again. Not the text is stored but its
fingerprints: of its letters, ignoring what is between them; of similar texts; and of the pages it
links to, since a text board has pictures only as links.
"""

import hashlib
import string
from collections.abc import Iterator
from datetime import datetime
from typing import Self, cast
from urllib.parse import quote, urlsplit

from sqlalchemy import ForeignKey, Index, Select, String, Table, bindparam, insert, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.comments.models import Comment
from board.comments.writing.create import PendingPost
from board.db import Base, db, now
from board.moderation.rulings.models import Verdict, append_ruling
from board.moderation.word_filter import bucket_keys, fingerprint, is_near, normalize
from board.text.links import find_links
from board.text.spans import split_by_spans

CODE = "barred"


class TooShort(Exception):
    """The text is too short: it would match everybody's comments."""


class BannedText(Base):
    """A text that must not be posted again."""

    __tablename__ = "barred_text"
    PAGE_SIZE = 30
    CASE_MAX = 120
    LETTERS_MIN = 8  # folded, about four syllables
    __table_args__ = (Index(None, "ended_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # Court and case number, as the legal ground.
    case: Mapped[str] = mapped_column(String(CASE_MAX))
    mark: Mapped[bytes]
    comment_id: Mapped[int | None] = mapped_column(ForeignKey(Comment.id))
    made_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]

    maker: Mapped[User] = relationship(foreign_keys=made_by)

    @classmethod
    def in_force(cls, *, before: int | None = None) -> Select[Self]:
        """One page and one more of the bans in force, newest first by id."""
        page = select(cls).where(cls.ended_at.is_(None)).options(joinedload(cls.maker))
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)


class BannedTextKey(Base):
    """Lookup key of a banned text. An `exact` key needs no comparison of fingerprints."""

    __tablename__ = "barred_key"

    key: Mapped[int] = mapped_column(primary_key=True)
    barred_id: Mapped[int] = mapped_column(ForeignKey(BannedText.id), primary_key=True)
    exact: Mapped[bool]

    barred: Mapped[BannedText] = relationship()


# Built once; runs with every posted comment while any text is banned.
_MATCHES = (
    select(BannedTextKey.barred_id, BannedTextKey.exact, BannedText.mark)
    .join(BannedText, BannedText.id == BannedTextKey.barred_id)
    .where(BannedTextKey.key.in_(bindparam("keys", expanding=True)), BannedText.ended_at.is_(None))
)


def ban_text(text: str, *, by: User, case: str, comment: Comment | None = None) -> BannedText:
    """Hold every comment that repeats this text. Raises TooShort."""
    keys = dict(_keys(text))
    if not keys:
        raise TooShort
    banned = BannedText(
        case=case, mark=fingerprint(text), comment_id=comment and comment.id, made_by=by.id,
        made_at=now(),
    )  # fmt: skip
    db.session.add(banned)
    db.session.flush()
    rows = [{"key": key, "barred_id": banned.id, "exact": exact} for key, exact in keys.items()]
    db.session.execute(insert(cast(Table, BannedTextKey.__table__)), rows)
    append_ruling(Verdict.BAR, by=by, reason="", note=case, comment=comment, barred=banned.id)
    return banned


def unban_text(banned: BannedText, *, by: User) -> None:
    """Lift the ban. A second time changes nothing."""
    if banned.ended_at is None:
        banned.ended_at = now()
        append_ruling(Verdict.UNBAR, by=by, reason="", note=banned.case, barred=banned.id)


def match_banned(text: str) -> int | None:
    """The id of the banned text that this one repeats or resembles, if any."""
    keys = dict(_keys(text))
    if not keys:
        return None
    mark = fingerprint(text)
    rows = db.session.connection().execute(_MATCHES, {"keys": list(keys)}).all()
    return next((id for id, exact, other in rows if exact or is_near(mark, other)), None)


def _keys(text: str) -> Iterator[tuple[int, bool]]:
    """Lookup keys, and whether each is exact: those of the whole text and of its links are."""
    links = list(find_links(text))
    pieces = split_by_spans(text, links)
    letters = normalize(" ".join(piece for piece, is_link in pieces if not is_link)).text
    if len(letters) >= BannedText.LETTERS_MIN:
        yield _hash_key("text", letters), True
    if mark := fingerprint(text):
        yield from ((key, False) for key in bucket_keys(mark))
    for start, end in links:
        if page := _normalize_link(text[start:end]):
            yield _hash_key("link", page), True


def _normalize_link(link: str) -> str:
    """Normalized link target; empty for a bare host, which is a whole site."""
    try:
        # As browsers copy it: Hangul in a path is encoded.
        url = urlsplit(quote(link, safe=string.printable))
        host = (url.hostname or "").removeprefix("www.")
    except ValueError:  # brackets without an address
        return ""
    path = url.path.rstrip("/")
    return f"{host}{path}?{url.query}" if path or url.query else ""


def _hash_key(kind: str, value: str) -> int:
    """Key below 2⁶³, as those of `bucket_keys`. A collision only holds a comment needlessly."""
    return int.from_bytes(hashlib.sha256(f"{kind}:{value}".encode()).digest()[:8]) >> 1


# Whether any text is banned at all: a column of the query for the limits of every post.
ANY_BANNED = select(BannedTextKey.barred_id).limit(1)


def check_post(post: PendingPost) -> str | None:
    """The reason to hold a comment that repeats or resembles a banned text."""
    return CODE if post.extra.barred and match_banned(post.body.text) else None
