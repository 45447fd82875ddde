"""Workflow of rights claims: receive, answer and end them, and hide or restore the comment."""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import joinedload

from board.accounts.models import User, token_hash
from board.comments.body import Body
from board.comments.models import Comment
from board.comments.reason_codes import OWN_WORDS
from board.comments.writing import create
from board.db import db, now
from board.db.clock import today
from board.law.claims.models import Claim, Claimant, InvalidTransition, State, Step
from board.moderation.appeals.models import Appeal
from board.moderation.rulings.decisions import (
    change_legal_reason,
    hide_for_legal_claim,
    latest_ruling,
    restore,
)
from board.moderation.rulings.models import Ruling, Verdict, append_ruling
from board.runtime.hooks import Hook

# Effects of each change of state.
on_transition: Hook[Callable[["Step"], None]] = Hook()

# Reasons a comment is hidden for: until the term ends, and for good.
TEMPORARY, PERMANENT = "takedown", "takedown_final"


def receive_claim(
    comment: Comment, *, name: str, contact: str, language: str = "ko", **particulars: str
) -> tuple[Claim, str]:
    """Store a claim. Returns it and the code that opens its status page, which is shown once."""
    secret = secrets.token_urlsafe(12)
    claim = Claim(
        receipt=f"{today():%y%m%d}-{secrets.randbelow(10**8):08}",
        secret_hash=token_hash(secret),
        comment=comment,
        claimant=Claimant(name=name, contact=contact, language=language),
        state=State.RECEIVED.value,
        made_at=now(),
        **particulars,
    )
    db.session.add(claim)
    _append_step(claim)
    return claim, secret


def block(claim: Claim, *, by: User, says: str) -> None:
    """Take the comment down for 30 days. Raises InvalidTransition."""
    _ensure_answerable(claim, visible=True)
    claim.blocked_at = now()
    claim.until = claim.blocked_at + Claim.TERM
    ruling = hide_for_legal_claim(
        claim.comment, by=by, reason=TEMPORARY, until=claim.until, claim=claim.id
    )
    _transition(claim, State.BLOCKED, ruling=ruling, says=says)


def remove(claim: Claim, *, by: User, says: str) -> None:
    """Take down for good a comment that clearly infringes rights. Raises InvalidTransition."""
    _ensure_answerable(claim, visible=True)
    ruling = hide_for_legal_claim(claim.comment, by=by, reason=PERMANENT, claim=claim.id)
    _transition(claim, State.REMOVED, ruling=ruling, says=says)


def rebut(claim: Claim, *, by: User, says: str, lead: str) -> None:
    """Publish the claimant's response below the comment, after `lead`, as a reply of the desk. Body
    and `lead` are in the newsroom's language, since they are stored. Raises InvalidTransition."""
    _ensure_answerable(claim, visible=True)
    if not claim.rebuttal:
        raise InvalidTransition
    comment = claim.comment
    reply = create.insert_comment(
        comment.article, by=by, body=Body.from_text(f"{lead}\n\n{claim.rebuttal}"),
        key=f"rebuttal-{claim.id}", parent=comment, posted_at=now(),
    )  # fmt: skip
    ruling = append_ruling(
        Verdict.REBUT, by=by, comment=comment, reason=OWN_WORDS, note=says, claim=claim.id,
        reply=reply.id,
    )  # fmt: skip
    _transition(claim, State.REBUTTED, ruling=ruling, says=says)


def reject(claim: Claim, *, by: User, says: str) -> None:
    """Leave the comment as it is. Raises InvalidTransition."""
    _ensure_answerable(claim)
    ruling = append_ruling(
        Verdict.DECLINE, by=by, comment=claim.comment, reason=OWN_WORDS, note=says,
        claim=claim.id,
    )  # fmt: skip
    _transition(claim, State.REJECTED, ruling=ruling, says=says)


def expire(*, then: str) -> None:
    """End the takedowns whose term is over. What follows is the newsroom's choice, as the law does
    not say: `then` is "restore", "delete", or "objection": restored if the author objected, else
    removed."""
    for claim in db.session.scalars(Claim.expired()).all():
        comment = claim.comment
        restoring = then == "restore" or (then == "objection" and bool(objections(claim)))
        if restoring and restore(comment, by=None, reason="takedown_over"):
            continue  # `follow_decision` has ended the claim
        ruling = None
        if comment.hidden_for == TEMPORARY:
            ruling = change_legal_reason(comment, reason=PERMANENT, claim=claim.id)
        _transition(claim, State.REMOVED, ruling=ruling)


