"""A source sends a cleaned copy: it shows the same, and reveals nothing that can be removed."""

import hashlib
from io import BytesIO

import av
import pikepdf
import pytest
from PIL import Image, ImageChops, ImageSequence

from board.tips.files import FindingKind, NotCleanable, Reason, WorkerLimits, clean, inspect
from board.tips.files.formats import format_of
from board.tips.files.media import remux
from board.tips.files.media.codecs import is_cover
from board.tips.files.worker import answer_for
from board.tips.files.xml_tree import parse
from tips.files import samples
from tips.files.corpus import decoder_headers, recordings

pytestmark = pytest.mark.slow

LIMITS = WorkerLimits()
CLEANED = {
    "jpeg": "image.jpg",
    "png": "image.png",
    "gif": "image.gif",
    "webp": "image.webp",
    "tiff": "image.tif",
    "bmp": "image.png",
    "avif": "image.jpg",
    "heic": "image.jpg",
    "docx": "document.docx",
    "docm": "document.docx",
    "xlsx": "document.xlsx",
    "pptx": "document.pptx",
    "opendocument": "document.odt",
    "hwpx": "document.hwpx",
    "pdf": "document.pdf",
    "film": "recording.mov",
    "mp3": "recording.mp3",
    "wav": "recording.wav",
}
SECRETS = [
    *(b"Ada Kim", b"Bora Lee", b"Mo Park", b"Darkroom", b"Keeper 3", b"SN-4711", b"4th floor"),
    *(b"Writer", b"Harbour Works", b"voices in the room", b"Users", b"+37.5665", b"Recorder"),
    *("김아다".encode(), "이보라".encode(), "박모".encode(), "지운 문장".encode(), b"Struck"),
]


def cleaned(data, name="x"):
    answer = answer_for(data, name, LIMITS)
    assert answer.why_not is None
    return answer.cleaned


