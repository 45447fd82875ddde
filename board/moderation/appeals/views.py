"""Where people appeal, and where the desk decides it."""

from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from itsdangerous import BadData, URLSafeTimedSerializer

from board.accounts.auth.current_user import current_user, viewer
from board.accounts.models import User
from board.comments.models import Comment
from board.db import db, writing
from board.moderation.appeals import models as appeals
from board.moderation.appeals.forms import AppealForm, DecideForm
from board.moderation.appeals.models import Appeal, NotByTheSame, NotOpen
from board.moderation.rulings.models import Ruling
from board.web.access import everyone, moderators, open_to

bp = Blueprint("appeals", __name__)

KEY_LIFE = 3600  # seconds from a right password to the end of writing


def init_app(app: Flask) -> None:
    app.add_template_global(_ruling_to_appeal, "ruling_to_appeal")


@bp.get("/rulings/<id:id>/appeal")
@open_to(everyone, query=("key",))
def appeal_form(id: int) -> ResponseReturnValue:
    """For whoever it is about: signed in, or, while suspended, with the key sign-in gave them."""
    key = request.args.get("key", "")
    user = _appellant(key)
    if user is None:
        path = url_for(".appeal_form", id=id)
        return redirect(url_for("accounts.sign_in_form", next=path), 303)
    form = AppealForm.unbound(data={"key": key})
    return _appeal_page(_ruling_about(user, id), user, form), {"Cache-Control": "private, no-store"}


@bp.post("/rulings/<id:id>/appeal")
@open_to(everyone)
def appeal(id: int) -> ResponseReturnValue:
    form = AppealForm.from_post()
    user = _appellant(form.key.data or "")
    if user is None:
        abort(401)
    if not form.validate():
        return _appeal_page(_ruling_about(user, id), user, form), 422
    try:
        with writing():
            appeals.appeal(_ruling_about(user, id), by=user, text=form.text.data)
    except NotOpen:
        return _appeal_page(_ruling_about(user, id), user, form), 409
    # `key` again, so that a suspended person reads that it has arrived.
    return redirect(url_for(".appeal_form", id=id, key=form.key.data or None), 303)


@bp.get("/desk/appeals")
@open_to(moderators)
def index() -> ResponseReturnValue:
    return _index()


@bp.post("/desk/appeals/<id:id>/decide")
@open_to(moderators)
def decide(id: int) -> ResponseReturnValue:
    form = DecideForm.from_post()
    if not form.validate():
        return _index(id, form), 422
    try:
        with writing():
            asked: Appeal = db.get_or_404(Appeal, id)
            uphold = form.outcome.data == "uphold"
            appeals.decide(asked, by=current_user(), uphold=uphold, says=form.says.data)
    except NotByTheSame:
        abort(403)
    return redirect(url_for(".index", notice="upheld" if uphold else "rejected"), 303)


@bp.post("/desk/appeals/seen")
@open_to(moderators)
def see() -> ResponseReturnValue:
    with writing():
        appeals.see_ended(current_user())
    return redirect(url_for(".index"), 303)


def _index(refused: int | None = None, form: DecideForm | None = None) -> str:
    return render_template(
        "moderation/appeals/index.html",
        waiting=list(db.session.scalars(Appeal.waiting())),
        ended=list(db.session.scalars(Appeal.ended(current_user()))),
        is_alone=appeals.is_alone(current_user()),
        refused=refused,
        form=form or DecideForm.unbound(),
    )


def _appeal_page(ruling: Ruling, user: User, form: AppealForm) -> str:
    return render_template(
        "moderation/appeals/appeal.html",
        ruling=ruling,
        asked=db.session.get(Appeal, ruling.id),
        is_open=ruling.id in appeals.open_to(user, [ruling]),
        deadline=appeals.deadline(ruling),
        form=form,
    )


def _appellant(key: str) -> User | None:
    """Whoever is signed in; else whoever this key was given to within the last hour."""
    if isinstance(reader := viewer(), User):
        return reader
    try:
        id = _keys().loads(key, max_age=KEY_LIFE)
    except BadData:
        return None
    return db.session.get(User, id)


def _ruling_about(user: User, id: int) -> Ruling:
    ruling = db.session.get(Ruling, id)
    if ruling is None or ruling.about_id != user.id or ruling.verdict not in appeals.APPEALABLE:
        abort(403)
    return ruling


def _ruling_to_appeal(comment: Comment) -> Ruling | None:
    """What its author may appeal against, for the page of a hidden comment."""
    ruling = db.session.scalar(appeals.against_hiding(comment))
    author = viewer()
    if ruling is None or not isinstance(author, User):
        return None
    return ruling if ruling.id in appeals.open_to(author, [ruling]) else None


def link_for_suspended(user: User) -> tuple[str, str] | None:
    """The way from a refused sign-in to an appeal: signed, and good for an hour."""
    ruling = db.session.scalar(appeals.against_suspending(user))
    if ruling is None or ruling.id not in appeals.open_to(user, [ruling]):
        return None
    key = _keys().dumps(user.id)
    return gettext("Appeal"), url_for("appeals.appeal_form", id=ruling.id, key=key)


def _keys() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="appeal")
