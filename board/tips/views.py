"""The source's side: choose well, write, look at what it gives away, send, come back."""

import hashlib
import math
import time
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    redirect,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from board.access import open_to, strangers
from board.db import db, writing
from board.hosts import for_sources
from board.language import LANGUAGES
from board.lock import Busy
from board.tips import disk, keeping, opened, roster, sending, tickets, unlocking, words
from board.tips.attachments import COPIES, CannotClean, Draft, NoRoom, bytes_max, uploaded
from board.tips.days import today
from board.tips.findings import findings_in, said, why_not
from board.tips.forms import CodeForm, MessageForm, TipForm
from board.tips.holders import Reader, Source, Unlocked
from board.tips.keyring import NoKey
from board.tips.models import Grant, Tip, TipKey
from board.tips.opened import Opened
from board.tips.pages import FORM_BYTES, conceal, download, page_of
from board.tips.roster import Forged
from board.tips.sending import TooMany
from board.tips.unlocking import Locked
from board.tips.vault import BadSeal, Key
from board.tips.ways import all_ways
from board.tips.words import NotWords
from board.turns import TooBusy

bp = Blueprint("tips", __name__)
bp.after_request(conceal)
bp.after_app_request(lambda response: conceal(response) if is_stray() else response)

TRY_SECONDS = 0.6  # every try of a code takes this long, right or wrong


def is_stray() -> bool:
    """An address of ours that has no page: a source gets to see that, too."""
    return request.blueprint != bp.name and request.endpoint != "static" and for_sources()


@bp.url_defaults
def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """No cookie remembers the language here, so the addresses do."""
    if (asked := request.args.get("lang")) in LANGUAGES:
        values.setdefault("lang", asked)


@bp.get("/tips")
@open_to(strangers)
def choose() -> ResponseReturnValue:
    return page_of(
        "tips/choose.html",
        readers=len(_readers()),
        fingerprint=roster.seal_of(),
        days=current_app.config["TIP_DAYS"],
        ways=all_ways(),
    )


@bp.get("/tips/new")
@open_to(strangers)
def write_form() -> ResponseReturnValue:
    form = TipForm.empty(data={"ticket": tickets.new()})
    return _write_page(form)


@bp.post("/tips/new")
@open_to(strangers, body_max=FORM_BYTES, uploads=bytes_max, lists=("files", "drop"))
def write() -> ResponseReturnValue:
    form = TipForm.posted()
    if code := tickets.code_of(form.ticket.data or ""):
        return _code_page(form.ticket.data, code)  # the same form again: a reload
    if tickets.used(form.ticket.data or ""):
        return page_of("tips/sent.html", status=409)
    draft, problem = _taken(form)
    if problem or not form.validate() or not _says_something(form, draft):
        return _write_page(form, draft, problem=problem, status=422)
    if not form.is_looked_at or uploaded("files") or "again" in request.form:
        return _look_page(form, draft)
    try:
        return _send(form, draft)
    except CannotClean as error:
        return _look_page(form, draft, problem=_not_cleaned(error), status=422)
    except (TooMany, Busy, TooBusy):
        return _look_page(form, draft, problem=_too_many(), status=503)


@bp.post("/tips/new/check")
@open_to(strangers)
def check() -> ResponseReturnValue:
    """The source types two words of the code again, and knows that the note is good."""
    ticket = request.form.get("ticket", "")
    code = tickets.code_of(ticket)
    if code is None:
        return redirect(url_for(".box"), 303)
    asked = code.split()
    given = [request.form.get(f"word{place}", "").strip() for place in _asked_places(code)]
    right = all(
        len(word) > 1 and asked[place - 1].startswith(word)
        for place, word in zip(_asked_places(code), given, strict=True)
    )
    if not right:
        return _code_page(ticket, code, wrong=True, status=422)
    with writing():
        tickets.forget_code(ticket)
    return page_of("tips/noted.html")


@bp.get("/tips/box")
@open_to(strangers)
def box() -> ResponseReturnValue:
    try:
        return _box_page(*_mine())
    except Locked:
        return page_of("tips/enter.html", form=CodeForm.empty(), places=())


@bp.post("/tips/box")
@open_to(strangers)
def enter() -> ResponseReturnValue:
    """A code is tried: one slow derivation and the same time for every try, whatever it is."""
    began, form = time.monotonic(), CodeForm.posted()
    no_places: tuple[int, ...] = ()
    if not form.validate():
        return page_of("tips/enter.html", form=form, places=(), status=422)
    try:
        code, places = words.read_code(form.code.data), no_places
    except NotWords as wrong:
        code, places = form.code.data, wrong.places
    tag, kek = disk.stretch(code)
    token = _enter(tag, kek)
    _even_out(began)
    if token is None:
        form.code.errors = [_("This is not a code we know. Compare it with your note.")]
        return page_of("tips/enter.html", form=form, places=places, status=422)
    return unlocking.remember(redirect(url_for(".box"), 303), "tip", token)


