"""Pages of sources: what all of them share, and the first one."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from board.tips.attachments.uploads import DraftsFull
from board.tips.crypto import key_files
from board.tips.forms import CodeForm
from board.tips.readers import roster
from board.tips.readers.unlock_session import Locked
from board.tips.sealed.keyring import NoKey
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
        fingerprint=roster.current_fingerprint(),
        days=current_app.config["TIP_DAYS"],
        channels=contact_channels(),
    )


@bp.errorhandler(Locked)
def _session_expired(_error: Locked) -> ResponseReturnValue:
    """Show the text sent after the session expired again; only its author gets this page."""
    if text := request.form.get("text"):
        return source_pages.code_entry_page(CodeForm.unbound(), unsent_text=text, status=401)
    return redirect(url_for(".box"), 303)


@bp.errorhandler(key_files.Erased)
@bp.errorhandler(NoKey)
def _tip_gone(_error: key_files.Erased | NoKey) -> ResponseReturnValue:
    return render_page("tips/source/gone.html", status=410)


@bp.errorhandler(DraftsFull)
def _storage_full(_error: DraftsFull) -> ResponseReturnValue:
    return render_page("tips/source/full.html", status=503)
