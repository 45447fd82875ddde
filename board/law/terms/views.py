"""The documents people agree to, with the versions before and the one to come."""

from typing import NamedTuple

from flask import Blueprint, Flask, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _

from board.db.clock import today
from board.law.claims.models import Claim
from board.law.terms import documents as terms_documents
from board.law.terms.documents import Document
from board.web.access import everyone, open_to
from board.web.i18n import format_full_date

bp = Blueprint("terms", __name__)

_VIEWS = {
    "terms": "terms.of_use",
    "rules": "terms.house_rules",
    "youth": "terms.youth",
    "rights": "terms.rights",
}
_LABELS = {
    "terms": _("Terms of use"),
    "rules": _("Community guidelines"),
    "youth": _("Youth protection"),
    "rights": _("Protecting your rights"),
}


def init_app(app: Flask) -> None:
    """Raises BadSetting when a document of the installation cannot be used."""
    app.extensions["terms"] = terms_documents.load(app)
    app.add_template_global(_label, "terms_label")
    app.add_template_global(_documents, "documents")
    app.add_template_global(
        lambda name: terms_documents.in_force(name, today()).since, "terms_since"
    )


def _label(name: str) -> str:
    return str(_LABELS[name])


@bp.get("/terms")
@open_to(everyone, query=("version",))
def of_use() -> ResponseReturnValue:
    return _page("terms")


@bp.get("/terms/rules")
@open_to(everyone, query=("version",))
def house_rules() -> ResponseReturnValue:
    return _page("rules")


@bp.get("/terms/youth")
@open_to(everyone, query=("version",))
def youth() -> ResponseReturnValue:
    return _page("youth")


@bp.get("/terms/rights")
@open_to(everyone, query=("version",))
def rights() -> ResponseReturnValue:
    return _page("rights")


def _page(name: str) -> str:
    """`?version=2026-12-01` is another version, past or to come."""
    current = terms_documents.in_force(name, today())
    shown, language = _asked(name) or current, str(get_locale())
    return render_template(
        "law/terms.html",
        name=name,
        views=_VIEWS,
        document=shown,
        title=shown.title(language),
        blocks=shown.blocks(language, **_values()),
        current=current,
        coming=terms_documents.announced(name, today()),
        versions=terms_documents.versions(name),
    )


def _asked(name: str) -> Document | None:
    if not (asked := request.args.get("version")):
        return None
    found = (each for each in terms_documents.versions(name) if each.since.isoformat() == asked)
    return next(found, None) or abort(404)


def _values() -> dict[str, str]:
    """What documents may name without knowing this board."""
    config = current_app.config
    return {
        "site": config["SITE_NAME"],
        "days": str(Claim.TERM.days),
        "hours": str(int(Claim.ANSWER_WITHIN.total_seconds() // 3600)),
        "length": str(config["COMMENT_MAX_LENGTH"]),
        "youth_officer": config["YOUTH_OFFICER"] or gettext("the newsroom"),
    }


class Link(NamedTuple):
    label: str
    url: str


def _documents() -> list[Link]:
    """For the foot of every page: what is in force, and the next change once it is announced."""
    known = [Link(_label(name), url_for(_VIEWS[name])) for name in ("terms", "rules", "youth")]
    found = (terms_documents.announced(name, today()) for name in terms_documents.DOCUMENTS)
    coming = sorted((each for each in found if each), key=lambda each: each.since)
    return [*known, *(_announcement(each) for each in coming[:1])]


def _announcement(document: Document) -> Link:
    name, day = _label(document.name), format_full_date(document.since)
    said = gettext("%(document)s: changes from %(day)s", document=name, day=day)
    return Link(said, url_for(_VIEWS[document.name], version=document.since.isoformat()))
