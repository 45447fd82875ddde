"""Template context: the variables every template has."""

from typing import Any

from flask import Flask, current_app, request
from flask_babel import get_locale

from board.web.access import viewer
from board.web.response.notices import notice_text

# Those that refuse something.
REFUSALS = frozenset(
    {
        "none_chosen", "code_wait", "code_over", "too_many_codes", "email_taken",
        "provider_cancelled", "provider_failed", "provider_busy",
        "identity_taken", "identity_unknown", "identity_second",
    }
)  # fmt: skip


def init_app(app: Flask) -> None:
    app.context_processor(_template_context)
    app.jinja_env.globals.pop("config")  # no template can print a secret


def _template_context() -> dict[str, Any]:
    return {
        "viewer": viewer(),
        "site_name": current_app.config["SITE_NAME"],
        "lang": str(get_locale()),
        "notice": notice_text(),
        "is_refusal": request.args.get("notice") in REFUSALS,
    }
