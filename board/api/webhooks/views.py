"""Webhooks at the desk: list, secret, log of deliveries."""

from collections.abc import Sequence

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from sqlalchemy import select, update

from board.accounts.auth.current_user import viewer
from board.accounts.sign_in.reauthentication import requires_reauthentication
from board.api.webhooks import secrets
from board.api.webhooks.events import add_test
from board.api.webhooks.forms import WebhookForm
from board.api.webhooks.models import Webhook, WebhookDelivery
from board.db import db, now, writing
from board.runtime.app import setting
from board.web.access import appointers, open_to
from board.web.forms import query_id
from board.web.request.observability.security_events import record_staff_act

NOTICES_OF_WEBHOOKS = {
    "webhook_saved": _("The webhook has been saved. Send a test to see whether it arrives."),
    "webhook_on": _("The webhook is on."),
    "webhook_off": _("The webhook is off. Nothing is sent to it."),
    "webhook_test": _("A test is on its way. Reload the page to see the answer."),
    "webhook_again": _("It is sent again."),
    "webhook_deleted": _("The webhook has been deleted."),
}

bp = Blueprint("webhooks", __name__)
bp.after_request(lambda response: record_staff_act(response, viewer))


@bp.get("/desk/webhooks")
@open_to(appointers)
def index() -> ResponseReturnValue:
    return _index_page(WebhookForm.unbound())


@bp.post("/desk/webhooks")
@open_to(appointers)
@requires_reauthentication
def add() -> ResponseReturnValue:
    """The same address a second time is the same webhook: the button may be pressed twice."""
    form = WebhookForm.from_post()
    if not form.validate():
        return _index_page(form), 422
    with writing():
        webhook = db.session.scalar(select(Webhook).where(Webhook.url == form.url.data))
        if webhook is None:
            if len(_webhooks()) >= Webhook.COUNT_MAX:
                abort(409)
            webhook = Webhook(url=form.url.data, secret=secrets.new_secret())
            webhook.switch_on()
            db.session.add(webhook)
        webhook.with_text = form.with_text.data
        db.session.flush()
        id = webhook.id
    return redirect(url_for(".webhook", id=id, notice="webhook_saved"), 303)


@bp.get("/desk/webhooks/<id:id>")
@open_to(appointers, query=("before",))
def webhook(id: int) -> ResponseReturnValue:
    webhook = _webhook(id)
    rows = db.session.scalars(WebhookDelivery.newest(webhook, before=query_id("before"))).all()
    deliveries = rows[: WebhookDelivery.PAGE_SIZE]
    return render_template(
        "api/webhooks/webhook.html",
        webhook=webhook,
        deliveries=deliveries,
        more=deliveries[-1].id if len(rows) > len(deliveries) else None,
    )


@bp.post("/desk/webhooks/<id:id>/secret")
@open_to(appointers)
@requires_reauthentication
def secret(id: int) -> ResponseReturnValue:
    return _secret_page(_webhook(id))


@bp.post("/desk/webhooks/<id:id>/rotate")
@open_to(appointers)
@requires_reauthentication
def rotate(id: int) -> ResponseReturnValue:
    """Once a minute: a second press would end the secret of before."""
    with writing():
        webhook = _webhook(id)
        if webhook.rotated_at is None or (now() - webhook.rotated_at).total_seconds() > 60:
            secrets.rotate(webhook)
    return _secret_page(_webhook(id))


@bp.post("/desk/webhooks/<id:id>/switch-on")
@open_to(appointers)
def switch_on(id: int) -> ResponseReturnValue:
    with writing():
        _webhook(id).switch_on()
    return redirect(url_for(".webhook", id=id, notice="webhook_on"), 303)


@bp.post("/desk/webhooks/<id:id>/switch-off")
@open_to(appointers)
def switch_off(id: int) -> ResponseReturnValue:
    with writing():
        _webhook(id).switch_off()
    return redirect(url_for(".webhook", id=id, notice="webhook_off"), 303)


@bp.post("/desk/webhooks/<id:id>/test")
@open_to(appointers)
def test(id: int) -> ResponseReturnValue:
    with writing():
        webhook = _webhook(id)
        if not webhook.is_on:
            abort(409)
        add_test(webhook)
    return redirect(url_for(".webhook", id=id, notice="webhook_test"), 303)


@bp.post("/desk/webhooks/<id:id>/delete")
@open_to(appointers)
@requires_reauthentication
def delete(id: int) -> ResponseReturnValue:
    with writing():
        db.session.delete(_webhook(id))
    return redirect(url_for(".index", notice="webhook_deleted"), 303)


@bp.post("/desk/webhooks/deliveries/<id:id>/send-again")
@open_to(appointers)
def send_again(id: int) -> ResponseReturnValue:
    with writing():
        delivery = db.session.get(WebhookDelivery, id) or abort(404)
        webhook_id = delivery.webhook_id
        delivery.send_again()
    return redirect(url_for(".webhook", id=webhook_id, notice="webhook_again"), 303)


@bp.post("/desk/webhooks/<id:id>/send-failed-again")
@open_to(appointers)
def send_failed_again(id: int) -> ResponseReturnValue:
    """Everything that was given up, or waits for its next try."""
    with writing():
        webhook = _webhook(id)
        undelivered = update(WebhookDelivery).where(
            WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.delivered_at.is_(None)
        )
        db.session.execute(undelivered.values(due_at=now(), tries=0))
    return redirect(url_for(".webhook", id=id, notice="webhook_again"), 303)


def _webhook(id: int) -> Webhook:
    return db.session.get(Webhook, id) or abort(404)


def _secret_page(webhook: Webhook) -> str:
    return render_template(
        "api/webhooks/secret.html", webhook=webhook, secret=secrets.readable(webhook)
    )


def _webhooks() -> Sequence[Webhook]:
    return db.session.scalars(Webhook.all()).all()


def _index_page(form: WebhookForm) -> str:
    webhooks = _webhooks()
    return render_template(
        "api/webhooks/index.html",
        webhooks=webhooks,
        waiting=WebhookDelivery.count_waiting(),
        form=form,
        can_send=bool(setting("ORIGIN")),
        is_full=len(webhooks) >= Webhook.COUNT_MAX,
    )
