"""차단 and 차단 해제, and the list of whom one has muted."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.auth.current_user import current_user
from board.accounts.models import User
from board.comments.readers import blocks
from board.comments.readers.blocks import Block, ListFull
from board.db import db, writing
from board.web.access import members, open_to
from board.web.forms import safe_redirect_path

bp = Blueprint("mutes", __name__)


@bp.get("/account/muted")
@open_to(members)
def muted() -> ResponseReturnValue:
    return _muted_page()


@bp.post("/people/<id:id>/mute")
@open_to(members)
def mute(id: int) -> ResponseReturnValue:
    if id == current_user().id:
        abort(403)
    try:
        with writing():
            blocks.block(_person(id), by=current_user())
    except ListFull:
        return _muted_page(
            problem=_(
                "You can block up to %(most)d people. Unblock someone first.",
                most=Block.PEOPLE_MAX,
            )
        ), 422
    return redirect(_onward("muted"), 303)


@bp.post("/people/<id:id>/unmute")
@open_to(members)
def unmute(id: int) -> ResponseReturnValue:
    with writing():
        blocks.unblock(_person(id), by=current_user())
    return redirect(_onward("unmuted"), 303)


def _person(id: int) -> User:
    person: User = db.get_or_404(User, id)
    return person


def _muted_page(problem: str | None = None) -> str:
    found = db.session.scalars(Block.by(current_user())).all()
    return render_template("comments/blocks/index.html", mutes=found, problem=problem)


def _onward(notice: str) -> str:
    """Back to where it was asked, or to the list."""
    if path := request.form.get("next"):
        return safe_redirect_path(path)
    return url_for(".muted", notice=notice)
