"""Changes of a claim's state: each is checked, recorded as a step, and has effects."""

from collections.abc import Callable
from typing import Any

from board.accounts.models import User
from board.db import now
from board.law.claims.models import Claim, InvalidTransition, State, Step
from board.moderation.rulings.models import Ruling
from board.runtime.hooks import Hook

# Effects of each change of state.
on_transition: Hook[Callable[[Step], None]] = Hook()

# Reasons a comment is hidden for: until the term ends, and for good.
TEMPORARY, PERMANENT = "takedown", "takedown_final"


def ensure_answerable(claim: Claim, *, visible: bool = False) -> None:
    """With `visible`, its comment must be too. Raises InvalidTransition."""
    if claim.state != State.RECEIVED or (visible and not claim.comment.is_visible):
        raise InvalidTransition


_FINAL_STATES = (State.REJECTED, State.REBUTTED, State.RESTORED, State.REMOVED)


def transition(
    claim: Claim, state: State, *, ruling: Ruling | None, says: str = "", by: User | None = None
) -> None:
    """`by`, if it was not who made the ruling."""
    claim.state, claim.says = state.value, says or claim.says
    claim.answered_at = claim.answered_at or now()
    claim.ended_at = now() if state in _FINAL_STATES else None
    append_step(claim, ruling=ruling, says=says, by=by)


def append_step(
    claim: Claim, *, ruling: Ruling | None = None, says: str = "", by: User | None = None
) -> None:
    fields: dict[str, Any] = {"state": claim.state, "says": says, "basis": _legal_basis(claim)}
    if ruling:
        fields |= {"ruling_id": ruling.id, "by_id": by.id if by else ruling.moderator_id}
    step = Step(made_at=now(), **fields)
    claim.steps.append(step)
    for effect in on_transition:
        effect(step)


def _legal_basis(claim: Claim) -> str:
    return "저작권법 103조" if claim.kind == "copyright" else "정보통신망법 44조의2"
