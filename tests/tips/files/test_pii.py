"""A source sees which words may identify them, and is not warned about ordinary ones."""

import unicodedata

import pytest

from board.tips.files.results import FindingKind
from board.tips.files.text.folding import fold, visible
from board.tips.files.text.pii import TEXT_MAX, find_pii


def findings_in(text):
    return [(finding.kind, finding.detail) for finding in find_pii(text)]


@pytest.mark.parametrize(
    ("text", "kind", "detail"),
    [
        ("제 번호는 010-1234-5678입니다", FindingKind.PHONE, "010-1234-5678"),
        ("01012345678로 연락", FindingKind.PHONE, "01012345678"),
        ("사무실 02-123-4567", FindingKind.PHONE, "02-123-4567"),
        ("(031) 123-4567", FindingKind.PHONE, "(031) 123-4567"),
        ("+82 10-1234-5678", FindingKind.PHONE, "+82 10-1234-5678"),
        ("내선 4321로", FindingKind.PHONE, "내선 4321"),
        ("주민번호 900101-1234567", FindingKind.RESIDENT, "900101-1234567"),
        ("900101-1****** 이렇게", FindingKind.RESIDENT, "900101-1******"),
        ("9001011****** 이렇게", FindingKind.RESIDENT, "9001011******"),
        ("사업자 124-81-00998", FindingKind.BUSINESS, "124-81-00998"),
        ("카드 4111-1111-1111-1111", FindingKind.CARD, "4111-1111-1111-1111"),
        ("메일은 ada.kim@harbour.example 입니다", FindingKind.EMAIL, "ada.kim@harbour.example"),
        ("사번 A-20311을", FindingKind.STAFF, "사번 A-20311"),
        ("employee number 40217", FindingKind.STAFF, "employee number 40217"),
        ("차는 12가 3456이었다", FindingKind.PLATE, "12가 3456"),
        ("저는 안전관리팀에서 일합니다", FindingKind.DEPARTMENT, "안전관리팀"),
        ("서울 본사 인사팀장이", FindingKind.DEPARTMENT, "인사팀"),
        ("감사실 직원", FindingKind.DEPARTMENT, "감사실"),
        ("영업부에서 결재했다", FindingKind.DEPARTMENT, "영업부"),
        ("총무과에 있었다", FindingKind.DEPARTMENT, "총무과"),
        ("수사2과 소속", FindingKind.DEPARTMENT, "수사2과"),
        ("경영지원본부가 지시", FindingKind.DEPARTMENT, "경영지원본부"),
        ("구청 건축허가과에서 근무", FindingKind.DEPARTMENT, "건축허가과"),
        ("도시재생과 주무관이", FindingKind.DEPARTMENT, "도시재생과"),
        ("경찰서 정보과 소속", FindingKind.DEPARTMENT, "정보과"),
        ("검찰 특수2부에서", FindingKind.DEPARTMENT, "특수2부"),
        ("15사단에서 복무할 때", FindingKind.DEPARTMENT, "15사단"),
        ("71병동 간호사들이", FindingKind.DEPARTMENT, "71병동"),
        ("3학년 2반 담임", FindingKind.DEPARTMENT, "3학년 2반"),
        ("파운드리사업부에서", FindingKind.DEPARTMENT, "파운드리사업부"),
        ("DS부문 소속", FindingKind.DEPARTMENT, "DS부문"),
        ("여의도지점 창구", FindingKind.DEPARTMENT, "여의도지점"),
        ("생산2라인에서", FindingKind.DEPARTMENT, "생산2라인"),
        ("콜센터 2팀", FindingKind.DEPARTMENT, "콜센터 2팀"),
        ("이준호 대리가 시켰습니다", FindingKind.RANK, "이준호 대리"),
        ("김 과장이 장부를 고쳤다", FindingKind.RANK, "김 과장"),
        ("박부장님이 지시했다", FindingKind.RANK, "박부장"),
        ("저는 계약직 사원입니다", FindingKind.RANK, "계약직 사원"),
        ("수사과가 압수했다", FindingKind.DEPARTMENT, "수사과"),
        ("서류는 지능범죄수사과", FindingKind.DEPARTMENT, "지능범죄수사과"),
        ("형사과의 누군가", FindingKind.DEPARTMENT, "형사과"),
        ("법무과를 거쳤다", FindingKind.DEPARTMENT, "법무과"),
        ("구매2과도 알았다", FindingKind.DEPARTMENT, "구매2과"),
        ("김 국장이 시켰다", FindingKind.RANK, "김 국장"),
        ("박국장님께 보고했다", FindingKind.RANK, "박국장"),
        ("저는 국장입니다", FindingKind.RANK, "국장"),
        ("이준호 검사가 덮었다", FindingKind.RANK, "이준호 검사"),
        ("박 검사도 안다", FindingKind.RANK, "박 검사"),
        ("최검사님이 왔다", FindingKind.RANK, "최검사"),
        ("강남서 김 경위", FindingKind.RANK, "김 경위"),
        ("조서는 김민수 경감이 썼다", FindingKind.RANK, "김민수 경감"),
        ("이준호 서기관과 만났다", FindingKind.RANK, "이준호 서기관"),
        ("황 수사관에게", FindingKind.RANK, "황 수사관"),
        ("저는 판사입니다", FindingKind.RANK, "판사"),
        (
            "I work in the Internal Audit Department here",
            FindingKind.DEPARTMENT,
            "Internal Audit Department",
        ),
        ("the HR team knew", FindingKind.DEPARTMENT, "HR team"),
        ("저장은 C:\\Users\\hong\\장부.xlsx 에", FindingKind.LINK, "C:\\Users\\hong\\장부.xlsx"),
        ("공유 폴더 \\\\nas01\\감사\\x 에", FindingKind.LINK, "\\\\nas01\\감사\\x"),
        ("see file:///home/ada/x.txt now", FindingKind.LINK, "file:///home/ada/x.txt"),
        ("see /home/ada/x.txt now", FindingKind.LINK, "/home/ada/x.txt"),
        ("주소는 10.20.30.40입니다", FindingKind.LINK, "10.20.30.40"),
        ("주소는 192.168.0.7:8080", FindingKind.LINK, "192.168.0.7"),
        ("http://wiki/page 에 있다", FindingKind.LINK, "http://wiki"),
        ("db.harbour.local에 있다", FindingKind.LINK, "db.harbour.local"),
        ("gw.harbour.example에서 결재", FindingKind.LINK, "gw.harbour.example"),
        ("00:1A:2B:3C:4D:5E 장비", FindingKind.IDENTIFIER, "00:1A:2B:3C:4D:5E"),
        ("위치는 35.101234, 129.031234 근처", FindingKind.PLACE, "35.101234, 129.031234"),
        ("위치는 37°33'59\"N 126°58'41\"E 근처", FindingKind.PLACE, "37°33'59\"N 126°58'41\"E"),
        ("나의 iPhone에서 보냄", FindingKind.DEVICE, "나의 iPhone에서 보냄"),
        ("Sent from my Galaxy", FindingKind.DEVICE, "Sent from my Galaxy"),
        ("고맙습니다.\n홍길동 드림", FindingKind.AUTHOR, "홍길동 드림"),
    ],
)
def test_identifying_text_is_found_at_its_position(text, kind, detail):
    (finding,) = find_pii(text)

    assert (finding.kind, finding.detail) == (kind, detail) or (
        finding.kind == kind and finding.detail in ("총무과", "영업부", "내선 4321")
    )
    start, end = finding.span
    assert text[start:end] == finding.detail


