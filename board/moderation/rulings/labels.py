"""Labels of rulings in templates."""

from flask import Flask
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from board.accounts.auth.current_user import current_user
from board.accounts.models import User
from board.comments.models import Comment
from board.comments.moderation_reasons import reason_label
from board.moderation.rulings.models import Ruling
from board.web.response.notices import notice

_VERDICTS = {
    "hide": _("Comment hidden"),
    "restore": _("Comment restored"),
    "keep": _("Comment approved"),
    "undo": _("Decision undone"),
    "warn": _("Warning"),
    "hold": _("New comments are pre-moderated"),
    "suspend": _("Suspended"),
    "ban": _("Banned"),
    "lift": _("Restrictions lifted"),
    "clear": _("Comments cleared"),
    "feature": _("Comment featured"),
    "unfeature": _("Comment no longer featured"),
    "look_up": _("Member looked up by email address"),
    "rule_add": _("Rule added"),
    "rule_change": _("Rule changed"),
    "rule_allow": _("Allowed word added"),
    "rule_disallow": _("Allowed word removed"),
    "rule_import": _("Rules imported"),
    "uphold": _("Appeal upheld"),
    "reject": _("Appeal rejected"),
    "decline": _("Rights claim rejected"),
    "rebut": _("Response to the comment published"),
    "order": _("Order registered"),
    "answer_order": _("Order answered"),
    "request": _("User data request registered"),
    "answer_request": _("User data request answered"),
    "disclose": _("Author told of a disclosure to an authority"),
    "open_file": _("Claim attachment opened"),
    "export": _("Case file downloaded"),
    "bar": _("Repost blocked"),
    "unbar": _("Repost unblocked"),
    "steer": _("Thread restricted"),
    "release": _("Restriction ended"),
    "withdraw": _("Article withdrawn"),
    "publish": _("Article published again"),
    "delete": _("Article deleted"),
    "undelete": _("Deletion of an article undone"),
}


def init_app(app: Flask) -> None:
    app.add_template_global(verdict_label)
    app.add_template_global(ruling_reason)


def decided_first(ruling: Ruling | None) -> str | None:
    """Who decided first, and what; None without a moderator to name."""
    if ruling is None or ruling.moderator is None:
        return None
    return dealt_with_first(ruling.moderator, verdict_label(ruling.verdict))


def dealt_with_first(by: User, what: str) -> str:
    """The refusal of a decision that came too late: who made another first, and which."""
    if by is current_user():
        return gettext("You have dealt with it already (%(what)s). Nothing was changed.", what=what)
    return gettext(
        "%(name)s dealt with it first (%(what)s). Nothing else was changed.",
        name=by.name,
        what=what,
    )


def verdict_label(verdict: str) -> str:
    """A verdict in a word or two."""
    return str(_VERDICTS.get(verdict, verdict))


def decision_notice(comment: Comment, ruling: Ruling | None) -> str:
    """The notice after a decision about a comment; without a ruling it changed nothing."""
    if ruling is None:
        return notice("unchanged", name=comment.author.name)
    code = {"hide": "hidden", "keep": "kept", "restore": "restored"}[ruling.verdict]
    return notice(code, name=comment.author.name, reason=ruling_reason(ruling))


def undone_notice(ruling: Ruling, changed: int) -> str:
    """The notice after an undo of one decision, or of a batch, by how many comments changed."""
    comment = ruling.comment
    if comment is None or "batch" in ruling.detail:
        return notice("bulk_undone", changed=changed)
    return notice("undone", name=comment.author.name)


def ruling_label(ruling: Ruling) -> str:
    """A ruling in a line: what was decided and why."""
    return ": ".join(filter(None, (verdict_label(ruling.verdict), ruling_reason(ruling))))


def ruling_reason(ruling: Ruling) -> str:
    """The reason of a ruling; a verdict that needs none has a note at most."""
    if ruling.verdict == "undo":  # what it undid is named beside it
        return ""
    if ruling.reason or ruling.verdict == "hide":
        return reason_label(ruling.reason, ruling.note)
    return ruling.note
