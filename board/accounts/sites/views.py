"""Desk pages of the sites that show threads in their own pages."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import viewer
from board.accounts.sign_in.reauthentication import requires_reauthentication
from board.accounts.sites.forms import NewSiteForm, SiteForm
from board.accounts.sites.models import Site
from board.db import db, writing
from board.web.access import appointers, open_to
from board.web.i18n import LANGUAGES
from board.web.request.observability.security_events import record_staff_act
from board.web.request.origins import expected_origin
from board.web.response.notices import notice

bp = Blueprint("sites", __name__)
bp.after_request(lambda response: record_staff_act(response, viewer))


@bp.get("/desk/sites")
@open_to(appointers)
def index() -> ResponseReturnValue:
    return _page(NewSiteForm.unbound(data={"language": LANGUAGES[0]}))


@bp.post("/desk/sites")
@open_to(appointers)
@requires_reauthentication
def add() -> ResponseReturnValue:
    form = NewSiteForm.from_post()
    if not form.validate():
        return _page(form), 422
    with writing():
        if db.session.scalar(Site.with_key(form.key.data)):  # meanwhile
            abort(409)
        site = Site.add(form.key.data, form.name.data)
        form.save(site)
    return _saved(site)


@bp.get("/desk/sites/<key>")
@open_to(appointers)
def edit_form(key: str) -> ResponseReturnValue:
    site = _find(key)
    form = SiteForm.unbound(
        data={
            "name": site.name,
            "language": site.language,
            "origins": "\n".join(site.origins),
            "hosts": site.host_words,
            "parameters": site.parameter_words,
        }
    )
    return _edit_page(site, form)


@bp.post("/desk/sites/<key>")
@open_to(appointers)
@requires_reauthentication
def edit(key: str) -> ResponseReturnValue:
    form = SiteForm.from_post()
    if not form.validate():
        return _edit_page(_find(key), form), 422
    with writing():
        site = _find(key)
        form.save(site)
    return _saved(site)


def _find(key: str) -> Site:
    site: Site | None = db.session.scalar(Site.with_key(key))
    return site or abort(404)


def _saved(site: Site) -> ResponseReturnValue:
    target = url_for(".edit_form", key=site.key, notice=notice("site_saved", name=site.name))
    return redirect(target, 303)


def _page(form: NewSiteForm) -> str:
    sites = db.session.scalars(Site.all()).all()
    return render_template("accounts/sites/index.html", sites=sites, form=form)


def _edit_page(site: Site, form: SiteForm) -> str:
    return render_template(
        "accounts/sites/site.html", site=site, form=form, board=expected_origin()
    )
