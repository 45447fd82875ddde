"""Pages of sources used by more than one view, and the readers a tip is encrypted to."""

from collections.abc import Mapping

from flask import Response, current_app, url_for
from flask_babel import gettext as _

from board.tips.attachments.drafts import COPIES, CannotClean, NotDecided
from board.tips.attachments.finding_labels import by_label, finding_text, findings_in, refusal_text
from board.tips.crypto import passphrases, pepper
from board.tips.crypto.pepper import PepperLost
from board.tips.forms import CodeForm
from board.tips.integrity import checkpoints
from board.tips.integrity.checkpoints import WentBack
from board.tips.models import roster
from board.tips.models.key_holders import TipReader
from board.tips.models.roster import ForgedRoster
from board.tips.models.tip import Tip
from board.tips.sealed.keyring import NoReader
from board.tips.source.form_state import TipFormState
from board.tips.web.responses import render_page

CLOSED = (ForgedRoster, WentBack, PepperLost)  # nothing is encrypted before somebody has looked


def readers() -> list[TipReader]:
    """The readers a tip would be encrypted to; none while a reader has to look first."""
    try:
        return require_readers()
    except NoReader:
        return []
    except CLOSED as error:
        current_app.logger.error("tips: the form is closed: %s", type(error).__name__)
        return []


def require_readers() -> list[TipReader]:
    """The readers a tip is encrypted to. Raises NoReader if there are none, and any of CLOSED."""
    checkpoints.require_intact()
    pepper.check()
    if members := roster.members():
        return members
    raise NoReader


def form_page(template: str, *, status: int = 200, **values: object) -> Response:
    """A page with a form, with the number of readers and the limits of files."""
    return render_page(
        template,
        status=status,
        readers=len(readers()),
        fingerprint=roster.printed_fingerprint(),
        megabytes=current_app.config["TIP_FILE_MEGABYTES"],
        files_max=Tip.FILES_MAX,
        **values,
    )


def closed_text() -> str:
    return _(
        "We cannot take this now: our system was restored or changed, and a tip reader has to "
        "check it first. Nothing was sent, and nothing you typed is lost. Try again later, or use "
        "one of the other ways."
    )


def went_back_text() -> str:
    return _(
        "Our database has gone back to an earlier state, for instance because a backup was "
        "restored. Your tip may be missing from it for now: keep your code, and try again later."
    )


def code_entry_page(
    form: CodeForm,
    *,
    unsent_text: str | None = None,
    status: int = 200,
) -> Response:
    """The page where a source enters the code."""
    return render_page(
        "tips/source/enter_code.html",
        form=form,
        unsent_text=unsent_text,
        status=status,
    )


def preview_page(
    form_state: TipFormState,
    *,
    action: str = "tips.write",
    problem: str | None = None,
    status: int = 200,
) -> Response:
    """The preview: what text and files reveal, before they are sent to the endpoint `action`."""
    return render_page(
        "tips/source/preview.html",
        status=status,
        form=form_state.form,
        action=url_for(action),
        findings=by_label(findings_in(form_state.form.text.data)),
        attachments=[
            (
                attachment,
                by_label(finding_text(*finding) for finding in attachment.found),
                refusal_text(attachment.why_not),
                form_state.choices.get(attachment.id, COPIES[0]),
            )
            for attachment in form_state.draft.attachments
        ],
        problem=problem,
    )


def code_page(
    key: str,
    code: str,
    *,
    typed: Mapping[int, str] | None = None,
    wrong: tuple[int, ...] = (),
    changed: bool = False,
    status: int = 200,
) -> Response:
    """The new code, with two words to type again. `key`: the idempotency key of its form; `wrong`:
    positions at which `typed` differs.
    """
    return render_page(
        "tips/source/code.html",
        status=status,
        key=key,
        words=code.split(),
        digits=passphrases.as_digits(code),
        positions=passphrases.positions_to_check(code),
        typed=typed or {},
        wrong=wrong,
        changed=changed,
    )


def tip_form_page(
    form_state: TipFormState, *, problem: str | None = None, status: int = 200
) -> Response:
    """The form of a tip again, with everything in it."""
    return form_page(
        "tips/source/submit.html",
        form=form_state.form,
        attachments=form_state.draft.attachments,
        problem=problem or form_state.problem,
        status=status,
    )


def busy_text() -> str:
    return _("Many files are being cleaned. Nothing has been sent yet: please try again soon.")


def cannot_clean_text(error: CannotClean) -> str:
    if isinstance(error, NotDecided):
        return _("Decide about “%(name)s”: send the original, or leave it out.", name=error)
    return _("“%(name)s” could not be cleaned. Nothing has been sent.", name=error)