def all_bytes(data):
    """The bytes of a file and of everything compressed in it."""
    if data.startswith(b"PK"):
        return b"".join(name.encode() + part for name, part in samples.unzipped(data).items())
    if data.startswith(b"%PDF"):
        with pikepdf.open(BytesIO(data)) as pdf:
            buffer = BytesIO()
            pdf.save(buffer, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
            return data + buffer.getvalue()
    return data


def look_alike(one, other, most=24):
    """Whether two pictures look the same: no pixel differs by more than re-encoding causes."""
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return one.size == other.size and max(high for _, high in difference.getextrema()) <= most


@pytest.mark.parametrize("sample", CLEANED)
def test_a_cleaned_copy_reveals_nothing_that_can_be_removed(sample):
    data = getattr(samples, sample)()
    answer = answer_for(data, "x", LIMITS)

    again = answer_for(answer.cleaned, answer.name, LIMITS)

    assert answer.name == CLEANED[sample]
    assert [finding for finding in again.findings if not finding.stays] == []
    assert [secret for secret in SECRETS if secret in all_bytes(answer.cleaned)] == []


@pytest.mark.parametrize("sample", CLEANED)
def test_the_same_file_gives_the_same_copy_and_cleaning_twice_is_possible(sample):
    data = getattr(samples, sample)()

    assert hashlib.sha256(cleaned(data)).digest() == hashlib.sha256(cleaned(data)).digest()
    assert cleaned(cleaned(data))


def test_a_cleaned_copy_lists_what_was_removed_and_has_a_new_name():
    copy = clean(samples.jpeg(), "KakaoTalk_20260301_142530123.jpg")

    assert copy.name == "image.jpg"
    assert (FindingKind.PLACE, samples.HARBOUR) in {(f.kind, f.detail) for f in copy.removed}
    assert not any(finding.stays for finding in copy.removed)
    assert inspect(copy.data, copy.name).findings == ()


def test_a_copy_that_still_reveals_something_is_withheld(monkeypatch):
    monkeypatch.setattr("board.tips.files.worker.clean_inside", lambda data, limits: data)

    answer = answer_for(samples.jpeg(), "x.jpg", LIMITS)

    assert (answer.why_not, answer.cleaned, answer.name) == (Reason.LEFTOVER, None, None)


def test_a_file_that_cannot_be_cleaned_is_refused_with_the_reason():
    with pytest.raises(NotCleanable) as refused:
        clean(samples.hwp(), "장부.hwp")

    assert refused.value.reason == Reason.FORMAT


@pytest.mark.parametrize("sample", ["jpeg", "png", "gif", "webp", "tiff", "bmp", "avif", "heic"])
def test_a_cleaned_picture_looks_the_same(sample):
    data = getattr(samples, sample)()

    assert look_alike(Image.open(BytesIO(data)), Image.open(BytesIO(cleaned(data))), most=60)


def test_a_photo_from_an_iphone_becomes_a_jpeg():
    assert Image.open(BytesIO(cleaned(samples.heic()))).format == "JPEG"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_pictures_of_every_mode_are_cleaned(mode):
    format_ = "TIFF" if mode == "CMYK" else "PNG"
    picture = samples.drawing("L" if mode == "I;16" else mode)
    picture = picture.convert("I;16") if mode == "I;16" else picture

    copy = Image.open(BytesIO(cleaned(samples.saved(picture, format_))))

    assert copy.size == picture.size
    assert mode in ("P", "CMYK", "I;16") or look_alike(picture, copy, most=2)


def test_a_picture_taken_sideways_stands_upright():
    sideways = Image.open(BytesIO(cleaned(samples.jpeg(orientation=6))))

    assert sideways.size == (32, 64)
    assert sideways.getexif() == {}
    red, _, blue = sideways.getpixel((28, 5))
    assert red > 150 > blue


def test_colours_stay_when_their_profile_goes():
    copy = Image.open(BytesIO(cleaned(samples.coloured((220, 10, 10)))))

    red, green, _ = copy.convert("RGB").getpixel((8, 8))
    assert "icc_profile" not in copy.info
    assert green > 180 > red


def test_colours_under_what_was_erased_are_gone():
    picture = samples.drawing("RGBA")
    picture.putalpha(
        Image.linear_gradient("L").resize(picture.size).point(lambda a: a if a > 99 else 0)
    )

    copy = Image.open(BytesIO(cleaned(samples.saved(picture, "PNG"))))

    before, after = picture.tobytes(), copy.tobytes()
    pixels = [(before[at : at + 4], after[at : at + 4]) for at in range(0, len(before), 4)]
    assert {new for old, new in pixels if old[3] == 0} == {bytes(4)}
    assert all(old == new for old, new in pixels if old[3])


def test_a_cleaned_animation_keeps_its_frames():
    copy = Image.open(BytesIO(cleaned(samples.gif())))

    times = [frame.info["duration"] for frame in ImageSequence.Iterator(copy)]
    assert (times, copy.info["loop"]) == ([200, 300], 0)


def test_a_cleaned_document_keeps_its_text_with_changes_accepted():
    parts = samples.unzipped(cleaned(samples.docx()))

    root = parse(parts["word/document.xml"])
    text = " ".join("".join(root.itertext()).split())
    assert text == "The ledger has two columns. Kept sentence. Call 010-1234-5678."
    assert sorted(parts) == [
        "[Content_Types].xml",
        "_rels/.rels",
        "word/document.xml",
    ]


def test_a_cleaned_document_names_only_parts_that_are_there():
    for sample in ("docx", "docm", "xlsx", "pptx"):
        parts = samples.unzipped(cleaned(getattr(samples, sample)()))
        named = {
            element.get("PartName").lstrip("/")
            for element in parse(parts["[Content_Types].xml"])
            if element.get("PartName")
        }
        assert named - set(parts) == set()
        assert b"macroEnabled" not in parts["[Content_Types].xml"]


def test_a_deleted_row_is_removed_and_a_deleted_cell_is_refused():
    row = '<w:tbl><w:tr><w:trPr><w:del w:author="a"/></w:trPr><w:tc><w:p/></w:tc></w:tr></w:tbl>'
    cell = "<w:tc><w:tcPr><w:cellDel/></w:tcPr></w:tc>"
    document = "<w:document {}><w:body>{}</w:body></w:document>"

    copy = samples.unzipped(cleaned(samples.docx(document.format(samples._W, row))))

    assert b"<w:tr" not in copy["word/document.xml"]
    refused = answer_for(samples.docx(document.format(samples._W, cell)), "x", LIMITS)
    assert refused.why_not == Reason.CHANGES


def test_a_cleaned_hwpx_keeps_its_text():
    parts = samples.unzipped(cleaned(samples.hwpx()))

    assert "장부가 두 권이다" in parts["Contents/section0.xml"].decode()
    assert [name for name in parts if name.startswith(("Preview", "Scripts"))] == []
    assert next(iter(parts)) == "mimetype"


@pytest.mark.parametrize("track", [b"soun", b"camm", b"text"])
def test_a_film_keeps_its_sound_and_no_other_track(track):
    copy = cleaned(samples.film(track=track))

    assert b"soundsound" * 50 in copy
    assert b"here and there" not in copy


def decoded(data):
    """All pictures and all sound of a recording, as bytes."""
    played = []
    with remux.opened(data, format_of(data).name) as recording:
        for kind in ("video", "audio"):
            for stream in [s for s in getattr(recording.streams, kind) if not is_cover(s)][:1]:
                recording.seek(0)
                frames = recording.decode(stream)
                played.append([bytes(plane) for frame in frames for plane in frame.planes])
    return played


@pytest.mark.parametrize(
    "name",
    [
        *("mp4", "mp4 of hevc", "fragmented mp4", "drone", "webm", "avi", "flac", "opus", "wav"),
        *("hevc with settings in its header", "vorbis in matroska", "opus with a longer header"),
    ],
)
def test_a_cleaned_recording_plays_the_same(name):
    sample = (recordings.SAMPLES | decoder_headers.SAMPLES)[name]()

    played = decoded(sample.data)

    assert played
    assert decoded(cleaned(sample.data)) == played


def test_a_film_taken_sideways_still_says_so():
    with av.open(BytesIO(recordings.recorded("mp4", "aac", "libx264"))) as source:
        turned = BytesIO()
        with av.open(turned, "w", format="mp4") as output:
            track = output.add_stream_from_template(source.streams.video[0], opaque=True)
            track.set_display_rotation(90)
            for packet in source.demux(source.streams.video[0]):
                if packet.size:
                    packet.stream = track
                    output.mux(packet)

    def rotation(data):
        with av.open(BytesIO(data)) as recording:
            return next(recording.decode(video=0)).rotation

    assert rotation(turned.getvalue()) != 0
    assert rotation(cleaned(turned.getvalue())) == rotation(turned.getvalue())


def test_a_cleaned_text_has_no_invisible_characters():
    text = "\ufeff장부가\u200b 두 권\u2060이다\r\n"

    assert cleaned(text.encode()).decode() == "장부가 두 권이다\n"
