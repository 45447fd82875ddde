"""Where a text leads: paths with user names, hosts of an internal network, coordinates, and the
lines with which letters end.
"""

import re

_SEPARATOR = r"\\{1,2}"  # doubled where a program escapes it
_PART = r"[^\\/:*?\"'<>|{}\r\n\t]{1,80}"
PATH = re.compile(
    r"file:/{1,3}[^\s\"'<>)\]}]{1,200}"
    rf"|(?<![A-Za-z0-9])[A-Za-z]:(?:{_SEPARATOR}|/(?!/))(?:{_PART}(?:{_SEPARATOR}|/))*"
    r"[^\\/:*?\"'<>|{}\s]{0,80}"
    rf"|(?<![\\\w:])\\\\[\w.-]{{2,60}}\\(?:{_PART}\\)*[^\\/:*?\"'<>|\s]{{0,80}}"
    r"|(?<![\w./:])(?:/(?:home|Users|Volumes|mnt|media|export|root|var/mobile)/|~/)"
    r"[^\s\"'<>)\]}]{1,200}"
)
_ASCII_END = r"(?![A-Za-z0-9])"
HOST = re.compile(
    r"(?<![\d.])(?:10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}"
    r"|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|169\.254(?:\.\d{1,3}){2}"
    r"|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])(?:\.\d{1,3}){2})(?!\.?\d)"
    r"|(?<![A-Za-z0-9:])f[cd][0-9a-f]{2}:(?:[0-9a-f]{0,4}:){1,6}[0-9a-f]{1,4}"
    r"|(?<![A-Za-z0-9])(?:https?|ftp|smb|cifs|nfs|ldaps?|ssh|rdp)://[A-Za-z0-9_-]{1,63}"
    r"(?=[:/\s\"'<)]|$)"
    r"|(?<![A-Za-z0-9.-])(?:[A-Za-z0-9_-]{1,63}\.){1,6}"
    rf"(?:local|lan|internal|intranet|intra|corp|home|priv|localdomain){_ASCII_END}(?!\.[A-Za-z])"
    r"|(?<![A-Za-z0-9.-])(?:intra(?:net)?|gw|groupware|erp|sharepoint|jira|confluence|gitlab)"
    rf"(?:\.[A-Za-z0-9-]{{1,63}}){{2,6}}{_ASCII_END}"
)
MAC = re.compile(
    r"(?<![0-9A-Fa-f:-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:-])"
)
COORDINATES = re.compile(
    r"(?<![\d.])[-+]?\d{1,2}\.\d{4,15}°?(?: ?[NS북])?[,/; ] ?[-+]?1?\d{1,2}\.\d{4,15}(?![\d.])"
    r"|\d{1,3} ?[°도] ?\d{1,2} ?['′’분] ?(?:\d{1,2}(?:\.\d{1,8})? ?(?:[\"″”초]|'')?)?"
    r"(?: ?[NSEW])?(?:[, ]{1,2}(?:동경|서경)? ?\d{1,3} ?[°도] ?\d{1,2} ?['′’분]"
    r" ?(?:\d{1,2}(?:\.\d{1,8})? ?(?:[\"″”초]|'')?)?(?: ?[NSEW])?)?"
)
SENT_FROM = re.compile(
    r"(?:Sent from my|Get Outlook for) [A-Za-z][\w ]{1,30}"
    r"|(?:나의|내) [A-Za-z가-힣0-9 ]{2,20}에서 보냄"
)
SIGNATURE = re.compile(
    r"(?m)^[ \t]*(?:[가-힣·]{2,12} ){0,3}[가-힣]{2,4} ?(?:드림|올림|배상|拜上)[ \t.]*$"
    r"|^-- ?\r?\n.{1,80}$"
)