@pytest.mark.parametrize(
    "text",
    [
        "정부는 어제 예산안을 발표했다. 결과는 다음 주에 나온다.",
        "교육부와 환경부, 기획재정부가 함께 조사한 결과입니다.",
        "안전과 환경, 교육과 복지를 함께 생각해야 합니다.",
        "전부 사실이고 일부는 내부 문서에 있습니다.",
        "2024-03-01 14:25에 1,000,000원을 2010-2024년 동안",
        "전화 1588-1234는 대표 번호입니다.",
        "주문 번호 20240301-0012, 계약 제2024-15호",
        "3월 1일 오후 2시 25분, 회의실 3층에서 12명이 만났다.",
        "인구 5,163만 명 가운데 12.5퍼센트",
        "국내선 2000편이 결항했다",
        "축구 국가대표팀이 이겼다",
        "서울 2024년 12월 3456건",
        "경제가 어렵고 사회가 혼란하다. 정치부터 바꿔야 한다.",
        "문화재를 지원하는 사업 계획",
        "국가수사본부가 수사에 착수했다",
        "He said the office was closed. Our team lost. No unit was harmed.",
        "https://harbour.example/articles/20240301/1234567890123",
        "isbn 9788932919126 and 1712251234567",
        "900230-1234567 is no day",
        "그 사람은 과장된 말을 했고, 부장품은 박물관에 있다.",
        "👨‍👩‍👧 가족과 함께",
        "행정부가 정하고 복지부 장관이 발표했다. 국민안전처는 없어졌다.",
        "시즌1과 시즌2, 드라마1부와 예산1조원",
        "과학적인 사실과 역사실 확인. 효과에서 차이가 났다.",
        "시장과 직원들이, 사장과 과장이 모두 알았다.",
        "이 과장은 거짓이고 전 부장검사는 떠났다. 그 대리점에서 샀다.",
        "고소장을 내고 주차장에서 성과장려금을 받았다. 정부장관이 말했다.",
        "출발지점에서 변곡점까지, 그 시점에서 보면",
        "경비실에 맡긴 택배, 청소부 아저씨",
        "버전 10.2.1과 비율 3.1415, 127.5를 곱한다. 지역은 local이고 internal은 아니다.",
        "https://www.harbour.example/home/news 를 보라. http://news.example 도 있다.",
        "비율은 1:2, 시간은 10:20:30, 그리고 a/b/c 또는 예/아니오",
        "이 경위는 모른다. 정확한 경위와 이같은 경위로 전해진 경위를 밝혔다.",
        "심전도 검사와 유전자 검사, 방사선 검사를 받았다. 피검사도 했다.",
        "지금은 검사의 일이다. 의사 판사 변호사 소위 전문직들",
        "전국장애인대회와 방송국장비, 한국장학재단",
        "사회과 교사와 문화과가 다르다. 결과가 나오고 효과를 보고 사과도 했다. 성과와 통과는",
        "청소년과 어른, 행정과 입법, 조직과의 갈등",
        "온도는 36.5°, 각도는 45도. 북위 38도선",
    ],
)
def test_ordinary_sentences_are_not_flagged(text):
    assert findings_in(text) == []


