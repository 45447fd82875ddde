"""Pages of a dry run: test a rule on recent comments before it does anything."""

from contextlib import suppress

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from board.accounts.auth.current_user import current_user
from board.db import db, writing
from board.moderation.filters import dry_run
from board.moderation.filters.changes import DuplicateRule
from board.moderation.filters.dry_run import DryRun
from board.moderation.filters.forms import AdoptForm, RuleForm
from board.moderation.filters.labels import bp, switched_notice
from board.moderation.filters.models import Rule, State
from board.runtime.limiter import QueueFull, long_work
from board.web.access import open_to, seniors
from board.web.response.notices import notice


@bp.get("/desk/rules/trials/<id:id>")
@open_to(seniors)
def trial(id: int) -> ResponseReturnValue:
    return _dry_run_page(_dry_run(id))


@bp.post("/desk/rules/trials/<id:id>/continue")
@open_to(seniors)
def go_on(id: int) -> ResponseReturnValue:
    """Run the next step."""
    with long_work:
        step = dry_run.run_step(_dry_run(id))
    with writing():
        dry_run.store_step(_dry_run(id), step)
    return redirect(url_for(".trial", id=id), 303)


@bp.post("/desk/rules/trials/<id:id>/adopt")
@open_to(seniors)
def adopt(id: int) -> ResponseReturnValue:
    form = AdoptForm.from_post()
    if not form.validate() or not _dry_run(id).is_done:
        return _dry_run_page(_dry_run(id)), 422
    try:
        with writing():
            rule = dry_run.accept(_dry_run(id), by=current_user(), state=State(form.state.data))
    except DuplicateRule:
        return _dry_run_page(_dry_run(id), problem=gettext("This rule already exists.")), 422
    return redirect(url_for(".rule", id=rule.id, notice=switched_notice(rule)), 303)


@bp.post("/desk/rules/trials/<id:id>/discard")
@open_to(seniors)
def discard(id: int) -> ResponseReturnValue:
    with writing():
        run = _dry_run(id)
        said = notice("dry_run_discarded", rule=run.text)
        dry_run.discard(run)
    return redirect(url_for(".index", notice=said), 303)


def begin(form: RuleForm, rule: Rule | None) -> ResponseReturnValue:
    """Start a dry run of the rule in the form: a new one, or a change of `rule`."""
    with writing():
        run = dry_run.begin(
            by=current_user(),
            days=form.days.data,
            note=form.note.data or "",
            rule=rule,
            **form.rule_fields(),
        )
    with suppress(QueueFull):  # its page has a button to go on
        return go_on(run.id)
    return redirect(url_for(".trial", id=run.id), 303)


def _dry_run_page(run: DryRun, problem: str | None = None) -> str:
    comments = list(db.session.scalars(run.sampled()))
    return render_template(
        "moderation/filters/dry_run.html", dry_run=run, comments=comments, problem=problem
    )


def _dry_run(id: int) -> DryRun:
    run: DryRun = db.get_or_404(DryRun, id)
    return run
