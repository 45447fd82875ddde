# ruff: noqa: E501
"""Recordings: tags, chapters, covers, tracks of places, and bytes that belong to no track."""

import struct
from fractions import Fraction
from io import BytesIO

import av
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from board.tips.files import Reason
from tips.files import samples
from tips.files.corpus.markers import Sample

_TAGS = ("title", "artist", "album", "comment", "copyright", "genre", "composer")
_RATE = 8000  # sound samples in a second


def recorded(container, sound, picture=None, tags=(), into=None):
    """A second of silence, and of one picture, encoded; `into`(packet bytes) may add to each
    picture.
    """
    buffer = BytesIO()
    with av.open(buffer, "w", format=container) as output:
        output.metadata.update(tags)
        streams = [output.add_stream(sound, rate=48_000 if sound == "libopus" else _RATE)]
        streams[0].layout = "mono"
        if sound == "vorbis":  # FFmpeg's own encoder has two channels, and is not finished
            streams[0].layout, streams[0].options = "stereo", {"strict": "-2"}
        if picture:
            video = output.add_stream(picture, rate=5)
            video.width, video.height, video.pix_fmt = (
                64,
                32,
                "yuvj420p" if picture == "mjpeg" else "yuv420p",
            )
            streams.append(video)
        for stream in streams:
            for packet in _packets(stream):
                output.mux(_with(packet, into) if into and stream.type == "video" else packet)
    return buffer.getvalue()


def _with(packet, into):
    changed = av.Packet(into(bytes(packet)))
    changed.pts, changed.dts, changed.time_base = packet.pts, packet.dts, packet.time_base
    changed.stream, changed.is_keyframe = packet.stream, packet.is_keyframe
    return changed


def _packets(stream):
    if stream.type == "audio":
        frames = [_silence(stream, number) for number in range(5)]
    else:
        frames = [VideoFrame(64, 32, stream.pix_fmt) for _ in range(5)]
        for number, frame in enumerate(frames):
            frame.pts = number
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
    for frame in [*frames, None]:
        yield from stream.encode(frame)


def _silence(stream, number):
    size = 960 if stream.rate == 48_000 else 1024
    frame = AudioFrame(stream.format.name, stream.layout.name, size)
    frame.sample_rate, frame.pts = stream.rate, number * size
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return frame


def hidden_tags(sample, names=_TAGS):
    return {name: sample.hide(f"tag {name}") for name in names}


def box(kind, *bodies):
    return samples.box(kind, *bodies)


def unit(word):
    """A unit of H.264 with user data, as encoders write their settings."""
    body = bytes(range(16, 32)) + word.encode()
    return b"\0\0\0\1\x06\x05" + bytes([len(body)]) + body + b"\x80"


def mp4():
    sample = Sample("film.mp4")
    words = unit(sample.hide("user data of the video stream"))
    data = recorded(
        "mp4", "aac", "libx264", hidden_tags(sample, ("title", "artist", "comment", "genre")),
        into=lambda picture: words + picture,
    )  # fmt: skip
    for place in ("free", "skip", "uuid", "Xtra", "wide", "mdat"):
        spare = bytes(16) + sample.hide(f"box {place}").encode()
        data += box(place.encode(), spare)
    sample.data = data
    return sample


def fragmented():
    sample = Sample("film.mp4")
    buffer = BytesIO()
    movflags = {"movflags": "frag_keyframe+empty_moov"}
    with (
        av.open(BytesIO(recorded("mp4", "aac", "libx264"))) as source,
        av.open(buffer, "w", format="mp4", options=movflags) as output,
    ):
        output.metadata.update(hidden_tags(sample, ("title", "artist")))
        tracks = [output.add_stream_from_template(s, opaque=True) for s in source.streams]
        for packet in source.demux():
            if packet.size:
                packet.stream = tracks[packet.stream_index]
                output.mux(packet)
    sample.data = buffer.getvalue() + box(b"free", sample.hide("free").encode())
    sample.data += box(b"emsg", sample.hide("event").encode())
    return sample


