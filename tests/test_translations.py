"""Every word on the page exists in Korean."""

import re
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages import Catalog, extract, pofile

ROOT = Path(__file__).parent.parent
PO = ROOT / "board/web/translations/ko/LC_MESSAGES/messages.po"
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


@pytest.fixture(scope="module")
def korean():
    return pofile.read_po(BytesIO(PO.read_bytes()), locale="ko", abort_invalid=True)


@pytest.fixture(scope="module")
def spoken():
    """Every string the source marks as one to translate."""
    catalogue = Catalog()
    methods = [("board/**.py", "python"), ("board/**.html", "jinja2")]
    for _, _, message, _, _ in extract.extract_from_dir(ROOT, methods, keywords=KEYWORDS):
        catalogue.add(message)
    return {message.id for message in catalogue if message.id}


def first(value):
    return value if isinstance(value, str) else value[0]


def test_every_string_is_in_the_catalogue_and_no_other(korean, spoken):
    known = {message.id for message in korean if message.id}

    assert {first(id) for id in spoken} - {first(id) for id in known} == set()
    assert {first(id) for id in known} - {first(id) for id in spoken} == set()


def test_every_string_has_a_korean_one_and_nothing_is_a_guess(korean):
    missing = [
        m.id
        for m in korean
        if m.id and not all([m.string] if isinstance(m.string, str) else m.string)
    ]

    assert missing == []
    assert [message.id for message in korean if message.fuzzy] == []


def test_korean_is_korean(korean):
    """A string left in English would have no Hangul; names of services have none either."""
    names = {"X", "Facebook", "English"}
    latin = [m.id for m in korean if m.id and not re.search("[가-힣]", str(m.string))]

    assert set(map(first, latin)) - names == set()


def test_both_languages_fill_in_the_same_values(korean):
    def values(text):
        return set(re.findall(r"%\((\w+)\)[sd]", text)) | {
            name for _, name, _, _ in Formatter().parse(text.replace("%", "")) if name
        }

    for message in korean:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        korean_texts = [message.string] if isinstance(message.string, str) else message.string
        for text in korean_texts:
            assert values(text) <= set().union(*map(values, english)), message.id
            assert values(text) >= values(english[-1]) - {"num"}, message.id
