"""CSV files: no cell makes a spreadsheet calculate, and none loses what it says."""

import csv

import pytest

from board.db import writing
from board.moderation.rulings.decisions import hide
from board.web.response.csv_cells import csv_cell
from conftest import say

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_calculate_begins_with_an_apostrophe(text):
    assert csv_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["", "도배", "a=1", "'=1", 7, None, -1])
def test_everything_else_stays(value):
    assert csv_cell(value) == value


@pytest.mark.parametrize("note", ["=1+1", "－1+1", "＠cmd"])
def test_a_note_of_a_moderator_is_no_formula_in_the_public_log(guest, harbour, ada, mo, note):
    comment = say(harbour, ada, "Remark")
    with writing():
        hide(comment, by=mo, reason="other", note=note)

    table = guest.get("/rulings.csv").data.decode("utf-8-sig")
    assert next(csv.DictReader(table.splitlines()))["reason"] == f"'{note}"
