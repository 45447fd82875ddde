"""What becomes of claims of rights: received, answered, ended; and of the comment meanwhile."""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from board.accounts.models import User, token_hash
from board.comments.body import Body
from board.comments.models import Comment
from board.comments.moderation_reasons import OWN_WORDS
from board.comments.writing import create
from board.db import db, now
from board.db.clock import today
from board.law.claims.models import Claim, Claimant, InvalidTransition, State, Step
from board.moderation.appeals.models import Appeal
from board.moderation.rulings.decisions import hide_for_legal_claim, latest_ruling, restore
from board.moderation.rulings.models import Ruling, Verdict, append_ruling
from board.runtime.hooks import Hook

# What else follows when a claim arrives at a state.
on_transition: Hook[Callable[["Step"], None]] = Hook()

# Why a comment taken down is hidden: for a time, and for good.
FOR_A_TIME, FOR_GOOD = "takedown", "takedown_final"


def claim(
    comment: Comment, *, name: str, contact: str, language: str = "ko", **told: str
) -> tuple[Claim, str]:
    """Receive a claim. With it the secret that opens its page, which is told once."""
    secret = secrets.token_urlsafe(12)
    received = Claim(
        receipt=f"{today():%y%m%d}-{secrets.randbelow(10**8):08}",
        secret_hash=token_hash(secret),
        comment=comment,
        claimant=Claimant(name=name, contact=contact, language=language),
        state=State.RECEIVED.value,
        made_at=now(),
        **told,
    )
    db.session.add(received)
    _append_step(received)
    return received, secret


def block(received: Claim, *, by: User, says: str) -> None:
    """Take the comment down for 30 days. Raises NotNow."""
    _refuse_unless(received, is_visible=True)
    received.blocked_at = now()
    received.until = received.blocked_at + Claim.TERM
    made = hide_for_legal_claim(
        received.comment, by=by, reason=FOR_A_TIME, until=received.until, claim=received.id
    )
    _transition(received, State.BLOCKED, ruling=made, says=says)


def remove(received: Claim, *, by: User, says: str) -> None:
    """Take the comment down for good: nobody can doubt that it hurts them. Raises NotNow."""
    _refuse_unless(received, is_visible=True)
    made = hide_for_legal_claim(received.comment, by=by, reason=FOR_GOOD, claim=received.id)
    _transition(received, State.REMOVED, ruling=made, says=says)


def rebut(received: Claim, *, by: User, says: str, lead: str) -> None:
    """The claimant's answer stands below the comment, after `lead`, as a reply of the desk. Body
    and `lead` are in the newsroom's language, since they are stored. Raises NotNow."""
    _refuse_unless(received, is_visible=True)
    if not received.rebuttal:
        raise InvalidTransition
    comment = received.comment
    reply = create.insert_comment(
        comment.article, by=by, body=Body.from_text(f"{lead}\n\n{received.rebuttal}"),
        key=f"rebuttal-{received.id}", parent=comment, posted_at=now(),
    )  # fmt: skip
    made = append_ruling(
        Verdict.REBUT, by=by, comment=comment, reason=OWN_WORDS, note=says, claim=received.id,
        reply=reply.id,
    )  # fmt: skip
    _transition(received, State.REBUTTED, ruling=made, says=says)


def reject(received: Claim, *, by: User, says: str) -> None:
    """The comment stays. Raises NotNow."""
    _refuse_unless(received)
    made = append_ruling(
        Verdict.DECLINE, by=by, comment=received.comment, reason=OWN_WORDS, note=says,
        claim=received.id,
    )  # fmt: skip
    _transition(received, State.REJECTED, ruling=made, says=says)


