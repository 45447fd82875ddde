"""Wiring of comments: views, checks before posting, erasure of deleted articles, and effects of
renamed or deleted accounts."""

from flask import Flask
from flask_babel import lazy_gettext as _

from board.accounts import data_export
from board.accounts.models import on_account_deleted, on_renamed
from board.comments import moderation_reasons
from board.comments.body import is_long
from board.comments.derived import counters
from board.comments.reason_codes import automatic_reasons
from board.comments.thread import badges, sort_order
from board.comments.thread.render_cache import comment_html
from board.comments.thread.sort import Sort
from board.comments.viewer import blocks, own_comments, reactions
from board.comments.views import blocks as block_views
from board.comments.views import delete_account, delete_article, editing, profile, thread
from board.comments.views import reactions as reaction_views
from board.comments.writing import (
    create,
    disposable_addresses,
    erasure,
    pii_warnings,
    thread_restrictions,
    verified_email,
)
from board.comments.writing.warnings import warning_checks
from board.runtime.jobs import Job, jobs
from board.web.blueprints import register
from board.web.page_cache.preferences import preferences

JOBS = (Job("deleted articles", erasure.is_due, erasure.erase_due, is_final=True),)


def init_app(app: Flask) -> None:
    moderation_reasons.init_app(app)
    register(app, thread, editing, reaction_views, block_views, delete_account, delete_article)
    register(app, profile, badges)
    app.add_template_filter(is_long)
    app.jinja_env.globals.update(
        comment_html=comment_html,
        comment_limit=app.config["COMMENT_MAX_LENGTH"],
        edit_minutes=app.config["EDIT_WINDOW_MINUTES"],
        dislikes_are_on=app.config["DISLIKES"],
    )

    preferences[sort_order.COOKIE] = tuple(Sort)

    warning_checks.add(pii_warnings.check)
    create.pre_post_checks.add(
        verified_email.check, disposable_addresses.check, thread_restrictions.check
    )
    automatic_reasons[disposable_addresses.CODE] = _("New account with a disposable address")

    jobs.add(*JOBS)
    on_renamed.add(counters.refresh_threads_of)
    on_account_deleted.add(blocks.delete_for_user)
    data_export.exporters.update(
        blocked=blocks.export_blocks,
        comments=own_comments.export_comments,
        reactions=reactions.export_reactions,
    )
