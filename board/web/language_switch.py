"""Language switch: POST /language."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from board.web.access import everyone, open_to
from board.web.forms import safe_redirect_path
from board.web.i18n import COOKIE, LANGUAGES
from board.web.request.origins import is_https

bp = Blueprint("language_switch", __name__)


@bp.post("/language")
@open_to(everyone, cannot_wait=True)
def switch() -> ResponseReturnValue:
    response = redirect(safe_redirect_path(request.form.get("next")), 303)
    if (chosen := request.form.get("lang")) in LANGUAGES:
        secure = is_https()
        response.set_cookie(
            COOKIE, str(chosen), max_age=31536000, samesite="Lax", secure=secure, httponly=True
        )
    return response
