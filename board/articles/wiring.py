"""Wiring of articles: views, template globals, desk navigation, authors, scheduling, feeds."""

from datetime import timedelta

from flask import Flask
from flask_babel import lazy_gettext as _

from board.accounts import data_export
from board.accounts.models import on_account_deleted
from board.articles import views
from board.articles.editing import author_views, authors, lifecycle
from board.articles.thread_controls import labels
from board.runtime.app import setting
from board.runtime.background import ScheduledCommand, scheduled_commands
from board.runtime.jobs import Job, jobs
from board.web.access import editors, editors_and_moderators
from board.web.blueprints import register
from board.web.desk import NavItem, nav_items

NAV_ITEMS = (
    NavItem(80, "articles", _("Articles"), "articles.desk", editors_and_moderators),
    NavItem(81, "write", _("New article"), "articles.write_form", editors),
)
JOBS = (Job("scheduled articles", lifecycle.is_due, lifecycle.settle_due, is_final=True),)
FEEDS = ScheduledCommand(
    "feeds",
    ("articles", "import"),
    title="feeds imported",
    every=lambda: timedelta(minutes=setting("FEED_MINUTES")),
    is_due=lambda: bool(setting("FEEDS")),
)


def init_app(app: Flask) -> None:
    register(app, labels, views, author_views)
    on_account_deleted.add(authors.delete_for_user)
    data_export.exporters.update(articles=authors.export_articles)
    nav_items.add(*NAV_ITEMS)
    jobs.add(*JOBS)
    scheduled_commands.add(FEEDS)
