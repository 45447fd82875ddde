"""Each person's own notices."""

from flask import Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from board.access import member, open_to, readers, viewer
from board.accounts.models import User
from board.comments import refusals
from board.db import db, writing
from board.forms import asked_id, own_path
from board.moderation import appeals, notices, people
from board.moderation.people import Caution
from board.moderation.people_forms import SeenForm
from board.moderation.people_views import bp

refusals.explain(
    people.Unacknowledged,
    _(
        "A moderator has sent you a warning. Read it under “Notifications” and confirm it to "
        "post again."
    ),
    status=403,
)


def init_app(app: Flask) -> None:
    app.add_template_global(_unread, "unread_notices")


@bp.get("/account/notices", endpoint="notices")
@open_to(readers)
def index() -> ResponseReturnValue:
    """What was decided about me and mine, and why. Never by whom."""
    found = list(db.session.scalars(notices.told(member(), before=asked_id("before"))))
    shown = found[: people.PAGE_SIZE]
    return render_template(
        "moderation/notices.html",
        decisions=shown,
        appeals=appeals.of(shown),
        may_appeal=appeals.open_to(member(), shown),
        seen=member().notices_seen,
        cautions=list(db.session.scalars(Caution.open_for(member().id))),
        more=shown[-1].id if len(found) > people.PAGE_SIZE else None,
        newest=shown[0].id if shown else 0,
        next=own_path(request.args.get("next")),
    )


@bp.post("/account/notices/seen")
@open_to(readers)
def see() -> ResponseReturnValue:
    """I have read them, the warnings among them too."""
    form = SeenForm.posted()
    with writing():
        newest = db.session.scalar(notices.told(member()).limit(1))
        notices.see(member(), up_to=newest.id if newest else 0)
        people.acknowledge(member())
    return redirect(own_path(form.next.data), 303)


def _unread() -> int:
    reader = viewer()
    return notices.unread(reader) if isinstance(reader, User) else 0