def expire(*, then: str) -> None:
    """What follows the last day is the newsroom's choice; the law does not say. `then` is
    "restore", "delete", or "objection": restored for authors who objected, else removed."""
    for ended in db.session.scalars(Claim.due()).all():
        comment = ended.comment
        restoring = then == "restore" or (then == "objection" and bool(objections(ended)))
        if restoring and restore(comment, by=None, reason="takedown_over"):
            continue  # `_follow` has seen to it
        made = None
        if comment.hidden_for == FOR_A_TIME:
            made = append_ruling(
                Verdict.HIDE, by=None, comment=comment, reason=FOR_GOOD, claim=ended.id
            )
            comment.hidden_for = FOR_GOOD
            comment.article.revision += 1
        _transition(ended, State.REMOVED, ruling=made)


def objections(of: Claim) -> Sequence[Appeal]:
    """What the author said against its being taken down, oldest first."""
    asked = select(Appeal).join(Step, Step.ruling_id == Appeal.ruling_id)
    asked = asked.where(Step.claim_id == of.id).options(joinedload(Appeal.outcome))
    return db.session.scalars(asked.order_by(Appeal.made_at)).all()


def mark_notified(step: Step) -> None:
    """The claimant has been told by the way they named."""
    step.told_at = step.told_at or now()


def delete_outdated_claimants() -> None:
    ids = Claimant.outdated()
    db.session.execute(delete(Claimant).where(Claimant.claim_id.in_(ids)))


def count_waiting() -> int:
    waiting = select(func.count()).select_from(Claim).where(Claim.state == State.RECEIVED.value)
    return db.session.scalar(waiting) or 0


def _refuse_unless(received: Claim, *, is_visible: bool = False) -> None:
    if received.state != State.RECEIVED or (is_visible and not received.comment.is_visible):
        raise InvalidTransition


_ENDS = (State.REJECTED, State.REBUTTED, State.RESTORED, State.REMOVED)


def _transition(claim: Claim, state: State, *, ruling: Ruling | None, says: str = "") -> None:
    claim.state, claim.says = state.value, says or claim.says
    claim.answered_at = claim.answered_at or now()
    claim.ended_at = now() if state in _ENDS else None
    _append_step(claim, ruling=ruling, says=says)


def _append_step(claim: Claim, *, ruling: Ruling | None = None, says: str = "") -> None:
    known: dict[str, Any] = {"state": claim.state, "says": says, "basis": _basis(claim)}
    if ruling:
        known |= {"ruling_id": ruling.id, "by_id": ruling.moderator_id}
    step = Step(made_at=now(), **known)
    claim.steps.append(step)
    for effect in on_transition:
        effect(step)


def _basis(claim: Claim) -> str:
    return "저작권법 103조" if claim.kind == "copyright" else "정보통신망법 44조의2"


def follow_decision(ruling: Ruling) -> None:
    """Whoever restores the comment, on appeal or at the end of the term, ends the case."""
    if ruling.verdict == Verdict.RESTORE:
        down = Claim.state.in_((State.BLOCKED.value, State.REMOVED.value))
        of_it = select(Claim).where(Claim.comment_id == ruling.comment_id, down)
        for ended in db.session.scalars(of_it):
            _transition(ended, State.RESTORED, ruling=ruling)


def follow_undo(ruling: Ruling) -> None:
    """A block undone lets the claim wait again; a restoration undone goes on with the term."""
    if id := ruling.detail.get("claim"):
        undone = db.session.get_one(Claim, id)
        undone.state, undone.says, undone.ended_at = State.RECEIVED.value, "", None
        undone.answered_at = undone.blocked_at = undone.until = None
        _append_step(undone, ruling=_undoing(ruling))
    elif before := _DOWN.get(ruling.detail.get("hidden_for", "")):
        ended = select(Claim).where(Claim.comment_id == ruling.comment_id)
        ended = ended.where(Claim.state == State.RESTORED.value).order_by(Claim.ended_at.desc())
        if last := db.session.scalar(ended.limit(1)):
            _transition(last, before, ruling=_undoing(ruling))


_DOWN = {FOR_A_TIME: State.BLOCKED, FOR_GOOD: State.REMOVED}


def _undoing(ruling: Ruling) -> Ruling | None:
    return db.session.scalar(latest_ruling(ruling.comment)) if ruling.comment else None
