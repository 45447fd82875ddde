"""The appeal page for users, and the desk page where appeals are decided."""

from collections.abc import Iterable

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from itsdangerous import BadData, URLSafeTimedSerializer

from board.accounts.auth.current_user import current_user, viewer
from board.accounts.models import User
from board.comments.models import Comment
from board.comments.thread.public_comment import PublicComment, hidden_ids_of
from board.comments.viewer.own_comments import hidden_comments_of
from board.db import db, writing
from board.moderation.appeals import models as appeals
from board.moderation.appeals.forms import AppealForm, DecideForm
from board.moderation.appeals.models import Appeal, NotAppealable, OwnDecision
from board.moderation.rulings.models import Ruling
from board.runtime.app import signing_keys
from board.web.access import everyone, moderators, open_to
from board.web.response.notices import notice

bp = Blueprint("appeals", __name__)

KEY_MAX_AGE = 3600  # seconds from the right password at a refused sign-in to the end of writing


def init_app(app: Flask) -> None:
    app.add_template_global(_ruling_to_appeal, "ruling_to_appeal")
    app.add_template_global(_rulings_to_appeal, "rulings_to_appeal")
    app.add_template_global(own_hidden)


@bp.get("/rulings/<id:id>/appeal")
@open_to(everyone, query=("key",))
def appeal_form(id: int) -> ResponseReturnValue:
    """For the user the ruling is about: signed in or, if suspended, with the key from sign-in."""
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
            appeals.submit_appeal(_ruling_about(user, id), by=user, text=form.text.data)
    except NotAppealable:
        return _appeal_page(_ruling_about(user, id), user, form), 409
    # Keeps `key`, so that a suspended user sees the confirmation.
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
            pending: Appeal = db.get_or_404(Appeal, id)
            uphold = form.outcome.data == "uphold"
            appeals.decide(pending, by=current_user(), uphold=uphold, note=form.says.data)
    except OwnDecision:
        abort(403)
    said = notice("upheld" if uphold else "rejected", name=_appellant_name(pending))
    return redirect(url_for(".index", notice=said), 303)


@bp.post("/desk/appeals/seen")
@open_to(moderators)
def see() -> ResponseReturnValue:
    with writing():
        appeals.mark_results_seen(current_user())
    return redirect(url_for(".index", notice="results_seen"), 303)


def _appellant_name(appeal: Appeal) -> str:
    return appeal.ruling.about.name if appeal.ruling.about else ""


def _index(invalid_id: int | None = None, form: DecideForm | None = None) -> str:
    return render_template(
        "moderation/appeals/index.html",
        pending=list(db.session.scalars(Appeal.pending())),
        ended=list(db.session.scalars(Appeal.ended(current_user()))),
        is_only_moderator=appeals.is_only_moderator(current_user()),
        invalid_id=invalid_id,
        form=form or DecideForm.unbound(),
    )


def _appeal_page(ruling: Ruling, user: User, form: AppealForm) -> str:
    return render_template(
        "moderation/appeals/appeal.html",
        ruling=ruling,
        appeal=db.session.get(Appeal, ruling.id),
        is_open=ruling.id in appeals.appealable_by(user, [ruling]),
        deadline=appeals.deadline(ruling),
        form=form,
    )


def _appellant(key: str) -> User | None:
    """The signed-in user, or else the one whose key, up to an hour old, this is."""
    if isinstance(user := viewer(), User):
        return user
    try:
        id = _key_serializer().loads(key, max_age=KEY_MAX_AGE)
    except BadData:
        return None
    return db.session.get(User, id)


def _ruling_about(user: User, id: int) -> Ruling:
    ruling = db.session.get(Ruling, id)
    if ruling is None or ruling.about_id != user.id or ruling.verdict not in appeals.APPEALABLE:
        abort(403)
    return ruling


def _ruling_to_appeal(comment: Comment) -> Ruling | None:
    """The ruling its author may appeal, for the page of a hidden comment."""
    ruling = db.session.scalar(appeals.hide_ruling(comment))
    author = viewer()
    if ruling is None or not isinstance(author, User):
        return None
    return ruling if ruling.id in appeals.appealable_by(author, [ruling]) else None


def _rulings_to_appeal(comments: list[Comment]) -> dict[int, int]:
    """Ids of the rulings the viewer may appeal, by the id of the hidden comment of theirs."""
    hidden = [comment for comment in comments if comment.hidden_for]
    if not hidden:
        return {}
    rulings = db.session.scalars(appeals.hide_rulings(hidden)).all()
    open_ids = appeals.appealable_by(current_user(), rulings)
    return {each.comment_id: each.id for each in rulings if each.comment_id and each.id in open_ids}


def own_hidden(comments: Iterable[PublicComment]) -> list[tuple[int, int | None]]:
    """Hidden comments of the viewer's among these and their replies: the id, and that of the ruling
    they may appeal, if any.
    """
    ids = list(hidden_ids_of(comments))
    if not ids or not isinstance(author := viewer(), User):
        return []
    own = list(db.session.scalars(hidden_comments_of(author, ids)))
    appealable = _rulings_to_appeal(own)
    return [(comment.id, appealable.get(comment.id)) for comment in own]


def link_for_suspended(user: User) -> tuple[str, str] | None:
    """Label and URL of the appeal at a refused sign-in; the key is signed and lasts an hour."""
    ruling = db.session.scalar(appeals.suspension_ruling(user))
    if ruling is None or ruling.id not in appeals.appealable_by(user, [ruling]):
        return None
    key = _key_serializer().dumps(user.id)
    return gettext("Appeal"), url_for("appeals.appeal_form", id=ruling.id, key=key)


def _key_serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing_keys(), salt="appeal")
