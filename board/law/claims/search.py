"""Search of all claims at the desk, also those that are closed."""

import re

from sqlalchemy import ColumnElement, Select, or_
from sqlalchemy.orm import InstrumentedAttribute

from board.comments.models import Comment
from board.law.claims.models import Claim, Claimant, State

CLOSED = "closed"
_RECEIPT = re.compile("[0-9]{6}-[0-9]{1,8}")


def claims_at_desk(
    *, q: str = "", state: str = "", comment: int | None = None, before: int | None = None
) -> Select[Claim]:
    """A page plus one, newest first by id. `q`: a claim number or its beginning, the claimant's
    name or contact, or words of the comment or the claim; `comment`: the only one."""
    page = Claim.with_relations().where(*_conditions(q, state))
    if comment:
        page = page.where(Claim.comment_id == comment)
    if before:
        page = page.where(Claim.id < before)
    return page.order_by(Claim.id.desc()).limit(Claim.PAGE_SIZE + 1)


def _conditions(q: str, state: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if state == CLOSED:
        conditions.append(Claim.ended_at.is_not(None))
    elif state:
        conditions.append(Claim.state == State(state).value)
    if _RECEIPT.fullmatch(q):
        conditions.append(Claim.receipt.startswith(q, autoescape=True))
    elif q:
        conditions.append(_mentions(q))
    return conditions


def _mentions(q: str) -> ColumnElement[bool]:
    by_claimant = Claim.claimant.has(_contain(q, Claimant.name, Claimant.contact))
    in_comment = Claim.comment.has(_contain(q, Comment.body))
    return or_(by_claimant, in_comment, _contain(q, Claim.receipt, Claim.sentence, Claim.text))


def _contain(q: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return or_(*(column.icontains(q, autoescape=True) for column in columns))
