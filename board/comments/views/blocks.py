"""Pages to block (차단) and unblock users, and the list of blocked users."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.auth.current_user import current_user
from board.accounts.models import User
from board.comments.viewer.blocks import Block, ListFull, block, unblock
from board.db import db, writing
from board.web.access import members, open_to
from board.web.forms import safe_redirect_path

bp = Blueprint("mutes", __name__)


@bp.get("/account/muted")
@open_to(members)
def muted() -> ResponseReturnValue:
    return _blocked_page()


@bp.post("/people/<id:id>/mute")
@open_to(members)
def mute(id: int) -> ResponseReturnValue:
    if id == current_user().id:
        abort(403)
    try:
        with writing():
            block(_user(id), by=current_user())
    except ListFull:
        most = Block.PEOPLE_MAX
        text = _("You can block up to %(most)d people. Unblock someone first.", most=most)
        return _blocked_page(problem=text), 422
    return redirect(_next_url("muted"), 303)


@bp.post("/people/<id:id>/unmute")
@open_to(members)
def unmute(id: int) -> ResponseReturnValue:
    with writing():
        unblock(_user(id), by=current_user())
    return redirect(_next_url("unmuted"), 303)


def _user(id: int) -> User:
    user: User = db.get_or_404(User, id)
    return user


def _blocked_page(problem: str | None = None) -> str:
    blocks = db.session.scalars(Block.by(current_user())).all()
    return render_template("comments/blocks/index.html", blocks=blocks, problem=problem)


def _next_url(notice: str) -> str:
    """Back to the page of the form (`next`), or to the list."""
    if path := request.form.get("next"):
        return safe_redirect_path(path)
    return url_for(".muted", notice=notice)
