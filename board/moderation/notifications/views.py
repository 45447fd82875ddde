"""The notifications page of a user."""

from flask import Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from board.accounts.auth.current_user import current_user, viewer
from board.accounts.models import User
from board.db import db, writing
from board.moderation.appeals import models as appeals
from board.moderation.notifications import models as notifications
from board.moderation.users import sanctions
from board.moderation.users.forms import ReturnForm
from board.moderation.users.sanctions import PendingWarning
from board.moderation.users.views import bp
from board.web.access import members, open_to
from board.web.forms import query_id, safe_redirect_path

# Shown to an author who must acknowledge a warning before posting.
UNCONFIRMED = _(
    "A moderator has sent you a warning. Read it under “Notifications” and confirm it to "
    "post again."
)


def init_app(app: Flask) -> None:
    app.add_template_global(_unread, "unread_notices")


@bp.get("/account/notices", endpoint="notices")
@open_to(members, query=("before", "next"))
def index() -> ResponseReturnValue:
    """Rulings about the user and their comments, with reasons; never who decided."""
    rows = list(
        db.session.scalars(
            notifications.notifications_for(current_user(), before=query_id("before"))
        )
    )
    decisions = rows[: sanctions.PAGE_SIZE]
    return render_template(
        "moderation/notifications/index.html",
        decisions=decisions,
        appeals=appeals.by_ruling(decisions),
        appealable=appeals.appealable_by(current_user(), decisions),
        seen=current_user().notices_seen,
        warnings=list(db.session.scalars(PendingWarning.open_for(current_user().id))),
        more=decisions[-1].id if len(rows) > sanctions.PAGE_SIZE else None,
        newest=decisions[0].id if decisions else 0,
        next=safe_redirect_path(request.args.get("next")),
    )


@bp.post("/account/notices/seen")
@open_to(members)
def see() -> ResponseReturnValue:
    """Mark all as read, and acknowledge warnings."""
    form = ReturnForm.from_post()
    with writing():
        newest = db.session.scalar(notifications.notifications_for(current_user()).limit(1))
        notifications.mark_read(current_user(), up_to=newest.id if newest else 0)
        sanctions.acknowledge(current_user())
    return redirect(safe_redirect_path(form.next.data), 303)


def _unread() -> int:
    user = viewer()
    return notifications.unread_count(user) if isinstance(user, User) else 0
