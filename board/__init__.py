"""The board: comment threads for a newsroom. Slices meet here."""

from collections.abc import Mapping
from typing import Any

import click
from flask import Flask

from board import (
    access,
    asked,
    assets,
    compression,
    config,
    db,
    desk,
    hosts,
    intake,
    kept,
    language,
    pages,
    reading,
    turns,
)
from board.accounts.parts import PARTS as ACCOUNTS
from board.api.parts import PARTS as API
from board.articles.parts import PARTS as ARTICLES
from board.comments.parts import PARTS as COMMENTS
from board.feeds.parts import PARTS as FEEDS
from board.law.parts import PARTS as LAW
from board.moderation.parts import PARTS as MODERATION
from board.tips.parts import PARTS as TIPS


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    app = Flask(__name__, instance_path=(overrides or {}).get("INSTANCE") or config.instance_path())
    config.load(app, overrides or {})
    app.url_map.converters["id"] = pages.IdConverter

    # Of those that look at an answer, the first is the last to see it.
    for part in (db, reading, turns, language, compression, assets):
        part.init_app(app)
    for parts in (ACCOUNTS, ARTICLES, COMMENTS, MODERATION, LAW, API, FEEDS, TIPS):
        _add(app, *parts)
    _add(app, desk, hosts, intake)
    app.register_blueprint(pages.bp)
    for part in (access, kept, asked, pages):
        part.init_app(app)

    if click.get_current_context(silent=True):  # an operator types; a worker needs no commands
        from board import cli  # noqa: PLC0415 - they cost a worker 0.2 s and 10 MB

        cli.init_app(app)
    return app


def _add(app: Flask, *parts: Any) -> None:
    """Modules with an `init_app`, a blueprint, or both; some share one blueprint."""
    for part in parts:
        if hasattr(part, "init_app"):
            part.init_app(app)
        if hasattr(part, "bp") and part.bp.name not in app.blueprints:
            app.register_blueprint(part.bp)
