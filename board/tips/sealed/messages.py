"""A tip is sent; and later something is added to it."""

import fcntl
import json
import os
from datetime import timedelta

from flask import current_app

from board.db import db, now
from board.tips.attachments.drafts import Attachment
from board.tips.crypto import key_files
from board.tips.crypto.primitives import Key
from board.tips.models.key_holders import Source, TipReader
from board.tips.models.tip import Purpose, Tip, TipState
from board.tips.sealed.sealed_tip import DecryptableTip

TYPED = timedelta(seconds=3)  # at a busy hour, a form filled in faster was not typed


class TooMany(Exception):
    """More tips came within the hour than the newsroom takes."""


def submit_tip(
    text: str,
    contact: str,
    attachments: list[Attachment],
    *,
    to: list[TipReader],
    tag: bytes,
    kek: bytes,
) -> Tip:
    """Sealed to each of these readers, and to a source whose code was stretched to `tag`, `kek`."""
    tip, key = Tip.new(), Key()
    source = Source(tag=tag)
    source.wrap_key(key, kek)
    db.session.add_all([tip, source])
    db.session.flush()
    opened = DecryptableTip.new(tip, source, to)
    if contact:
        opened.add(Purpose.CONTACT, "contact", {"text": contact})
    add_source_message(opened, text, attachments)
    return tip


def add_source_message(opened: DecryptableTip, text: str, attachments: list[Attachment]) -> None:
    """The source says something."""
    _say(opened, text, attachments, by="")
    opened.tip.touch_by_source()
    for holder in opened.tip.holders:
        if isinstance(holder, TipReader):
            holder.has_news = True


def add_reply(
    opened: DecryptableTip, text: str, attachments: list[Attachment], *, by: TipReader
) -> None:
    """A reader says something to the source."""
    _say(opened, text, attachments, by=by.user.name)
    opened.tip.touch_by_reader()


def add_note(opened: DecryptableTip, text: str, *, by: TipReader) -> None:
    """Readers say something among themselves."""
    opened.add(Purpose.DESK, "note", {"by": by.user.name, "text": text})


def publish(opened: DecryptableTip, link: str, *, by: TipReader) -> None:
    """The source sees where the story stands."""
    opened.add(Purpose.TALK, "story", {"by": by.user.name, "link": link})
    opened.tip.state = TipState.PUBLISHED.value


def is_busy() -> bool:
    """Whether more than half of what an hour takes has come."""
    limit: int = current_app.config["TIPS_PER_HOUR"]
    return bool(limit) and _sent_this_hour(add=0) * 2 >= limit


def count_submission() -> None:
    """One tip more in this hour. Raises TooMany.

    Counted in a file that knows this hour only: in the database it would date every tip.
    """
    limit: int = current_app.config["TIPS_PER_HOUR"]
    if limit and _sent_this_hour(add=1) > limit:
        raise TooMany


def _sent_this_hour(*, add: int) -> int:
    path = key_files.folder() / "this-hour"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        hour, text = int(now().timestamp()) // 3600, file.read()
        kept = json.loads(text) if text else [hour, 0]
        count: int = (kept[1] if kept[0] == hour else 0) + add
        file.seek(0)
        file.truncate()
        json.dump([hour, count], file)
    key_files.date_by_day(path, path.parent)
    return count


def _say(opened: DecryptableTip, text: str, attachments: list[Attachment], *, by: str) -> None:
    if text:
        opened.add(Purpose.TALK, "message", {"by": by, "text": text})
    for attachment in attachments:
        about = {"by": by, **attachment.described()}
        opened.add(Purpose.TALK, "file", about, file=attachment.keep())
