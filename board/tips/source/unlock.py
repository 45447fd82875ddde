"""A source's code unlocks their tip in one browser."""

from board.db import db, writing
from board.tips.crypto.primitives import DecryptionFailed
from board.tips.integrity import source_checkpoints
from board.tips.models.key_holders import UnlockedSession
from board.tips.models.source import Source
from board.tips.models.tip import Tip


def unlock_source(tag: bytes, kek: bytes) -> str | None:
    """The token of a new session, or None if no source has this tag."""
    with writing():
        source = db.session.scalar(Source.with_tag(tag))
        if source is None:
            return None
        try:
            key = source.unwrap_key(kek)
            tip = db.session.scalar(Tip.held_by(source))
            source.record_visit(key, source_checkpoints.visits_before(source, key, tip))
        except DecryptionFailed:
            return None
        token = UnlockedSession.start(source, key)
    source_checkpoints.store(source, key, tip)
    return token
