"""A source's code unlocks their tip in one browser."""

from board.db import db
from board.tips.crypto.primitives import DecryptionFailed
from board.tips.integrity import source_checkpoints
from board.tips.models.key_holders import UnlockedSession
from board.tips.models.source import Source
from board.tips.models.tip import Tip
from board.tips.web.idempotency import writing_once


def unlock_source(tag: bytes, kek: bytes) -> str | None:
    """The token of a new session, or None if no source has this tag."""
    try:
        with writing_once() as answer:
            source = db.session.scalar(Source.with_tag(tag))
            if source is None:
                raise DecryptionFailed
            key = source.unwrap_key(kek)
            tip = db.session.scalar(Tip.held_by(source))
            source.record_visit(key, source_checkpoints.visits_before(source, key, tip))
            answer["session"] = UnlockedSession.start(source, key)
    except DecryptionFailed:
        return None
    source_checkpoints.store(source, key, tip)
    return str(answer["session"])
