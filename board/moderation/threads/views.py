"""Desk pages of threads: restrictions in force, the busiest threads, and surges."""

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
from board.moderation.threads.forms import ELECTION, AcknowledgeForm, RestrictForm
from board.moderation.threads.surge_details import surge_details
from board.moderation.threads.surges import Surge
from board.web.access import moderators, open_to, seniors, thread_staff, viewer
from board.web.forms import query_id
from board.web.response.notices import notice

bp = Blueprint("threads", __name__)

BUSIEST_MAX = 12


def init_app(app: Flask) -> None:
    app.add_template_global(_alerts, "surge_alerts")
    app.add_template_global(kind_label)
    app.add_template_global(_may_release, "may_release")


def kind_label(kind: str) -> str:
    return {
        "comments": gettext("Comments"),
        "votes": gettext("Reactions"),
        "reports": gettext("Reports"),
    }[kind]


@bp.get("/desk/threads")
@open_to(thread_staff, query=("before",))
def index() -> ResponseReturnValue:
    return _index()


@bp.get("/desk/threads/history")
@open_to(thread_staff, query=("before",))
def history() -> ResponseReturnValue:
    rows, more = _page(ThreadRestriction.ended(before=query_id("before")))
    surges = list(db.session.scalars(Surge.past())) if moderators(viewer()) else []
    return render_template(
        "moderation/threads/history.html",
        restrictions=rows,
        more=more,
        surges=surges,
        details=surge_details(surges),
    )


@bp.get("/desk/threads/steer")
@open_to(thread_staff, query=("article", "preset"))
def steer_form() -> ResponseReturnValue:
    if request.args.get("preset") == ELECTION:
        if not seniors(viewer()):
            abort(403)
        return _restrict_page(RestrictForm.for_election())
    return _restrict_page(RestrictForm.for_article(request.args.get("article")))


@bp.post("/desk/threads/steer")
@open_to(thread_staff, multi_fields=("sections", "measures"))
def steer() -> ResponseReturnValue:
    form = RestrictForm.from_post()
    if not form.validate():
        return _restrict_page(form), 422
    if form.preview.data:
        return _restrict_page(form, ThreadRestriction.from_spec(form.spec()))
    try:
        with writing():
            restriction = restrictions.restrict(form.spec(), by=current_user())
    except ValueError:  # its end passed while it waited for the write lock
        form.lasts.errors = [gettext("It would end before it starts.")]
        return _restrict_page(form), 422
    return _to_index("steered", what=_target(restriction))


@bp.post("/desk/threads/steerings/<id:id>/release")
@open_to(thread_staff)
def release(id: int) -> ResponseReturnValue:
    with writing():
        restriction: ThreadRestriction = db.get_or_404(ThreadRestriction, id)
        if not _may_release(restriction):
            abort(403)
        restrictions.end_restriction(restriction, by=current_user())
    return _to_index("released", what=_target(restriction))


@bp.post("/desk/threads/surges/<id:id>/slow")
@open_to(moderators)
def slow(id: int) -> ResponseReturnValue:
    reason = gettext("Comments are coming in fast, so posting has been slowed down.")
    with writing():
        surge: Surge = db.get_or_404(Surge, id)
        if surge.ended_at is not None:
            abort(409)
        surge.slow(by=current_user(), reason=reason)
    return _to_index("steered", what=surge.article.title)


@bp.post("/desk/threads/surges/<id:id>/acknowledge")
@open_to(moderators, query=("before",))
def acknowledge(id: int) -> ResponseReturnValue:
    form = AcknowledgeForm.from_post()
    if not form.validate():
        return _index(id, form), 422
    with writing():
        surge: Surge = db.get_or_404(Surge, id)
        surge.acknowledge(by=current_user(), note=form.note.data or "")
    return _to_index("surge_seen", title=surge.article.title)


def _may_release(restriction: ThreadRestriction) -> bool:
    """What holds for more than one article is for senior moderators."""
    return restriction.article_id is not None or seniors(viewer())


def _to_index(code: str, **values: str) -> ResponseReturnValue:
    return redirect(url_for(".index", notice=notice(code, **values)), 303)


def _target(restriction: ThreadRestriction) -> str:
    """What a restriction applies to."""
    if restriction.article:
        return restriction.article.title
    return ", ".join(restriction.sections) or gettext("The whole site")


def _index(invalid_id: int | None = None, form: AcknowledgeForm | None = None) -> str:
    surges = list(db.session.scalars(Surge.open())) if moderators(viewer()) else []
    rows, more = _page(ThreadRestriction.all_open(before=query_id("before")))
    busiest = db.session.execute(
        ActivityBucket.busiest(since=now() - 6 * SLOT, limit=BUSIEST_MAX)
    ).all()
    return render_template(
        "moderation/threads/index.html",
        surges=surges,
        details=surge_details(surges),
        restrictions=rows,
        more=more,
        busiest=busiest,
        thread_states=page_thread_states(row.Article for row in busiest),
        now=now(),
        invalid_id=invalid_id,
        form=form or AcknowledgeForm.unbound(),
    )


def _page(query: Select[ThreadRestriction]) -> tuple[list[ThreadRestriction], int | None]:
    rows = list(db.session.scalars(query))
    page = rows[: ThreadRestriction.PAGE_SIZE]
    return page, page[-1].id if len(rows) > len(page) else None


def _restrict_page(form: RestrictForm, preview: ThreadRestriction | None = None) -> str:
    article = form.target_article
    return render_template(
        "moderation/threads/restrict.html",
        form=form,
        article=article,
        preview=preview,
        article_count=_article_count(preview) if preview else 0,
        existing=_existing(article) if article else [],
        now=now(),
    )


def _existing(article: Article) -> list[ThreadRestriction]:
    rows = db.session.scalars(ThreadRestriction.open_for([article.id]))
    return [each for each in rows if each.applies_to(article)]


def _article_count(preview: ThreadRestriction) -> int:
    """How many articles the restriction applies to."""
    count = select(func.count()).select_from(Article).where(preview.scope)
    return db.session.scalar(count) or 0


def _alerts() -> list[Surge]:
    return list(db.session.scalars(Surge.alerts()))
