"""Links in plain text: where each starts and ends.

A path, a query and a host may have Hangul. What follows without a space is the hard part: particles
and endings (`…/1에서`, `…/뉴스를`) are no part of the link. After a Latin letter or a digit
everything that can be a particle is taken for one; after a syllable only what hardly ever ends a
noun, because 회의, 결과 and 경기도 are pages, too.
"""

from collections.abc import Iterator

import regex

_HANGUL_ENDINGS = "한국|닷컴|닷넷|삼성|테스트"  # top-level domains; other Hangul is text
_LABEL = r"[A-Za-z0-9\-\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+"
_HOST = rf"(?:\[[0-9A-Fa-f:.]+\]|(?:{_LABEL}\.)*(?:[A-Za-z0-9\-]+|{_HANGUL_ENDINGS}))"
# Letters of any script, but no single Hangul letters (ㅋㅋ) and no full-width forms.
_LETTER = r"[\p{L}\p{M}\p{N}--[ㄱ-ㆎ\uff00-\uffef]]"
_CHAR = rf"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]|{_LETTER}|(?<=[가-힣])·(?=[가-힣]))"
_URL = regex.compile(
    rf"(?<![A-Za-z0-9])(?i:https?)://(?![^\s/?#]*@){_HOST}(?::[0-9]{{1,5}})?"
    rf"(?P<rest>[/?#](?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+;=%]++|(?!,https?://){_CHAR})*+)?",
    regex.V1,
)
_PUNCTUATION = ".,;:!?'*~"
_BRACKETS = {")": "(", "]": "["}
_BRACKET = regex.compile(r"[()\[\]]")
# A full stop before Hangul ends a sentence. A copied address is encoded: Hangul behind it is text.
# The look behind comes last: before every other character it would read all that came before.
_FOREIGN = regex.compile(r"\.(?=[가-힣])|(?=[가-힣])(?<=%[89A-Fa-f][0-9A-Fa-f][^가-힣]*)")
_LAST_HANGUL = regex.compile(r"(?r)[가-힣]+$")

_CASE = (
    "에게서|에게|에서|에|한테서|한테|께서|께|으로서|로서|으로써|로써|으로|로|까지|부터|보다|처럼|"
    "만큼|대로|밖에|마저|조차|같이|마다|이랑|랑|하고|와|과|만|도|은|는|이|가|을|를|의"
)
_COPULA = (
    "이?(?:라고|라는|라던데|던데|라서|라며|라면|라도|란|야|예요|에요|죠|네요|래요|랍니다)|"
    "이(?:고|며|니|니까|든|든지|지만|나|냐|다|네|라)|입니다|입니까|인데|인데요|인지|인가|인가요|임|요"
)
# After a Latin letter, a digit or a bracket.
_PARTICLE = regex.compile(
    f"(?:(?:{_CASE})(?:는|은|도|만|의|까지|부터|마저|조차|라도|나)?|(?:{_COPULA})(?:는|도|요)?)|"
    "(?:에서|까지|부터|입니다|이라고|이라는|라고|라는|인데|참고|참조|확인|클릭|보세요|보시|보면).*"
)
# After a syllable. 은 and 을 follow a final consonant, 는 and 를 a vowel: 마을 is a word.
_CLEAR_PARTICLE = regex.compile(
    "(?:(?<!벨기)에(?:서|게|게서)?|한테|까지|부터|처럼|으로)(?:는|도|만|의)?$|"
    "(?:이?라고|이?라는|입니다|이에요|예요|인데요?)$|[은는을를]$"
)
_NEEDS_FINAL = {"은": True, "을": True, "으": True, "는": False, "를": False}


def find_links(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each http or https address in a text."""
    end, closing = 0, _closing_brackets(text)
    while match := _URL.search(text, end):
        start, end = match.span()
        if match["rest"]:
            rest = match.start("rest")
            end = rest + len(_own_part(text[rest : _first_lone_bracket(text, rest, end, closing)]))
        yield start, end


def _own_part(rest: str) -> str:
    """Path, query and fragment, with no lone bracket, without what belongs to the sentence."""
    if match := _FOREIGN.search(rest):
        rest = rest[: match.start()]
    return _without_particle(rest.rstrip(_PUNCTUATION)).rstrip(_PUNCTUATION)


def _closing_brackets(text: str) -> dict[int, int]:
    """The place of the closing bracket for each opening one that has a partner.

    Found once for a text: from each link anew, the time grows with the square of the length.
    """
    closing: dict[int, int] = {}
    opened: list[tuple[str, int]] = []
    for match in _BRACKET.finditer(text):
        char, place = match[0], match.start()
        if char in _BRACKETS.values():
            opened.append((char, place))
        elif opened and opened[-1][0] == _BRACKETS[char]:
            closing[opened.pop()[1]] = place
        else:
            opened.clear()
    return closing


def _first_lone_bracket(text: str, start: int, end: int, closing: dict[int, int]) -> int:
    """Place of the first bracket that has no partner before `end`, or `end`."""
    while match := _BRACKET.search(text, start, end):
        if (partner := closing.get(match.start(), end)) >= end:
            return match.start()
        start = partner + 1
    return end


def _without_particle(rest: str) -> str:
    if not (match := _LAST_HANGUL.search(rest)):
        return rest
    run, before = match[0], rest[: match.start()]
    particle = _PARTICLE if before[-1].isalnum() or before[-1] in ")]" else _CLEAR_PARTICLE
    if before[-1] not in "=?&#_-" and particle.fullmatch(run):
        return before
    ending = _CLEAR_PARTICLE.search(run, 1)
    if not ending or _needs_other_syllable(run, ending.start()):
        return rest
    return before + run[: ending.start()]


def _needs_other_syllable(run: str, place: int) -> bool:
    """Whether the particle at `place` cannot stand after the syllable before it."""
    has_final = bool((ord(run[place - 1]) - ord("가")) % 28)
    return _NEEDS_FINAL.get(run[place], has_final) != has_final
