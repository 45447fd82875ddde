"""Pages of sources: what all of them share, and the first one."""

from typing import Any

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from board.tips.models import roster
from board.tips.source import pages as source_pages
from board.tips.source.contact_channels import contact_channels
from board.tips.web.responses import harden_source_response, render_page
from board.web.access import everyone_as_guest, open_to
from board.web.i18n import LANGUAGES
from board.web.request.origins import is_source_request

bp = Blueprint("tips", __name__)
bp.after_request(harden_source_response)


def harden_unrouted(response: Response) -> Response:
    """Harden responses to sources' requests that no page answers."""
    is_unrouted = (
        request.blueprint != bp.name and request.endpoint != "static" and is_source_request()
    )
    return harden_source_response(response) if is_unrouted else response


@bp.url_defaults
def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Keep the language in the addresses: no cookie remembers it here."""
    if (language := request.args.get("lang")) in LANGUAGES:
        values.setdefault("lang", language)


@bp.get("/tips")
@open_to(everyone_as_guest)
def choose() -> ResponseReturnValue:
    return render_page(
        "tips/source/choose.html",
        readers=len(source_pages.readers()),
        fingerprint=roster.printed_fingerprint(),
        days=current_app.config["TIP_DAYS"],
        channels=contact_channels(),
    )
