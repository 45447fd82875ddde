"""One decision about many comments of a queue: the form, the question first, and what was done."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from board.accounts.auth.current_user import current_user
from board.moderation.desk.bulk import decide_all, matching_ids
from board.moderation.desk.forms import BULK_MAX, BulkForm, FilterForm
from board.moderation.desk.page import next_path, posted_queue, redirect_back, render_queue
from board.moderation.desk.views import bp
from board.moderation.queue import Queue
from board.web.access import moderators, open_to
from board.web.response.notices import notice


@bp.post("/desk/comments/bulk")
@open_to(moderators, multi_fields=("comment",), cannot_wait=True)
def bulk() -> ResponseReturnValue:
    """One decision about the chosen comments, or about all that match the filters."""
    form, queue = BulkForm.from_post(), posted_queue()
    if not form.validate():
        return render_queue(queue, problem=form.first_error), 422
    filters = FilterForm.from_post()
    filters.validate()
    ids = _matching_ids(queue, filters) if form.all.data else list(dict.fromkeys(form.comment.data))
    if form.all.data and form.count.data != str(len(ids)):
        return _confirmation_page(form, queue, filters, len(ids))
    reason = form.reason_and_note() if form.action == "hide" else None
    seen = None if form.all.data else form.seen_id
    result = decide_all(ids, form.action, by=current_user(), seen=seen, reason=reason)
    return redirect_back(notice(f"bulk_{form.action}", **vars(result)))


def _matching_ids(queue: Queue | str, filters: FilterForm) -> list[int]:
    if not isinstance(queue, Queue):
        abort(400)
    return matching_ids(queue, filters)


def _confirmation_page(
    form: BulkForm, queue: Queue | str, filters: FilterForm, count: int
) -> ResponseReturnValue:
    return render_template(
        "moderation/desk/bulk.html",
        form=form,
        filters=filters,
        queue=queue,
        count=count,
        most=BULK_MAX,
        next=next_path(),
    )


def kept_text(changed: int, decided: int, left: int) -> str:
    done = ngettext("%(num)s comment approved.", "%(num)s comments approved.", changed)
    return _sentences(done, decided, left)


def hidden_text(changed: int, decided: int, left: int) -> str:
    done = ngettext("%(num)s comment hidden.", "%(num)s comments hidden.", changed)
    return _sentences(done, decided, left)


def restored_text(changed: int, decided: int, left: int) -> str:
    done = ngettext("%(num)s comment restored.", "%(num)s comments restored.", changed)
    return _sentences(done, decided, left)


def undone_text(changed: int) -> str:
    return ngettext(
        "Undone. %(num)s comment is as it was.", "Undone. %(num)s comments are as they were.",
        changed,
    )  # fmt: skip


def _sentences(done: str, decided: int, left: int) -> str:
    """What was done to how many, and why not to the others."""
    others = ngettext(
        "%(num)s had already been decided by somebody else.",
        "%(num)s had already been decided by somebody else.",
        decided,
    )
    same = ngettext(
        "%(num)s is as before: deleted, or hidden for legal reasons.",
        "%(num)s are as before: deleted, or hidden for legal reasons.",
        left,
    )
    return " ".join([done, *([others] if decided else []), *([same] if left else [])])


NOTICES_OF_MANY = {
    "bulk_keep": kept_text,
    "bulk_hide": hidden_text,
    "bulk_restore": restored_text,
    "bulk_undone": undone_text,
}
