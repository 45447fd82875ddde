"""New tips, and messages, notes and files added to them."""

from datetime import date, timedelta

from board.db import db
from board.tips.attachments.drafts import Attachment
from board.tips.crypto.primitives import Key
from board.tips.models.key_holders import TipReader
from board.tips.models.source import Source
from board.tips.models.tip import Purpose, Tip, TipState
from board.tips.sealed.sealed_tip import DecryptableTip

TYPING_TIME_MIN = timedelta(seconds=3)  # a form filled in faster is suspected of being automated


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


def _add_message(
    opened: DecryptableTip, text: str, attachments: list[Attachment], *, by: str
) -> None:
    if text:
        opened.add(Purpose.TALK, "message", {"by": by, "text": text})
    for attachment in attachments:
        metadata = {"by": by, **attachment.metadata()}
        opened.add(Purpose.TALK, "file", metadata, file=attachment.move_to_storage())