@bp.post("/tips/box/message")
@open_to(strangers, body_max=FORM_BYTES, uploads=bytes_max, lists=("files", "drop"))
def add() -> ResponseReturnValue:
    source, key = _mine()
    form = MessageForm.posted()
    if tickets.used(form.ticket.data or ""):
        return redirect(url_for(".box"), 303)
    draft, problem = _taken(form)
    if problem or not form.validate() or not _says_something(form, draft):
        return _box_page(source, key, form=form, problem=problem, status=422)
    if not form.is_looked_at or uploaded("files") or "again" in request.form:
        return _look_page(form, draft, action=url_for(".add"))
    try:
        attachments = _attachments(draft)
    except CannotClean as error:
        problem = _not_cleaned(error)
        return _look_page(form, draft, action=url_for(".add"), problem=problem, status=422)
    with writing():
        tip = db.session.scalars(_tip_of(source)).one()
        sending.hear(Opened.by(tip, source, key), form.text.data, attachments)
        tickets.use(form.ticket.data, "")
    draft.forget()
    return redirect(url_for(".box", _anchor="newest"), 303)


@bp.post("/tips/box/file")
@open_to(strangers)
def file() -> ResponseReturnValue:
    source, key = _mine()
    tip = db.session.scalars(_tip_of(source)).one()
    return download(Opened.by(tip, source, key), request.form.get("number", ""))


@bp.post("/tips/box/code")
@open_to(strangers)
def change_code() -> ResponseReturnValue:
    source, key = _mine()
    ticket = request.form.get("ticket", "")
    if shown := tickets.code_of(ticket):
        return _code_page(ticket, shown, changed=True)
    if tickets.age(ticket) is None or tickets.used(ticket):
        return redirect(url_for(".box"), 303)
    code = words.new_code()
    tag, kek = disk.stretch(code)
    with writing():
        source = db.session.get_one(Source, source.id)
        source.tag = tag
        source.wrap(key, kek)
        tickets.use(ticket, code)
        Unlocked.end_all(source)  # whoever came with the old code is out
        token = Unlocked.begin(source, key)
    return unlocking.remember(_code_page(ticket, code, changed=True), "tip", token)


@bp.post("/tips/box/burn")
@open_to(strangers)
def burn() -> ResponseReturnValue:
    source, _key = _mine()
    with writing():
        opened.burn(db.session.get_one(Source, source.id))
    return unlocking.forget(redirect(url_for(".choose"), 303), "tip")


@bp.post("/tips/box/erase")
@open_to(strangers)
def ask_erasure() -> ResponseReturnValue:
    source, _key = _mine()
    with writing():
        tip = db.session.scalars(_tip_of(source)).one()
        tip.erasure_asked_on = tip.erasure_asked_on or today()
        tip.hear_source()
    return redirect(url_for(".box"), 303)


@bp.post("/tips/box/leave")
@open_to(strangers)
def leave() -> ResponseReturnValue:
    with writing():
        unlocking.lock("tip")
    return unlocking.forget(redirect(url_for(".choose"), 303), "tip")


@bp.errorhandler(Locked)
def _time_is_over(_error: Locked) -> ResponseReturnValue:
    return redirect(url_for(".box"), 303)


@bp.errorhandler(disk.Erased)
@bp.errorhandler(NoKey)
def _erased(_error: disk.Erased | NoKey) -> ResponseReturnValue:
    return page_of("tips/gone.html")


@bp.errorhandler(NoRoom)
def _no_room(_error: NoRoom) -> ResponseReturnValue:
    return page_of("tips/full.html", status=503)


def _taken(form: Any) -> tuple[Draft, str | None]:
    """The form's attachments with those just uploaded, and what is wrong with these.

    A form without a good ticket gets a new one, and is looked at before it is sent.
    """
    old = tickets.age(form.ticket.data or "")
    if old is None:
        form.ticket.data = tickets.new()
    if old is None or (old < sending.TYPED and form.is_looked_at and sending.is_busy()):
        form.step.data = ""
    draft, new = Draft(form.ticket.data), uploaded("files")
    if len(draft.attachments) < form.attached_count:
        return draft, _("Your files were kept for two hours. Please attach them again.")
    draft.drop(request.form.getlist("drop"))
    if len(draft.attachments) + len(new) > Tip.FILES_MAX:
        return draft, _("No more than %(count)d files.", count=Tip.FILES_MAX)
    large = [each for each in new if getattr(each.stream, "is_too_large", False)]
    draft.take([each for each in new if each not in large])
    if large:
        size = current_app.config["TIP_FILE_MEGABYTES"]
        return draft, _("“%(name)s” is larger than %(size)d MB and was left out.",
                        name=large[0].filename, size=size)  # fmt: skip
    return draft, None


def _says_something(form: Any, draft: Draft) -> bool:
    if form.text.data.strip() or draft.attachments:
        return True
    form.text.errors = [_("Write something, or attach a file.")]
    return False


