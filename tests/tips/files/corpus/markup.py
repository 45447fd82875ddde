# ruff: noqa: E501 - documents are written as their programs write them
"""Text with a format: markup, calendars, data, source code, mail. None of it gets a copy.

Words are hidden where programs write on their own, or where readers of the document do not look.
"""

import base64
from email.message import EmailMessage

from board.tips.files import Reason
from tips.files import samples
from tips.files.corpus.markers import Sample


def described(name, text, encoding="utf-8"):
    """A sample of a text in which {place} stands for a hidden word."""
    sample = Sample(name, why_not=Reason.FORMAT)
    pieces = text.split("«")
    built = pieces[0]
    for piece in pieces[1:]:
        place, rest = piece.split("»", 1)
        built += sample.hide(place) + rest
    sample.data = built.encode(encoding)
    return sample


SVG = """<?xml version="1.0"?><!-- Created by «comment» -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="http://www.inkscape.org/namespaces/inkscape"
 xmlns:s="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" s:docname="«docname».svg"
 i:export-filename="C:\\Users\\«exported path»\\plan.png">
<title>«title»</title><desc>«description»</desc>
<metadata><rdf:RDF xmlns:rdf="r"><dc:creator xmlns:dc="d"><cc:Agent xmlns:cc="c"><dc:title>«creator»</dc:title>
</cc:Agent></dc:creator><dc:date>«date»</dc:date></rdf:RDF></metadata>
<g i:label="«layer»"><image href="file:///home/«linked picture»/x.png"/></g>
<a href="http://wiki.«host».internal/plan"><rect width="5" height="5"/></a></svg>"""
HTML = """<!-- saved from url=(0042)https://«saved from»/page.html -->
<html><head><meta name="author" content="«author»"><meta content='«generator»' name='generator'>
<title>«title»</title><link rel="stylesheet" href="file:///C:/Users/«style sheet»/x.css">
<!--[if gte mso 9]><xml><o:DocumentProperties><o:LastAuthor>«last author»</o:LastAuthor>
<o:Company>«company»</o:Company></o:DocumentProperties></xml><![endif]-->
<script>/* «script comment» */ var user = "«script value»";</script></head>
<body><p>text</p><form action="http://«intranet»/save"><a href="\\\\server\\«share»\\x">x</a></form></body></html>"""
SVG_OF_A_SCRIPT = (
    """<svg xmlns="http://www.w3.org/2000/svg"><metadata>«metadata»</metadata></svg>"""
)
PLIST = """<?xml version="1.0"?><plist version="1.0"><dict><key>author</key><string>«author»</string></dict></plist>"""
GPX = """<?xml version="1.0"?><gpx version="1.1" creator="«creator»"><metadata><name>«name»</name>
<author><name>«author»</name></author><time>«time»</time></metadata>
<wpt lat="35.101234" lon="129.031234"><name>«waypoint»</name><cmt>x</cmt><desc>«description»</desc></wpt></gpx>"""
KML = """<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>«document»</name>
<atom:author><atom:name>«author»</atom:name></atom:author><Placemark><name>«place»</name>
<description><![CDATA[«description»]]></description><address>«address»</address><Point>
<coordinates>129.031234,35.101234</coordinates></Point></Placemark></Document></kml>"""
FLAT = """<?xml version="1.0"?><office:document xmlns:office="o" office:mimetype="application/vnd.oasis.opendocument.text">
<office:meta><meta:generator>«generator»</meta:generator><dc:creator>«creator»</dc:creator>
<meta:initial-creator>«first creator»</meta:initial-creator><meta:printed-by>«printed by»</meta:printed-by>
<dc:date>«date»</dc:date><meta:user-defined meta:name="author">«own property»</meta:user-defined></office:meta>
<office:body><office:annotation><dc:creator>«comment author»</dc:creator></office:annotation>
<draw:frame draw:name="C:\\Users\\«picture name»\\x.png"/></office:body></office:document>"""
WORD_2003 = """<?xml version="1.0"?><?mso-application progid="Word.Document"?>
<w:wordDocument xmlns:w="w" xmlns:o="o"><o:DocumentProperties><o:Author>«author»</o:Author>
<o:LastAuthor>«last author»</o:LastAuthor><o:Company>«company»</o:Company><o:Manager>«manager»</o:Manager>
</o:DocumentProperties><w:body><aml:annotation aml:author="«annotation»" aml:createdate="«date»"/>
<w:p><w:r><w:t>text</w:t></w:r></w:p></w:body></w:wordDocument>"""
HML = """<?xml version="1.0" encoding="UTF-8"?><HWPML Version="2.8"><HEAD><DOCSUMMARY><TITLE>«title»</TITLE>
<AUTHOR>«author»</AUTHOR><DATE>«date»</DATE><COMMENT>«comment»</COMMENT></DOCSUMMARY>
<BINITEM APath="C:\\Users\\«picture path»\\a.jpg"/></HEAD><BODY/></HWPML>"""
ICS = """BEGIN:VCALENDAR\r\nPRODID:-//«program»//EN\r\nX-WR-CALNAME:«calendar»\r\nBEGIN:VEVENT\r\nUID:«identifier»\r\nDTSTAMP:«time»\r
ORGANIZER;CN=x:mailto:«organizer»@x.example\r\nATTENDEE;ROLE=REQ:mailto:«guest»@x.example\r
LOCATION:«location»\r\nSUMMARY:x\r\nDESCRIPTION:«description»\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"""
VCF = """BEGIN:VCARD\r\nVERSION:3.0\r\nFN:«name»\r\nN:«surname»;;;;\r\nORG:«company»\r\nTITLE:«job»\r
ADR;TYPE=HOME:;;«address»;;;;\r\nEMAIL:«mail»@x.example\r\nNOTE:«note»\r\nREV:«changed»\r\nEND:VCARD\r\n"""
EPS = """%!PS-Adobe-3.0 EPSF-3.0\n%%Creator: «creator»\n%%For: «for»\n%%Title: (C:\\Users\\«title»\\x.ai)
%%CreationDate: «date»\n% «comment»\n[ /Author («docinfo») /DOCINFO pdfmark\n0 0 moveto\nshowpage\n"""
TEX = """% «comment»\n\\documentclass{article}\n\\author{«author»}\n\\title{«title»}\n\\date{«date»}
\\hypersetup{pdfauthor={x}}\n\\begin{document}\n\\includegraphics{/home/«path»/x.png}\n\\end{document}\n"""
NOTEBOOK = """{"cells": [{"cell_type": "code", "metadata": {"author": "«author»"},
"outputs": [{"text": "File C:\\\\Users\\\\«path»\\\\a.py"}], "source": ["x"]}],
"metadata": {"kernelspec": {"display_name": "x", "name": "«kernel»"}, "title": "«title»"}, "nbformat": 4}"""
GEOJSON = """{"type": "Feature", "properties": {"user": "«user»", "timestamp": "«time»", "note": "«note»"},
"geometry": {"type": "Point", "coordinates": [129.031234, 35.101234]}}"""
SQL = """-- Host: «host»    Database: «comment»\nCREATE TABLE t (a int);\n/* by «block comment» */
CREATE DEFINER=`x`@`db.«intranet».local` VIEW v AS SELECT 1;\nINSERT INTO t VALUES (1);\n"""
SOURCE = """#!/usr/bin/env python3\n# «comment»\n# @author «author»\n# Copyright: «copyright»
import os\nPATH = "/home/«path»/x"\n__author__ = "«assigned»"\nprint(PATH)  # «end of a line»\n"""
SHORTCUT = """[InternetShortcut]\r\nURL=http://wiki.«host».corp/x\r\nIconFile=C:\\Users\\«icon»\\x.ico\r\n"""
DESKTOP = """[Desktop Entry]\nName=«name»\nExec=/home/«program»/run\nComment=«comment»\n"""
SUBTITLES = """WEBVTT\n\nNOTE x\n\n00:00:01.000 --> 00:00:02.000\n37.123456, 127.123456 mail «mail»@x.example\n"""
LDIF = """dn: cn=x,dc=x\ncn: «name»\nsn: «surname»\nmail: «mail»@x.example\no: «company»\ndescription: «about»\n"""
LOG = """2026-03-01T10:00:00 INFO open C:\\Users\\«path»\\x\n2026-03-01T10:00:01 INFO from db.«host».lan\n"""
CSV = """name,path,x\na,C:\\Users\\«path»\\x,1\nb,«mail»@x.example,2\n"""
RTF = r"""{\rtf1\ansi{\info{\author «author»}{\operator «operator»}{\company «company»}{\title «title»}
{\doccomm «comments»}{\manager «manager»}{\creatim\yr2026\mo3\dy1}}{\*\generator «generator»;}
{\*\template C:\\Users\\«template»\\x.dot}{\*\userprops {\propname x}{\staticval «own property»}}
{\*\revtbl {Unknown;}{«author of a change»;}}{\*\atnauthor «comment author»}{\*\annotation {\pard «comment»}}
{\field{\*\fldinst { HYPERLINK "file:///C:/Users/«link»/x" }}{\fldrslt x}}{\v «hidden text»}text}"""


