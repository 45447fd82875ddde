"""New tips, and messages, notes and files added to them."""

import fcntl
import json
import os
from datetime import date, timedelta

from flask import current_app

from board.db import db, now
from board.tips.attachments.drafts import Attachment
from board.tips.crypto import key_files
from board.tips.crypto.primitives import Key
from board.tips.models.key_holders import TipReader
from board.tips.models.source import Source
from board.tips.models.tip import Purpose, Tip, TipState
from board.tips.sealed.sealed_tip import DecryptableTip

TYPING_TIME_MIN = timedelta(seconds=3)  # a form filled in faster is suspected of being automated


class TooManyTips(Exception):
    """The hourly limit of new tips is exceeded."""


def submit_tip(
    text: str,
    contact: str,
    attachments: list[Attachment],
    *,
    to: list[TipReader],
    tag: bytes,
    kek: bytes,
) -> Tip:
    """Create a tip for these readers and for a source whose code derives `tag` and `kek`."""
    tip, key = Tip.new(), Key()
    source = Source(tag=tag)
    source.wrap_key(key, kek)
    db.session.add_all([tip, source])
    db.session.flush()
    tip_with_keys = DecryptableTip.new(tip, source, to)
    if contact:
        tip_with_keys.add(Purpose.CONTACT, "contact", {"text": contact})
    add_source_message(tip_with_keys, text, attachments)
    return tip


def add_source_message(opened: DecryptableTip, text: str, attachments: list[Attachment]) -> None:
    """Add a message of the source."""
    _add_message(opened, text, attachments, by="")
    opened.tip.touch_by_source()
    for holder in opened.tip.holders:
        if isinstance(holder, TipReader):
            holder.has_news = True


def add_reply(
    opened: DecryptableTip, text: str, attachments: list[Attachment], *, by: TipReader
) -> None:
    """Add a reader's message to the source."""
    _add_message(opened, text, attachments, by=by.user.name)
    opened.tip.touch_by_reader()


def add_note(opened: DecryptableTip, text: str, *, by: TipReader) -> None:
    """Add a note only readers see."""
    opened.add(Purpose.DESK, "note", {"by": by.user.name, "text": text})


def hold(opened: DecryptableTip, until: date | None, reason: str, *, by: TipReader) -> None:
    """Keep the tip until a day; None ends the hold. The reason is for readers only."""
    opened.tip.held_until = until
    opened.replace(Purpose.DESK, "hold", {"by": by.user.name, "text": reason})


def publish(opened: DecryptableTip, link: str, *, by: TipReader) -> None:
    """Add the link to the published story, for the source, and mark the tip as published."""
    opened.add(Purpose.TALK, "story", {"by": by.user.name, "link": link})
    opened.tip.state = TipState.PUBLISHED.value


def is_busy() -> bool:
    """Whether more than half of the hourly limit is used up."""
    limit: int = current_app.config["TIPS_PER_HOUR"]
    return bool(limit) and _hourly_count(add=0) * 2 >= limit


def count_submission() -> None:
    """Count one more tip in this hour. Raises TooManyTips.

    The counter is a file that knows only this hour: in the database it would date every tip.
    """
    limit: int = current_app.config["TIPS_PER_HOUR"]
    if limit and _hourly_count(add=1) > limit:
        raise TooManyTips


def _hourly_count(*, add: int) -> int:
    path = key_files.folder() / "this-hour"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        hour, text = int(now().timestamp()) // 3600, file.read()
        stored = json.loads(text) if text else [hour, 0]
        count: int = (stored[1] if stored[0] == hour else 0) + add
        file.seek(0)
        file.truncate()
        json.dump([hour, count], file)
    key_files.truncate_mtime(path, path.parent)
    return count


def _add_message(
    opened: DecryptableTip, text: str, attachments: list[Attachment], *, by: str
) -> None:
    if text:
        opened.add(Purpose.TALK, "message", {"by": by, "text": text})
    for attachment in attachments:
        metadata = {"by": by, **attachment.metadata()}
        opened.add(Purpose.TALK, "file", metadata, file=attachment.move_to_storage())
