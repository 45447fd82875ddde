"""Trying a rule on the comments of the last days before it does anything."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from board.accounts.auth.current_user import current_user
from board.db import db, writing
from board.moderation.filters import dry_run
from board.moderation.filters.dry_run import DryRun
from board.moderation.filters.forms import AdoptForm, RuleForm
from board.moderation.filters.labels import bp
from board.moderation.filters.models import DuplicateRule, Rule, State
from board.web.access import moderators, open_to


@bp.get("/desk/rules/trials/<id:id>")
@open_to(moderators)
def trial(id: int) -> ResponseReturnValue:
    return _trial_page(_trial(id))


@bp.post("/desk/rules/trials/<id:id>/continue")
@open_to(moderators)
def go_on(id: int) -> ResponseReturnValue:
    """Look at the next comments."""
    seen = dry_run.run_step(_trial(id))
    with writing():
        dry_run.store_step(_trial(id), seen)
    return redirect(url_for(".trial", id=id), 303)


@bp.post("/desk/rules/trials/<id:id>/adopt")
@open_to(moderators)
def adopt(id: int) -> ResponseReturnValue:
    form = AdoptForm.from_post()
    if not form.validate() or not _trial(id).is_done:
        return _trial_page(_trial(id)), 422
    try:
        with writing():
            rule = dry_run.accept(_trial(id), by=current_user(), state=State(form.state.data))
    except DuplicateRule:
        return _trial_page(_trial(id), problem=gettext("This rule already exists.")), 422
    return redirect(url_for(".rule", id=rule.id, notice="saved"), 303)


@bp.post("/desk/rules/trials/<id:id>/discard")
@open_to(moderators)
def discard(id: int) -> ResponseReturnValue:
    with writing():
        dry_run.discard(_trial(id))
    return redirect(url_for(".index"), 303)


def begin(form: RuleForm, rule: Rule | None) -> ResponseReturnValue:
    """Try what the form says, or what `rule` would be if it said this."""
    with writing():
        trial = dry_run.begin(
            by=current_user(),
            days=form.days.data,
            note=form.note.data or "",
            rule=rule,
            **form.said(),
        )
    return go_on(trial.id)


def _trial_page(trial: DryRun, problem: str | None = None) -> str:
    comments = list(db.session.scalars(trial.sampled()))
    return render_template(
        "moderation/filters/dry_run.html", trial=trial, comments=comments, problem=problem
    )


def _trial(id: int) -> DryRun:
    trial: DryRun = db.get_or_404(DryRun, id)
    return trial
