"""Pictures drawn anew from their pixels, and written without metadata."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageOps

from .exif import exif_of

_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 92, "subsampling": 0},
    "WEBP": {"quality": 92},
    "TIFF": {"compression": "tiff_adobe_deflate"},
}
_PLAIN_MODES = {"1", "L", "LA", "RGB", "RGBA", "I;16"}


def encode(picture: Image.Image, format_: str) -> bytes:
    """One picture as a file, without metadata."""
    return encode_frames([picture], format_, [], None)


def redrawn(frame: Image.Image, upright: bool) -> Image.Image:
    """A new picture with the same pixels, in a mode every format supports."""
    profile = frame.info.get("icc_profile")
    is_turned = upright and exif_of(frame)
    picture = ImageOps.exif_transpose(frame) if is_turned else frame.copy()
    if picture.mode not in _PLAIN_MODES and picture.mode != "CMYK":
        is_transparent = picture.mode in ("PA", "RGBa", "La") or "transparency" in picture.info
        picture = picture.convert("RGBA" if is_transparent else "RGB")
    elif "transparency" in picture.info and picture.mode in ("L", "RGB"):
        picture = picture.convert("RGBA")
    if profile:
        picture = _to_srgb(picture, profile)
    if picture.mode == "CMYK":
        picture = picture.convert("RGB")
    if picture.mode in ("RGBA", "LA"):
        picture = _without_unseen(picture)
    bare = Image.new(picture.mode, picture.size)  # needs less memory than a copy through bytes
    bare.paste(picture)
    return bare


def _without_unseen(picture: Image.Image) -> Image.Image:
    """The picture, black where it is fully transparent: what was erased may still be there."""
    seen = picture.getchannel("A").point(lambda alpha: 255 if alpha else 0)
    blank = Image.new(picture.mode, picture.size)
    blank.paste(picture, mask=seen)
    return blank


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """The picture converted to sRGB, which is what a picture without a profile is taken for."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    if picture.mode not in ("RGB", "RGBA", "CMYK"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(picture, source, srgb, outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return picture
    return converted or picture


def encode_frames(frames: list[Image.Image], target: str, times: list[int], loop: Any) -> bytes:
    """Frames as one file of the format `target`; `times` in milliseconds each."""
    buffer = BytesIO()
    options = dict(_OPTIONS.get(target, {}))
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": frames[1:]}
        if target != "TIFF":
            options |= {"duration": times} | ({} if loop is None else {"loop": loop})
        if target == "GIF":
            options |= {"disposal": 2}
    if target == "JPEG" and frames[0].mode not in ("L", "RGB"):
        frames[0] = frames[0].convert("RGB")
    frames[0].save(buffer, target, **options)
    return buffer.getvalue()
