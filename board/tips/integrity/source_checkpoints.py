"""What each source saw of their tip last, encrypted with their own key."""

from typing import Any

from board.tips.crypto.primitives import Key
from board.tips.integrity import checkpoints
from board.tips.models.source import Source
from board.tips.models.tip import Tip


def visits_before(source: Source, key: Key, tip: Tip | None) -> dict[str, Any]:
    """The `count` of visits, and `on` which day the last was: the higher of what the database says
    and what this source saw. `kept`: whether they had a checkpoint at this visit; if so, and it is
    missing at the next, somebody removed it.
    """
    visits = source.visits_before(key)
    seen = checkpoints.load_own(tip.ref, source, key) if tip else {}
    if tip and not seen and visits.get("kept"):
        return {**visits, "went_back": True}
    if not tip or not _is_older(visits["count"], tip, seen):
        return {**visits, "kept": bool(seen)}
    count = max(visits["count"], seen["count"])
    return {"count": count, "on": seen["on"], "went_back": True, "kept": True}


def look(source: Source, key: Key, tip: Tip) -> bool:
    """Whether the database is older than what this source saw, now or when this visit began. If
    not, what they see now is recorded.
    """
    seen = checkpoints.load_own(tip.ref, source, key)
    if _is_older(source.visits_before(key)["count"], tip, seen):
        return True
    store(source, key, tip)
    return "went_back" in source.visits_before(key, current=True)


def store(source: Source, key: Key, tip: Tip | None) -> None:
    """Record what the source sees now. Call after the commit."""
    if tip:
        visits = source.visits_before(key)
        items = [tip.epoch, tip.last_number]
        value = {"count": visits["count"], "on": visits["on"], "items": items}
        if checkpoints.load_own(tip.ref, source, key) != value:
            checkpoints.store_own(tip.ref, source, key, value)


def _is_older(count: int, tip: Tip, seen: dict[str, Any]) -> bool:
    if not seen:
        return False
    epoch, number = seen["items"]
    return count < seen["count"] or tip.epoch < epoch or tip.last_number < number
