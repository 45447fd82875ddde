"""Navigation of the desk. Each slice adds its pages; only those who may open one see its link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Flask, redirect, url_for
from flask.typing import ResponseReturnValue

from board.runtime.hooks import Hook
from board.web.access import Audience, moderators_and_legal, open_to, staff, viewer

bp = Blueprint("desk", __name__)


@dataclass(frozen=True)
class NavItem:
    """A link in the navigation. `label` is translated when it is rendered; the lowest `rank` comes
    first; the number beside it is looked up in `badge_counters` under `name`."""

    rank: int
    name: str
    label: Any
    endpoint: str
    audience: Audience
    values: Mapping[str, Any] = field(default_factory=dict)


nav_items: Hook[NavItem] = Hook()
BADGE_MAX = 999  # more are shown as 999+
# How many items wait, by the name of a page: one query for all pages of a slice, which may stop
# counting at BADGE_MAX + 1.
badge_counters: Hook[Callable[[], Mapping[str, int]]] = Hook()


def init_app(app: Flask) -> None:
    app.add_template_global(_nav_items, "desk_pages")
    app.add_template_global(_badges, "desk_counts")


@bp.get("/desk")
@open_to(staff)
def home() -> ResponseReturnValue:
    """Redirects to the first page this person may open."""
    first = _nav_items()[0]
    return redirect(url_for(first.endpoint, **first.values), 303)


def _nav_items() -> list[NavItem]:
    allowed = [item for item in nav_items if item.audience(viewer())]
    return sorted(allowed, key=lambda item: item.rank)


def _badges() -> dict[str, str]:
    """The numbers beside the links, without zeros."""
    counts: dict[str, int] = {}
    for counter in badge_counters if moderators_and_legal(viewer()) else ():
        counts.update(counter())
    return {
        name: str(count) if count <= BADGE_MAX else f"{BADGE_MAX}+"
        for name, count in counts.items()
        if count
    }
