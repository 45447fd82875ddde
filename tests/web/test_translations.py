"""Translations: every text exists in Korean, and none contradicts the glossary."""

import re
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages import Catalog, extract, pofile

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs/glossary.md"
PO = ROOT / "board/frontend/translations/ko/LC_MESSAGES/messages.po"
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


@pytest.fixture(scope="module")
def korean():
    return pofile.read_po(BytesIO(PO.read_bytes()), locale="ko", abort_invalid=True)


@pytest.fixture(scope="module")
def source_strings():
    """Every string that the source marks for translation."""
    catalogue = Catalog()
    methods = [("board/**.py", "python"), ("board/**.html", "jinja2")]
    for _, _, message, _, _ in extract.extract_from_dir(ROOT, methods, keywords=KEYWORDS):
        catalogue.add(message)
    return {message.id for message in catalogue if message.id}


def singular(value):
    return value if isinstance(value, str) else value[0]


def test_the_catalogue_has_exactly_the_strings_of_the_source(korean, source_strings):
    known = {message.id for message in korean if message.id}

    assert {singular(id) for id in source_strings} - {singular(id) for id in known} == set()
    assert {singular(id) for id in known} - {singular(id) for id in source_strings} == set()


def test_every_string_has_a_korean_one_and_none_is_fuzzy(korean):
    missing = [
        m.id
        for m in korean
        if m.id and not all([m.string] if isinstance(m.string, str) else m.string)
    ]

    assert missing == []
    assert [message.id for message in korean if message.fuzzy] == []


def test_korean_strings_contain_hangul(korean):
    """A string left in English has no Hangul; nor have names of services."""
    names = {"X", "Facebook", "English"}
    latin = [m.id for m in korean if m.id and not re.search("[가-힣]", str(m.string))]

    assert set(map(singular, latin)) - names == set()


def test_both_languages_have_the_same_placeholders(korean):
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


def strings_by_language(catalogue):
    """Every English string and every Korean one, without placeholders."""

    def without_placeholders(text):
        return re.sub(r"%\(\w+\)[sd]", "…", text)

    messages = [message for message in catalogue if message.id]
    english = [id for m in messages for id in ((m.id,) if isinstance(m.id, str) else m.id)]
    korean = [s for m in messages for s in ((m.string,) if isinstance(m.string, str) else m.string)]
    return [*map(without_placeholders, english)], [*map(without_placeholders, korean)]


def refused_words(glossary):
    """The words in the last column of each table."""
    rows = [row.strip("|").split("|") for row in glossary.splitlines() if row.startswith("| ")]
    cells = [row[3].split(",") for row in rows if len(row) == 4 and row[0].strip() != "ko"]
    return [word.strip() for cell in cells for word in cell if word.strip()]


def violations(words, english, korean):
    """Korean words as substrings, since particles follow; English ones as whole words."""
    for word in words:
        if re.search("[가-힣]", word):
            yield from ((word, text) for text in korean if word in text)
        else:
            whole = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])", re.IGNORECASE)
            yield from ((word, text) for text in english if whole.search(text))


def test_no_string_uses_a_word_the_glossary_refuses(korean):
    words = refused_words(GLOSSARY.read_text())

    assert len(words) > 80
    assert list(violations(words, *strings_by_language(korean))) == []


def test_a_word_the_glossary_refuses_is_found():
    table = (
        "| ko | en | meaning | not |\n|---|---|---|---|\n| 댓글창 | thread | All. | 스레드, board |"
    )
    words = refused_words(table)

    assert words == ["스레드", "board"]
    assert list(violations(words, ["The board is busy", "On boards"], ["스레드에서 보기"])) == [
        ("스레드", "스레드에서 보기"),
        ("board", "The board is busy"),
    ]


# Single quotation marks in pairs; one alone is an apostrophe, as in the name of a program.
STRAIGHT = re.compile(r"\"|'[^']*'")


def test_quotation_marks_are_curly_in_both_languages(korean):
    english, translated = strings_by_language(korean)

    assert [text for text in (*english, *translated) if STRAIGHT.search(text)] == []
    assert [text for text in (*english, *translated) if "'" in text] == []
    assert [text for text in translated if text.count("‘") != text.count("’")] == []
    assert [text for text in translated if text.count("“") != text.count("”")] == []


def test_quotation_marks_are_curly_in_the_documents_too():
    files = sorted((ROOT / "board/law/terms/documents").glob("*.ko.txt"))

    assert len(files) == 5
    assert {file.name: STRAIGHT.findall(file.read_text()) for file in files} == {
        file.name: [] for file in files
    }
