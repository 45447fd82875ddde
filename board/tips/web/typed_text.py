"""What somebody typed into a form of the desk that could not be sent, to be shown again."""

from flask import request

# Fields people write in. Not among them: passphrases and codes.
_FIELDS = ("text", "title", "labels", "case", "link", "reason", "recipient", "key", "q", "label")


def typed_text() -> str | None:
    """The words in the form of this request, field by field; None if there are none."""
    values = [request.form.get(name, "").strip() for name in _FIELDS]
    return "\n\n".join(value for value in values if value) or None
