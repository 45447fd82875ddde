"""What a text gives away by itself: numbers of people, and the departments they work in.

Made to be right when it speaks: a warning on every sentence would be read by nobody. So a number
needs its usual shape (and its check digit, where it has one), and a department needs a stem that
offices have, which leaves out 결과, 정부, 전부 and the ministries everybody writes about.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date

from .report import DETAIL_MAX, Finding, Kind

TEXT_MAX = 1_000_000  # characters that are looked at

_EDGE = r"(?<![\w.@+/=-])"
_NO_DIGIT = r"(?![\d@]|-\d)"
_MOBILE = r"01[016789][-. ]?\d{3,4}[-. ]?\d{4}"
_LANDLINE = r"0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50\d)(?:\) ?|[-. ]{1,2})\d{3,4}[-. ]\d{4}"
_ABROAD = r"\+82[- ]?(?:\(0\))?0?1?\d{1,2}[- ]?\d{3,4}[- ]?\d{4}"
_EXTENSION = r"(?<![가-힣])내선(?: ?번호)? ?:? ?\d{3,5}(?!\d)"

_STEM = (
    "총무|인사|감사|재무|회계|경리|자금|기획|기획조정|조정|홍보|법무|준법|영업|구매|조달|생산|제조|품질|연구|"
    "개발|설계|전산|정보보호|정보화|정보통신|보안|안전|안전관리|시설|시설관리|노무|노사|복지|민원|교무|학생|"
    "행정|자치|예산|세무|징수|건축|도시계획|주택|교통|환경관리|위생|보건|수사|형사|경무|지능범죄|경제범죄|"
    "여성청소년|비서|전략|전략기획|마케팅|경영|경영지원|경영관리|지원|운영|운영지원|사업|사업관리|고객|고객지원|"
    "물류|자재|공무|정비|설비|간호|원무|보도|편집|제작|사회|정치|경제|문화|국제|감찰|윤리|조사|심사|대외협력|"
    "협력|투자|심의|데이터|플랫폼|서비스|인프라|디자인|콘텐츠|채용|급여|교육훈련|인재개발|차량|배차|현장|공사"
)
_ENDS = r"(?=장|원|에|의|은|는|이|을|를|으|과|와|도|만|소속|직원|[^가-힣]|$)"
# 과 is also "and", 부 and 실 and 국 end many other words: these need a stem or a following word.
_DEPARTMENT = re.compile(
    rf"(?<![가-힣])(?:[가-힣A-Z]{{0,6}}(?:{_STEM})(?:\d{{1,2}}|제\d)?(?:팀|본부|사업부|담당관실|담당관)"
    rf"|[가-힣]{{0,4}}?(?:{_STEM})\d?(?:부|실|국|처){_ENDS}"
    rf"|(?:{_STEM})(?:\d과|과(?=장|에서|에 |소속| 소속| 직원| 주무관))"
    r"|(?:총무|경무|세무|재무|회계|민원|교무|원무|운영지원)과(?![가-힣])"
    r"|[가-힣]{2,8}(?:지구대|파출소|영업소|주민센터|보건소)(?=장|원|에|의|은|는|을|를|소속|[^가-힣]|$))"
)
_SQUAD = re.compile(r"(?<![가-힣])[가-힣]{2,8}\d{1,2}(?:팀|과|반|부서|파트|그룹)(?![가-힣]*학생)")
_ENGLISH_DEPARTMENT = re.compile(
    r"\b(?:[A-Z][\w&-]+ ){1,3}(?:Department|Division|Team|Office|Unit|Bureau)\b"
    r"|\b(?:Department|Division|Bureau) of [A-Z]\w+(?: (?:and )?[A-Z]\w+)*"
    r"|\b(?:HR|IT|R&D|QA|PR|IR|ESG) (?:team|department|division)\b"
)
_NO_DEPARTMENT = re.compile(
    r"(?:교육|환경|법무|국방|외교|통일|보건복지|행정안전|기획재정|국토교통|문화체육관광|고용노동|산업통상자원|"
    r"여성가족|해양수산|농림축산식품|중소벤처기업|과학기술정보통신|국가보훈|기후에너지환경)부|대통령실|국무조정실|"
    r"국제국|사회국|복지국|(?:국가|특별|합동)?수사본부|(?:감사|조사|심사|예산|지원)처|"
    r"(?:The|This|Our|A|No|Every) (?:Team|Office|Unit)"
)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u3164\ufeff\uffa0"
    "\U000e0000-\U000e007f]|(?<=[가-힣A-Za-z0-9 ])[\u200c\u200d]"
)


def _digits(text: str) -> list[int]:
    return [int(digit) for digit in re.findall(r"\d", text)]


def _is_resident(text: str) -> bool:
    """A day that exists and a century; written in one run, also the check digit."""
    digits = _digits(text)
    century = {9: 1800, 0: 1800, 1: 1900, 2: 1900, 5: 1900, 6: 1900}.get(digits[6], 2000)
    year, month, day = (digits[n] * 10 + digits[n + 1] for n in (0, 2, 4))
    try:
        date(century + year, month, day)
    except ValueError:
        return False
    if "-" in text or " " in text:
        return True
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(weight * digit for weight, digit in zip(weights, digits, strict=False))
    return (11 - total % 11) % 10 == digits[12]


def _is_business(text: str) -> bool:
    """Ten digits whose last checks the others, as the tax office counts."""
    digits = _digits(text)
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(weight * digit for weight, digit in zip(weights, digits, strict=False))
    return (10 - (total + digits[8] * 5 // 10) % 10) % 10 == digits[9]


def _is_card(text: str) -> bool:
    """ISO/IEC 7812: the digits add up by Luhn's rule."""
    digits = _digits(text)
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_department(text: str) -> bool:
    return not _NO_DEPARTMENT.fullmatch(text)


