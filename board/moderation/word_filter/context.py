"""Context of a disguised word, so that 시~발놈 matches and 도시~발전 does not.

A word spelt plainly matches anywhere. A disguised one must start where a run of letters starts, or
after an intensifier, and be followed by nothing, a particle or an ending that follows abuse.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import regex

from board.moderation.word_filter.jamo import CONSONANTS, Letter
from board.moderation.word_filter.normalization import normalize

TAIL_MAX = 40  # letters checked after a word; no particle is longer
_FINAL = "'"  # marks a final consonant, so that 하 is not found in 학


def with_finals(letters: Iterable[Letter]) -> str:
    """The letters, with each final consonant marked, as `may_follow` reads them."""
    return "".join(map(_marked, letters))


@lru_cache(maxsize=4096)
def _marked(letter: Letter) -> str:
    is_final = not letter.opens and letter.sound in CONSONANTS
    return letter.merged + _FINAL if is_final else letter.merged


def _sounds(letters: Iterable[Letter]) -> str:
    return "".join([letter.sound for letter in letters])


def _normalized(words: str) -> list[str]:
    return [normalize(word).text for word in words.split()]


def _endings(words: str) -> str:
    """A pattern of any of the words; letters typed one by one have no marks."""
    spelt = [with_finals(normalize(word).letters) for word in words.split()]
    return "|".join(word.replace(_FINAL, f"{_FINAL}?") for word in spelt)


_INTENSIFIERS = frozenset(
    _normalized(
        "에이 진짜 완전 미친 이런 저런 그런 어떤 시발 씨발 병신 호로 그냥 아니 에라 늙은 젊은 어린 "
        "썩을 망할 온갖 ㄹㅇ 븅신 존나 졸라 겁나"
    )
)
# As spelt: 여 is no 야, and 여자좀 no abuse.
_SHORT_INTENSIFIERS = frozenset(
    _sounds(normalize(word).letters)
    for word in "개걔게씹쌍이그저요야아어와오헐니네왜뭔뭐또좆상참걍애별왕"
)
# Whole endings.
_PARTICLES = _endings(
    "은 는 이 가 을 를 의 에 도 만 와 과 랑 로 으로 아 야 여 요 께 한테 에게 에서 부터 까지 "
    "마저 조차 밖에 보다 마다 나 든 든지 라 라고 라는 라니 라도 란 ㄴ ㄹ 죠 지 지만 네 냐 "
    "니 군 구나 구만 다 던 데 서 면 음 ㅁ 어 었다 었네 려 려고 게 고 거 걸 건 것 것들 잖아 "
    "래 자 자고 자는 럼 들 들아 님"
)
# Stems after which anything may follow: copula and endings, comparisons, plurals, further abuse.
_STEMS = _endings(
    "인 임 입니 이다 이야 이네 이냐 이니 이라 이고 이지 이나 이랑 이란 이었 이면 이며 이던 "
    "이든 이잖 이구 이군 이요 이여 이에 예요 였 들이 들은 들을 들의 들도 들한 들아 들만 들 "
    "같 처럼 놈 년 넘 녀석 롬 련 럼 새끼 쉐끼 짓 소리 질 스러 스럽 하 해 한 할 함 했 떨 말 "
    "먹 진짜"
)
# 한다는 and 새낄 are shortened by a final ㄴ, ㄹ or ㅁ; 학 is another syllable.
_WHOLE = f"(?![^ㄴㄹㅁ]{_FINAL})"
_TAIL = regex.compile(f"(?:{_PARTICLES}|[ㄴㄹㅁ]{_FINAL})$|(?:{_STEMS}){_WHOLE}")
_ABUSED = regex.compile(f"(?:{_endings('들 놈 년 넘 녀석 새끼 쉐끼')}){_WHOLE}")
_LATIN_ENDING = regex.compile("(?:e?s|ed|er|ers|ing?|in|y)?(?![a-z])")


def may_precede(before: Sequence[Letter]) -> bool:
    """`before`: letters from the token's start to the word's, TAIL_MAX at most."""
    return (
        not before
        or "".join([letter.merged for letter in before]) in _INTENSIFIERS
        or _sounds(before) in _SHORT_INTENSIFIERS
    )


@lru_cache(maxsize=4096)
def may_follow(after: str) -> bool:
    """`after`: letters with finals from the word's end to the token's, TAIL_MAX at most."""
    return not after or bool(_TAIL.match(after))


@lru_cache(maxsize=4096)
def follows_abuse(after: str) -> bool:
    """True if `after` is only said of people one abuses: 놈들, 녀석."""
    return bool(_ABUSED.match(after))


def may_end_latin(after: str) -> bool:
    return bool(_LATIN_ENDING.match(after))
