"""A rule finds its word wherever a reader would, gives its span, and is never slow."""

import sys
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from board.moderation.word_filter import (
    Action,
    Hit,
    InvalidRule,
    Matcher,
    Rule,
    default_rules,
    normalize,
)
from board.moderation.word_filter.visible_text import visible_text
from moderation.word_filter.disguising import disguises

DISGUISING = "시발ㅅㅂㅣㅇ이tlqkf1lIo.~ \n\u200b\u0338\ud800ㅤ새끼손가락"
TRICKY = st.text(st.characters(codec=None) | st.sampled_from(DISGUISING))
FOUND = [("word", "시발"), ("word", "ㅅㅂ"), ("pattern", "개*끼"), ("word", "fuck")]
RULES = Matcher((Rule(number, *rule) for number, rule in enumerate(FOUND, start=1)), ["시발점"])


def found(rule: Rule, text: str, allowed: tuple[str, ...] = ()) -> list[str]:
    return [hit.matched for hit in Matcher([rule], allowed).hits(text)]


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("바보야", ["바보"]),
        ("저 바보들은", ["바보"]),
        ("바 보야", ["바 보"]),
        ("바본데", ["바본"]),
        ("딴바보", ["딴바보"[1:]]),
        ("ㅂㅏㅂㅗ!", ["ㅂㅏㅂㅗ"]),
        ("바아보", ["바아보"]),
        ("qkqh", ["qkqh"]),
        ("바\u200b보", ["바\u200b보"]),
        ("바1보 바.보", ["바1보", "바.보"]),
        ("ㅂr보", ["ㅂr보"]),
        ("뱌보", ["뱌보"]),
        ("바다 보물", []),
        ("바, 보세요", []),
        ("이바 보자기", []),
        ("나비보다", []),
        ("봐", []),
        ("", []),
    ],
)
def test_a_word_is_found_with_particles_and_in_disguise(text, matched):
    assert found(Rule(1, "word", "바보"), text) == matched


@pytest.mark.parametrize("text", ["바 보", "ㅂㅏ보", "바1보", "빠보"])
def test_an_undisguised_word_is_found_only_as_it_is_spelt(text):
    assert found(Rule(1, "word", "바보", disguised=False), f"바보 {text}") == ["바보"]


@pytest.mark.parametrize(
    ("rule", "text", "matched"),
    [
        ("미친 놈", "미친놈 미친 놈", ["미친놈", "미친 놈"]),
        ("미친놈", "미 친 놈", ["미 친 놈"]),
        ("대가리", "머가리", ["머가리"]),
        ("fuck", "f.u.c.k fuuuck ㄹㅕ차 classic", ["f.u.c.k", "fuuuck", "ㄹㅕ차"]),
        ("ㅂㅅ", "ㅂㅅㅋㅋ ㅄ같은", ["ㅂㅅ", "ㅄ"]),
        ("ㅂㅅ", "없습니다 ㅇㅂㅅ ㅂㅅㄱ 버스", []),
        ("ass", "class assassin as", []),
        ("ass", "ass asses", ["ass", "ass"]),
        ("놈", "놈 그놈은 놈팡이", ["놈", "놈"]),
    ],
)
def test_words_of_every_script_are_found(rule, text, matched):
    assert found(Rule(1, "word", rule), text) == matched


@pytest.mark.parametrize(
    ("pattern", "text", "matched"),
    [
        ("개*끼", "개끼 개나리끼, 날개끼 개끼리", ["개끼", "개나리끼"]),
        ("18놈*", "18놈들아 18 놈", ["18놈들아"]),
        ("나쁜 ?람", "나쁜 사람! 나쁜 바람 나쁜람", ["나쁜 사람", "나쁜 바람"]),
        ("가.나", "가.나 가나", ["가.나"]),
        ("년", "년 작년", ["년"]),
        ("ㅗㅗ", "“ㅗㅗ” ㅗ", ["ㅗㅗ"]),
        ("*나라*", "우리나라는", ["우리나라는"]),
    ],
)
def test_a_pattern_matches_whole_words(pattern, text, matched):
    assert found(Rule(1, "pattern", pattern), text) == matched


