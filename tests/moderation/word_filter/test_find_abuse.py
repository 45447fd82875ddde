"""The default rules find disguised abuse and no innocent words."""

from pathlib import Path

import pytest

from board.moderation.word_filter import Matcher, Rule, default_allowed_words, default_rules
from moderation.word_filter.disguising import disguises

HERE = Path(__file__).parent
# Words for this test alone, which the word filter does not contain.
WORDS = [
    "병신",
    "지랄",
    "개새끼",
    "미친놈",
    "멍청이",
    "돌대가리",
    "버러지",
    "찌질이",
    "쓰레기통",
    "거짓말쟁이",
    "바보",
    "밥도둑",
]
PARTICLES = [
    "",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "에",
    "도",
    "의",
    "에서",
    "입니다",
    "처럼",
    "들은",
]


@pytest.fixture(scope="module")
def starter() -> Matcher:
    return Matcher(default_rules(), default_allowed_words())


def lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def written_by_hand() -> list[str]:
    return [text for line in lines("disguised.txt") for text in line.split(": ", 1)[1].split(" | ")]


def test_at_least_97_of_100_handwritten_disguises_are_found(starter):
    texts = written_by_hand()

    missed = [text for text in texts if not starter.hits(text)]

    assert len(missed) <= 0.03 * len(texts), missed


@pytest.mark.slow
def test_at_least_95_of_100_generated_disguises_are_found():
    rules = Matcher(Rule(number, "word", word) for number, word in enumerate(WORDS))
    texts = [text for word in WORDS for text in disguises(word, count=200, seed=7)]

    missed = [text for text in texts if not rules.hits(text)]

    assert len(missed) <= 0.05 * len(texts), missed[:40]


@pytest.mark.parametrize("text", lines("innocent.txt"))
def test_nothing_is_found_in_innocent_text(starter, text):
    assert starter.hits(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "고양이 학대한 새끼 찾아라",
        "강아지 버린 새끼야",
        "이 새끼 고양이나 키워라",
        "동물만도 못한 새끼들",
        "고라니같은 새끼",
        "토끼 죽인 미친 새끼",
        "나가 뒤져서 돌아오지 마라",
        "거기 있다가 확 뒤져서 없어져라",
        "좀 뒤져라 인스타만 하지 말고",
        "염병을 떤다",
        "개년들아",
        "개같은 세상",
        "오늘도기래기들이 왔네",
        "쉬는 날에대꺠문 얘기냐",
        "개새끼 두 마리가 나라를 망친다",
        "미친개 같은 놈",
        "강아지새끼야 저리 가",
        "야 이 강아지 새끼야",
        "이런 강아지새끼들",
        "강아지새끼들아 정신 차려",
        "에이 멍멍이새끼",
        "강아지새끼 같은 놈들",
        "정신 차려 병신년아",
        "말귀를 못 알아듣는 병신년은 처음 본다",
        "병신일세",
        "병신자식",
        "쌍놈의 새끼",
        "양반인 척하는 쌍놈아",
        "창녀촌 출신",
        "너나 꺼져라",
        "촛불 든 놈들은 꺼져라",
        "맘충들이 또",
        "맘충이네",
        "조기 축구나 하는 대가리 같은 놈",
        "아가리 닥쳐 대구놈아",
        "빨갱이들이 나라를 망친다",
        "저 갈매기 같은 새끼들",
        "시바 개새끼",
        "시바 신나네",
        "시바 신발 또 젖었네",
        "시바 역시 그렇지",
    ],
)
def test_abuse_is_found_beside_words_that_make_others_innocent(starter, text):
    assert starter.hits(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "슈발 진짜",
            "슈발놈아",
            "싯팔",
            "시밟",
            "c발",
            "C발놈",
            "c8놈아",
            "씨8",
            "조까",
            "개시끼야",
            "아 시바",
            "뭐야 시바ㅋㅋㅋ",
            "시바것들",
            "시8 뭐냐",
            "시8ㅋㅋ",
            "아시8",
            "시8놈들",
            "쉬8",
            "개18",
            "아18 진짜",
            "새77ㅣ",
            "이 새77ㅣ야",
            "새ㄱㄱㅣ들",
            "새ㄱㄱㄱㅣ",
            "ㅂㅈ",
        ),
        *("개객끼들", "개새야", "씹치남들", "개보지", "목매달아라", "칼로 찔러버린다"),
        *(
            "보1지",
            "보.지",
            "보*지",
            "보ㅈㅣ",
            "ㅂㅗㅈㅣ",
            "자1지",
            "자♡지",
            "ㅈㅏㅈㅣ",
            "시ㅂㅏ",
            "시ㅂㅏ 진짜",
        ),
        *(
            "씨~바",
            "씨1바",
            "C8",
            "아 C8",
            "c8ㅋㅋ",
            "죽1어",
            "죽.어",
            "죽ㅇㅓ",
            "뒤1져",
            "디1져",
            "놈팽이",
        ),
        *(
            "놈팡이들",
            "한1남들",
            "한.녀",
            "짱1개들",
            "야.동",
            "병ㅅ",
            "지ㄹ하네",
            "ㅂ신",
            "조센1징들",
            "섹1스",
        ),
    ],
)
def test_more_spellings_of_abuse_are_found(starter: Matcher, text: str) -> None:
    assert starter.hits(text)


@pytest.mark.slow
def test_allowed_words_are_never_found_alone_or_with_particles(starter):
    texts = [
        word.strip("*") + particle for word in default_allowed_words() for particle in PARTICLES
    ]

    assert [text for text in texts if starter.hits(text)] == []


def test_every_default_rule_finds_its_own_text(starter):
    rules = default_rules()
    without_allowed = Matcher(rules)
    spelt = {rule.id: rule.text.replace("*", "").replace("?", "도") for rule in rules}

    assert [
        rule.text
        for rule in rules
        if rule.id not in {hit.rule for hit in without_allowed.hits(spelt[rule.id])}
    ] == []


def test_the_default_list_is_short_enough_to_read():
    assert 300 <= len(default_rules()) <= 800