def webarchive():
    """A page saved as MHTML."""
    sample = Sample("x.mhtml", why_not=Reason.FORMAT)
    body = base64.b64encode(f"<!-- {sample.hide('comment')} --><p>x</p>".encode()).decode()
    sample.data = (
        f"From: <Saved by {sample.hide('program')}>\r\nSnapshot-Content-Location: "
        f"http://{sample.hide('saved from')}/x\r\nSubject: {sample.hide('title')}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n'
        f"Content-Transfer-Encoding: base64\r\nContent-Location: file:///C:/{sample.hide('part')}\r\n\r\n"
        f"{body}\r\n--b--\r\n"
    ).encode()
    return sample


def email():
    sample = Sample("x.eml", why_not=Reason.FORMAT)
    letter = EmailMessage()
    for name in (
        *("Received", "From", "To", "Cc", "Subject", "Message-ID", "X-Mailer", "Organization"),
        *("X-Originating-IP", "Return-Path", "In-Reply-To", "DKIM-Signature", "X-Unknown"),
    ):
        letter[name] = f"{sample.hide(name)}@x.example"
    letter.set_content(f"hello\n\n-- \n{sample.hide('signature')}\n")
    letter.add_attachment(b"x", "text", "plain", filename=f"{sample.hide('file name')}.txt")
    sample.data = letter.as_bytes()
    return sample


