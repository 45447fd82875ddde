"""Trying a rule on the comments of the last days before it does anything."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from board.access import member, moderators, open_to
from board.db import db, writing
from board.moderation import trials
from board.moderation.rule_forms import AdoptForm, RuleForm
from board.moderation.rule_words import bp
from board.moderation.rules import Rule, State, Twice
from board.moderation.trials import Trial


@bp.get("/desk/rules/trials/<id:id>")
@open_to(moderators)
def trial(id: int) -> ResponseReturnValue:
    return _trial_page(_trial(id))


@bp.post("/desk/rules/trials/<id:id>/continue")
@open_to(moderators)
def go_on(id: int) -> ResponseReturnValue:
    """Look at the next comments."""
    seen = trials.look(_trial(id))
    with writing():
        trials.keep(_trial(id), seen)
    return redirect(url_for(".trial", id=id), 303)


@bp.post("/desk/rules/trials/<id:id>/adopt")
@open_to(moderators)
def adopt(id: int) -> ResponseReturnValue:
    form = AdoptForm.posted()
    if not form.validate() or not _trial(id).is_done:
        return _trial_page(_trial(id)), 422
    try:
        with writing():
            rule = trials.adopt(_trial(id), by=member(), state=State(form.state.data))
    except Twice:
        return _trial_page(_trial(id), problem=gettext("This rule already exists.")), 422
    return redirect(url_for(".rule", id=rule.id, notice="saved"), 303)


@bp.post("/desk/rules/trials/<id:id>/discard")
@open_to(moderators)
def discard(id: int) -> ResponseReturnValue:
    with writing():
        trials.discard(_trial(id))
    return redirect(url_for(".index"), 303)


def begin(form: RuleForm, rule: Rule | None) -> ResponseReturnValue:
    """Try what the form says, or what `rule` would be if it said this."""
    with writing():
        trial = trials.begin(
            by=member(), days=form.days.data, note=form.note.data or "", rule=rule, **form.said()
        )
    return go_on(trial.id)


def _trial_page(trial: Trial, problem: str | None = None) -> str:
    comments = list(db.session.scalars(trial.sampled()))
    return render_template("moderation/trial.html", trial=trial, comments=comments, problem=problem)


def _trial(id: int) -> Trial:
    trial: Trial = db.get_or_404(Trial, id)
    return trial
