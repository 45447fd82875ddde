"""Desk pages of the rules: list, edit, switch on and off; allowed words; import and export."""

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from board.accounts.auth.current_user import current_user
from board.db import db, writing
from board.moderation.filters import changes, matches, text_format
from board.moderation.filters.changes import DuplicateRule
from board.moderation.filters.dry_run_views import begin
from board.moderation.filters.forms import AllowForm, FindRuleForm, ImportForm, RuleForm, StateForm
from board.moderation.filters.labels import bp, switched_notice
from board.moderation.filters.models import (
    AllowedWord,
    Kind,
    Rule,
    RuleChange,
    State,
    count_by_category,
)
from board.web.access import moderators_and_seniors, open_to, seniors
from board.web.forms import query_id
from board.web.response.notices import notice


@bp.get("/desk/rules")
@open_to(moderators_and_seniors, query=("after", "category", "q"))
def index() -> ResponseReturnValue:
    find = FindRuleForm.from_query()
    find.validate()
    after = db.session.get(Rule, query_id("after") or 0)
    category = find.category.data if not find.category.errors else ""
    query = Rule.listed(category=category or "", text=find.q.data or "", after=after)
    rows = list(db.session.scalars(query))
    rules, signals = rows[: Rule.PAGE_SIZE], list(db.session.scalars(Rule.signals()))
    return render_template(
        "moderation/filters/index.html",
        find=find,
        category=category,
        counts=count_by_category(),
        rules=rules,
        signals=signals,
        statistics_by_rule=matches.match_statistics([*rules, *signals]),
        more=rules[-1].id if len(rows) > Rule.PAGE_SIZE else None,
    )


@bp.get("/desk/rules/new")
@open_to(seniors)
def write_form() -> ResponseReturnValue:
    return _write_page(RuleForm.unbound())


@bp.get("/desk/rules/<id:id>")
@open_to(moderators_and_seniors)
def rule(id: int) -> ResponseReturnValue:
    rule = _rule(id)
    return _rule_page(rule, RuleForm.unbound(obj=rule), StateForm.unbound(obj=rule))


@bp.post("/desk/rules/new")
@open_to(seniors)
def write() -> ResponseReturnValue:
    """Start a dry run of a new rule."""
    form = RuleForm.from_post()
    if not form.validate():
        return _write_page(form), 422
    return begin(form, None)


@bp.post("/desk/rules/<id:id>/edit")
@open_to(seniors)
def edit(id: int) -> ResponseReturnValue:
    """Start a dry run of a changed rule."""
    form = RuleForm.from_post()
    if not form.validate():
        rule = _rule(id)
        return _rule_page(rule, form, StateForm.unbound(obj=rule)), 422
    if _rule(id).kind == Kind.SIGNAL:
        abort(404)
    return begin(form, _rule(id))


@bp.post("/desk/rules/<id:id>/switch")
@open_to(seniors)
def switch(id: int) -> ResponseReturnValue:
    form = StateForm.from_post()
    if not form.validate():
        rule = _rule(id)
        return _rule_page(rule, RuleForm.unbound(obj=rule), form), 422
    with writing():
        rule = _rule(id)
        threshold = form.threshold.data or rule.threshold
        changes.change(
            rule, by=current_user(), note=form.note.data, state=form.state.data, threshold=threshold
        )
    return redirect(url_for(".rule", id=id, notice=switched_notice(rule)), 303)


@bp.get("/desk/rules/allowed")
@open_to(moderators_and_seniors)
def allowed() -> ResponseReturnValue:
    return _allowed_page(AllowForm.unbound())


@bp.post("/desk/rules/allowed")
@open_to(seniors)
def allow() -> ResponseReturnValue:
    form = AllowForm.from_post()
    if not form.validate():
        return _allowed_page(form), 422
    try:
        with writing():
            changes.allow(form.text.data, by=current_user())
    except DuplicateRule:
        form.text.errors = [gettext("This word is already allowed.")]
        return _allowed_page(form), 422
    said = notice("word_allowed", word=form.text.data)
    return redirect(url_for(".allowed", notice=said), 303)


@bp.post("/desk/rules/allowed/<id:id>/remove")
@open_to(seniors)
def disallow(id: int) -> ResponseReturnValue:
    with writing():
        word: AllowedWord = db.get_or_404(AllowedWord, id)
        said = notice("word_disallowed", word=word.text)
        changes.disallow(word, by=current_user())
    return redirect(url_for(".allowed", notice=said), 303)


@bp.get("/desk/rules/list.txt")
@open_to(seniors)
def export() -> ResponseReturnValue:
    """All rules as a text file."""
    rules = select(Rule).where(Rule.kind != Kind.SIGNAL.value).order_by(Rule.id)
    lines = text_format.format_rules(
        db.session.scalars(rules), db.session.scalars(AllowedWord.listed())
    )
    response = Response(
        "".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8"
    )
    response.headers["Content-Disposition"] = "attachment; filename=rules.txt"
    return response


@bp.get("/desk/rules/import")
@open_to(seniors)
def import_form() -> ResponseReturnValue:
    return _import_page(ImportForm.unbound())


@bp.post("/desk/rules/import")
@open_to(seniors)
def bring_in() -> ResponseReturnValue:
    """Import a list. Imported rules start in shadow."""
    form = ImportForm.from_post()
    if not form.validate():
        return _import_page(form), 422
    rule_list = text_format.parse_rules(form.lines.data, state=State.SHADOW)
    if rule_list.invalid_lines:
        numbers = ", ".join(map(str, rule_list.invalid_lines[:10]))
        form.lines.errors = [gettext("These lines are not rules: %(numbers)s", numbers=numbers)]
        return _import_page(form), 422
    with writing():
        count = changes.add_all(rule_list.rules, rule_list.allowed, by=current_user())
    return redirect(url_for(".index", notice=notice("rules_imported", count=count)), 303)


def _write_page(form: RuleForm) -> str:
    return render_template("moderation/filters/new.html", form=form)


def _rule_page(rule: Rule, form: RuleForm, state_form: StateForm) -> str:
    return render_template(
        "moderation/filters/rule.html",
        rule=rule,
        form=form,
        state_form=state_form,
        statistics=matches.match_statistics([rule])[rule.id],
        matches=list(db.session.scalars(matches.RuleMatch.newest(rule))),
        changes=list(db.session.scalars(RuleChange.for_rule(rule))),
    )


def _allowed_page(form: AllowForm) -> str:
    words = list(db.session.scalars(AllowedWord.listed()))
    return render_template("moderation/filters/allowed_words.html", form=form, words=words)


def _import_page(form: ImportForm) -> str:
    return render_template("moderation/filters/import.html", form=form)


def _rule(id: int) -> Rule:
    rule: Rule = db.get_or_404(Rule, id)
    return rule