def test_a_star_after_an_allowed_word_frees_what_begins_inside_it_and_goes_on():
    rule = Rule(1, "word", "개같은")

    assert found(rule, "날개같은 옷", ("날개*",)) == []
    assert found(rule, "날개같은 옷", ("날개",)) == ["개같은"]
    assert found(rule, "날개 개같은 옷", ("날개*",)) == ["개같은"]


def test_a_star_before_an_allowed_word_frees_what_ends_inside_it():
    rule = Rule(1, "word", "자빨")

    assert found(rule, "혼자빨리 가자", ("*빨리",)) == []
    assert found(rule, "혼자빨리 가자", ("빨리",)) == ["자빨"]
    assert found(rule, "자빨 빨리 가자", ("*빨리",)) == ["자빨"]


def test_nothing_is_found_inside_an_allowed_word():
    rule = Rule(1, "word", "새끼")

    assert found(rule, "새끼손가락은 새끼 손가락", ("새끼 손가락",)) == []
    assert found(rule, "새끼손가락 새끼야", ("새끼 손가락",)) == ["새끼"]


def test_a_hit_gives_its_span_in_the_original_text():
    text = "한글 \u1109\u1175\u1107\u1161\u11af!"

    assert RULES.hits(text) == [Hit(1, 3, 8, text[3:8])]


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("word", "", "empty"),
        ("word", " .,", "empty"),
        ("pattern", "*", "empty"),
        ("pattern", "*?*", "empty"),
        ("pattern", "가*", "wide"),
        ("word", "가" * 41, "long"),
        ("word", "\u200b", "empty"),
    ],
)
def test_an_invalid_rule_gives_its_reason(kind, text, reason):
    with pytest.raises(InvalidRule) as wrong:
        Rule(1, kind, text)

    assert wrong.value.reason == reason


def test_a_rule_holds_a_comment_unless_it_says_otherwise():
    assert Rule(1, "word", "바보").action is Action.HOLD


def test_a_matcher_without_rules_finds_nothing():
    assert Matcher([], [""]).hits("무엇이든") == []


def test_a_word_parted_by_dots_is_found_in_disguise_only():
    everyday = Rule(1, "word", "바.보")

    text = "바보 바 보 바1보 바ㅂㅗ 바.보 난바.보 가.바.보.마 1바2보3 바~보 바*보야"
    assert found(everyday, text) == ["바1보", "바ㅂㅗ", "바.보", "바*보"]
    assert found(Rule(1, "word", "바.보", disguised=False), text) == ["바.보", "바.보", "바.보"]


def test_stars_are_ignored_in_a_word():
    assert found(Rule(1, "word", "ㅗ*"), "ㅗ 오늘 ㅗㅑ") == ["ㅗ"]
    assert found(Rule(1, "word", "바보?"), "바보야") == ["바보"]


@pytest.mark.slow
@given(TRICKY)
@example("\ud800시발")
@example("İ시발")
@example("ㅇㅣㅇㅣ")
def test_every_hit_lies_in_the_text(text):
    for hit in RULES.hits(text):
        assert 0 <= hit.start < hit.end <= len(text)
        assert hit.matched == text[hit.start : hit.end]


@given(TRICKY)
@example("ㅅㅣㅇㅣㅇㅣㅂㅏㄹ")
def test_normalized_letters_have_the_order_of_the_text(text):
    folded = normalize(text)

    assert len(folded.text) == len(folded.spans)
    assert folded.spans == sorted(folded.spans)
    assert all(0 <= start < end <= len(text) for start, end in folded.spans)


