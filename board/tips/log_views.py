"""The log of tips, for all who read them."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from board import chain
from board.access import newsroom, open_to
from board.accounts.second_factor import FactorAct
from board.db import db
from board.desk import Page, pages
from board.forms import asked_id
from board.tips.log import Entry
from board.tips.pages import page_of, protect
from board.tips.unlock_views import my_key

bp = Blueprint("tip_log", __name__)
bp.after_request(protect)
pages.append(Page(62, "tip_log", lazy_gettext("Tips log"), "tip_log.index", newsroom))
CHECKED = 1000  # entries at the end, each time somebody looks


@bp.get("/desk/tips/log")
@open_to(newsroom)
def index() -> ResponseReturnValue:
    my_key()
    found = db.session.scalars(Entry.newest(before=asked_id("before"))).all()
    shown = found[: Entry.PAGE_SIZE]
    last = db.session.scalar(Entry.newest().limit(1))
    return page_of(
        "tips/desk/log.html",
        entries=shown,
        more=shown[-1].id if len(found) > Entry.PAGE_SIZE else None,
        broken=chain.first_broken_of_last(Entry, CHECKED),
        last=last,
        resets=db.session.scalars(FactorAct.resets()).all(),
    )