def film():
    """Film of a drone: places in tracks of data and of subtitles."""
    sample = Sample("film.mov")
    tracks = [(b"soun", b"sowt", bytes(800))]
    for handler, entry in (
        *((b"sbtl", b"tx3g"), (b"text", b"text"), (b"meta", b"djmd"), (b"meta", b"gpmd")),
        *((b"camm", b"camm"), (b"tmcd", b"tmcd"), (b"hint", b"rtp ")),
    ):
        word = sample.hide(f"track {entry.decode()}").encode()
        tracks.append((handler, entry, len(word).to_bytes(2, "big") + word))
    more = box(b"udta", *(
        box(name.encode("latin-1"), struct.pack(">HH", len(word), 0x15C7) + word.encode())
        for name in ("\xa9nam", "\xa9mak", "\xa9mod", "\xa9swr", "\xa9xyz", "\xa9day", "\xa9cmt", "manu", "AllF")
        for word in [sample.hide(f"udta {name}")]
    ))  # fmt: skip
    between = sample.hide("between tracks").encode()
    sample.data = samples.movie(tracks, more, names=sample.hide("name of a handler"), spare=between)
    return sample


def m4a():
    sample = Sample("x.m4a")
    sample.data = recorded("ipod", "aac", tags=hidden_tags(sample, ("title", "artist", "album")))
    sample.data += box(b"free", sample.hide("free").encode())
    return sample


def threegp():
    sample = Sample("x.3gp")
    sample.data = recorded("3gp", "aac", tags=hidden_tags(sample, ("title", "artist")))
    sample.data += box(b"uuid", bytes(16), sample.hide("uuid").encode())
    return sample


def mkv():
    sample = Sample("x.mkv")
    words = unit(sample.hide("user data of the video stream"))
    data = recorded(
        "matroska", "libopus", "libx264", hidden_tags(sample), into=lambda picture: words + picture
    )
    word = sample.hide("spare element").encode()
    sample.data = data + b"\xec" + bytes([0x80 | len(word)]) + word
    return sample


def attached():
    """A Matroska file with chapters and a file in it."""
    sample = Sample("x.mkv")
    buffer = BytesIO()
    with av.open(buffer, "w", format="matroska") as output:
        output.add_attachment(
            sample.hide("name of a file") + ".txt", "text/plain", sample.hide("a file").encode()
        )
        stream = output.add_stream("libopus", rate=48_000)
        stream.layout = "mono"
        stream.metadata["title"] = sample.hide("name of a track")
        title = {"title": sample.hide("chapter")}
        chapter = {"id": 1, "start": 0, "end": 40, "time_base": Fraction(1, 1000)}
        output.set_chapters([{**chapter, "metadata": title}])
        for packet in _packets(stream):
            output.mux(packet)
    sample.data = buffer.getvalue()
    return sample


def hevc():
    """HEVC, with the settings of its encoder."""
    sample = Sample("x.mp4")
    body = bytes(range(16, 32)) + sample.hide("user data of the video stream").encode()
    words = b"\0\0\0\1\x4e\x01\x05" + bytes([len(body)]) + body + b"\x80"
    sample.data = recorded("mp4", "aac", "libx265", into=lambda picture: words + picture)
    return sample


def joined(data, times):
    """A film with each track of another one several times."""
    buffer = BytesIO()
    sources = [av.open(BytesIO(data)) for _ in range(times)]
    with av.open(buffer, "w", format="mp4") as output:
        tracks = {
            (number, stream.index): output.add_stream_from_template(stream, opaque=True)
            for number, source in enumerate(sources)
            for stream in source.streams
        }
        for number, source in enumerate(sources):
            for packet in source.demux():
                if packet.size:
                    packet.stream = tracks[number, packet.stream_index]
                    output.mux(packet)
            source.close()
    return buffer.getvalue()


def trimmed(data, seconds):
    """The pictures of a film, played from `seconds` on: what stands before is still in the file."""
    buffer = BytesIO()
    with av.open(BytesIO(data)) as source, av.open(buffer, "w", format="mp4") as output:
        film = source.streams.video[0]
        track = output.add_stream_from_template(film, opaque=True)
        for packet in source.demux(film):
            if packet.size:
                packet.stream = track
                packet.pts -= int(seconds / packet.time_base)
                packet.dts -= int(seconds / packet.time_base)
                output.mux(packet)
    return buffer.getvalue()


def webm():
    sample = Sample("x.webm")
    sample.data = recorded("webm", "libopus", "libvpx", hidden_tags(sample, ("title", "artist")))
    return sample


