"""Workplaces and job titles: 부서, 직급 and small units, as they appear in sentences.

Large bodies that everybody writes about (ministries, police, whole companies) identify nobody and
are left out; so are words that only end like an office: 결과, 정부, 일부, 사실, 시즌1과.
"""

import re
from collections.abc import Callable
from pathlib import Path

from board.text.surnames import SURNAMES

Check = Callable[[str], bool]

_LIST = Path(__file__).with_name("job_titles.txt").read_text(encoding="utf-8")
_STEMS = {word for line in _LIST.splitlines() if not line.startswith("#") for word in line.split()}
_LONGEST = max(map(len, _STEMS))
# What may follow: the person in charge (인사팀장), a particle, or nothing.
_ENDS = (
    r"(?=장|원(?:[이은을의도과]|들|입)|에|의|은|는|이|을|를|으|과|와|도|만|소속|직원|[^가-힣]|$)"
)
_AT_WORK = r"(?=장(?![가-힣])|장[이은을의도과님]|에서|에 |소속| 소속| 직원| 주무관| 사무관| 주임)"
_WORD = r"(?<![가-힣A-Z])[가-힣A-Z&]{2,12}?"

# Preceded by a word of the list, perhaps at the end of a longer word.
_TEAMS = re.compile(
    _WORD
    + r"(?:\d{1,2}|제\d)?(?:팀|본부|사업부|담당관실|담당관|센터장|(?:부|실|국|처)"
    + _ENDS
    + ")"
)
# 과 also means "and": needs a whole word of the list, and a suffix that only follows an office.
_SECTIONS = re.compile(_WORD + r"\d?과" + _AT_WORK)
# "And" is 와 after a vowel, so 수사과 is an office. In schools 사회과 is a subject.
_VOWEL_SECTIONS = re.compile(
    r"(?<![가-힣])[가-힣]{2,10}\d?과"
    r"(?=[가는를로]|에서|[에의도나](?![가-힣])|소속|직원|[^가-힣]|$)"
)
_SUBJECTS = {"사회", "문화", "정치", "경제", "국제", "시사"}
_SURE_SECTIONS = re.compile(
    r"(?<![가-힣])(?=[가-힣])(?:(?:총무|경무|세무|재무|회계|민원|교무|원무|약제|운영지원|자치행정|도시재생"
    r"|건축허가)과(?![가-힣])|[가-힣]{3,6}과(?= (?:주무관|사무관))"
    rf"|[가-힣]{{2,8}}(?:사업부|사업본부){_ENDS})"
    r"|(?<![A-Z])[A-Z]{2,4} ?(?:사업부|부문|본부|팀|센터)(?![가-힣]*(?:국|제))"
)
_NUMBERED = re.compile(
    r"(?<![가-힣\d])(?!시즌|드라마|방송|영화|예산|매출|제\d)(?:"
    r"[가-힣]{2,8}\d{1,2}(?:팀|반|파트|그룹|부서|계|라인|공장)(?![가-힣]*학생)"
    rf"|[가-힣]{{2,8}}\d{{1,2}}(?:과|부|실){_AT_WORK}"
    r"|[가-힣]{1,6}(?:센터|본부|사업부|국|실) \d{1,2}(?:팀|파트|부|과)(?![가-힣]*학생)"
    r"|제?\d{1,4}(?:사단|여단|연대|대대|중대|소대|비행단|함대|기동대|병동)(?=장|에|의|소속|[^가-힣]|$)"
    r"|\d학년 ?\d{1,2}반)"
)
_BRANCHES = re.compile(
    r"(?<![가-힣])[가-힣]{2,8}(?:지구대|파출소|치안센터|119안전센터|영업소|영업점|지점|출장소|사업소"
    r"|주민센터|보건소|보건지소)(?=장|원|에|의|은|는|을|를|소속|[^가-힣]|$)"
)
_ENGLISH = re.compile(
    r"\b(?:[A-Z][\w&-]+ ){1,3}(?:Department|Division|Team|Office|Unit|Bureau)\b"
    r"|\b(?:Department|Division|Bureau) of [A-Z]\w+(?: (?:and )?[A-Z]\w+)*"
    r"|\b(?:HR|IT|R&D|QA|PR|IR|ESG) (?:team|department|division)\b"
)
_NONE = re.compile(
    # Ministries and similar bodies, also by their short names.
    r"[가-힣]*(?:교육|환경|법무|국방|외교|통일|보건복지|복지|행정안전|행정자치|기획재정|재정경제|국토교통"
    r"|건설교통|문화체육관광|문화|고용노동|노동|산업통상자원|여성가족|해양수산|농림축산식품|중소벤처기업"
    r"|과학기술정보통신|정보통신|국가보훈|기후에너지환경|재무|내무|교통공사)부|행정부|대통령실|국무조정실"
    r"|국가안보실|비서실|(?:국가|특별|합동|검찰)?수사본부"
    r"|(?:국민안전|인사혁신|[가-힣]*수사|감사|조사|심사|예산|지원|식약|법제)처"
    r"|(?:[가-힣]*정치|국제|사회|복지|정보|연방수사|중앙정보|방송|경제)국"
    # Teams in sport or on stage; 사실 and other words.
    r"|(?:제작|국가대표)팀|경비실|청소부|[가-힣]*적인사실|역사실|인사실|교육실"
    r"|[가-힣]*(?:매점|정점|관점|시점|초점|쟁점|장점|단점|득점|평점|반환점|분기점)"
    r"|(?:역|거점|출발|도착|변곡|교차|중간|결승|현)지점"
    r"|(?:The|This|Our|A|No|Every) (?:Team|Office|Unit)"
)