def email_of_programs():
    """Encoded and raw headers, a letter and a photo in the letter, and words that nobody is shown."""
    sample = Sample("x.eml", why_not=Reason.FORMAT)
    h = sample.hide
    facts = samples.exif()
    facts[0x013B] = h("artist of a photo")
    photo = base64.b64encode(samples.saved(samples.drawing(), "JPEG", exif=facts)).decode()
    encoded = base64.b64encode(h("encoded sender").encode()).decode()
    sample.data = (
        f"From: =?UTF-8?B?{encoded}?= <a@x.example>\nX-Mailer: {h('program', '한글메일 구점영')}\n"
        "Subject: x\nTo: b@x.example\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n'
        f"{h('preamble')}\n--b\nContent-Type: image/jpeg; name*=UTF-8''{h('photo name')}.jpg\n"
        f"Content-ID: <{h('number of a part')}>\nContent-Description: {h('description')}\n"
        f"Content-Transfer-Encoding: base64\n\n{photo}\n--b\nContent-Type: message/rfc822\n\n"
        f"From: {h('inner sender')}@x.example\nX-Originating-IP: {h('inner address')}\n\nhello\n"
        f"--b--\n{h('epilogue')}\n"
    ).encode("cp949")
    return sample


def email_of_odd_structure():
    """Words in headers of packing, and letters packed like files."""
    sample = Sample("x.eml", why_not=Reason.FORMAT)
    h = sample.hide
    letter = f"X-Writer: {h('header in base64')}\nSubject: {h('subject in base64')}\n\nhello\n"
    packed = base64.encodebytes(letter.encode()).decode()
    sample.data = (
        f"From {h('first line')}@x.example Sun Mar  1 10:00:00 2026\n"
        f"From: a@x.example\n"
        f"Subject: {'x ' * 120}{h('end of a long subject')}\nMessage-ID: <x>\n"
        f"MIME-Version: 1.0 ({h('program')})\n"
        f'Content-Type: multipart/mixed; boundary="{h("boundary", "b-rukalimo")}"\n\n'
        f"--b-rukalimo\nContent-Type: text/plain; charset=x-ours; x-creator={h('creator')}\n"
        f"Content-Transfer-Encoding: 8bit ({h('note on packing')})\n\n"
        f"see\nbegin 644 {h('file in the text')}.zip\n`\nend\n"
        f"--b-rukalimo\nContent-Type: application/x; name={h('second name')}\n"
        f"Content-Disposition: attachment; filename=y; x-by={h('owner')}\n\n"
        f"x\n--b-rukalimo\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        f"{packed}\n--b-rukalimo\nContent-Type: text/rfc822-headers\n\nX-Any: {h('returned')}\n\n"
        f"--b-rukalimo\nContent-Type: image/svg+xml\n\n<svg><!-- {h('drawing')} --></svg>\n"
        "--b-rukalimo--\n"
    ).encode()
    return sample


