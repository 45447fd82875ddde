"""The tips log, for all tip readers."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from board.accounts.two_factor.models import TwoFactorEvent
from board.db import db, hash_chain
from board.tips.models.audit_log import AuditEntry
from board.tips.readers.unlock_views import current_key
from board.tips.web.responses import no_store, render_page
from board.web.access import open_to, tip_readers
from board.web.forms import query_id

bp = Blueprint("tip_log", __name__)
bp.after_request(no_store)
CHECKED_MAX = 1000  # newest entries whose hashes are verified on each request


@bp.get("/desk/tips/log")
@open_to(tip_readers, query=("before",))
def index() -> ResponseReturnValue:
    current_key()
    entries = db.session.scalars(AuditEntry.newest(before=query_id("before"))).all()
    page = entries[: AuditEntry.PAGE_SIZE]
    last = db.session.scalar(AuditEntry.newest().limit(1))
    return render_page(
        "tips/desk/audit_log.html",
        entries=page,
        more=page[-1].id if len(entries) > AuditEntry.PAGE_SIZE else None,
        broken=hash_chain.find_tampered_tail(AuditEntry, CHECKED_MAX),
        last=last,
        resets=db.session.scalars(TwoFactorEvent.resets()).all(),
    )
