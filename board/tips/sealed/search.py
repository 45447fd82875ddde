"""Search in tips: by clear fields and by the encrypted search index (search_index.py).

There is no index of words: one would tell what tips say. A thousand tips are searched in a tenth
of a second (`python -m bench tips`).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select

from board.db import db
from board.tips.crypto.primitives import Key
from board.tips.dates import today
from board.tips.models.key_holders import TipReader
from board.tips.models.tip import Tip
from board.tips.sealed import search_index
from board.tips.sealed.retention import retention
from board.tips.sealed.search_index import folded

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Nothing wanted of a kind is an empty text."""

    words: str = ""
    label: str = ""
    state: str = ""
    user_id: str = ""  # whoever looks after it; "0": nobody
    age: str = ""  # "late", "week" or "leaving"

    @property
    def is_empty(self) -> bool:
        return not any((self.words, self.label, self.state, self.user_id, self.age))


def find(wanted: Wanted, me: TipReader, key: Key) -> list[tuple[Tip, dict[str, Any]]]:
    """The tips of `me` that are wanted, newest first, each with its title, labels and case. What
    came since their gists were made is not among them."""
    tips = [tip for tip in db.session.scalars(_in_the_clear(wanted, me)) if _is_of(wanted.age, tip)]
    return [
        (each.tip, each.facts)
        for each in search_index.load_entries(tips, me, key)
        if folded(wanted.words) in each.text and _is_labelled(each.facts, wanted.label)
    ]


def _in_the_clear(wanted: Wanted, me: TipReader) -> Select[Tip]:
    query = Tip.held_by(me)
    if wanted.state:
        query = query.where(Tip.state == wanted.state)
    if wanted.user_id:
        query = query.where(Tip.assignee_id == (int(wanted.user_id) or None))
    return query


def _is_of(age: str, tip: Tip) -> bool:
    if age == "late":
        return tip.is_late
    if age == "week":
        return tip.awaits_reader and tip.received_on <= today() - WEEK
    if age == "leaving":
        return tip.erased_on(retention()) - today() <= Tip.WARN
    return True


def _is_labelled(facts: dict[str, Any], label: str) -> bool:
    labels = [folded(each) for each in facts.get("labels", [])]
    return not label or folded(label) in labels