def mailbox():
    sample = Sample("x.mbox", why_not=Reason.FORMAT)
    for number in range(2):
        sender, path = sample.hide(f"sender {number}"), sample.hide(f"path {number}")
        sample.data += (
            f"From x@x.example Sun Mar  1 10:00:00 2026\nFrom: {sender}@x.example\nTo: b@x.example\n"
            f"Subject: x\n\nsee /home/{path}/x\n\n"
        ).encode()
    return sample


def svg_with_a_photo():
    sample = Sample("x.svg", why_not=Reason.FORMAT)
    facts = samples.exif()
    facts[0x013B] = sample.hide("artist of a picture")
    photo = base64.b64encode(samples.saved(samples.drawing(), "JPEG", exif=facts)).decode()
    sample.data = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="x">'
        f'<image xlink:href="data:image/jpeg;base64,{photo}"/></svg>'
    ).encode()
    return sample


def _of(name, text, encoding="utf-8"):
    return lambda: described(name, text, encoding)


SAMPLES = {
    "svg": _of("x.svg", SVG),
    "svg with words as metadata": _of("x.svg", SVG_OF_A_SCRIPT),
    "plist": _of("x.plist", PLIST),
    "svg in capitals": _of("x.svg", SVG.replace("<svg", "<SVG").replace("</svg", "</SVG")),
    "svg with a photo": svg_with_a_photo,
    "html": _of("x.html", HTML),
    "html in UTF-16": _of("x.html", HTML, "utf-16"),
    "gpx": _of("x.gpx", GPX),
    "gpx after a mark": _of("x.gpx", " \n" + GPX.replace('<?xml version="1.0"?>', ""), "utf-8-sig"),
    "kml": _of("x.kml", KML),
    "fodt": _of("x.fodt", FLAT),
    "word 2003": _of("x.xml", WORD_2003),
    "hml": _of("x.hml", HML),
    "ics": _of("x.ics", ICS),
    "vcf": _of("x.vcf", VCF),
    "eps": _of("x.eps", EPS),
    "tex": _of("x.tex", TEX),
    "ipynb": _of("x.ipynb", NOTEBOOK),
    "geojson": _of("x.geojson", GEOJSON),
    "sql": _of("x.sql", SQL),
    "source": _of("x.py", SOURCE),
    "shortcut": _of("x.url", SHORTCUT),
    "desktop": _of("x.desktop", DESKTOP),
    "subtitles": _of("x.vtt", SUBTITLES),
    "ldif": _of("x.ldif", LDIF),
    "log": _of("x.log", LOG),
    "csv": _of("x.csv", CSV, "utf-8-sig"),
    "rtf": _of("x.rtf", RTF),
    "mhtml": webarchive,
    "email": email,
    "email of programs": email_of_programs,
    "email of odd structure": email_of_odd_structure,
    "mbox": mailbox,
}
