"""Adds and removes tip readers: the roster, and the keys of every tip."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import selectinload

from board.db import db
from board.tips.crypto.primitives import DecryptionFailed, Key
from board.tips.integrity import checkpoints
from board.tips.models import access, roster
from board.tips.models.key_grants import Grant
from board.tips.models.key_holders import TipReader, UnlockedSession
from board.tips.models.removal import RemovalRequest
from board.tips.models.tip import Tip
from board.tips.sealed import search_index
from board.tips.sealed.keyring import NoKey
from board.tips.sealed.sealed_tip import DecryptableTip


def add_reader(reader: TipReader, *, by: TipReader, key: Key) -> None:
    """`by` signs for the reader, and grants them every tip `by` can open."""
    checkpoints.require_intact()
    roster.add(reader, by=by, key=key)
    search_index.delete_entries(reader=reader)
    members = roster.members()
    for opened in DecryptableTip.open_many(_with_keys(Tip.readable_by(by)), by, key):
        with suppress(DecryptionFailed, NoKey):  # reported when that tip is opened
            opened.grant_access(reader, members=members)


def remove_reader(reader: TipReader, *, by: TipReader, key: Key) -> None:
    """`by` takes the reader off the roster and revokes their grants. Every tip they held gets new
    keys: now where `by` has access, otherwise with the next word. Raises WentBack.
    """
    checkpoints.require_intact()
    access.mark_for_rotation(reader)
    roster.remove(reader, by=by, key=key)
    members = roster.members()
    held = Tip.held_by(reader).subquery()
    shared = Tip.readable_by(by).where(Tip.id.in_(select(held.c.id)))
    for opened in DecryptableTip.open_many(_with_keys(shared), by, key):
        with suppress(DecryptionFailed, NoKey):  # reported when that tip is opened
            opened.revoke_access(reader, members=members)
    delete_reader(reader)


def delete_reader(reader: TipReader) -> None:
    """Delete a reader with their sessions, requests, grants and search entries."""
    access.mark_for_rotation(reader)
    RemovalRequest.forget(reader)
    UnlockedSession.end_all(reader)
    search_index.delete_entries(reader=reader)
    db.session.execute(delete(Grant).where(Grant.holder_id == reader.id))
    db.session.delete(reader)
    db.session.flush()


def _with_keys(tips: Select[Tip]) -> Sequence[Tip]:
    """These tips with their keys and grants, in three queries."""
    return db.session.scalars(tips.options(selectinload(Tip.keys))).all()