def _always(_text: str) -> bool:
    return True


_RULES: tuple[tuple[Kind, re.Pattern[str], Callable[[str], bool]], ...] = (
    (
        Kind.RESIDENT,
        re.compile(rf"{_EDGE}\d{{6}}(?: ?- ?|)[0-9](?:\d{{6}}|[*●xX]{{6}})(?![\d*-])"),
        _is_resident,
    ),
    (
        Kind.CARD,
        re.compile(rf"{_EDGE}[2-69]\d{{3}}([- ]?)\d{{4}}\1\d{{4}}\1\d{{4}}{_NO_DIGIT}"),
        _is_card,
    ),
    (
        Kind.PHONE,
        re.compile(rf"{_EDGE}\(?(?:{_MOBILE}|{_LANDLINE}|{_ABROAD}){_NO_DIGIT}|{_EXTENSION}"),
        _always,
    ),
    (Kind.BUSINESS, re.compile(rf"{_EDGE}\d{{3}}-\d{{2}}-\d{{5}}{_NO_DIGIT}"), _is_business),
    (
        Kind.EMAIL,
        re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}"),
        _always,
    ),
    (
        Kind.STAFF,
        re.compile(
            r"(?:사번|사원 ?번호|직원 ?번호|군번|학번|employee (?:no\.?|number|id))"
            r"(?:은|는|이)?\s?[:#]?\s?[A-Za-z]{0,3}-?\d[\d-]{2,11}",
            re.I,
        ),
        _always,
    ),
    (Kind.PLATE, re.compile(rf"{_EDGE}\d{{2,3}} ?[가-힣] ?\d{{4}}(?![\d년원명건개%])"), _always),
    (Kind.DEPARTMENT, _DEPARTMENT, _is_department),
    (Kind.DEPARTMENT, _SQUAD, _always),
    (Kind.DEPARTMENT, _ENGLISH_DEPARTMENT, _is_department),
)


def revealing(text: str) -> list[Finding]:
    """What in `text` may point at whoever wrote it, in the order it stands; nothing overlaps."""
    text = text[:TEXT_MAX]
    taken: list[Finding] = []
    for start, finding in sorted(_matches(text), key=lambda pair: pair[0]):
        if not taken or taken[-1].span is None or start >= taken[-1].span[1]:
            taken.append(finding)
    invisible = list(_INVISIBLE.finditer(text))
    if invisible:
        taken.insert(0, Finding(Kind.INVISIBLE, str(len(invisible)), span=invisible[0].span()))
    return taken


def _matches(text: str) -> Iterator[tuple[int, Finding]]:
    for kind, pattern, is_true in _RULES:
        for match in pattern.finditer(text):
            if is_true(match[0]):
                yield match.start(), Finding(kind, match[0][:DETAIL_MAX], True, match.span())


def visible(text: str) -> str:
    """The text without what does not show."""
    return _INVISIBLE.sub("", text)