def objections(claim: Claim) -> Sequence[Appeal]:
    """The author's appeals against decisions on the claim, oldest first."""
    appeals = select(Appeal).join(Step, Step.ruling_id == Appeal.ruling_id)
    appeals = appeals.where(Step.claim_id == claim.id).options(joinedload(Appeal.outcome))
    return db.session.scalars(appeals.order_by(Appeal.made_at)).all()


def mark_notified(step: Step) -> None:
    """Record that the claimant was notified at their contact; a second time changes nothing."""
    step.told_at = step.told_at or now()


def delete_outdated_claimants() -> None:
    ids = Claimant.outdated()
    db.session.execute(delete(Claimant).where(Claimant.claim_id.in_(ids)))


def count_waiting() -> int:
    waiting = select(func.count()).select_from(Claim).where(Claim.state == State.RECEIVED.value)
    return db.session.scalar(waiting) or 0


def is_claimed() -> ColumnElement[bool]:
    """Condition on Comment: there is a claim about it."""
    return select(Claim.id).where(Claim.comment_id == Comment.id).exists()


def _ensure_answerable(claim: Claim, *, visible: bool = False) -> None:
    """With `visible`, its comment must be too. Raises InvalidTransition."""
    if claim.state != State.RECEIVED or (visible and not claim.comment.is_visible):
        raise InvalidTransition


_FINAL_STATES = (State.REJECTED, State.REBUTTED, State.RESTORED, State.REMOVED)


def _transition(claim: Claim, state: State, *, ruling: Ruling | None, says: str = "") -> None:
    claim.state, claim.says = state.value, says or claim.says
    claim.answered_at = claim.answered_at or now()
    claim.ended_at = now() if state in _FINAL_STATES else None
    _append_step(claim, ruling=ruling, says=says)


def _append_step(claim: Claim, *, ruling: Ruling | None = None, says: str = "") -> None:
    fields: dict[str, Any] = {"state": claim.state, "says": says, "basis": _legal_basis(claim)}
    if ruling:
        fields |= {"ruling_id": ruling.id, "by_id": ruling.moderator_id}
    step = Step(made_at=now(), **fields)
    claim.steps.append(step)
    for effect in on_transition:
        effect(step)


def _legal_basis(claim: Claim) -> str:
    return "저작권법 103조" if claim.kind == "copyright" else "정보통신망법 44조의2"


def follow_decision(ruling: Ruling) -> None:
    """End the claim when its comment is restored, on appeal or at the end of the term."""
    if ruling.verdict == Verdict.RESTORE:
        taken_down = Claim.state.in_((State.BLOCKED.value, State.REMOVED.value))
        claims = select(Claim).where(Claim.comment_id == ruling.comment_id, taken_down)
        for claim in db.session.scalars(claims):
            _transition(claim, State.RESTORED, ruling=ruling)


def follow_undo(ruling: Ruling) -> None:
    """Undo an answer: the claim is received again. Undo a restoration: the takedown goes on."""
    if id := ruling.detail.get("claim"):
        claim = db.session.get_one(Claim, id)
        claim.state, claim.says, claim.ended_at = State.RECEIVED.value, "", None
        claim.answered_at = claim.blocked_at = claim.until = None
        _append_step(claim, ruling=_latest_ruling(ruling))
    elif previous := _STATE_BY_REASON.get(ruling.detail.get("hidden_for", "")):
        restored = select(Claim).where(Claim.comment_id == ruling.comment_id)
        restored = restored.where(Claim.state == State.RESTORED.value)
        if newest := db.session.scalar(restored.order_by(Claim.ended_at.desc()).limit(1)):
            _transition(newest, previous, ruling=_latest_ruling(ruling))


_STATE_BY_REASON = {TEMPORARY: State.BLOCKED, PERMANENT: State.REMOVED}


def _latest_ruling(ruling: Ruling) -> Ruling | None:
    """The newest ruling about the same comment: the one that undoes this."""
    return db.session.scalar(latest_ruling(ruling.comment)) if ruling.comment else None
