"""The desk's table of contents. Each slice adds its pages; who may open one sees its link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Flask, redirect, url_for
from flask.typing import ResponseReturnValue

from board.runtime.hooks import Hook
from board.web.access import Audience, open_to, staff, viewer

bp = Blueprint("desk", __name__)


@dataclass(frozen=True)
class NavItem:
    """`label` is translated when it is shown; the lowest `rank` comes first. What waits on a page
    is found in `badge_counters` under its `name`."""

    rank: int
    name: str
    label: Any
    endpoint: str
    audience: Audience
    values: Mapping[str, Any] = field(default_factory=dict)


nav_items: Hook[NavItem] = Hook()
BADGE_MAX = 999  # more than so many are told as such
# How many things wait, by the name of a page: one question for all pages of a slice, which may
# stop counting at one more than BADGE_MAX.
badge_counters: Hook[Callable[[], Mapping[str, int]]] = Hook()


def init_app(app: Flask) -> None:
    app.add_template_global(_nav_items, "desk_pages")
    app.add_template_global(_badges, "desk_counts")


@bp.get("/desk")
@open_to(staff)
def home() -> ResponseReturnValue:
    """The first page of those this person works on."""
    first = _nav_items()[0]
    return redirect(url_for(first.endpoint, **first.values), 303)


def _nav_items() -> list[NavItem]:
    mine = [page for page in nav_items if page.audience(viewer())]
    return sorted(mine, key=lambda page: page.rank)


def _badges() -> dict[str, str]:
    """As it is written beside the link; nothing where nothing waits."""
    found: dict[str, int] = {}
    for count in badge_counters if viewer().can_moderate else ():
        found.update(count())
    most = BADGE_MAX
    return {
        name: f"{most}+" if count > most else str(count) for name, count in found.items() if count
    }