def avi():
    sample = Sample("x.avi")
    picture = sample.hide("comment in a frame").encode()
    comment = b"\xff\xfe" + (len(picture) + 2).to_bytes(2, "big") + picture
    data = recorded(
        "avi", "pcm_s16le", "mjpeg", hidden_tags(sample, ("title", "artist", "comment")),
        into=lambda frame: frame[:2] + comment + frame[2:],
    )  # fmt: skip
    for name in (b"JUNK", b"IDIT", b"strn", b"_PMX"):
        data += chunk(name, sample.hide(f"chunk {name.decode()}").encode())
    sample.data = data
    return sample


def mpeg4():
    """MPEG-4 part 2 in AVI, with what encoders sign in it."""
    sample = Sample("x.avi")
    words = b"\0\0\1\xb2" + sample.hide("user data of the video stream").encode()
    sample.data = recorded("avi", "libmp3lame", "mpeg4", into=lambda frame: words + frame)
    return sample


def chunk(name, body, order="little"):
    return name + len(body).to_bytes(4, order) + body + bytes(len(body) % 2)


def id3(sample, place="ID3", version=3):
    def frame(name, body):
        size = len(body).to_bytes(4, "big")
        return name + size + bytes(2) + body

    frames = b"".join(
        frame(name.encode(), before + sample.hide(f"{place} {name}").encode())
        for name, before in (
            *(("TPE1", b"\3"), ("TIT2", b"\3"), ("TENC", b"\3"), ("COMM", b"\3eng\0")),
            *(("PRIV", b"owner\0"), ("GEOB", b"\0\0\0\0"), ("WOAS", b""), ("USLT", b"\3eng\0")),
            *(("TXXX", b"\3recorder\0"), ("UFID", b"x\0")),
        )
    )
    wide = b"\1\xff\xfe" + sample.hide(f"{place} UTF-16").encode("utf-16-le")
    frames += frame(b"TALB", wide)
    size = len(frames) + 64
    sizes = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    padding = sample.hide(f"{place} padding").encode().rjust(64, b"\0")
    return b"ID3" + bytes([version, 0, 0]) + sizes + frames + padding


def ape(sample):
    word = sample.hide("APE item").encode()
    item = struct.pack("<II", len(word), 0) + b"Artist\0" + word
    footer = b"APETAGEX" + struct.pack("<IIII", 2000, len(item) + 32, 1, 0) + bytes(8)
    return item + footer


def id3v1(sample):
    fields = ("title", "artist", "album")
    tag = b"TAG" + b"".join(
        sample.hide(f"ID3v1 {name}").encode().ljust(30, b"\0") for name in fields
    )
    return (tag + b"2026" + sample.hide("ID3v1 comment").encode()).ljust(128, b"\0")


def extended(sample):
    names = ("title", "artist", "album")
    tag = b"TAG+" + b"".join(
        sample.hide(f"TAG+ {name}").encode().ljust(60, b"\0") for name in names
    )
    return (tag + b"\1" + sample.hide("TAG+ genre").encode()).ljust(227, b"\0")


def lyrics(sample):
    body = b"LYRICSBEGIN" + b"IND0000200" + b"LYR00007" + sample.hide("Lyrics3").encode()
    return body + f"{len(body):06}".encode() + b"LYRICS200"


def mp3():
    sample = Sample("x.mp3")
    frames = recorded("mp3", "libmp3lame", tags={})
    start = frames.index(b"\xff\xe3")
    frames = frames[start:]
    cut = frames.index(b"\xff\xe3", len(frames) // 2)
    between = sample.hide("between frames").encode()
    sample.data = id3(sample) + frames[:cut] + between + frames[cut:-100]
    # The last frame is cut off, and another recording was put behind it.
    sample.data += id3(sample, "within a frame") + frames
    sample.data += lyrics(sample) + ape(sample) + extended(sample) + id3v1(sample)
    return sample


def appended():
    """An MP3 with its tag after the sound, and a second one before it."""
    sample = Sample("x.mp3")
    frames = recorded("mp3", "libmp3lame", tags={})
    frames = frames[frames.index(b"\xff\xe3") :]
    footer = b"3DI\4\0\0\0\0\0\0"
    sample.data = id3(sample, "first") + id3(sample, "second") + frames
    sample.data += id3(sample, "appended", 4) + footer + sample.hide("at the end").encode()
    return sample


def wav():
    sample = Sample("x.wav")
    info = b"INFO" + b"".join(
        chunk(name, sample.hide(f"INFO {name.decode()}").encode() + b"\0")
        for name in (b"IART", b"ISFT", b"ICMT", b"INAM", b"ICRD", b"IENG", b"ITCH", b"IXYZ")
    )
    labels = b"adtl" + chunk(b"labl", bytes(4) + sample.hide("label of a cue").encode())
    before = chunk(b"JUNK", sample.hide("chunk JUNK").encode())
    chunks = chunk(b"LIST", info) + chunk(b"LIST", labels) + chunk(b"id3 ", id3(sample))
    for name in (b"bext", b"iXML", b"cart", b"axml", b"_PMX", b"aXML", b"PAD ", b"DISP", b"note"):
        chunks += chunk(name, sample.hide(f"chunk {name.decode()}").encode().ljust(700, b"\0"))
    sound = chunk(b"data", bytes(1600))
    form = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16_000, 2, 16))
    body = b"WAVE" + before + form + sound + chunks
    sample.data = chunk(b"RIFF", body) + sample.hide("behind the end").encode()
    return sample


