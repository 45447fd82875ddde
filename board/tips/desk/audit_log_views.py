"""The log of tips, for all who read them."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from board.accounts.two_factor.models import TwoFactorEvent
from board.db import db, hash_chain
from board.tips.models.audit_log import Entry
from board.tips.readers.unlock_views import my_key
from board.tips.web.responses import page_of, protect
from board.web.access import open_to, tip_readers
from board.web.forms import query_id

bp = Blueprint("tip_log", __name__)
bp.after_request(protect)
CHECKED = 1000  # entries at the end, each time somebody looks


@bp.get("/desk/tips/log")
@open_to(tip_readers)
def index() -> ResponseReturnValue:
    my_key()
    found = db.session.scalars(Entry.newest(before=query_id("before"))).all()
    shown = found[: Entry.PAGE_SIZE]
    last = db.session.scalar(Entry.newest().limit(1))
    return page_of(
        "tips/desk/audit_log.html",
        entries=shown,
        more=shown[-1].id if len(found) > Entry.PAGE_SIZE else None,
        broken=hash_chain.find_tampered_tail(Entry, CHECKED),
        last=last,
        resets=db.session.scalars(TwoFactorEvent.resets()).all(),
    )
