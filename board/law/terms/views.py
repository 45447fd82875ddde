"""Pages of the legal documents, with their past versions and the announced one."""

from typing import NamedTuple

from flask import Blueprint, Flask, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _

from board.db.clock import today
from board.law.terms import documents as terms_documents
from board.law.terms import placeholders
from board.law.terms.documents import Document
from board.web.access import everyone, open_to
from board.web.i18n import format_full_date

bp = Blueprint("terms", __name__)

_VIEWS = {
    "terms": "terms.of_use",
    "privacy": "terms.privacy",
    "rules": "terms.house_rules",
    "youth": "terms.youth",
    "rights": "terms.rights",
}
_LABELS = {
    "terms": _("Terms of use"),
    "privacy": _("Privacy policy"),
    "rules": _("Community guidelines"),
    "youth": _("Youth protection"),
    "rights": _("Protecting your rights"),
}


def init_app(app: Flask) -> None:
    """Raises BadSetting when a document of the installation cannot be used."""
    app.extensions["terms"] = terms_documents.load(app)
    app.add_template_global(_label, "terms_label")
    app.add_template_global(_footer_links, "documents")
    app.add_template_global(
        lambda name: terms_documents.in_force(name, today()).since, "terms_since"
    )


def _label(name: str) -> str:
    return str(_LABELS[name])


@bp.get("/terms")
@open_to(everyone, query=("version",))
def of_use() -> ResponseReturnValue:
    return _page("terms")


@bp.get("/privacy")
@open_to(everyone, query=("version",))
def privacy() -> ResponseReturnValue:
    return _page("privacy")


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
    """`?version=2026-12-01` selects another version, past or announced."""
    current = terms_documents.in_force(name, today())
    document, language = _requested_version(name) or current, str(get_locale())
    return render_template(
        "law/terms.html",
        name=name,
        views=_VIEWS,
        document=document,
        title=document.title(language),
        blocks=document.blocks(language, **placeholders.values()),
        current=current,
        announced=terms_documents.announced(name, today()),
        versions=terms_documents.versions(name),
    )


def _requested_version(name: str) -> Document | None:
    if not (version := request.args.get("version")):
        return None
    matches = (each for each in terms_documents.versions(name) if each.since.isoformat() == version)
    return next(matches, None) or abort(404)


class Link(NamedTuple):
    label: str
    url: str
    is_prominent: bool = False


def _footer_links() -> list[Link]:
    """Links in the footer of every page: the documents, and the next announced change."""
    links = [
        # 표준 개인정보 보호지침 20조: the privacy policy stands out from the others.
        Link(_label(name), url_for(_VIEWS[name]), is_prominent=name == "privacy")
        for name in ("terms", "privacy", "rules", "youth")
    ]
    next_versions = (terms_documents.announced(name, today()) for name in terms_documents.DOCUMENTS)
    announced = sorted((each for each in next_versions if each), key=lambda each: each.since)
    return [*links, *(_announcement(each) for each in announced[:1])]


def _announcement(document: Document) -> Link:
    name, day = _label(document.name), format_full_date(document.since)
    text = gettext("%(document)s: changes from %(day)s", document=name, day=day)
    return Link(text, url_for(_VIEWS[document.name], version=document.since.isoformat()))
