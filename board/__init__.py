"""The board: comment threads for a newsroom. Slices meet here."""

from collections.abc import Mapping
from typing import Any

import click
from flask import Flask

from board import config, db
from board.accounts import wiring as accounts_wiring
from board.api import operation as api_operation
from board.api import wiring as api_wiring
from board.articles import wiring as articles_wiring
from board.comments import wiring as comments_wiring
from board.db import read_connections
from board.law import wiring as law_wiring
from board.moderation import wiring as moderation_wiring
from board.notifications import unseen_count
from board.notifications import wiring as notifications_wiring
from board.ops import wiring as ops_wiring
from board.runtime import limiter
from board.runtime.metrics import work
from board.tips import wiring as tips_wiring
from board.web import (
    access,
    desk,
    errors,
    i18n,
    language_switch,
    static_files,
    template_context,
    well_known,
)
from board.web.blueprints import register
from board.web.page_cache import middleware as page_cache_middleware
from board.web.request import (
    cookie_filter,
    disk_guard,
    embed_gate,
    embed_mount,
    form_guard,
    guard,
    origins,
    proxies,
    query_filter,
    trailing_slash,
    url_converters,
)
from board.web.request.observability import access_log, measure, request_id, security_events
from board.web.response import compression, cors, fragments, headers, problems

# Hooks run in this order, too: law/wiring.py says why it comes before moderation.
SLICES = (
    accounts_wiring,
    articles_wiring,
    comments_wiring,
    law_wiring,
    moderation_wiring,
    notifications_wiring,
    api_wiring,
    tips_wiring,
    ops_wiring,
)
# Of those that wrap the app, the last is the first to see a request.
WRAPPERS = (
    access, api_operation, disk_guard, form_guard, embed_mount, page_cache_middleware, unseen_count,
    query_filter, embed_gate, cookie_filter, headers, fragments, errors, template_context, measure,
    access_log, proxies,
)  # fmt: skip


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    app = Flask(
        __name__,
        instance_path=(overrides or {}).get("INSTANCE") or config.instance_path(),
        static_folder="frontend/static",
        template_folder="frontend/templates",
    )
    config.load(app, overrides or {})

    # Of those that look at an answer, the first is the last to see it.
    for part in (url_converters, db, read_connections, limiter, i18n, compression, static_files):
        part.init_app(app)
    for wiring in SLICES:
        wiring.init_app(app)
    register(app, desk, work, request_id, origins, cors, guard, trailing_slash)
    register(app, language_switch, well_known, problems, security_events)
    for part in WRAPPERS:
        part.init_app(app)

    if click.get_current_context(silent=True):  # an operator types; a worker needs no commands
        from board.ops import cli  # noqa: PLC0415 - they cost a worker 0.2 s and 10 MB

        cli.init_app(app)
    return app
