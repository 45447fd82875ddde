"""Domains of addresses: those in Hangul and other scripts, as mail servers know them."""


def ascii_domain(address: str) -> str:
    """The e-mail address with its domain in punycode: ada@부두.한국 is ada@xn--….xn--3e0b707e.

    An address whose domain cannot be written so stays as it is.
    """
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}" if not domain.isascii() else address
    except UnicodeError:
        return address
