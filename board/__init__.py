"""The board: comment threads for a newsroom. Slices meet here."""

from collections.abc import Mapping
from typing import Any

import click
from flask import Flask

from board import config, db
from board.accounts.wiring import PARTS as ACCOUNTS
from board.api.wiring import PARTS as API
from board.articles.wiring import PARTS as ARTICLES
from board.comments.wiring import PARTS as COMMENTS
from board.db import read_connections
from board.law.wiring import PARTS as LAW
from board.moderation.wiring import PARTS as MODERATION
from board.runtime import limiter
from board.tips.wiring import PARTS as TIPS
from board.web import (
    access,
    compression,
    i18n,
    static_files,
)
from board.web import (
    desk as web_desk,
)
from board.web import (
    errors as web_errors,
)
from board.web.page_cache import middleware
from board.web.request import guard, origins, query_filter


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    app = Flask(__name__, instance_path=(overrides or {}).get("INSTANCE") or config.instance_path())
    config.load(app, overrides or {})
    app.url_map.converters["id"] = web_errors.IdConverter

    # Of those that look at an answer, the first is the last to see it.
    for part in (db, read_connections, limiter, i18n, compression, static_files):
        part.init_app(app)
    for parts in (ACCOUNTS, ARTICLES, COMMENTS, MODERATION, LAW, API, TIPS):
        _add(app, *parts)
    _add(app, web_desk, origins, guard)
    app.register_blueprint(web_errors.bp)
    for part in (access, middleware, query_filter, web_errors):
        part.init_app(app)

    if click.get_current_context(silent=True):  # an operator types; a worker needs no commands
        from board.ops import cli as op_cli  # noqa: PLC0415 - they cost a worker 0.2 s and 10 MB

        op_cli.init_app(app)
    return app


def _add(app: Flask, *parts: Any) -> None:
    """Modules with an `init_app`, a blueprint, or both; some share one blueprint."""
    for part in parts:
        if hasattr(part, "init_app"):
            part.init_app(app)
        if hasattr(part, "bp") and part.bp.name not in app.blueprints:
            app.register_blueprint(part.bp)
