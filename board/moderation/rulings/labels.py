"""What the desk did, as pages say it."""

from flask import Flask
from flask_babel import gettext


def init_app(app: Flask) -> None:
    app.add_template_global(act_label)


def act_label(verdict: str) -> str:
    """What was done, in a word or two."""
    labels = {
        "hide": gettext("Comment hidden"),
        "restore": gettext("Comment restored"),
        "keep": gettext("Comment kept"),
        "warn": gettext("Warning"),
        "hold": gettext("New comments wait for a moderator"),
        "suspend": gettext("Suspended"),
        "ban": gettext("Banned"),
        "lift": gettext("Restrictions lifted"),
        "rule_add": gettext("Rule added"),
        "rule_change": gettext("Rule changed"),
        "rule_allow": gettext("Word allowed"),
        "rule_disallow": gettext("Word no longer allowed"),
        "rule_import": gettext("Rules brought in"),
        "uphold": gettext("Appeal upheld"),
        "reject": gettext("Appeal rejected"),
        "decline": gettext("Rights claim rejected"),
        "rebut": gettext("An answer to the comment was published"),
        "order": gettext("Order registered"),
        "answer_order": gettext("Order answered"),
        "request": gettext("Request for a reader’s data registered"),
        "answer_request": gettext("Request for a reader’s data answered"),
        "disclose": gettext("Your data was given to an authority"),
        "open_file": gettext("File of a claim opened"),
        "export": gettext("Case file taken along"),
        "bar": gettext("Text barred"),
        "unbar": gettext("Text no longer barred"),
        "steer": gettext("Thread steered"),
        "release": gettext("Steering ended"),
    }
    return labels.get(verdict, verdict)
