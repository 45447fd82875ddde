"""Sends a tip when its turn has come; until then its source sees a page that waits."""

from flask import Response, url_for
from sqlalchemy.exc import OperationalError

from board.db.write_lock import LockTimeout
from board.runtime.limiter import QueueFull
from board.tips.attachments.drafts import CannotClean
from board.tips.sealed import rate_limit
from board.tips.sealed.keyring import NoReader
from board.tips.sealed.rate_limit import TooManyTips
from board.tips.sealed.submission import Submission
from board.tips.source.form_state import TipFormState
from board.tips.source.pages import (
    CLOSED,
    cannot_clean_text,
    closed_text,
    code_page,
    preview_page,
    require_readers,
    tip_form_page,
)
from board.tips.source.waiting_tips import WaitingTip
from board.tips.web.idempotency import writing_once
from board.tips.web.responses import render_page
from board.web.request.network import client_network

_BUSY = 10  # seconds until the next try, when the board was busy
_RELOAD = 20  # seconds between two looks of a page that waits


def send_in_turn(form_state: TipFormState, waiting: WaitingTip) -> Response:
    """Send the tip, or show the page that waits with it, or what is wrong with it."""
    if waiting.turn_at is None and (seconds := _seconds_to_wait(form_state)):
        return _waiting_page(waiting, is_kept=waiting.wait(seconds))
    if waiting.seconds_left:
        return _waiting_page(waiting, is_kept=waiting.is_kept)
    try:
        return _send(form_state, waiting.key)
    except CannotClean as error:
        return preview_page(form_state, problem=cannot_clean_text(error), status=422)
    except NoReader:  # the form itself says that
        return tip_form_page(form_state, status=503)
    except CLOSED:
        return tip_form_page(form_state, problem=closed_text(), status=503)
    except TooManyTips:
        return _waiting_page(waiting, is_kept=waiting.wait(rate_limit.RETRY))
    except (LockTimeout, QueueFull, OperationalError):
        return wait_while_busy(waiting)


def wait_while_busy(waiting: WaitingTip) -> Response:
    """The page that waits, for a moment in which the board was too busy."""
    return _waiting_page(waiting, is_kept=waiting.wait(_BUSY))


def _send(form_state: TipFormState, key: str) -> Response:
    """Raises CannotClean, NoReader, TooManyTips, LockTimeout, QueueFull, and any of CLOSED."""
    require_readers()
    form, attachments = form_state.form, form_state.selected_attachments()
    rate_limit.take(client_network(), _units(form_state))
    submission = Submission.prepare(form.text.data, form.contact.data, attachments)
    with writing_once(key, code=submission.code):
        submission.store(require_readers())  # as they are now: somebody may have left since
    form_state.draft.delete()
    return code_page(key, submission.code)


def _seconds_to_wait(form_state: TipFormState) -> float:
    return rate_limit.seconds_to_wait(client_network(), _units(form_state))


def _units(form_state: TipFormState) -> int:
    return rate_limit.weight(sum(each.size for each in form_state.draft.attachments))


def _waiting_page(waiting: WaitingTip, *, is_kept: bool) -> Response:
    """The page asks again by itself, if the form is kept; it has a button and the words anyway."""
    page = render_page("tips/source/waiting.html", status=202, waiting=waiting, is_kept=is_kept)
    page.headers["Retry-After"] = str(waiting.seconds_left)
    if is_kept:
        seconds = min(waiting.seconds_left, _RELOAD) + 1
        page.headers["Refresh"] = f"{seconds}; url={url_for('tips.wait', place=waiting.place)}"
    return page
