"""Context of a disguised word, so that 시~발놈 matches and 도시~발전 does not.

A word spelt plainly matches anywhere. A disguised one must start where a run of letters starts, or
after an intensifier, and be followed by nothing, a particle or an ending that follows abuse.
"""

from functools import lru_cache

import regex

from board.moderation.word_filter.normalization import normalize

TAIL_MAX = 40  # letters checked after a word; no particle is longer


def _normalized(words: str) -> list[str]:
    return [normalize(word).text for word in words.split()]


_INTENSIFIERS = frozenset(
    _normalized(
        "개 씹 쌍 존나 졸라 겁나 이 그 저 요 야 아 어 와 오 헐 에이 니 네 왜 뭔 뭐 또 진짜 완전 "
        "미친 이런 저런 그런 어떤 시발 씨발 병신 좆 호로 상 참 걍 그냥 아니 에라 애 늙은 젊은 "
        "어린 썩을 망할 별 온갖 ㄹㅇ 븅신 왕"
    )
)
# Whole endings.
_PARTICLES = _normalized(
    "은 는 이 가 을 를 의 에 도 만 와 과 랑 로 으로 아 야 여 요 께 한테 에게 에서 부터 까지 "
    "마저 조차 밖에 보다 마다 나 든 든지 라 라고 라는 라니 라도 란 ㄴ ㄹ 죠 지 지만 네 냐 "
    "니 군 구나 구만 다 던 데 서 면 음 ㅁ 어 었다 었네 려 려고 게 고 거 걸 건 것 것들 잖아 "
    "래 자 자고 자는 럼 들 들아 님"
)
# Stems after which anything may follow: copula and endings, comparisons, plurals, further abuse.
_STEMS = _normalized(
    "인 임 입니 이다 이야 이네 이냐 이니 이라 이고 이지 이나 이랑 이란 이었 이면 이며 이던 "
    "이든 이잖 이구 이군 이요 이여 이에 예요 였 들이 들은 들을 들의 들도 들한 들아 들만 들 "
    "같 처럼 놈 년 넘 롬 련 럼 새끼 쉐끼 짓 소리 질 스러 스럽 하 해 한 할 함 했 떨 말 "
    "먹 진짜"
)
_TAIL = regex.compile(f"(?:{'|'.join(_PARTICLES)})$|(?:{'|'.join(_STEMS)})")
_LATIN_ENDING = regex.compile("(?:e?s|ed|er|ers|ing?|in|y)?(?![a-z])")


def may_precede(before: str) -> bool:
    return not before or before in _INTENSIFIERS


@lru_cache(maxsize=4096)
def may_follow(after: str) -> bool:
    """`after`: normalized letters from the word's end to the token's, TAIL_MAX at most."""
    return not after or bool(_TAIL.match(after))


def may_end_latin(after: str) -> bool:
    return bool(_LATIN_ENDING.match(after))
