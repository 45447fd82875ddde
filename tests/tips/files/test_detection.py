# ruff: noqa: E501
"""Only prose is text that is read completely; text with a format is something else."""

import pytest

from board.tips.files.formats import format_of

PROSE = [
    "기획재정부 예산과에서 일합니다. 지난 3월에 장부를 두 권 썼습니다.\n" * 3,
    "장부가 두 권이다",
    "The ledger has two columns. See https://x.example/a?b=1&c=2 or write to a@b.example.\n",
    "1. 첫째\n2. 둘째\n- 셋째 (예: 10%)\n* 넷째\n\n제목: 예산 보고\n날짜: 2026-03-01\n",
    "박모 님과 카카오톡 대화\n저장한 날짜 : 2026년 3월 1일\n\n[박모] [오후 2:25] 봐요\n[나] [오후 2:26] 네",
    "<속보> 장관이 사퇴했다. <연합뉴스> 보도에 따르면 그렇다.",
    "김 과장이 시켰습니다; 저는 몰랐습니다; 그래서 적습니다.\n",
    "A & B < C, 100$ = 110,000원. #해시태그 *강조*\n",
    "이름, 전화, 주소를 모두 적었다.\n나는, 그는, 우리는 갔다.\n",
    "from the start, he said that\nimport duties were high.\nclass was over.\n",
]
FORMATS = [
    ("svg", "<svg/>"),
    (
        "svg",
        "\ufeff <!-- c --><?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'b'>]><SVG:svg></SVG:svg>",
    ),
    ("html", "<!DOCTYPE html><p>x"),
    ("html", "<HTML><BODY>x"),
    ("html", "경고: 오류\n<html><body>x</body></html>"),
    ("xml", "  <GPX lat='1'></GPX>"),
    ("xml", "<kml><Placemark/></kml>"),
    ("xml", "<SAMI><BODY><SYNC Start=1><P>x"),
    ("json", '{"a": 1}'),
    ("json", '{"type": "Feature", "cut": ['[:-1] + "}"),
    ("ical", "begin:vcalendar\n"),
    ("vcard", "BEGIN:VCARD\nFN:x\nEND:VCARD"),
    ("postscript", "\x04%!PS-Adobe\n"[1:]),
    ("rtf", "\n{\\rtf1 x}"),
    ("email", "subject: a\nfrom: b\nreceived: c\n\nx"),
    ("email", "From hong@x Mon Mar  1 10:00:00 2026\nFrom: a\n\nhi"),
    *(
        ("data", text)
        for text in (
            "text <b>bold</b> text",
            "# Title\n\ntext <!-- hidden -->\n",
            "---\nauthor: Hong\n---\n# title\n",
            "\\documentclass{article}\n\\author{X}\n",
            "$GPGGA,123519,4807.038,N\n$GPRMC,1\n",
            "1\n00:00:01,000 --> 00:00:02,000\nHello\n",
            "WEBVTT\n\n00:01.000 --> 00:02.000\nhi",
            "[InternetShortcut]\nURL=file:///C:/x\n",
            "[Desktop Entry]\nName=x\n",
            "-----BEGIN CERTIFICATE-----\nMII\n",
            "dn: cn=x\ncn: x\n",
            "CREATE TABLE x (a int);\nINSERT INTO x VALUES (1);\n",
            "import os\n\ndef f(x):\n    return x\n",
            "#include <stdio.h>\nint main() { return 0; }\n",
            "body { color: red; }\n",
            "a,b,c\n1,2,3\n4,5,6\n",
            "a\tb\n1\t2\n",
            "2026-03-01T10:00:00 host sshd[1]: x\n2026-03-01T10:00:01 y\n",
            '127.0.0.1 - hong [01/Mar/2026:10:00:00 +0900] "GET / HTTP/1.1" 200\n',
            "key=value\npath=/home/x\n",
            "#!/bin/sh\necho hi\n",
            "diff --git a/x b/x\n--- a/x\n",
            "QUJD" * 60,
        )
    ),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp949"])
@pytest.mark.parametrize("text", PROSE)
def test_prose_is_text(text, encoding):
    if encoding == "utf-16-le" and not text.isascii():
        return  # without a mark, only ASCII tells the byte order

    assert format_of(text.encode(encoding)).name == "text"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp949"])
@pytest.mark.parametrize(("name", "text"), FORMATS)
def test_text_with_a_format_is_not_taken_for_prose(name, text, encoding):
    assert format_of(text.lstrip("\ufeff").encode(encoding)).name == name


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_markup_in_an_old_encoding_is_still_markup(encoding):
    page = "<html><head><meta name='author' content='Zoë'></head></html>".encode(encoding)

    assert format_of(page).name == "html"
