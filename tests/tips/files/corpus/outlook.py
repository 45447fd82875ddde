"""Messages of Outlook ([MS-OXMSG]), with a word in every property that names something."""

from board.tips.files import Reason
from tips.files import samples
from tips.files.corpus.markers import Sample

_PROPERTIES = {
    "sender": "0C1A",
    "address of the sender": "0C1F",
    "sent for": "0042",
    "copies": "0E03",
    "blind copies": "0E02",
    "recipients": "0E04",
    "subject": "0037",
    "number": "1035",
    "last changed by": "3FFA",
}
_RECIPIENT, _FILE = "__recip_version1.0_#00000000/", "__attach_version1.0_#00000000/"


def message(encoding: str, kind: str) -> Sample:
    sample = Sample("x.msg", why_not=Reason.FORMAT)

    def texts(folder: str, numbers: dict[str, str]) -> dict[str, bytes]:
        return {
            f"{folder}__substg1.0_{number}{kind}": f"마{sample.hide(place)}".encode(encoding)
            for place, number in numbers.items()
        }

    headers = (
        f"Received: {'from x ' * 60}\r\n by 마{sample.hide('route')}\r\n"
        f"From: x\r\nX-Mailer: 마{sample.hide('program')}\r\n"
    )
    sample.data = samples.compound({
        "__properties_version1.0": bytes(32),
        **texts("", _PROPERTIES),
        f"__substg1.0_007D{kind}": headers.encode(encoding),
        **texts(_RECIPIENT, {"recipient": "3003"}),
        **texts(_FILE, {"file": "3707"}),
    })  # fmt: skip
    return sample


SAMPLES = {
    "msg": lambda: message("utf-16-le", "001F"),
    "msg of older programs": lambda: message("cp949", "001E"),
}
