"""The source's side: what all its pages have in common, and the one to read first."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from board.tips.attachments.uploads import NoRoom
from board.tips.crypto import key_files
from board.tips.forms import CodeForm
from board.tips.readers import roster
from board.tips.readers.unlock_session import Locked
from board.tips.sealed.keyring import NoKey
from board.tips.source import pages as source_pages
from board.tips.source.contact_channels import contact_channels
from board.tips.web.responses import harden_source_response, render_page
from board.web.access import anonymous_only, open_to
from board.web.i18n import LANGUAGES
from board.web.request.origins import is_source_request

bp = Blueprint("tips", __name__)
bp.after_request(harden_source_response)


def conceal_stray(response: Response) -> Response:
    """An address of ours that has no page: a source gets to see that, too."""
    is_stray = request.blueprint != bp.name and request.endpoint != "static" and is_source_request()
    return harden_source_response(response) if is_stray else response


@bp.url_defaults
def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """No cookie remembers the language here, so the addresses do."""
    if (asked := request.args.get("lang")) in LANGUAGES:
        values.setdefault("lang", asked)


@bp.get("/tips")
@open_to(anonymous_only)
def choose() -> ResponseReturnValue:
    return render_page(
        "tips/source/choose.html",
        readers=len(source_pages.readers()),
        fingerprint=roster.seal_of(),
        days=current_app.config["TIP_DAYS"],
        ways=contact_channels(),
    )


@bp.errorhandler(Locked)
def _time_is_over(_error: Locked) -> ResponseReturnValue:
    """What was written while the time ran out is shown again: only its writer sees this page."""
    if written := request.form.get("text"):
        return source_pages.code_entry_page(CodeForm.unbound(), written=written, status=401)
    return redirect(url_for(".box"), 303)


@bp.errorhandler(key_files.Erased)
@bp.errorhandler(NoKey)
def _erased(_error: key_files.Erased | NoKey) -> ResponseReturnValue:
    return render_page("tips/source/gone.html")


@bp.errorhandler(NoRoom)
def _no_room(_error: NoRoom) -> ResponseReturnValue:
    return render_page("tips/source/full.html", status=503)
