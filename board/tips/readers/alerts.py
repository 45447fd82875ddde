"""Alerts on every page of tips at the desk: the database went back, somebody is still on the
roster, a removal waits for a second reader, a tip is damaged.
"""

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from board.db import db
from board.tips.integrity import reader_checkpoints
from board.tips.integrity.reader_checkpoints import Look
from board.tips.models import roster
from board.tips.models.key_holders import TipReader
from board.tips.models.removal import RemovalRequest
from board.tips.models.tip import Tip
from board.tips.readers.ownership import has_second_factor
from board.tips.readers.unlock_views import current_key


@dataclass(frozen=True, slots=True)
class Alerts:
    me: TipReader
    look: Look
    leavers: list[TipReader]
    removals: list[RemovalRequest]
    damaged: list[int]  # ids of tips whose rows are damaged


def init_app(app: Flask) -> None:
    app.add_template_global(tip_alerts)
    app.add_template_global(has_second_factor)


def tip_alerts() -> Alerts | None:
    """None for somebody who is not on the roster and can do nothing about it. Raises Locked."""
    me, key = current_key()
    if me not in roster.members():
        return None
    removals = [*db.session.scalars(RemovalRequest.all())]
    damaged = [*db.session.scalars(select(Tip.id).where(Tip.is_damaged()).order_by(Tip.id))]
    return Alerts(me, reader_checkpoints.look(me, key), roster.leavers(), removals, damaged)
