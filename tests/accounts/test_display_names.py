"""Display names: which look alike, and which imitate staff."""

import unicodedata

import pytest

from board.accounts.display_names import imitates_staff, is_valid_name, name_key, normalize_name

SITE = "푸른항구신문"

LOOKALIKES = [
    ("Sora", "sora"),
    ("ｓｏｒａ", "sora"),
    ("s o r a", "sora"),
    ("s.o_r-a", "sora"),
    ("ѕоrа", "sora"),
    ("sóra", "sora"),
    ("바다", unicodedata.normalize("NFD", "바다")),
    ("바 다", "바다"),
    ("바ㅤ다", "바다"),
    ("바\u200b다", "바다"),
    ("BiIl", "Bill"),
    ("bil1", "bill"),
    ("b0ra", "bora"),
]

STAFF = [
    "운영자", "관 리 자", "관.리.자", "홍길동 기자", "모더레이터7", "공식 계정", "관리ㅈㅏ",
    "admin", "ａｄｍｉｎ", "ADMIN", "Admin 2", "a d m i n", "admın", "ádmin team", "adm1n", "ɑdmin",
    "The Moderator", "official.news", SITE, "푸른 항구 신문", f"{SITE} 독자부",
    "작성자", "작성자 ada", "글작 성 자", "ada 기자", "ada_기자", "편집국", "운영", "운 영",
    "ada 운영", "ada·운영", "운영1", "Author", "the author", "Auth0r", "ａｕｔｈｏｒ",
    "a u t h o r", "Reporter", "Kim Reporter", "rep0rter", "Journalist", "J0urnalist Kim",
    "Operations", "operat1ons", "Newsroom",
    "국장", "김 국장", "이국장님", "보도국장", "사회부 특파원", "논설위원", "검사", "박 검사",
    "박검사", "홍길동 검사", "홍·길·동·검·사", "부장검사", "최 판사님", "수사관", "경찰서장",
    "김 경위", "홍길동 경위", "홍길동경위", "이_경감", "강남서 김 경위", "수사과",
    "남부서 수사과", "수사과장", "형사과 직원", "강남경찰서",
]  # fmt: skip

ORDINARY = [
    "badminton", "modern", "models", "바닷바람", "새벽첫차", "José", "Анна", "山田", "さくら",
    "독자 12", "Nguyễn", "محمد", "सूर्य", "김-박",
    "김운영", "운영호", "authority", "authors", "cooperations",
    "김순경", "이경위", "박경정", "최경사", "순경이", "전국장터", "한국장난감", "약국장수",
    "피검사", "유전자검사", "심전도검사", "검사외전", "수사반장", "과학수사", "수사과학",
    "경위서", "사건 경위", "미래의 판사", "명탐정",
]  # fmt: skip

INVISIBLE = [
    "ㅤㅤ", "\u115f\u115f", "\u1160\u1160", "\uffa0\uffa0", "\u2800\u2800", "\u200b\u200b",
    "\u2060\u2060", "\u00ad\u00ad", "\ufe0f\ufe0f", "\u034f\u034f", "\u3000\u3000", "   ", "..", "",
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), LOOKALIKES)
def test_names_that_look_alike_have_the_same_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_different_names_have_different_keys() -> None:
    assert len({name_key(name) for name in ORDINARY}) == len(ORDINARY)


@pytest.mark.parametrize("name", STAFF)
def test_a_name_that_suggests_the_newsroom_imitates_staff(name: str) -> None:
    assert imitates_staff(normalize_name(name), site_name=SITE)


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_name_is_accepted(name: str) -> None:
    assert is_valid_name(normalize_name(name)) and not imitates_staff(name, site_name=SITE)


@pytest.mark.parametrize("site", ["연합", ""])
def test_a_short_site_name_is_matched_whole_only(site: str) -> None:
    assert imitates_staff("연 합", site_name=site) is bool(site)
    assert not imitates_staff("연합국", site_name=site)


@pytest.mark.parametrize("name", INVISIBLE)
def test_an_invisible_name_is_refused(name: str) -> None:
    assert not is_valid_name(normalize_name(name))


@pytest.mark.parametrize(
    "name", ["аdmin", "pаypal", "sоra 바다", "ⓐⓓⓜ", "a😀b", "a/b", "a<b", "a@b"]
)
def test_mixed_scripts_and_symbols_are_refused(name: str) -> None:
    assert not is_valid_name(name)


@pytest.mark.parametrize(("length", "fits"), [(1, False), (2, True), (20, True), (21, False)])
def test_a_name_has_two_to_twenty_characters(length: int, fits: bool) -> None:
    assert is_valid_name("가" * length) is fits


def test_a_name_with_too_many_combining_marks_is_shortened() -> None:
    name = normalize_name("a" + "\u0301" * 50 + "b")
    assert (len(name), name_key(name)) == (6, "ab")
