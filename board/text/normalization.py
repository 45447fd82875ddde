"""Text normalisation: one spelling of each character, and nothing invisible."""

import string
import unicodedata
from urllib.parse import quote

import regex

from board.text.links import find_links

# Never accepted: NUL, lone surrogates and the replacement character (bytes that are not UTF-8).
UNREADABLE = regex.compile("[\x00\ufffd\ud800-\udfff]")
# Controls except line feed and tab; soft hyphen; bidirectional controls; zero-width characters and
# Hangul fillers, which show nothing (category Lo, so strip() and isprintable() keep them).
_INVISIBLE = regex.compile(
    "[\x01-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]"
)
# Joiners and tags have a meaning in emoji and in joining scripts; elsewhere they hide text.
_JOINING_SCRIPTS = (
    "Arabic", "Syriac", "Mongolian", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya",
    "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala", "Khmer", "Myanmar",
)  # fmt: skip
_JOINING = "".join(rf"\p{{Script={script}}}" for script in _JOINING_SCRIPTS)
_STRAY_JOINER = regex.compile(
    rf"(?<![\p{{Extended_Pictographic}}\p{{Emoji_Modifier}}\ufe0f{_JOINING}])[\u200c\u200d]"
)
# A black flag with the code of a region, of at most six letters, is the flag of that region.
_TAGS = regex.compile(
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f)"
    "|[\U000e0000-\U000e007f]"
)
# Variation selectors and the grapheme joiner choose a form of the character before them.
_STRAY_SELECTOR = regex.compile(
    "(?<![^\\s\u200c\u200d])[\u034f\ufe00-\ufe0f\U000e0100-\U000e01ef]+"
)
_LONG_MARK_STACK = regex.compile(r"([\p{Mn}\p{Me}]{16})[\p{Mn}\p{Me}]+")
# What piles up on one character or below it, cut where no word of any script needs more: selectors,
# marks of all kinds with joiners between them, conjoining jamo, and subscripts of Khmer, Burmese,
# Lanna, Telugu and Kannada letters. Of initial jamo the last stay, which join the vowel.
_PILES = tuple(
    (regex.compile(pattern), r"\1")
    for pattern in (
        "([\ufe00-\ufe0f\U000e0100-\U000e01ef]{2})[\ufe00-\ufe0f\U000e0100-\U000e01ef]+",
        r"([\p{Mn}\p{Me}]{4})[\p{Mn}\p{Me}]+",
        r"([\p{M}\u200c\u200d]{8})[\p{M}\u200c\u200d]+",
        "[\u1100-\u115e\ua960-\ua97c]+([\u1100-\u115e\ua960-\ua97c]{2})",
        "([\u1161-\u11a7\ud7b0-\ud7c6]{2})[\u1161-\u11a7\ud7b0-\ud7c6]+",
        "([\u11a8-\u11ff\ud7cb-\ud7fb]{2})[\u11a8-\u11ff\ud7cb-\ud7fb]+",
        r"((?:[\u17d2\u1039\u1a60\u0c4d\u0ccd]\p{L}){4})(?:[\u17d2\u1039\u1a60\u0c4d\u0ccd]\p{L})+",
    )
)
_LINE_BREAK = regex.compile("\r\n|[\r\u2028\u2029]")
_LONG_GAP = regex.compile("\n{4,}")
# A closing quotation mark, as text or as an HTML reference, right before a Korean particle.
_CLOSING = regex.compile(r"(?:[’”」』]|(?<=[^\s>(\[])&#3[49];)(?=[가-힣])")
_GRAPHEME = regex.compile(r"\X")
_ADDRESS_MAX = 2000  # characters
_LINK = regex.compile(r'(?i:https?)://(?:[^\s"<>,]++|,(?!https?://))++')
_SCHEME_AND_HOST = regex.compile(r"(?:[A-Za-z]+:)?//[^/?#]*+")


def is_readable(text: str) -> bool:
    """False for NUL, lone surrogates and bytes that were not UTF-8."""
    return not UNREADABLE.search(text)


def mark_unreadable(text: str) -> str:
    """What `is_readable` refuses replaced by �, to be shown again."""
    return UNREADABLE.sub("�", text)


def normalize(text: str) -> str:
    """Several lines as they are stored: NFC, LF, nothing invisible, at most two blank lines."""
    text = _INVISIBLE.sub("", _LINE_BREAK.sub("\n", text).replace("\t", " "))
    text = _STRAY_SELECTOR.sub("", _TAGS.sub(r"\1", text))
    text = _LONG_MARK_STACK.sub(r"\1", _STRAY_JOINER.sub("", text))
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    text = _LONG_GAP.sub("\n\n\n", text).strip()
    text = text if text.isascii() else _LINK.sub(_encode_link, text)
    # NFC sorts stacked marks in quadratic time, so a stack is cut before and after.
    text = unicodedata.normalize("NFC", text)
    for pile, rest in _PILES if not text.isascii() else ():
        text = pile.sub(rest, text)
    return text


def normalize_line(text: str) -> str:
    """One line as it is stored: normalised, with every run of white space as one space."""
    return " ".join(normalize(text).split())


def encode_decomposed(url: str) -> str:
    """A web address with its path and query percent-encoded if letters in them are decomposed, as
    in names of files made on a Mac: composed, it would lead elsewhere."""
    if len(url) > _ADDRESS_MAX or unicodedata.is_normalized("NFC", url):
        return url
    end = match.end() if (match := _SCHEME_AND_HOST.match(url)) else 0
    return url[:end] + quote(url[end:], safe=string.printable, errors="surrogateescape")


def _encode_link(match: regex.Match[str]) -> str:
    """A link in a text, percent-encoded where needed; a particle behind it belongs to the text."""
    text: str = match[0]
    composed = unicodedata.normalize("NFC", text) if len(text) <= _ADDRESS_MAX else text
    if composed == text:
        return text
    _start, end = next(find_links(composed), (0, 0))
    size = len("".join(_GRAPHEME.findall(text)[: count_graphemes(composed[:end])]))
    return encode_decomposed(text[:size]) + text[size:]


def normalize_file_name(name: str, *, length_max: int) -> str:
    """A file's name without a path, at most so many characters long, with nothing that hides in it;
    the ending is kept."""
    name = normalize_line(name.replace("\\", "/").rpartition("/")[2]).lstrip(".")
    stem, dot, ending = name.rpartition(".")
    spare = max(0, length_max - len(dot + ending))
    return (stem[:spare] + dot + ending)[:length_max] or "file"


def join_closing_quotes(html: str) -> str:
    """HTML without a line break between a closing quotation mark and its particle: “왔다”고.

    Pages get a word joiner there; `normalize` removes it from text that is sent back.
    """
    return _CLOSING.sub("\\g<0>\u2060", html)


def count_graphemes(text: str) -> int:
    """How many characters a reader sees: extended grapheme clusters of Unicode (UAX 29)."""
    return len(_GRAPHEME.findall(text))


def first_grapheme(text: str) -> str:
    """The first character a reader sees; "" if there is none."""
    match = _GRAPHEME.search(text)
    return match[0] if match else ""
