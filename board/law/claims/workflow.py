"""Workflow of rights claims: receive, answer and end them, and hide or restore the comment."""

import secrets
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import aliased, joinedload

from board.accounts.models import User, token_hash
from board.comments.body import Body
from board.comments.models import Comment
from board.comments.reason_codes import OWN_WORDS
from board.comments.writing import create
from board.db import db, now
from board.db.clock import today
from board.law.claims.models import Claim, Claimant, InvalidTransition, State, Step
from board.law.claims.transitions import (
    PERMANENT,
    TEMPORARY,
    append_step,
    ensure_answerable,
    transition,
)
from board.moderation.appeals.models import Appeal
from board.moderation.rulings.decisions import (
    change_legal_reason,
    hide_for_legal_claim,
    latest_ruling,
    restore,
)
from board.moderation.rulings.models import Ruling, Verdict, append_ruling


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
    append_step(claim)
    return claim, secret


def block(claim: Claim, *, by: User, says: str) -> None:
    """Take the comment down for 30 days, or until another claim has it shown again. Raises
    InvalidTransition."""
    if claim.comment.hidden_for == TEMPORARY:
        return _join(claim, State.BLOCKED, by=by, says=says)
    ensure_answerable(claim, visible=True)
    claim.blocked_at = now()
    claim.until = claim.blocked_at + Claim.TERM
    ruling = hide_for_legal_claim(
        claim.comment, by=by, reason=TEMPORARY, until=claim.until, claim=claim.id
    )
    transition(claim, State.BLOCKED, ruling=ruling, says=says)


def remove(claim: Claim, *, by: User, says: str) -> None:
    """Take down for good a comment that clearly infringes rights; other claims that have it taken
    down for a time end with it. Raises InvalidTransition."""
    if claim.comment.hidden_for == PERMANENT:
        return _join(claim, State.REMOVED, by=by, says=says)
    if claim.comment.hidden_for == TEMPORARY:
        return _remove_blocked(claim, by=by, says=says)
    ensure_answerable(claim, visible=True)
    ruling = hide_for_legal_claim(claim.comment, by=by, reason=PERMANENT, claim=claim.id)
    transition(claim, State.REMOVED, ruling=ruling, says=says)


def _join(claim: Claim, state: State, *, by: User, says: str) -> None:
    """Answer a claim about a comment that another one has taken down already. Its ruling stands for
    both, so undo, appeal and restoration of the comment do, too."""
    ensure_answerable(claim)
    first = db.session.scalars(others_about_comment(claim, state).limit(1)).one_or_none()
    if first is None:
        raise InvalidTransition
    if state is State.BLOCKED:
        claim.blocked_at, claim.until = now(), first.until
    ruling = db.session.get(Ruling, first.steps[-1].ruling_id)
    transition(claim, state, ruling=ruling, says=says, by=by)


def _remove_blocked(claim: Claim, *, by: User, says: str) -> None:
    ensure_answerable(claim)
    ruling = change_legal_reason(claim.comment, reason=PERMANENT, claim=claim.id, by=by)
    transition(claim, State.REMOVED, ruling=ruling, says=says)
    for other in db.session.scalars(others_about_comment(claim, State.BLOCKED)).all():
        transition(other, State.REMOVED, ruling=ruling)


def others_about_comment(claim: Claim, *states: State) -> Select[Claim]:
    """Other claims about the same comment that are in one of these states, oldest first."""
    others = select(Claim).where(Claim.comment_id == claim.comment_id, Claim.id != claim.id)
    return others.where(Claim.state.in_([state.value for state in states])).order_by(Claim.id)


def rebut(claim: Claim, *, by: User, says: str, lead: str) -> None:
    """Publish the claimant's response below the comment, after `lead`, as a reply of the desk. Body
    and `lead` are in the newsroom's language, since they are stored. Raises InvalidTransition."""
    ensure_answerable(claim, visible=True)
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
    transition(claim, State.REBUTTED, ruling=ruling, says=says)


def reject(claim: Claim, *, by: User, says: str) -> None:
    """Leave the comment as it is. Raises InvalidTransition."""
    ensure_answerable(claim)
    ruling = append_ruling(
        Verdict.DECLINE, by=by, comment=claim.comment, reason=OWN_WORDS, note=says,
        claim=claim.id,
    )  # fmt: skip
    transition(claim, State.REJECTED, ruling=ruling, says=says)


def expire(*, then: str) -> None:
    """End the takedowns whose term is over. What follows is the newsroom's choice, as the law does
    not say: `then` is "restore", "delete", or "objection": restored if the author objected, else
    removed."""
    for claim in db.session.scalars(Claim.expired()).all():
        if claim.state != State.BLOCKED:
            continue  # ended with another one about the same comment
        comment = claim.comment
        restoring = then == "restore" or (then == "objection" and bool(objections(claim)))
        if restoring and restore(comment, by=None, reason="takedown_over"):
            continue  # `follow_decision` has ended the claim
        ruling = None
        if comment.hidden_for == TEMPORARY:
            ruling = change_legal_reason(comment, reason=PERMANENT, claim=claim.id)
        transition(claim, State.REMOVED, ruling=ruling)


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


def follow_decision(ruling: Ruling) -> None:
    """End the claim when its comment is restored, on appeal or at the end of the term."""
    if ruling.verdict == Verdict.RESTORE:
        taken_down = Claim.state.in_((State.BLOCKED.value, State.REMOVED.value))
        claims = select(Claim).where(Claim.comment_id == ruling.comment_id, taken_down)
        for claim in db.session.scalars(claims):
            transition(claim, State.RESTORED, ruling=ruling)


def follow_undo(ruling: Ruling) -> None:
    """Undo an answer: the claim is received again. Undo a restoration: the takedown goes on."""
    for claim in db.session.scalars(_decided_by(ruling)).all():
        if claim.state == State.RESTORED:
            previous = _STATE_BY_REASON[ruling.detail["hidden_for"]]
            transition(claim, previous, ruling=_latest_ruling(ruling))
            continue
        claim.state, claim.says, claim.ended_at = State.RECEIVED.value, "", None
        claim.answered_at = claim.blocked_at = claim.until = None
        append_step(claim, ruling=_latest_ruling(ruling))


def _decided_by(ruling: Ruling) -> Select[Claim]:
    """The claims whose last step is due to this ruling."""
    later = aliased(Step)
    is_last = ~select(later.id).where(later.claim_id == Claim.id, later.id > Step.id).exists()
    decided = select(Claim).join(Step, Step.claim_id == Claim.id)
    return decided.where(Step.ruling_id == ruling.id, is_last).order_by(Claim.id)


_STATE_BY_REASON = {TEMPORARY: State.BLOCKED, PERMANENT: State.REMOVED}


def _latest_ruling(ruling: Ruling) -> Ruling | None:
    """The newest ruling about the same comment: the one that undoes this."""
    return db.session.scalar(latest_ruling(ruling.comment)) if ruling.comment else None
