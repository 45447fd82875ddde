"""Pages of people, and the choice of what one’s own page shows."""

from collections.abc import Sequence

from flask import Blueprint, Flask, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectChoice

from board.accounts.auth.current_user import current_user
from board.accounts.models import User
from board.articles.thread_controls.state import not_stopped
from board.comments.thread import profile
from board.db import db, writing
from board.db.clock import local
from board.web.access import everyone, members, open_to
from board.web.forms import Form, query_id
from board.web.page_cache.validity import cache_for_user, cache_until

bp = Blueprint("profiles", __name__)


class ProfileForm(Form):
    profile = RadioField(
        _("What your page shows"),
        choices=[
            SelectChoice("closed", _("Display name, month of joining and badges only")),
            SelectChoice("numbers", _("Also the numbers of the last 30 days: comments and likes")),
            SelectChoice("open", _("Also all my comments that everyone can read")),
        ],
    )


def init_app(app: Flask) -> None:
    app.add_template_global(profile.profiles_are_on)


@bp.before_request
def require_profiles() -> None:
    if not profile.profiles_are_on():
        abort(404)


@bp.get("/people/<id:id>")
@open_to(everyone, query=("before",))
def person(id: int) -> ResponseReturnValue:
    person = _person(id)
    if person.left_on:
        return render_template("comments/profile/person.html", person=None), 410
    if person.profile == "closed":
        cache_for_user(person.id, person.revision)
    return _person_page(person)


def _person(id: int) -> User:
    """404 for those who never wrote."""
    person = db.session.get(User, id)
    return person if person and profile.has_written(person) else abort(404)


def _person_page(person: User) -> str:
    numbers, more = None, None
    entries: Sequence[profile.ProfileEntry] = ()
    if person.profile != "closed":
        are_shown, until = not_stopped()
        cache_until(until)
        numbers = profile.numbers_of(person, are_shown)
    if person.profile == "open":
        entries, more = profile.comments_of(person, are_shown, before=query_id("before"))
    return render_template(
        "comments/profile/person.html",
        person=person,
        joined=local(person.joined_at),
        numbers=numbers,
        entries=entries,
        more=more,
    )


@bp.get("/account/profile")
@open_to(members)
def form() -> ResponseReturnValue:
    return _form_page(ProfileForm.unbound(data={"profile": current_user().profile}))


@bp.post("/account/profile")
@open_to(members)
def choose() -> ResponseReturnValue:
    form = ProfileForm.from_post()
    if not form.validate():
        return _form_page(form), 422
    with writing():
        current_user().choose_profile(form.profile.data)
    return redirect(url_for(".form", notice="profile_chosen"), 303)


def _form_page(form: ProfileForm) -> str:
    return render_template(
        "comments/profile/settings.html", form=form, has_page=profile.has_written(current_user())
    )
