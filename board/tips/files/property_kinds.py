"""What a named property tells, by words in its name: of XMP, XML, JSON, tags of recordings."""

import re

from .results import FindingKind

# Earlier rules win where one name is part of another.
_KINDS = (
    (
        FindingKind.PLACE,
        "gps|location|city|country|state$|sublocation|latitude|longitude|^lat$|^lo?ng?$|coord"
        "|^geo$|^adr$|address$|xyz$|^extent$|^rtept|^wpt",
    ),
    (
        FindingKind.DEVICE,
        "make$|model$|serial|lens|ownername|cameraprofile|device|^host(name)?$|computer"
        "|android|originator|^ittl$",
    ),
    (FindingKind.VOICE, "motionphoto$|microvideo$|motionphotopresentation"),
    (
        FindingKind.SOFTWARE,
        "creatortool|software|producer|processing|generator|encoder|encoded_?by|application"
        "|prodid|progid|program|handler_name|vendor|kernelspec|language_info|^x-mailer",
    ),
    (
        FindingKind.AUTHOR,
        "creator|author|artist|byline|captionwriter|rights|owner|manager|^user(_?(name|id))?$"
        "|organizer|attendee|^fn$|^n$|operator|editor|modifiedby|savedby|printedby|person"
        "|sender|recipient|^from$|^to$|^by$|performer|composer|engineer|^cn$|^sn$|nickname"
        "|displayname|printed-by|^for$|copyright|maintainer",
    ),
    (
        FindingKind.ORGANISATION,
        "credit$|source$|publisher|company|organi[sz]ation|^org$|^o$|^ou$|institution|department",
    ),
    (FindingKind.TIME, "date|when$|time|created|modified|dtstamp|dtstart|dtend|^rev$|^bday$"),
    (FindingKind.REVISIONS, "history$|derivedfrom$|pantry$|ingredients$"),
    (FindingKind.IDENTIFIER, "documentid|instanceid|identifier|uniqueid|versionid|uuid|guid|^uid$"),
    (FindingKind.PREVIEW, "thumbnails?$|thumbimage|preview"),
    (
        FindingKind.TITLE,
        "title|subject|keywords|headline|label|personinimage|docname|^name$|calname$",
    ),
    (
        FindingKind.COMMENTS,
        "description|^desc$|caption|comment|instructions|^notes?$|annotation|lyrics",
    ),
    (
        FindingKind.LINK,
        "href$|^src$|ur[il]$|link|path|file|server|announce|schemalocation|^exec$|^icon$|base$",
    ),
)
_RULES = [(kind, re.compile(names, re.I)) for kind, names in _KINDS]


def kind_of(name: str) -> FindingKind | None:
    """The kind of what a property of this name says; None for names that tell nothing."""
    return next((kind for kind, names in _RULES if names.search(name)), None)