_RANKS = (
    "사원|주임|대리|과장|차장|부장|팀장|실장|본부장|센터장|상무|전무|주무관|사무관|서기관|계장|반장|"
    "경위|경감|경정|순경|경장|하사|중사|원사|소위|중위|대위|소령|중령|대령|선임|책임|수간호사|"
    "국장|처장|지점장|검사|판사|형사|수사관|조사관|총경|경사|행정관|비서관"
)
_SURE_RANKS = (
    "대리|과장|차장|부장|팀장|실장|상무|전무|주무관|사무관|계장|주임|국장|처장|지점장|서기관|행정관|"
    "비서관|수사관|조사관"
)
# Ranks that are other words, too: only after a name or a surname, and a space.
_OTHER_RANKS = "검사|판사|형사|경위|경감|경정|경사|순경|총경|중위|대위|소령|중령|대령"
_AFTER = r"(?=님|이|가|은|는|을|를|의|도|과|와|께|한테|에게|[^가-힣]|$)"
_RANK = re.compile(
    # 김 과장, 이준호 대리, 박부장님; and what people say of themselves.
    rf"(?<![가-힣])(?![이전한조] )[{SURNAMES}](?:[가-힣]{{2}} ?| )(?:{_SURE_RANKS}){_AFTER}"
    r"|(?<![가-힣])(?![이전한조현] |[가-힣]{2}[한된던할될는의적이] )"
    r"(?!(?:이같은|지금은|.[해어뤄워]진) )"
    rf"[{SURNAMES}](?:[가-힣]{{2}})? (?:{_OTHER_RANKS}){_AFTER}"
    rf"|(?<![가-힣])[{SURNAMES}](?:{_SURE_RANKS})(?=님|이(?!라는)|은|는|을|의|께|한테|에게)"
    rf"|(?<![가-힣])[{SURNAMES}](?:{_OTHER_RANKS})(?=님)"
    rf"|(?<=저는 )(?:[가-힣A-Z0-9]{{2,12}} ){{0,3}}(?:{_RANKS})"
    r"(?=입니다|이에요|예요|인데|이고|으로 |로 )"
)
_NO_RANK = re.compile(
    r"[가-힣](?:전도|전자|사선|조직|내시경|미경|전성|해성|감도|현성) 검사|"
    r"성과장|정부장|한부장|주차장|공사장|조차장|문과장|이과장|.과 ?장|정부 .*"
)


def offices() -> list[tuple[re.Pattern[str], Check]]:
    """Patterns of departments, each with a check of its matches."""
    listed = [(_TEAMS, _is_team), (_SECTIONS, _is_section), (_VOWEL_SECTIONS, _is_vowel_section)]
    others = (_SURE_SECTIONS, _NUMBERED, _BRANCHES, _ENGLISH)
    return [*listed, *((pattern, _is_some) for pattern in others)]


def ranks() -> tuple[re.Pattern[str], Check]:
    return _RANK, lambda text: not _NO_RANK.fullmatch(text)


def _is_team(text: str) -> bool:
    ending = re.search(
        r"(?:\d{1,2}|제\d)?(?:사업부|담당관실|담당관|센터장|본부|팀|부|실|국|처)$", text
    )
    word = text[: ending.start()] if ending else ""
    extra = 6 if ending and ending[0][-1] in "팀관장" else 4
    sizes = range(max(2, len(word) - extra), min(len(word), _LONGEST) + 1)
    return _is_some(text) and any(word[-size:] in _STEMS for size in sizes)


def _is_section(text: str) -> bool:
    word = text.rstrip("과").rstrip("0123456789")
    return _is_some(text) and (word in _STEMS or word == "정보")


def _is_vowel_section(text: str) -> bool:
    word = text.rstrip("과").rstrip("0123456789")
    if (ord(word[-1]) - ord("가")) % 28 or word in _SUBJECTS:
        return False
    return any(word[-size:] in _STEMS for size in range(2, len(word) + 1))


def _is_some(text: str) -> bool:
    return not _NONE.fullmatch(text)
