"""Notices: the one line a page says after a redirect (`?notice=…`): what happened, and to what."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from itsdangerous import BadData, URLSafeSerializer

from board.runtime.app import signing_keys

VALUE_MAX = 60  # characters of a name or title in a notice; addresses have an end

# By code. A text that names something is a pattern, or a function, of the values in the address.
NOTICES: dict[str, Any | Callable[..., str]] = {
    # Accounts
    "signed_up": _("Your account has been created. Please sign in."),
    "idle": _("You were signed out after 30 minutes without activity. Sign in to go back."),
    "code_sent": _("We have sent you a new code. The earlier one no longer works."),
    "code_wait": _("A new code can be sent once a minute, and at most three times."),
    "code_over": _("This verification has ended. Please begin again."),
    "too_many_codes": _("That was the fifth wrong code. Please begin again."),
    "password_reset": _("Your password has been changed. Please sign in with it."),
    "email_verified": _("Your email address has been verified."),
    "email_changed": _("Your email address has been changed."),
    "email_taken": _("Another account uses this address, so nothing has changed."),
    "email_restored": _(
        "Your old address is back, and all devices have been signed out. Now choose a new password."
    ),
    "provider_cancelled": _(
        "You have not signed in: the other site was told not to say who you are."
    ),
    "provider_failed": _("Signing in with the other site did not work. Please try again."),
    "provider_busy": _("Too many people are signing in right now. Please try again in a moment."),
    "identity_linked": _("Linked. You can sign in with it from now on."),
    "identity_unlinked": _("Unlinked. Other devices have been signed out."),
    "identity_taken": _(
        "Somebody signs in to another account with it, so nothing has changed. If that account is "
        "yours, sign in to it and unlink it there first."
    ),
    "identity_unknown": _("It is not linked to your account. You can link it here."),
    "identity_second": _("You have linked another account there already. Unlink that one first."),
    "renamed": _("Your display name has been changed."),
    "password_changed": _("Your password has been changed. Other devices have been signed out."),
    "password_removed": _("Your password has been removed. Other devices have been signed out."),
    "passkey_added": _("Your passkey has been added."),
    "passkey_renamed": _("The passkey has been renamed."),
    "passkey_removed": _("The passkey has been removed. Other devices have been signed out."),
    "session_ended": _("The device has been signed out."),
    "alerts_chosen": _("Your choice of alerts has been saved."),
    "email_chosen": _("Your choice of emails has been saved."),
    "contact_set": _("Your contact for rights complaints has been saved."),
    "contact_removed": _("Your contact for rights complaints has been removed."),
    "profile_chosen": _("Your choice has been saved."),
    "left": _("Your account has been deleted. Thank you for taking part."),
    # Comments
    "edited": _("Your comment has been edited."),
    "deleted": _("The comment has been deleted."),
    "held": _("Thank you. A moderator will check your comment before it is published."),
    "liked": _("You like this comment."),
    "disliked": _("You dislike this comment."),
    "unreacted": _("Your reaction has been removed."),
    "comment_gone": _("The comment is no longer there."),
    "reported": _("Reported. A moderator will check it. You will no longer see it."),
    "unreported": _("Your report has been withdrawn."),
    "muted": _("Blocked. You won’t see their comments."),
    "unmuted": _("Unblocked. You will see their comments again."),
    # Articles
    "published": _("“%(title)s” has been published."),
    "drafted": _("“%(title)s” has been saved as a draft. Readers do not see it."),
    "scheduled": _("“%(title)s” is scheduled. It appears by itself at its time."),
    "withdrawn": _("“%(title)s” has been withdrawn. Readers no longer see it and its comments."),
    "article_deleted": _("“%(title)s” is being deleted. You can undo this for seven days."),
    "undeleted": _("“%(title)s” is no longer being deleted."),
    "revised": _("Your changes to “%(title)s” have been saved."),
    "authors_saved": _("The authors of “%(title)s” have been saved."),
    "opened": _("Comments on “%(title)s” are open again."),
    "closed": _("Comments on “%(title)s” are now closed."),
    # Moderation: decisions about comments
    "kept": _("%(name)s’s comment has been approved."),
    "hidden": _("%(name)s’s comment has been hidden: %(reason)s."),
    "restored": _("%(name)s’s comment has been restored."),
    "unchanged": _("Nothing changed: %(name)s’s comment had already been decided or deleted."),
    "undone": _("Undone. %(name)s’s comment is as it was."),
    "featured": _("%(name)s’s comment is now featured on top of the thread."),
    "unfeatured": _("%(name)s’s comment is no longer featured."),
    # Members
    "warned": _("%(name)s has been warned, and cannot post until they have confirmed the warning."),
    "premoderated": _("%(name)s is pre-moderated. Their new comments wait for approval."),
    "suspended": _("%(name)s has been suspended and signed out everywhere."),
    "banned": _("%(name)s has been banned and signed out everywhere."),
    "lifted": _("All restrictions on %(name)s have been lifted."),
    "not_restricted": _("Nothing changed: %(name)s was not restricted."),
    "member_noted": _("Your note about %(name)s has been added."),
    "bans_proposed": _("Ban proposed: %(names)s. Another moderator has to agree."),
    "bans_approved": _("Banned and signed out everywhere: %(names)s."),
    "bans_rejected": _("Proposal to ban rejected: %(names)s."),
    "bans_withdrawn": _("Proposal to ban withdrawn: %(names)s."),
    "found_by_email": _("Found by email address: %(name)s. This look-up is in the log."),
    # Staff
    "role_proposed": _("Proposed: %(role)s."),
    "reset_proposed": _("A reset of %(name)s’s two-step verification has been proposed."),
    "role_seconded": _("Seconded: %(role)s."),
    "role_withdrawn": _("Withdrawn: %(role)s."),
    "role_revoked": _("Taken away from %(name)s: %(role)s."),
    "badge_given": _("%(name)s has the badge %(badge)s now."),
    "badge_taken": _("%(name)s has no badge any more."),
    "staff_frozen": _(
        "%(name)s has been signed out everywhere and cannot use the desk for 24 hours."
    ),
    "staff_unfrozen": _("%(name)s can use the desk again."),
    "offer_accepted": _("Accepted: %(role)s. Please sign in again."),
    "offer_declined": _("Declined."),
    "reset_stopped": _(
        "The reset has been stopped. You are signed out everywhere, and the desk is shut to your "
        "account for 24 hours. Please change your password."
    ),
    "public_name_chosen": _("The public log calls you %(name)s."),
    # Threads
    "steered": _("Restricted: %(what)s. Readers will see a notice."),
    "released": _("Restriction ended: %(what)s."),
    "surge_seen": _("Surge on “%(title)s” acknowledged."),
    # Rules
    "rule_switched": _("“%(rule)s” is now: %(state)s."),
    "rules_imported": lambda count: ngettext(
        "%(num)s new rule or word has been imported. Rules only log what they find so far.",
        "%(num)s new rules and words have been imported. Rules only log what they find so far.",
        count,
    ),
    "word_allowed": _("“%(word)s” is now an allowed word."),
    "word_disallowed": _("“%(word)s” is no longer an allowed word."),
    "dry_run_discarded": _("The test of “%(rule)s” has been discarded. No rule has changed."),
    # Appeals
    "upheld": _("%(name)s’s appeal has been upheld, and the decision reversed."),
    "rejected": _("%(name)s’s appeal has been rejected. The decision stands."),
    "results_seen": _("The results of appeals are marked as seen."),
    # Law
    "blocked": _("Claim %(receipt)s: the comment has been taken down for 30 days."),
    "removed": _("Claim %(receipt)s: the comment has been removed permanently."),
    "rebutted": _("Claim %(receipt)s: the response has been published below the comment."),
    "claim_rejected": _("Claim %(receipt)s has been rejected."),
    "claimant_notified": _("Claim %(receipt)s is marked as notified."),
    "order_registered": _("Order “%(case)s” has been registered."),
    "order_answered": _("Order “%(case)s” has been answered: %(outcome)s."),
    "request_registered": _("The request “%(case)s” for user data has been registered."),
    "request_answered": _("The request “%(case)s” for user data has been answered: %(outcome)s."),
    "repost_blocked": _("Reposting is now blocked: %(case)s."),
    "repost_unblocked": _("Reposting is no longer blocked: %(case)s."),
    # Tips
    "reply_sent": _("Your reply has been sent."),
    "note_added": _("The note has been added."),
    "tip_described": _("The details of the tip have been saved."),
    "tip_published": _("The link to the article has been sent to the source."),
    "tip_assigned": _("The tip is now with %(name)s."),
    "tip_unassigned": _("Nobody is assigned to the tip now."),
    "answer_promised": _("The source now sees the day by which they can expect an answer."),
    "tip_closed": _("The tip has been closed."),
    "tip_reopened": _("The tip is in progress again."),
    "tip_kept": _("The tip will be kept until the day you chose."),
    "tip_released": _("The tip is no longer kept beyond its term."),
    "access_granted": _("%(name)s now has access to the tip."),
    "access_revoked": _("%(name)s no longer has access to what comes later in the tip."),
    "access_removed": _("Access has been removed."),
    "erased": _("The tip has been deleted."),
    "tips_erased": _("The selected tips have been deleted."),
    "tips_kept": _("The selected tips will be kept."),
    "none_chosen": _("Select at least one tip."),
    "reader_added": _("Signed. Print the new number and fingerprint of the roster."),
    "reader_removed": _("Taken off the roster. Print its new number and fingerprint."),
    "removal_asked": _("Your colleagues have been asked."),
    "removal_withdrawn": _("Your request has been withdrawn."),
    "restore_confirmed": _("Confirmed. Tips are taken again."),
    "mail_key_updated": _("Your PGP key has been updated."),
    "mail_key_proven": _("Your PGP key works. Emails to you will be encrypted."),
    "mail_key_removed": _("Your PGP key has been removed."),
    "recipient_proven": _("Your other computer can open what you export from now on."),
}


def notice(code: str, **values: str | int) -> str:
    """The value of `?notice=` for a code of NOTICES. Values are signed, so that no link can put
    words into our mouth."""
    if not values:
        return code
    return _serializer().dumps([code, {name: _clip(each) for name, each in values.items()}])


def notice_text() -> str | None:
    """The notice of this request in the reader's language; None without one, or if it is forged."""
    code, values = _parse(request.args.get("notice", ""))
    text = NOTICES.get(code)
    try:
        return None if text is None else _format(text, values)
    except (KeyError, TypeError):  # a code without the values it needs
        return None


def _clip(value: str | int) -> str | int:
    if isinstance(value, str) and len(value) > VALUE_MAX:
        return f"{value[: VALUE_MAX - 1]}…"
    return value


def _format(text: Any, values: dict[str, Any]) -> str:
    return str(text(**values)) if callable(text) else str(text) % values


def _parse(argument: str) -> tuple[str, dict[str, Any]]:
    if argument in NOTICES:
        return argument, {}
    try:
        code, values = _serializer().loads(argument)
    except BadData:
        return "", {}
    return code, values


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt="notice")
