"""What the desk did, as pages say it."""

from flask import Flask
from flask_babel import gettext

from board.comments.moderation_reasons import reason_label
from board.moderation.rulings.models import Ruling


def init_app(app: Flask) -> None:
    app.add_template_global(act_label)
    app.add_template_global(why_label)


def act_label(verdict: str) -> str:
    """What was done, in a word or two."""
    labels = {
        "hide": gettext("Comment hidden"),
        "restore": gettext("Comment restored"),
        "keep": gettext("Comment approved"),
        "undo": gettext("Decision undone"),
        "warn": gettext("Warning"),
        "hold": gettext("New comments are pre-moderated"),
        "suspend": gettext("Suspended"),
        "ban": gettext("Banned"),
        "lift": gettext("Restrictions lifted"),
        "rule_add": gettext("Rule added"),
        "rule_change": gettext("Rule changed"),
        "rule_allow": gettext("Allowed word added"),
        "rule_disallow": gettext("Allowed word removed"),
        "rule_import": gettext("Rules imported"),
        "uphold": gettext("Appeal upheld"),
        "reject": gettext("Appeal rejected"),
        "decline": gettext("Rights claim rejected"),
        "rebut": gettext("Response to the comment published"),
        "order": gettext("Order registered"),
        "answer_order": gettext("Order answered"),
        "request": gettext("User data request registered"),
        "answer_request": gettext("User data request answered"),
        "disclose": gettext("Your data was disclosed to an authority"),
        "open_file": gettext("Claim attachment opened"),
        "export": gettext("Case file downloaded"),
        "bar": gettext("Repost blocked"),
        "unbar": gettext("Repost unblocked"),
        "steer": gettext("Thread restricted"),
        "release": gettext("Restriction ended"),
    }
    return labels.get(verdict, verdict)


def why_label(ruling: Ruling) -> str:
    """The reason of what needs one; what is decided without a reason has a note at most."""
    if ruling.reason or ruling.verdict == "hide":
        return reason_label(ruling.reason, ruling.note)
    return ruling.note
