"""The board: comment threads for a newsroom. Parts meet here."""

from collections.abc import Mapping
from typing import Any

import click
from flask import Flask

from board import (
    access,
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
from board.accounts import second_factor_views
from board.accounts import views as account_views
from board.api import views as api_views
from board.articles import steered
from board.articles import views as article_views
from board.comments import edit_views, mute_views, reaction_views, reasons
from board.comments import views as comment_views
from board.feeds import views as feed_views
from board.law import (
    barred_views,
    claim_desk_views,
    dossier_views,
    order_views,
    terms_views,
    transparency_views,
)
from board.law import views as law_views
from board.moderation import (
    appeal_views,
    desk_views,
    log_views,
    people_views,
    report_views,
    rule_views,
    thread_views,
)
from board.moderation import views as moderation_views
from board.tips import (
    box_views,
    care_views,
    discreet,
    export_views,
    inbox_views,
    mail_views,
    paper_views,
    roster_views,
    tip_views,
    unlock_views,
    uploads,
    ways,
    write_views,
)
from board.tips import log_views as tip_log_views
from board.tips import views as source_views


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    app = Flask(__name__, instance_path=(overrides or {}).get("INSTANCE") or config.instance_path())
    config.load(app, overrides or {})
    app.request_class = uploads.Request

    for part in (
        db,
        reading,
        turns,
        language,
        compression,  # first of those that look at an answer is last to see it
        assets,
        steered,
        reasons,
        people_views,
        rule_views,
        desk_views,
        report_views,
        appeal_views,
        thread_views,
        law_views,
        claim_desk_views,
        order_views,
        terms_views,
        ways,
        discreet,
    ):
        part.init_app(app)

    app.url_map.converters["id"] = pages.IdConverter
    views = (
        account_views,
        second_factor_views,
        article_views,
        comment_views,
        edit_views,
        reaction_views,
        mute_views,
        moderation_views,
        people_views,
        rule_views,
        desk_views,
        report_views,
        appeal_views,
        log_views,
        transparency_views,
        thread_views,
        law_views,
        claim_desk_views,
        order_views,
        barred_views,
        dossier_views,
        terms_views,
        api_views,
        feed_views,
        source_views,
        write_views,
        box_views,
        inbox_views,
        tip_views,
        care_views,
        unlock_views,
        paper_views,
        roster_views,
        mail_views,
        export_views,
        tip_log_views,
        desk,
        pages,
    )
    for blueprint in dict.fromkeys(each.bp for each in views):  # some share one
        app.register_blueprint(blueprint)
    for part in (desk, hosts, intake, access, kept, pages):
        part.init_app(app)
    if click.get_current_context(silent=True):  # an operator types; a worker needs no commands
        from board import cli  # noqa: PLC0415 - they cost a worker 0.2 s and 10 MB

        cli.init_app(app)
    return app
