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
        nouns = {"media.images": "image", "media.video": "recording", "media.audio": "recording"}
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
        Format("mp4", "media.video", ("mp4", "m4v", "3gp", "3g2")),
        Format("mov", "media.video", ("mov", "qt")),
        Format("m4a", "media.video", ("m4a", "mp4", "3ga", "aac")),
        Format("mp3", "media.audio", ("mp3",)),
        Format("wav", "media.audio", ("wav",)),
        Format("email", "text.plain", ("eml",), Reason.FORMAT),
        Format("rtf", "text.plain", ("rtf",), Reason.FORMAT),
        Format(
            "text", "text.plain", ("txt", "csv", "tsv", "md", "log", "json", "xml", "html", "htm")
        ),
        Format("zip", "documents.archive", ("zip",), Reason.ARCHIVE),
        Format("7z", None, ("7z",), Reason.ARCHIVE),
        Format("rar", None, ("rar",), Reason.ARCHIVE),
        Format("gzip", None, ("gz", "tgz"), Reason.ARCHIVE),
        Format("egg", None, ("egg", "alz"), Reason.ARCHIVE),
        Format("tar", None, ("tar",), Reason.ARCHIVE),
        Format("ogg", None, ("ogg", "oga", "opus"), Reason.FORMAT),
        Format("flac", None, ("flac",), Reason.FORMAT),
        Format("amr", None, ("amr",), Reason.FORMAT),
        Format("mkv", None, ("mkv", "webm"), Reason.FORMAT),
        Format("avi", None, ("avi",), Reason.FORMAT),
        Format("unknown", None, (), Reason.UNKNOWN),
    )
}
