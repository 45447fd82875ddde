"""Where the desk steers threads: what is steered now, where most is going on, and surges."""

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, func, select

from board.accounts.auth.current_user import current_user
from board.articles.models import Article
from board.articles.thread_controls.labels import page_thread_states
from board.articles.thread_controls.models import ThreadRestriction
from board.db import db, now, writing
from board.moderation.threads import restrictions
from board.moderation.threads.activity import SLOT, ActivityBucket
from board.moderation.threads.forms import ELECTION, SeenForm, SteerForm
from board.moderation.threads.surge_details import surge_details
from board.moderation.threads.surges import Surge
from board.web.access import moderators, open_to
from board.web.forms import query_id

bp = Blueprint("threads", __name__)

BUSIEST = 12


def init_app(app: Flask) -> None:
    app.add_template_global(_alerts, "surge_alerts")
    app.add_template_global(kind_label)


def kind_label(kind: str) -> str:
    return {
        "comments": gettext("Comments"),
        "votes": gettext("Reactions"),
        "reports": gettext("Reports"),
    }[kind]


@bp.get("/desk/threads")
@open_to(moderators, query=("before",))
def index() -> ResponseReturnValue:
    return _index()


@bp.get("/desk/threads/history")
@open_to(moderators, query=("before",))
def history() -> ResponseReturnValue:
    steerings, more = _page(ThreadRestriction.ended(before=query_id("before")))
    surges = list(db.session.scalars(Surge.past()))
    return render_template(
        "moderation/threads/history.html",
        steerings=steerings,
        more=more,
        surges=surges,
        signs=surge_details(surges),
    )


@bp.get("/desk/threads/steer")
@open_to(moderators, query=("article", "preset"))
def steer_form() -> ResponseReturnValue:
    if request.args.get("preset") == ELECTION:
        return _steer_page(SteerForm.of_election())
    return _steer_page(SteerForm.about(request.args.get("article")))


@bp.post("/desk/threads/steer")
@open_to(moderators, multi_fields=("sections", "measures"))
def steer() -> ResponseReturnValue:
    form = SteerForm.from_post()
    if not form.validate():
        return _steer_page(form), 422
    if form.preview.data:
        return _steer_page(form, ThreadRestriction.from_spec(form.terms()))
    try:
        with writing():
            restrictions.restrict(form.terms(), by=current_user())
    except ValueError:  # its end has come while it waited for its turn
        form.lasts.errors = [gettext("It would end before it starts.")]
        return _steer_page(form), 422
    return redirect(url_for(".index", notice="steered"), 303)


@bp.post("/desk/threads/steerings/<id:id>/release")
@open_to(moderators)
def release(id: int) -> ResponseReturnValue:
    with writing():
        restrictions.end_restriction(db.get_or_404(ThreadRestriction, id), by=current_user())
    return redirect(url_for(".index", notice="released"), 303)


@bp.post("/desk/threads/surges/<id:id>/slow")
@open_to(moderators)
def slow(id: int) -> ResponseReturnValue:
    reason = gettext("Comments are coming in fast, so posting has been slowed down.")
    with writing():
        surge: Surge = db.get_or_404(Surge, id)
        if surge.ended_at is not None:
            abort(409)
        surge.slow(by=current_user(), reason=reason)
    return redirect(url_for(".index", notice="steered"), 303)


@bp.post("/desk/threads/surges/<id:id>/acknowledge")
@open_to(moderators, query=("before",))
def acknowledge(id: int) -> ResponseReturnValue:
    form = SeenForm.from_post()
    if not form.validate():
        return _index(id, form), 422
    with writing():
        db.get_or_404(Surge, id).acknowledge(by=current_user(), note=form.note.data or "")
    return redirect(url_for(".index", notice="decided"), 303)


def _index(refused: int | None = None, form: SeenForm | None = None) -> str:
    surges = list(db.session.scalars(Surge.open()))
    steerings, more = _page(ThreadRestriction.all_open(before=query_id("before")))
    busiest = db.session.execute(ActivityBucket.busiest(since=now() - 6 * SLOT, most=BUSIEST)).all()
    return render_template(
        "moderation/threads/index.html",
        surges=surges,
        signs=surge_details(surges),
        steerings=steerings,
        more=more,
        busiest=busiest,
        courses=page_thread_states(row.Article for row in busiest),
        moment=now(),
        refused=refused,
        form=form or SeenForm.unbound(),
    )


def _page(query: Select[ThreadRestriction]) -> tuple[list[ThreadRestriction], int | None]:
    found = list(db.session.scalars(query))
    shown = found[: ThreadRestriction.PAGE_SIZE]
    return shown, shown[-1].id if len(found) > len(shown) else None


def _steer_page(form: SteerForm, drafted: ThreadRestriction | None = None) -> str:
    article = form.found_article
    return render_template(
        "moderation/threads/restrict.html",
        form=form,
        article=article,
        drafted=drafted,
        concerned=_count(drafted) if drafted else 0,
        open=_open_for(article) if article else [],
        moment=now(),
    )


def _open_for(article: Article) -> list[ThreadRestriction]:
    found = db.session.scalars(ThreadRestriction.open_for([article.id]))
    return [each for each in found if each.applies_to(article)]


def _count(drafted: ThreadRestriction) -> int:
    """How many articles it is about."""
    found = select(func.count()).select_from(Article).where(drafted.scope)
    return db.session.scalar(found) or 0


def _alerts() -> list[Surge]:
    return list(db.session.scalars(Surge.alerts()))