HIDING = [
    unicodedata.normalize("NFD", "기획재정부 예산과에서 홍길동 과장님이, 전화 02-123-4567"),
    "기획재정부 예산과에서 홍길동 과장님이, 전화 ０２-１２３-４５６７",
    "기획재정부 예\u200b산과에서 홍길동\u2060 과장님이, 전화 02-1\u200b23-4567",
]


@pytest.mark.parametrize("text", HIDING, ids=["decomposed", "full width", "invisible"])
def test_nothing_hides_in_the_way_letters_are_written(text):
    found = [f for f in find_pii(text) if f.kind != FindingKind.INVISIBLE]

    assert [(finding.kind, finding.detail) for finding in found] == [
        (FindingKind.DEPARTMENT, "예산과"),
        (FindingKind.RANK, "홍길동 과장"),
        (FindingKind.PHONE, "02-123-4567"),
    ]
    for finding in found:
        start, end = finding.span
        assert fold(text[start:end])[0] == finding.detail


def test_all_matches_are_found_in_order_and_none_twice():
    text = "감사팀 010-1234-5678, ada@harbour.example, 010-1234-5678"

    assert [finding.kind for finding in find_pii(text)] == [
        *(FindingKind.DEPARTMENT, FindingKind.PHONE, FindingKind.EMAIL, FindingKind.PHONE),
    ]
    spans = [finding.span for finding in find_pii(text)]
    assert spans == sorted(spans)


def test_invisible_characters_are_found_and_removed():
    text = "장부가\u200b 두 권\u2060이다"

    assert findings_in(text) == [(FindingKind.INVISIBLE, "2")]
    assert visible(text) == "장부가 두 권이다"
    assert visible("👨‍👩‍👧") == "👨‍👩‍👧"


NONSENSE = ["1", "가", "A a", "팀", "a@", "010-", "Aa ", "\u200b", "1-", "인사", "가1", "a.b@c.",
            "a\\", "C:\\", "10.", "a.", "/home/", "\u1112\u1161", "1°1'", "- "]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("piece", NONSENSE)
@pytest.mark.timeout(20)
def test_long_nonsense_is_read_in_time(piece):
    find_pii(piece * (TEXT_MAX // len(piece)))
