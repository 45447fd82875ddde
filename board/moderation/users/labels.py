"""Labels of clearings and sanctions in templates."""

from flask import Flask, url_for
from flask_babel import gettext, lazy_gettext, ngettext

from board.accounts.auth.current_user import current_user
from board.comments.models import Comment
from board.db import db
from board.moderation.rulings.models import Ruling
from board.moderation.rulings.subjects import Subject
from board.moderation.users.clearings import Clearing, Stage
from board.moderation.users.sanctions import FOREVER
from board.web.i18n import format_datetime
from board.web.i18n import format_number as number

# Shown to an author who must acknowledge a warning before posting.
WARNING_UNCONFIRMED = lazy_gettext(
    "A moderator has sent you a warning. Read it under “Notifications” and confirm it to "
    "post again."
)


def init_app(app: Flask) -> None:
    app.add_template_global(recent_clearing)
    app.add_template_global(clearing_text)
    app.add_template_global(commented_on)


def recent_clearing() -> Clearing | None:
    """The moderator's own last act, while it goes on or can be undone, or was just undone."""
    return db.session.scalar(Clearing.recent(current_user()))


def clearing_text(clearing: Clearing) -> str:
    """What an act did to how many, in a few sentences."""
    parts = {
        Stage.HIDING: _hiding, Stage.HIDDEN: _hidden,
        Stage.RESTORING: _restoring, Stage.RESTORED: _restored,
    }[Stage(clearing.stage)]  # fmt: skip
    return " ".join(filter(None, parts(clearing)))


def clearing_subject(ruling: Ruling) -> Subject | None:
    """What an act did, and the page of the log with its parts."""
    clearing = db.session.get(Clearing, ruling.id)
    url = url_for("log.index", act=ruling.id)
    return Subject(clearing_text(clearing), url) if clearing else None


def act_subject(ruling: Ruling) -> Subject:
    """The act that a ruling is a part of."""
    return Subject(gettext("Part of one act"), url_for("log.index", act=ruling.detail["act"]))


def comment_subject(ruling: Ruling) -> Subject | None:
    """The comment that a sanction is for."""
    comment = commented_on(ruling)
    if comment is None or comment.deleted_at:
        return None
    text = comment.body if len(comment.body) <= 60 else f"{comment.body[:59]}…"
    return Subject(f"“{text}”", url_for("comments.comment", id=comment.id))


def commented_on(ruling: Ruling) -> Comment | None:
    """The comment a decision is about, or for."""
    if ruling.comment:
        return ruling.comment
    return db.session.get(Comment, ruling.detail.get("about_comment", 0))


def _hiding(act: Clearing) -> list[str]:
    so_far = gettext(
        "%(hidden)s of %(total)s comments are hidden. The rest follow by themselves.",
        hidden=number(act.hidden), total=number(act.total),
    )  # fmt: skip
    return [_sanction(act), so_far]


def _hidden(act: Clearing) -> list[str]:
    done = ngettext(
        "%(count)s comment hidden.", "%(count)s comments hidden.", act.hidden,
        count=number(act.hidden),
    )  # fmt: skip
    return [_sanction(act), done, _hidden_earlier(act.hidden_before), _meanwhile(act)]


def _restoring(act: Clearing) -> list[str]:
    so_far = gettext(
        "%(restored)s of %(hidden)s comments are as they were. The rest follow by themselves.",
        restored=number(act.restored), hidden=number(act.hidden),
    )  # fmt: skip
    return [_sanction_undone(act), so_far]


def _restored(act: Clearing) -> list[str]:
    done = ngettext(
        "%(count)s comment is as it was.", "%(count)s comments are as they were.", act.restored,
        count=number(act.restored),
    )  # fmt: skip
    return [_sanction_undone(act), done, _decided_since(act.hidden - act.restored)]


def _sanction(act: Clearing) -> str:
    if act.sanction is None or act.sanction.until is None:
        return gettext("They were restricted for longer already.")
    if act.sanction.until >= FOREVER:
        return gettext("Banned.")
    return gettext("Suspended until %(time)s.", time=format_datetime(act.sanction.until))


def _sanction_undone(act: Clearing) -> str:
    if act.sanction_stays:
        return gettext("Undone. The restriction was changed since, and stays.")
    return gettext("Undone. The restriction is as it was before.")


def _hidden_earlier(count: int) -> str:
    text = gettext("Hidden earlier, left as they are: %(count)s.", count=number(count))
    return text if count else ""


def _meanwhile(act: Clearing) -> str:
    count = act.total - act.hidden
    text = gettext(
        "Decided or deleted meanwhile, left as they are: %(count)s.", count=number(count)
    )
    return text if count else ""


def _decided_since(count: int) -> str:
    text = gettext("Decided again since, left as they are: %(count)s.", count=number(count))
    return text if count else ""
