"""Form of a new webhook."""

import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from board.api.webhooks.models import Webhook
from board.runtime.app import setting
from board.runtime.http_client import is_of_this_machine
from board.runtime.pinned_addresses import is_public
from board.web.forms import Form

_ASCII = re.compile("[!-~]+")


class WebhookForm(Form):
    url = StringField(
        _("Address"),
        [DataRequired(_("Please fill this in.")), Length(max=Webhook.URL_MAX)],
        description=_("It begins with https:// and is a public address."),
    )
    with_text = BooleanField(
        _("Send the text of comments that can be read"),
        description=_("Otherwise messages have ids, addresses and numbers only."),
    )

    def validate_url(self, field: Any) -> None:
        if not _is_sendable(field.data):
            raise ValidationError(gettext("We cannot send to this address."))


def _is_sendable(url: str) -> bool:
    """Whether a webhook may have this address, without looking its name up: that is done when
    something is sent."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or not _ASCII.fullmatch(url):
        return False
    if is_of_this_machine(url):
        return parts.scheme in ("http", "https")
    is_own = host == urlsplit(setting("ORIGIN")).hostname
    return parts.scheme == "https" and not is_own and _is_public_host(host)


def _is_public_host(host: str) -> bool:
    try:
        return is_public(str(ip_address(host)))
    except ValueError:  # a name
        return "." in host
