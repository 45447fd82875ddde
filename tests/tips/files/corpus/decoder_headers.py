"""Recordings with words beside their packets: in headers of decoders, in blocks, in profiles."""

from io import BytesIO

import av

from board.tips.files import Reason
from tips.files.corpus.markers import Sample
from tips.files.corpus.recordings import box, recorded


def headed(data, container, type_, change):
    """The recording with another header of the decoder of its sound or its pictures."""
    buffer = BytesIO()
    with av.open(BytesIO(data)) as source, av.open(buffer, "w", format=container) as output:
        tracks = [output.add_stream_from_template(s, opaque=True) for s in source.streams]
        for stream, track in zip(source.streams, tracks, strict=True):
            header = stream.codec_context.extradata
            track.codec_context.extradata = change(header) if stream.type == type_ else header
        for packet in source.demux():
            if packet.size:
                packet.stream = tracks[packet.stream_index]
                output.mux(packet)
    return buffer.getvalue()


def hevc_settings():
    """HEVC, with the settings of its encoder in front of the first picture."""
    sample = Sample("x.mp4")
    body = bytes(range(16, 32)) + sample.hide("user data in the header").encode()
    unit = b"\x4e\x01\x05" + bytes([len(body)]) + body + b"\x80"
    array = b"\x27\0\1" + len(unit).to_bytes(2, "big") + unit
    sample.data = headed(
        recorded("mp4", "aac", "libx265"), "mp4", "video",
        lambda header: header[:22] + bytes([header[22] + 1]) + header[23:] + array,
    )  # fmt: skip
    return sample


def vorbis_comments():
    """Vorbis in Matroska, with its comments in front of the first packet."""
    sample = Sample("x.mka")
    comment = b"ARTIST=" + sample.hide("comment in the header").encode()
    vendor = sample.hide("encoder in the header").encode()
    parts = b"".join(len(part).to_bytes(4, "little") + part for part in (vendor, comment))
    at = 4 + len(vendor)
    comments = b"\3vorbis" + parts[:at] + b"\1\0\0\0" + parts[at:] + b"\1"

    def change(header):
        first, second = header[1:3]  # short enough for one byte each
        start, setup = header[3 : 3 + first], header[3 + first + second :]
        return b"\2" + bytes([first, len(comments)]) + start + comments + setup

    sample.data = headed(recorded("matroska", "vorbis"), "matroska", "audio", change)
    return sample


def opus_header():
    sample = Sample("x.webm")
    word = sample.hide("behind the header").encode()
    sound = recorded("webm", "libopus")
    sample.data = headed(sound, "webm", "audio", lambda header: header + word)
    return sample


def unknown_header():
    """Words where the header of AAC has its settings: nobody here takes it apart."""
    sample = Sample("x.m4a", why_not=Reason.TRACKS)
    word = sample.hide("behind the header", told=False).encode()
    sound = recorded("ipod", "aac")
    sample.data = headed(sound, "ipod", "audio", lambda header: header + word)
    return sample


def unknown_set():
    """Words in a set of parameters of H.264."""
    sample = Sample("x.mp4", why_not=Reason.TRACKS)
    unit = b"\x68" + sample.hide("set of parameters", told=False).encode()
    film = recorded("mp4", "aac", "libx264")

    def change(header):
        size = 8 + int.from_bytes(header[6:8], "big")  # up to the sets for pictures
        more = len(unit).to_bytes(2, "big") + unit
        return header[:size] + bytes([header[size] + 1]) + more + header[size + 1 :]

    sample.data = headed(film, "mp4", "video", change)
    return sample


def second_picture():
    """A block of Matroska with something beside the picture."""
    sample = Sample("x.webm", why_not=Reason.TRACKS)
    film = recorded("webm", "libopus", "libvpx")
    place = film.index(b"\xa3", film.index(b"\x1f\x43\xb6\x75"))
    word = sample.hide("beside a picture", told=False).encode()
    block = film[place + 2 : place + 2 + (film[place + 1] & 0x7F)]
    beside = element(b"\xa6", element(b"\xee", b"\1") + element(b"\xa5", word))
    group = element(b"\xa0", element(b"\xa1", block) + element(b"\x75\xa1", beside))
    sample.data = film[:place] + group + film[place + 2 + len(block) :]
    return sample


def element(name, body):
    """An element of EBML. RFC 8794."""
    return name + (len(body) | 0x4000).to_bytes(2, "big") + body


def colour_profile():
    sample = Sample("x.mp4", why_not=Reason.TRACKS)
    word = sample.hide("colour profile", told=False).encode()
    film = film_only()
    sample.data = grown(film, ("moov", "trak", "mdia", "minf", "stbl", "stsd", "avc1"), (
        box(b"colr", b"prof", bytes(128), word)
    ))  # fmt: skip
    return sample


def film_only():
    """A film without sound."""
    buffer = BytesIO()
    with (
        av.open(BytesIO(recorded("mp4", "aac", "libx264"))) as source,
        av.open(buffer, "w", format="mp4") as output,
    ):
        track = output.add_stream_from_template(source.streams.video[0], opaque=True)
        for packet in source.demux(source.streams.video[0]):
            if packet.size:
                packet.stream = track
                output.mux(packet)
    return buffer.getvalue()


def grown(data, path, more):
    """The film with `more` at the end of the first box of this path. Its tables come last."""
    starts, at = [], 0
    for name in path:
        while data[at + 4 : at + 8] != name.encode():
            at += int.from_bytes(data[at : at + 4], "big")
        starts.append(at)
        at += 8 + {"stsd": 8}.get(name, 0)
    end = starts[-1] + int.from_bytes(data[starts[-1] : starts[-1] + 4], "big")
    bigger = bytearray(data)
    for start in starts:
        size = int.from_bytes(data[start : start + 4], "big") + len(more)
        bigger[start : start + 4] = size.to_bytes(4, "big")
    return bytes(bigger[:end]) + more + bytes(bigger[end:])


SAMPLES = {
    "hevc with settings in its header": hevc_settings,
    "vorbis in matroska": vorbis_comments,
    "opus with a longer header": opus_header,
    "aac with an unknown header": unknown_header,
    "h264 with an unknown set": unknown_set,
    "vp8 with a second picture": second_picture,
    "film with a colour profile": colour_profile,
}
