"""Looking for tips: by what stands in the clear, and by what is sealed, which is opened for it.

There is no index of words: one would tell what tips say. A thousand tips are opened and read in
less than a second (`python -m bench tips`).
"""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select

from board.db import db
from board.tips.days import today
from board.tips.holders import Reader
from board.tips.keeping import retention
from board.tips.models import Tip
from board.tips.opened import Opened
from board.tips.vault import BadSeal, Key

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


def find(wanted: Wanted, me: Reader, key: Key) -> list[tuple[Tip, dict[str, Any]]]:
    """The tips of `me` that are wanted, newest first, each with its title, labels and case."""
    tips = [tip for tip in db.session.scalars(_in_the_clear(wanted, me)) if _is_of(wanted.age, tip)]
    kinds = ("message", "note", "facts", "file", "story") if wanted.words else ("facts",)
    found = []
    for opened in Opened.each(tips, me, key, *kinds):
        try:
            facts, fits = opened.newest("facts"), _says(opened, wanted.words, kinds)
        except BadSeal:  # opening the tip says so
            continue
        if fits and _is_labelled(facts, wanted.label):
            found.append((opened.tip, facts))
    return found


def _in_the_clear(wanted: Wanted, me: Reader) -> Select[Tip]:
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


def _says(opened: Opened, words: str, kinds: tuple[str, ...]) -> bool:
    asked = _folded(words)
    return not asked or any(asked in _folded(_text(c.data)) for c in opened.contents(*kinds))


def _is_labelled(facts: dict[str, Any], label: str) -> bool:
    labels = [_folded(each) for each in facts.get("labels", [])]
    return not label or _folded(label) in labels


def _text(data: dict[str, Any]) -> str:
    parts = [data.get(name, "") for name in ("text", "title", "case", "name", "link")]
    return "\n".join([*parts, *data.get("labels", [])])


def _folded(text: str) -> str:
    """However it was typed: Hangul in one piece or in letters, capitals or not."""
    return unicodedata.normalize("NFC", text).casefold()