def _send(form: Any, draft: Draft) -> ResponseReturnValue:
    readers = _readers()
    if not readers:
        return _write_page(form, draft, status=503)
    code = words.new_code()
    tag, kek = disk.stretch(code)
    attachments = _attachments(draft)
    with writing():
        if tickets.used(form.ticket.data):
            raise Busy  # the same form twice at once: the other one was first
        sending.count_one()
        readers = [db.session.get_one(Reader, reader.id) for reader in readers]
        sending.send(
            form.text.data, form.contact.data.strip(), attachments, to=readers, tag=tag, kek=kek
        )
        tickets.use(form.ticket.data, code)
    draft.forget()
    return _code_page(form.ticket.data, code)


def _attachments(draft: Draft) -> list[Any]:
    wanted = {
        name.removeprefix("copy-"): value
        for name, value in request.form.items()
        if name.startswith("copy-") and value in COPIES
    }
    return draft.copies(wanted)


def _enter(tag: bytes, kek: bytes) -> str | None:
    """The token of a newly unlocked box, or None when no source has this tag."""
    with writing():
        source = db.session.scalar(Source.with_tag(tag))
        if source is None:
            return None
        try:
            key = source.unwrap(kek)
            source.note_visit(key)
        except BadSeal:
            return None
        return Unlocked.begin(source, key)


def _even_out(began: float) -> None:
    """Wait for a whole number of turns, so that a busy machine shows no difference either."""
    spent = time.monotonic() - began
    if TRY_SECONDS:
        time.sleep(math.ceil(spent / TRY_SECONDS) * TRY_SECONDS - spent)


def _mine() -> tuple[Source, Key]:
    """The source whose box is open in this browser, and their key. Raises Locked."""
    holder, key = unlocking.unlocked("tip")
    assert isinstance(holder, Source)  # noqa: S101 - no other gets this cookie
    return holder, key


def _tip_of(source: Source) -> Any:
    granted = select(TipKey.tip_id).join(Grant, Grant.key_id == TipKey.id)
    return select(Tip).where(Tip.id.in_(granted.where(Grant.holder_id == source.id)))


def _readers() -> list[Reader]:
    """Who a tip would be sealed to; nobody when the roster is not to be trusted."""
    try:
        return roster.members()
    except Forged:
        current_app.logger.error("tips: the roster of readers was not signed by a reader")
        return []


def _write_page(
    form: Any, draft: Draft | None = None, *, problem: str | None = None, status: int = 200
) -> Response:
    return page_of(
        "tips/write.html",
        status=status,
        form=form,
        attachments=draft.attachments if draft else [],
        problem=problem,
        readers=len(_readers()),
        fingerprint=roster.seal_of(),
        megabytes=current_app.config["TIP_FILE_MEGABYTES"],
        files_max=Tip.FILES_MAX,
    )


def _look_page(
    form: Any,
    draft: Draft,
    *,
    action: str | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    return page_of(
        "tips/look.html",
        status=status,
        form=form,
        action=action or url_for(".write"),
        findings=findings_in(form.text.data),
        attachments=[
            (each, [said(*found) for found in each.found], why_not(each.why_not))
            for each in draft.attachments
        ],
        problem=problem,
    )


def _code_page(
    ticket: str, code: str, *, wrong: bool = False, changed: bool = False, status: int = 200
) -> Response:
    return page_of(
        "tips/code.html",
        status=status,
        ticket=ticket,
        words=code.split(),
        digits=words.as_digits(code),
        places=_asked_places(code),
        wrong=wrong,
        changed=changed,
    )


def _box_page(
    source: Source, key: Key, *, form: Any = None, problem: str | None = None, status: int = 200
) -> Response:
    tip = db.session.scalar(_tip_of(source))
    if tip is None:
        return page_of("tips/gone.html")
    mine = Opened.by(tip, source, key)
    return page_of(
        "tips/box.html",
        status=status,
        tip=tip,
        talk=[
            {"number": each.number, "kind": each.kind, **each.data}
            for each in mine.contents("message", "file", "story")
        ],
        ticket=tickets.new(),
        attachments=(),
        visits=source.visits_before(key, current=True),
        form=form or MessageForm.empty(data={"ticket": tickets.new()}),
        problem=problem,
        readers=len(_readers()),
        fingerprint=roster.seal_of(),
        erased_on=tip.erased_on(keeping.retention()),
        warned=tip.erased_on(keeping.retention()) - today() <= Tip.WARN,
        megabytes=current_app.config["TIP_FILE_MEGABYTES"],
        files_max=Tip.FILES_MAX,
    )


def _asked_places(code: str) -> list[int]:
    """Which two words are asked back, counted from 1: the same two each time."""
    one, step = hashlib.sha256(code.encode()).digest()[:2]
    first = one % words.CODE_WORDS
    other = (first + 1 + step % (words.CODE_WORDS - 1)) % words.CODE_WORDS
    return sorted((first + 1, other + 1))


def _not_cleaned(error: CannotClean) -> str:
    return _("“%(name)s” could not be cleaned. Nothing has been sent.", name=error)


def _too_many() -> str:
    return _("Many tips are arriving at this moment. Nothing is lost: please send it again later.")