NONSENSE = [
    "시",
    "ㅅㅂ",
    "시발 ",
    "tlqkf",
    "개1",
    "개끼",
    "개새끼1l",
    "a\u0301\u0323",
    "ㅇㅣ",
    "가*나",
    "a.",
    "👨‍👩‍👧",
    "\ud800",
    " ",
]


@pytest.mark.slow
@pytest.mark.parametrize("part", NONSENSE)
def test_time_grows_linearly_with_the_text(part):
    def once(length: int) -> float:
        start = time.process_time()
        RULES.hits((part * length)[:length])
        return time.process_time() - start

    def seconds(length: int) -> float:  # the least of three, without other load
        return min(once(length) for _ in range(3))

    seconds(1_000)
    assert seconds(60_000) < 40 * (seconds(6_000) + 0.005)


def test_no_pattern_is_slow():
    rule = Rule(1, "pattern", "a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b")
    start = time.process_time()

    assert Matcher([rule]).hits("a" * 50_000) == []
    assert time.process_time() - start < 2


def five_thousand() -> Matcher:
    """The default rules, and words of three syllables, many of which sound alike."""
    syllables = [chr(ord("가") + 37 * number) for number in range(300)]
    made = [one + two + one for one in syllables[:66] for two in syllables[:66]]
    words = [rule.text for rule in default_rules() if rule.kind == "word"] + made
    rules = Matcher(Rule(number, "word", word) for number, word in enumerate(words))
    assert len(words) > 4_900
    return rules


def calls(rules: Matcher, text: str) -> int:
    """Calls of functions that matching makes: the same on any machine, under any load."""
    made = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    rules.hits(text)  # fills tables that are made at their first use
    visible_text.cache_clear(), normalize.cache_clear()
    sys.setprofile(count)
    try:
        rules.hits(text)
    finally:
        sys.setprofile(None)
    return made


@pytest.mark.slow
def test_thousands_of_rules_are_built_and_matched_quickly():
    few, many = Matcher(default_rules()[:10]), five_thousand()
    text = ("오늘 나온 기사를 잘 읽었습니다. 다음 글도 기다리겠습니다. " * 30)[:1_000]

    # About 0.4 ms, as a text is read once whatever the number of rules.
    assert calls(many, text) < 3_000
    assert calls(many, text) < 2 * calls(few, text)


@pytest.mark.slow
def test_no_text_makes_thousands_of_rules_slow():
    rules = five_thousand()
    parts = [*NONSENSE, *(rule.text for rule in default_rules()[::9]), "".join(NONSENSE)]
    made = {part: calls(rules, (part * 1_000)[:1_000]) for part in parts}

    # 2 ms at most on an idle machine: some thirty calls for each character.
    assert {part: number for part, number in made.items() if number > 40_000} == {}


def test_a_word_is_found_after_any_amount_of_nonsense():
    rules = Matcher(
        Rule(number, "word", word) for number, word in enumerate(["새끼", "새끼야", "개새끼"])
    )

    assert {hit.rule for hit in rules.hits("세기 " * 600 + "개새끼")} == {0, 2}
    assert rules.hits("세기 ㅅH끼 " * 600)


def test_a_word_does_not_span_text_left_out_of_a_reading():
    assert found(Rule(1, "word", "개섹"), "개* 섹*") == ["개* 섹"]
    assert found(Rule(1, "word", "개섹"), "개* 오늘 섹*") == []


@pytest.mark.slow
def test_rules_together_find_what_each_finds_alone():
    words = ["바보", "빠보", "바보야", "봐보", "바 보", "ㅂㅂ", "babo", "바봐"]
    rules = [Rule(number, "word", word) for number, word in enumerate(words)]
    texts = [text for word in words[:3] for text in disguises(word, count=100, seed=3)]

    for text in texts:
        alone = sorted(hit for rule in rules for hit in Matcher([rule]).hits(text))
        assert sorted(Matcher(rules).hits(text)) == alone, text
