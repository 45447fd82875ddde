"""Occasions: the comment a sanction is for, and the page of the desk to return to after it."""

import re
from dataclasses import dataclass

from flask import url_for

from board.accounts.models import User
from board.comments.models import Comment
from board.comments.moderation_reasons import is_reason
from board.comments.reason_codes import OWN_WORDS
from board.db import db
from board.moderation.reports.models import main_reason
from board.moderation.rulings.decisions import latest_ruling
from board.moderation.rulings.models import Verdict
from board.web.forms import ROW_ID, safe_redirect_path


@dataclass(frozen=True)
class Occasion:
    """What led a moderator to a user's page. Without a comment the page itself did."""

    user: User
    comment: Comment | None
    next: str  # "" for the user's page

    @property
    def fields(self) -> dict[str, str]:
        """As hidden fields of a form, and as a query."""
        comment = {"comment": str(self.comment.id)} if self.comment else {}
        return {**comment, **({"next": self.next} if self.next else {})}

    @property
    def detail(self) -> dict[str, int]:
        """As the detail of a ruling."""
        return {"about_comment": self.comment.id} if self.comment else {}

    def suggested_reason(self) -> dict[str, str]:
        """Reason and note with which the comment was hidden; else why it is held or reported."""
        if self.comment is None:
            return {}
        last = db.session.scalar(latest_ruling(self.comment))
        if last and last.verdict == Verdict.HIDE:
            is_own = last.reason == OWN_WORDS
            return {"reason": "" if is_own else last.reason, "note": last.note}
        reasons = (self.comment.held_for or "", main_reason(self.comment))
        return {"reason": next(filter(is_reason, reasons), "")}

    def url(self, notice: str = "") -> str:
        """The page to return to, at the comment, with this notice."""
        path = self.next or url_for("people.person", id=self.user.id)
        if notice:
            path += f"{'&' if '?' in path else '?'}notice={notice}"
        return f"{path}#item-{self.comment.id}" if self.next and self.comment else path


def occasion_for(user: User, *, next: str | None, comment: str | None = None) -> Occasion:
    """The occasion that a query or a form names; what does not fit the user is left out."""
    found = None
    if re.fullmatch(ROW_ID, comment or ""):
        found = db.session.get(Comment, int(comment or 0))
    is_own = found is not None and found.author_id == user.id
    path = safe_redirect_path(next)
    is_desk = path.startswith(("/desk/comments", "/desk/people/"))
    return Occasion(user, found if is_own else None, path if is_desk else "")
