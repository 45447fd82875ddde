"""Texts made to cost much time cost little, and what can be refused at once is not looked at."""

import time

import pytest

from board.accounts.auth.passwords import is_guessable, normalize_password
from board.accounts.forms import normalize_email
from board.text.links import find_links
from board.tips.attachments.finding_labels import findings_in
from board.tips.crypto import passphrases, phrase_parser
from board.tips.models.tip import Tip

MARKS = "a" + 15_000 * "\u0345" + 15_000 * "\u0334"  # stacked on one letter, in the wrong order
SIGNS = "4@8({[<63!1|/0$5+7%2" * 7  # each of them like a letter, some like two


READ = {
    "password": (is_guessable, SIGNS[:128]),
    "typed password": (normalize_password, MARKS),
    "email": (normalize_email, f"a@{'가.' * 14_000}"),
    "email without a domain": (normalize_email, "가" * 20_000),
    "links": (lambda text: list(find_links(text)), "http://a.b/" * 800),
    "words of a code": (phrase_parser.tokens, "0" * 60_000),
    "a code in a tip": (passphrases.contains_code, "0" * Tip.TEXT_MAX),
    "what a tip reveals": (findings_in, MARKS[: Tip.TEXT_MAX]),
}


@pytest.mark.parametrize(("read", "text"), READ.values(), ids=READ)
def test_time_does_not_explode(app, read, text):
    began = time.process_time()
    read(text)

    assert time.process_time() - began < 0.25  # seconds of CPU; each took more, some a minute
