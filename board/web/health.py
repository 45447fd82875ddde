"""Health endpoints: /healthz and /readyz."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from board.db import db, now, schema
from board.web.access import everyone, open_to

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@open_to(everyone)
def healthz() -> ResponseReturnValue:
    """Liveness: the process answers. Checks nothing else, so a locked database restarts nothing."""
    return {"ok": True}, 200, {"Cache-Control": "no-store"}


@bp.get("/readyz")
@open_to(everyone)
def readyz() -> ResponseReturnValue:
    """Readiness: the database opens and has the tables this code expects."""
    state = schema.state(db.engine)
    db.session.execute(text("SELECT 1"))
    ready = state is schema.State.CURRENT
    body = {"ready": ready, "schema": state.value, "time": now().isoformat()}
    return body, 200 if ready else 503, {"Cache-Control": "no-store"}
