"""The known file formats, and the module that reads each."""

from dataclasses import dataclass

from .results import Reason


@dataclass(frozen=True, slots=True)
class Format:
    name: str
    reader: str | None  # module of this package
    extensions: tuple[str, ...]  # a cleaned copy gets the first
    why_not: Reason | None = None  # why it cannot be cleaned

    @property
    def is_image(self) -> bool:
        return self.reader == "media.images"

    @property
    def neutral_name(self) -> str:
        """A file name for a cleaned copy, which says only what kind of file it is."""
        nouns = {"media.images": "image", "media.recordings": "recording"}
        noun = {**nouns, "text.plain": "text"}.get(self.reader or "", "document")
        return f"{noun}.{self.extensions[0]}"


FORMATS = {
    format_.name: format_
    for format_ in (
        Format("jpeg", "media.images", ("jpg", "jpeg", "jpe", "jfif")),
        Format("png", "media.images", ("png", "apng")),
        Format("gif", "media.images", ("gif",)),
        Format("webp", "media.images", ("webp",)),
        Format("tiff", "media.images", ("tif", "tiff")),
        Format("bmp", "media.images", ("bmp", "dib")),
        Format("heic", "media.images", ("heic", "heif", "hif")),
        Format("avif", "media.images", ("avif",)),
        Format("pdf", "documents.pdf.reader", ("pdf",)),
        Format("docx", "documents.ooxml", ("docx", "docm", "dotx", "dotm")),
        Format("xlsx", "documents.ooxml", ("xlsx", "xlsm", "xltx", "xltm")),
        Format("pptx", "documents.ooxml", ("pptx", "pptm", "ppsx", "potx", "ppsm")),
        Format("odt", "documents.opendocument", ("odt", "ott")),
        Format("ods", "documents.opendocument", ("ods", "ots")),
        Format("odp", "documents.opendocument", ("odp", "otp")),
        Format("odg", "documents.opendocument", ("odg", "otg")),
        Format("hwpx", "documents.hwpx", ("hwpx",)),
        Format("hwp", "documents.ole", ("hwp", "hwt"), Reason.FORMAT),
        Format("doc", "documents.ole", ("doc", "dot"), Reason.FORMAT),
        Format("xls", "documents.ole", ("xls", "xlt"), Reason.FORMAT),
        Format("ppt", "documents.ole", ("ppt", "pps"), Reason.FORMAT),
        Format("msg", "documents.ole", ("msg",), Reason.FORMAT),
        Format("sealed", "documents.ole", ("docx", "xlsx", "pptx"), Reason.LOCKED),
        Format("ole", "documents.ole", (), Reason.FORMAT),
        Format("hwp3", None, ("hwp",), Reason.FORMAT),
        Format("mp4", "media.recordings", ("mp4", "m4v", "3gp", "3g2")),
        Format("3gp", "media.recordings", ("3gp", "3g2", "mp4", "m4a")),
        Format("mov", "media.recordings", ("mov", "qt")),
        Format("m4a", "media.recordings", ("m4a", "m4b", "mp4", "3ga", "aac")),
        Format("mp3", "media.recordings", ("mp3",)),
        Format("wav", "media.recordings", ("wav",)),
        Format("aiff", "media.recordings", ("aiff", "aif", "aifc")),
        Format("flac", "media.recordings", ("flac",)),
        Format("ogg", "media.recordings", ("ogg", "oga", "opus", "ogv")),
        Format("aac", "media.recordings", ("aac",)),
        Format("amr", "media.recordings", ("amr", "awb")),
        Format("mkv", "media.recordings", ("mkv", "mka")),
        Format("webm", "media.recordings", ("webm", "mkv")),
        Format("avi", "media.recordings", ("avi",)),
        Format("text", "text.plain", ("txt", "text", "md", "csv", "tsv", "log")),
        Format("email", "markup.email", ("eml", "mht", "mhtml", "mbox"), Reason.FORMAT),
        Format("rtf", "markup.rtf", ("rtf", "doc"), Reason.FORMAT),
        Format("svg", "markup.traces", ("svg",), Reason.FORMAT),
        Format("html", "markup.traces", ("html", "htm", "xhtml", "xht", "xls"), Reason.FORMAT),
        Format("xml", "markup.traces", (), Reason.FORMAT),
        Format("json", "markup.traces", ("json", "geojson", "ipynb", "har"), Reason.FORMAT),
        Format("ical", "markup.traces", ("ics", "ifb", "vcs"), Reason.FORMAT),
        Format("vcard", "markup.traces", ("vcf",), Reason.FORMAT),
        Format("postscript", "markup.traces", ("ps", "eps", "ai", "prn"), Reason.FORMAT),
        Format("data", "markup.traces", (), Reason.FORMAT),  # data, source code, logs
        Format("raw", "unknown", ("dng", "cr2", "nef", "arw", "pef", "tif"), Reason.FORMAT),
        Format("zip", "documents.archive", ("zip",), Reason.ARCHIVE),
        Format("7z", None, ("7z",), Reason.ARCHIVE),
        Format("rar", None, ("rar",), Reason.ARCHIVE),
        Format("gzip", "documents.tar", ("gz", "tgz"), Reason.ARCHIVE),
        Format("egg", None, ("egg", "alz"), Reason.ARCHIVE),
        Format("tar", "documents.tar", ("tar",), Reason.ARCHIVE),
        Format("unknown", "unknown", (), Reason.UNKNOWN),
    )
}
NEUTRAL_NAMES = {format_.neutral_name for format_ in FORMATS.values() if format_.why_not is None}
