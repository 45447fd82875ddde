"""Each person's own notices."""

from flask import Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from board.accounts.auth.current_user import current_user, viewer
from board.accounts.models import User
from board.db import db, writing
from board.moderation.appeals import models as appeals
from board.moderation.notifications import models as notifications
from board.moderation.users import sanctions
from board.moderation.users.forms import SeenForm
from board.moderation.users.sanctions import PendingWarning
from board.moderation.users.views import bp
from board.web.access import members, open_to
from board.web.forms import query_id, safe_redirect_path

# Why an author with a warning to confirm cannot post.
UNCONFIRMED = _(
    "A moderator has sent you a warning. Read it under “Notifications” and confirm it to "
    "post again."
)


def init_app(app: Flask) -> None:
    app.add_template_global(_unread, "unread_notices")


@bp.get("/account/notices", endpoint="notices")
@open_to(members, query=("before", "next"))
def index() -> ResponseReturnValue:
    """What was decided about me and mine, and why. Never by whom."""
    found = list(
        db.session.scalars(
            notifications.notifications_for(current_user(), before=query_id("before"))
        )
    )
    shown = found[: sanctions.PAGE_SIZE]
    return render_template(
        "moderation/notifications/index.html",
        decisions=shown,
        appeals=appeals.of(shown),
        may_appeal=appeals.open_to(current_user(), shown),
        seen=current_user().notices_seen,
        cautions=list(db.session.scalars(PendingWarning.open_for(current_user().id))),
        more=shown[-1].id if len(found) > sanctions.PAGE_SIZE else None,
        newest=shown[0].id if shown else 0,
        next=safe_redirect_path(request.args.get("next")),
    )


@bp.post("/account/notices/seen")
@open_to(members)
def see() -> ResponseReturnValue:
    """I have read them, the warnings among them too."""
    form = SeenForm.from_post()
    with writing():
        newest = db.session.scalar(notifications.notifications_for(current_user()).limit(1))
        notifications.mark_read(current_user(), up_to=newest.id if newest else 0)
        sanctions.acknowledge(current_user())
    return redirect(safe_redirect_path(form.next.data), 303)


def _unread() -> int:
    reader = viewer()
    return notifications.unread_count(reader) if isinstance(reader, User) else 0
