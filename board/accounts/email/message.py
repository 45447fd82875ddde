"""Messages of emails: plain text, and the same as HTML that is made of the text."""

import re
from email.message import EmailMessage
from typing import NamedTuple

from flask import current_app, url_for
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from board.accounts.email.queue import EmailText, QueuedEmail, email_types, link_line
from board.accounts.email.unsubscribe import unsubscribe_url
from board.runtime.app import setting

_LINK = re.compile(r"(?:(.+): )?(https?://\S+)")


class Line(NamedTuple):
    """A line of the text; `url`: where it leads if it is a link."""

    text: str
    url: str = ""


def render(email: QueuedEmail) -> EmailMessage:
    """The message, in the language of its recipient."""
    kind, link = email_types[email.kind], ""
    if email.user:
        link = unsubscribe_url(email.user, email.kind)
    with force_locale(email.language):
        message = compose(kind.text(email), *_closing(link, is_optional=kind.stop is not None))
    if kind.stop and link:
        _make_stoppable(message, link)
    elif link:
        message["List-Unsubscribe"] = f"<{link}>"
    return message


def test_message(language: str) -> EmailMessage:
    """An email to try out the mail server with."""
    with force_locale(language):
        message = compose(
            EmailText(
                _("Checking email"),
                _("This site can send email to this address. Nobody has to do anything."),
            )
        )
        _make_stoppable(message, url_for("letters.stop_form", _external=True))
    return message


def compose(email: EmailText, *closing: str) -> EmailMessage:
    """A message in both forms, without sender and recipient. `closing` are paragraphs in small
    print below it."""
    site = setting("SITE_NAME")
    closing = *closing, link_line(site, url_for("articles.front", _external=True))
    message = EmailMessage()
    message["Subject"] = f"[{site}] {email.subject}"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic replies
    message.set_content("\n\n".join([email.text.strip(), *closing]) + "\n")
    message.add_alternative(_html(email, closing), subtype="html")
    return message


def _make_stoppable(message: EmailMessage, link: str) -> None:
    """Mail programs show a button that stops such emails (RFC 8058)."""
    message["List-Unsubscribe"] = f"<{link}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _closing(link: str, *, is_optional: bool) -> list[str]:
    if not link:
        return []
    stop = _("Stop these emails")
    not_mine = _("If you have no account with us, or do not want any email")
    return [link_line(stop if is_optional else not_mine, link)]


def _html(email: EmailText, closing: tuple[str, ...]) -> str:
    """Everything in it is in the text. Inboxes show the first words of it, and so without the code
    on a locked screen."""
    template = current_app.jinja_env.get_template("accounts/email.html")
    paragraphs = [*map(_lines, re.split(r"\n{2,}", email.text.strip()))]
    lines = [line.text for lines in paragraphs for line in lines if not line.url]
    return template.render(
        language=get_locale(),
        site=setting("SITE_NAME"),
        email=email,
        preview=next((line for line in lines if not email.code or email.code not in line), ""),
        paragraphs=paragraphs,
        closing=[*map(_lines, closing)],
    )


def _lines(paragraph: str) -> list[Line]:
    return [*map(_line, paragraph.split("\n"))]


def _line(text: str) -> Line:
    link = _LINK.fullmatch(text)
    return Line(link[1] or link[2], link[2]) if link else Line(text)
