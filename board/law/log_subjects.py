"""Subjects of the log's entries about law: the claim, order, request or blocked text."""

from flask import url_for

from board.db import db
from board.law.authorities.data_requests import DataRequest
from board.law.authorities.orders import Order
from board.law.banned_texts.models import BannedText
from board.law.claims.models import Claim
from board.moderation.rulings.models import Ruling
from board.moderation.rulings.subjects import Subject
from board.web.access import legal_staff, viewer


def claim(ruling: Ruling) -> Subject:
    found = db.session.get_one(Claim, ruling.detail["claim"])
    return Subject(found.receipt, url_for("claim_search.index", q=found.receipt))


def order(ruling: Ruling) -> Subject:
    return _order(ruling.detail["order"])


def data_request(ruling: Ruling) -> Subject | None:
    if not legal_staff(viewer()):
        return None
    found = db.session.get_one(DataRequest, ruling.detail["request"])
    anchor = f"request-{found.id}"
    url = url_for("registers.disclosures_page", before=found.id + 1, _anchor=anchor)
    return Subject(found.reference, url)


def banned_text(ruling: Ruling) -> Subject:
    found = db.session.get_one(BannedText, ruling.detail["barred"])
    url = url_for("barred.index", before=found.id + 1, _anchor=f"text-{found.id}")
    return Subject(found.case, url)


def case_file(ruling: Ruling) -> Subject | None:
    """Of an exported case file: the order, or else the comment."""
    kind, _, number = ruling.detail["file"].partition("-")
    if kind == "order":
        return _order(int(number))
    comments = ruling.detail["comments"]
    url = url_for("comments.comment", id=comments[0]) if comments else ""
    return Subject(ruling.detail["file"], url) if url else None


def _order(id: int) -> Subject:
    """A link to the page of the register that begins with this order."""
    found = db.session.get_one(Order, id)
    url = url_for("registers.orders_page", before=id + 1, _anchor=f"order-{id}")
    return Subject(found.reference, url)
