"""The pages that a source meets more than once on the way, and who their words are sealed for."""

from flask import Response, current_app, url_for
from flask_babel import gettext as _

from board.tips.attachments.drafts import CannotClean
from board.tips.attachments.finding_labels import finding_text, findings_in, refusal_text
from board.tips.crypto import passphrases
from board.tips.forms import CodeForm
from board.tips.models.key_holders import TipReader
from board.tips.models.tip import Tip
from board.tips.readers import roster
from board.tips.readers.roster import Forged
from board.tips.source.form_state import TipFormState
from board.tips.web.responses import render_page


def readers() -> list[TipReader]:
    """Who a tip would be sealed to; nobody when the roster is not to be trusted."""
    try:
        return roster.members()
    except Forged:
        current_app.logger.error("tips: the roster of readers was not signed by a reader")
        return []


def form_page(template: str, *, status: int = 200, **values: object) -> Response:
    """With what stands beside every form: who reads it, and how large files may be."""
    return render_page(
        template,
        status=status,
        readers=len(readers()),
        fingerprint=roster.seal_of(),
        megabytes=current_app.config["TIP_FILE_MEGABYTES"],
        files_max=Tip.FILES_MAX,
        **values,
    )


def code_entry_page(
    form: CodeForm,
    *,
    places: tuple[int, ...] = (),
    written: str | None = None,
    status: int = 200,
) -> Response:
    """Where a source types the code."""
    return render_page(
        "tips/source/enter_code.html", form=form, places=places, written=written, status=status
    )


def preview_page(
    filled: TipFormState,
    *,
    action: str = "tips.write",
    problem: str | None = None,
    status: int = 200,
) -> Response:
    """What it gives away, before it is sent to the endpoint `action`."""
    return render_page(
        "tips/source/preview.html",
        status=status,
        form=filled.form,
        action=url_for(action),
        findings=findings_in(filled.form.text.data),
        attachments=[
            (each, [finding_text(*found) for found in each.found], refusal_text(each.why_not))
            for each in filled.draft.attachments
        ],
        problem=problem,
    )


def code_page(
    ticket: str, code: str, *, wrong: bool = False, changed: bool = False, status: int = 200
) -> Response:
    return render_page(
        "tips/source/code.html",
        status=status,
        ticket=ticket,
        words=code.split(),
        digits=passphrases.as_digits(code),
        places=passphrases.asked_places(code),
        wrong=wrong,
        changed=changed,
    )


def not_cleaned(error: CannotClean) -> str:
    return _("“%(name)s” could not be cleaned. Nothing has been sent.", name=error)