def aiff():
    sample = Sample("x.aiff")
    rate = b"\x40\x0b\xfa" + bytes(7)  # 8,000 as a float of ten bytes
    comm = chunk(b"COMM", struct.pack(">hIh", 1, 800, 16) + rate, "big")
    sound = chunk(b"SSND", bytes(8) + bytes(1600), "big")
    chunks = b"".join(
        chunk(name, sample.hide(f"chunk {name.decode()}").encode(), "big")
        for name in (b"NAME", b"AUTH", b"(c) ", b"ANNO", b"APPL", b"COMT", b"MIDI", b"xxxx")
    )
    chunks += chunk(b"ID3 ", id3(sample), "big")
    sample.data = chunk(b"FORM", b"AIFF" + comm + chunks + sound, "big")
    sample.data += sample.hide("behind the end").encode()
    return sample


def flac():
    sample = Sample("x.flac")
    data = recorded("flac", "flac", tags=hidden_tags(sample))
    at, more = 42, b""  # after the mark and the first block
    picture = sample.hide("description of a picture").encode()
    jpeg = samples.jpeg()
    blocks = (
        (1, sample.hide("padding").encode()),
        (2, b"test" + sample.hide("application").encode()),
        (6, struct.pack(">II", 3, 10) + b"image/jpeg" + struct.pack(">I", len(picture)) + picture
            + struct.pack(">5I", 64, 32, 24, 0, len(jpeg)) + jpeg),
        (7, sample.hide("unknown block").encode()),
    )  # fmt: skip
    for kind, body in blocks:
        more += bytes([kind]) + len(body).to_bytes(3, "big") + body
    sample.data = id3(sample) + data[:at] + more + data[at:] + id3v1(sample)
    return sample


def opus():
    sample = Sample("x.opus")
    sample.data = recorded("opus", "libopus", tags=hidden_tags(sample))
    sample.data += sample.hide("behind the end").encode()
    return sample


def chained():
    """Two recordings in one file, each with its tags."""
    sample = Sample("x.ogg", why_not=Reason.TRACKS)
    for part in ("first", "second"):
        word = {"title": sample.hide(f"title of the {part}", told=part == "first")}
        sample.data += recorded("opus", "libopus", tags=word)
    return sample


def flac_in_ogg():
    sample = Sample("x.oga")
    sample.data = recorded("ogg", "flac", tags=hidden_tags(sample, ("title", "artist")))
    return sample


def aac():
    sample = Sample("x.aac")
    sound = recorded("adts", "aac")
    sample.data = id3(sample) + sound[:-100]
    sample.data += id3(sample, "within a frame") + sound + id3v1(sample)
    return sample


def amr():
    sample = Sample("x.amr")
    sample.data = (
        b"#!AMR\n" + (b"\x3c" + bytes(31)) * 20 + sample.hide("behind the end", told=False).encode()
    )
    return sample


SAMPLES = {
    "mp4": mp4,
    "mp4 of hevc": hevc,
    "fragmented mp4": fragmented,
    "drone": film,
    "m4a": m4a,
    "3gp": threegp,
    "mkv": mkv,
    "mkv with attachments": attached,
    "webm": webm,
    "avi": avi,
    "avi of mpeg4": mpeg4,
    "mp3": mp3,
    "mp3 with appended tags": appended,
    "wav": wav,
    "aiff": aiff,
    "flac": flac,
    "opus": opus,
    "chained ogg": chained,
    "flac in ogg": flac_in_ogg,
    "aac": aac,
    "amr": amr,
}
