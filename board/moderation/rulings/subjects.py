"""Subjects: what an entry of the log was about beside a comment, a member or an article."""

from collections.abc import Callable
from typing import NamedTuple

from flask import Flask, url_for

from board.db import db
from board.moderation.rulings.labels import ruling_label
from board.moderation.rulings.models import Ruling


class Subject(NamedTuple):
    """The name of a thing, and the page of the desk that shows it."""

    label: str
    url: str


# By the key in a ruling's detail that names the thing. Filled by wiring.py of moderation and law.
subject_finders: dict[str, Callable[[Ruling], Subject | None]] = {}


def init_app(app: Flask) -> None:
    app.add_template_global(ruling_subjects)


def ruling_subjects(ruling: Ruling) -> list[Subject]:
    """What a ruling is about: the decision it undoes, and the things named in its detail."""
    found = [subject_finders[key](ruling) for key in ruling.detail if key in subject_finders]
    undone = [_decision(ruling.undoes)] if ruling.undoes else []
    return [*undone, *(subject for subject in found if subject)]


def appealed_decision(ruling: Ruling) -> Subject | None:
    """The decision that an appeal was about."""
    appealed = db.session.get(Ruling, ruling.detail["appeal"])
    return _decision(appealed) if appealed else None


def _decision(ruling: Ruling) -> Subject:
    """A link to the page of the log that begins with this decision."""
    url = url_for("log.index", before=ruling.id + 1, _anchor=f"ruling-{ruling.id}")
    return Subject(ruling_label(ruling), url)
