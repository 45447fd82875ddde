"""The desk's two registers: takedown orders, and requests for user data."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import Blueprint, Flask, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from board.accounts.auth.current_user import current_user
from board.accounts.models import User
from board.comments.models import Comment
from board.db import db, now, writing
from board.db.clock import local
from board.law.authorities import data_requests, orders
from board.law.authorities.base import AlreadyAnswered, AuthorityRequest
from board.law.authorities.data_requests import DataRequest
from board.law.authorities.forms import (
    DataRequestAnswerForm,
    DataRequestForm,
    OrderAnswerForm,
    OrderForm,
    data_request_kinds,
    data_request_outcomes,
    disclosed_label,
    order_kinds,
    order_outcomes,
)
from board.law.authorities.orders import Order, Outcome
from board.moderation.rulings.labels import dealt_with_first
from board.web.access import legal_staff, moderators, moderators_and_legal, open_to
from board.web.forms import Form, query_id
from board.web.response.notices import notice

bp = Blueprint("registers", __name__)


def init_app(app: Flask) -> None:
    app.add_template_global(disclosed_label)


@bp.get("/desk/orders", endpoint="orders_page")
@open_to(moderators_and_legal, query=("before",))
def orders_page() -> ResponseReturnValue:
    return _orders_page.render(
        OrderForm.unbound(
            data={"received_at": _current_minute(), "deadline_at": _current_minute() + _A_DAY}
        )
    )


@bp.post("/desk/orders")
@open_to(moderators_and_legal, query=("before",))
def register_order() -> ResponseReturnValue:
    form = OrderForm.from_post()
    if not form.validate():
        return _orders_page.render(form), 422
    with writing():
        comments = [db.session.get_one(Comment, comment.id) for comment in form.target_comments()]
        order = orders.register(comments, by=current_user(), **form.particulars())
    said = notice("order_registered", case=order.reference)
    return redirect(url_for(".orders_page", notice=said), 303)


@bp.post("/desk/orders/<id:id>/answer")
@open_to(moderators, query=("before",))
def answer_order(id: int) -> ResponseReturnValue:
    """`carried_out` hides the comments of the order; the other outcomes are only recorded."""
    form = OrderAnswerForm.from_post()
    if not form.validate():
        return _orders_page.render(OrderForm.unbound(), refused=id, answer=form), 422
    outcome, says = Outcome(form.outcome.data), form.says.data or ""
    try:
        with writing():
            order: Order = db.get_or_404(Order, id)
            if outcome is Outcome.CARRIED_OUT:
                orders.carry_out(order, by=current_user(), says=says)
            else:
                order.close(outcome, by=current_user(), says=says)
    except AlreadyAnswered:
        return _orders_page.render_conflict(OrderForm.unbound(), id), 409
    said = notice("order_answered", case=order.reference, outcome=_orders_page.outcome_of(order))
    return redirect(url_for(".orders_page", notice=said), 303)


@bp.get("/desk/disclosures", endpoint="disclosures_page")
@open_to(legal_staff, query=("before",))
def disclosures_page() -> ResponseReturnValue:
    return _data_requests_page.render(
        DataRequestForm.unbound(data={"received_at": _current_minute()})
    )


@bp.post("/desk/disclosures")
@open_to(legal_staff, multi_fields=("asked",), query=("before",))
def register_disclosure() -> ResponseReturnValue:
    form = DataRequestForm.from_post()
    if not form.validate():
        return _data_requests_page.render(form), 422
    with writing():
        user = db.session.get_one(User, form.user.id)
        request = data_requests.register(user, by=current_user(), **form.particulars())
    said = notice("request_registered", case=request.reference)
    return redirect(url_for(".disclosures_page", notice=said), 303)


@bp.post("/desk/disclosures/<id:id>/answer")
@open_to(legal_staff, multi_fields=("items",), query=("before",))
def answer_disclosure(id: int) -> ResponseReturnValue:
    form = DataRequestAnswerForm.from_post()
    if not form.validate():
        return _data_requests_page.render(DataRequestForm.unbound(), refused=id, answer=form), 422
    says = form.says.data or ""
    try:
        with writing():
            request: DataRequest = db.get_or_404(DataRequest, id)
            if form.outcome.data == "refuse":
                data_requests.refuse(request, by=current_user(), says=says)
            else:
                items = form.items.data or []
                data_requests.disclose(
                    request, by=current_user(), items=items, says=says, tell_at=form.tell_at
                )
    except data_requests.OutOfScope:
        form.items.errors = [_("They did not ask for this.")]
        return _data_requests_page.render(DataRequestForm.unbound(), refused=id, answer=form), 422
    except AlreadyAnswered:
        return _data_requests_page.render_conflict(DataRequestForm.unbound(), id), 409
    outcome = _data_requests_page.outcome_of(request)
    said = notice("request_answered", case=request.reference, outcome=outcome)
    return redirect(url_for(".disclosures_page", notice=said), 303)


_A_DAY = timedelta(days=1)


def _current_minute() -> datetime:
    """The current minute in the newsroom's time zone."""
    return local(now()).replace(second=0, microsecond=0)


class RegisterPage(NamedTuple):
    """A register's page: its model, template, answer form and labels."""

    model: type[AuthorityRequest]
    template: str
    answer_form: type[Form]
    kinds: Callable[[], list[tuple[str, str]]]
    outcomes: Callable[[], dict[str, str]]

    def outcome_of(self, entry: AuthorityRequest) -> str:
        return self.outcomes()[entry.outcome]

    def render_conflict(self, form: Form, id: int) -> str:
        """The page that says who has answered the request already, and how."""
        entry: AuthorityRequest = db.get_or_404(self.model, id)
        by = db.session.get_one(User, entry.answered_by)
        return self.render(form, problem=dealt_with_first(by, self.outcome_of(entry)))

    def render(
        self,
        form: Form,
        *,
        refused: int | None = None,
        answer: Form | None = None,
        problem: str | None = None,
    ) -> str:
        rows = list(db.session.scalars(self.model.answered(before=query_id("before"))))
        answered = rows[: self.model.PAGE_SIZE]
        return render_template(
            self.template,
            waiting=list(db.session.scalars(self.model.waiting())),
            answered=answered,
            more=answered[-1].id if len(rows) > len(answered) else None,
            form=form,
            refused=refused,
            problem=problem,
            answer=answer or self.answer_form.unbound(),
            kinds=dict(self.kinds()),
            outcomes=self.outcomes(),
        )


_orders_page = RegisterPage(Order, "law/orders.html", OrderAnswerForm, order_kinds, order_outcomes)
_data_requests_page = RegisterPage(
    DataRequest,
    "law/data_requests.html",
    DataRequestAnswerForm,
    data_request_kinds,
    data_request_outcomes,
)
