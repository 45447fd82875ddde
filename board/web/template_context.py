"""Template context: the variables every template has."""

from typing import Any

from flask import Flask, current_app, request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _

from board.web.access import viewer

# Notices: the one line a page says after a redirect (`?notice=…`).
NOTICES = {
    "signed_up": _("Your account has been created. Please sign in."),
    "renamed": _("Your display name has been changed."),
    "password_changed": _("Your password has been changed. Other devices have been signed out."),
    "session_ended": _("The device has been signed out."),
    "deleted": _("The comment has been deleted."),
    "saved": _("Saved."),
    "drafted": _("Saved as a draft. Readers do not see it."),
    "scheduled": _("Scheduled. It appears by itself at its time."),
    "published": _("Published. Readers see the article and its comments again."),
    "withdrawn": _("Withdrawn. Readers no longer see the article and its comments."),
    "article_deleted": _("Deleted. You can undo this for seven days."),
    "undeleted": _("The article is no longer being deleted."),
    "opened": _("Comments are open again."),
    "closed": _("Comments are now closed."),
    "hidden": _("The comment has been hidden."),
    "held": _("Thank you. A moderator will check your comment before it is published."),
    "restored": _("The comment has been restored."),
    "reported": _("Reported. A moderator will check it. You will no longer see it."),
    "unreported": _("Your report has been withdrawn."),
    "kept": _("The comment has been approved."),
    "undone": _("Undone. Everything is as it was."),
    "decided": _("Done."),
    "muted": _("Blocked. You won’t see their comments."),
    "unmuted": _("Unblocked. You will see their comments again."),
    "erased": _("The tip has been deleted."),
    "tips_erased": _("The selected tips have been deleted."),
    "tips_kept": _("The selected tips will be kept."),
    "none_chosen": _("Select at least one tip."),
    "reply_sent": _("Your reply has been sent."),
    "note_added": _("The note has been added."),
    "tip_closed": _("The tip has been closed."),
    "tip_reopened": _("The tip is in progress again."),
    "access_given": _("Access has been given."),
    "access_removed": _("Access has been removed."),
    "reader_added": _("Signed. Print the new number and fingerprint of the roster."),
    "reader_removed": _("Taken off the roster. Print its new number and fingerprint."),
    "removal_asked": _("Your colleagues have been asked."),
    "removal_withdrawn": _("Your request has been withdrawn."),
    "restore_confirmed": _("Confirmed. Tips are taken again."),
    "recipient_proven": _("Your other computer can open what you export from now on."),
    "left": _("Your account has been deleted. Thank you for taking part."),
    "steered": _("Settings saved. Readers will see a notice."),
    "released": _("Restriction lifted. Readers will see a notice."),
    "warned": _("Warned. They cannot post until they have confirmed the warning."),
    "premoderated": _("Pre-moderated. Their new comments wait for approval."),
    "suspended": _("Suspended. They have been signed out everywhere."),
    "banned": _("Banned. They have been signed out everywhere."),
    "lifted": _("All restrictions lifted."),
    "upheld": _("Appeal upheld. The decision has been reversed."),
    "rejected": _("Appeal rejected. The decision stands."),
    "blocked": _("The comment has been taken down for 30 days."),
    "removed": _("The comment has been removed permanently."),
    "rebutted": _("The response has been published below the comment."),
    "claim_rejected": _("The claim has been rejected."),
}


# Those that refuse something.
REFUSALS = frozenset({"none_chosen"})


def init_app(app: Flask) -> None:
    app.context_processor(_template_context)
    app.jinja_env.globals.pop("config")  # no template can print a secret


def _template_context() -> dict[str, Any]:
    notice = request.args.get("notice", "")
    return {
        "viewer": viewer(),
        "site_name": current_app.config["SITE_NAME"],
        "lang": str(get_locale()),
        "notice": NOTICES.get(notice),
        "is_refusal": notice in REFUSALS,
    }
