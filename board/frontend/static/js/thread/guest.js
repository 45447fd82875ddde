/**
 * Guests who press a reaction, Reply or Report: a dialog says why it takes an account and leads to sign-in. Back in
 * this window, what they wanted is done: the reaction is sent, the reply form is open with what they typed, and what
 * was loaded by hand is loaded again. What is pending is stored for this window only, where no link from elsewhere can
 * put it. Without this module the server's own pages do the same, with one more press.
 */
import { focusComment, oncePerContext, showDialog } from "../dom.js";

const KEY = "pending";
const MAX_AGE = 3600_000; // milliseconds
const withoutHash = (path) => path.split("#")[0];
const pagePath = ({ url }) => { // without the fragment
  const { pathname, search } = new URL(url);
  return pathname + search;
};

/* ---- what is pending ---- */

/** Private windows may refuse storage: then the page asks for one more press. */
function store(pending) {
  try {
    if (pending) sessionStorage.setItem(KEY, JSON.stringify(pending));
    else sessionStorage.removeItem(KEY);
  } catch { /* see above */ }
}

function stored() {
  try {
    const pending = JSON.parse(sessionStorage.getItem(KEY));
    return pending && Date.now() - pending.at < MAX_AGE ? pending : null;
  } catch {
    return null;
  }
}

/** On the way to sign in: remember where one comes back to, and what was loaded and typed here. */
function remember(link, context) {
  const next = new URL(link.href).searchParams.get("next");
  const text = link.closest("dialog")?.querySelector("textarea")?.value ?? "";
  store({ next, text, path: pagePath(context), state: context.history.state, at: Date.now() });
}

export const start = oncePerContext((context) => {
  context.root.addEventListener("click", ({ target }) => {
    const link = target.closest("[data-sign-in] a[href^='/sign-']");
    if (link) remember(link, context);
  }, { signal: context.signal });
});

/* ---- the dialog ---- */

/** The part of this page that says what it takes, in the language of this one. Rejects when there is none. */
async function fetchPart(url, context) {
  const address = new URL(context.resolve(url));
  address.searchParams.set("lang", context.lang);
  const { page } = await context.request("GET", address);
  return context.adopt(page.querySelector("main [data-sign-in]"));
}

function addTo(dialog, part, context) {
  dialog.replaceChildren(part);
  dialog.setAttribute("aria-labelledby", dialog.querySelector("h2, h3").id);
  const cancel = dialog.querySelector("[data-cancel]");
  cancel.hidden = false;
  cancel.onclick = () => dialog.close();
  if (part.matches("form")) part.onsubmit = (event) => showNext(event, dialog, part, context);
}

/** The next step of a form that only asks, in the same dialog. */
function showNext(event, dialog, form, context) {
  event.preventDefault();
  const url = `${form.action}?${new URLSearchParams(new FormData(form))}`;
  fetchPart(url, context).then((part) => addTo(dialog, part, context)).catch(() => context.visit(url));
}

async function open(url, context, change = () => {}) {
  const part = await fetchPart(url, context);
  change(part);
  const dialog = document.createElement("dialog");
  addTo(dialog, part, context);
  showDialog(context, dialog);
}

const urlWithNext = (url, context) => `${withoutHash(url)}?next=${encodeURIComponent(pagePath(context))}`;

export async function explainReaction(form, context) {
  start(context);
  await open(urlWithNext(form.action, context), context);
  delete form.dataset.busy;
}

/** Reply or Report. The way back from a reply is this page, not that of the comment. */
export function explain(link, context) {
  start(context);
  if (!link.matches("[data-reply]")) return open(urlWithNext(link.href, context), context);
  return open(link.href, context, (part) => {
    for (const each of part.querySelectorAll("a[href^='/sign-']")) {
      const url = new URL(each.href);
      url.searchParams.set("next", `${pagePath(context)}#${link.closest(".comment").id}`);
      each.setAttribute("href", url.pathname + url.search); // as the server writes it
    }
    part.querySelector("[data-guest-text]").hidden = false;
  });
}

/* ---- back again ---- */

/** Path and query, written one way and without the notice: what tells pages apart. */
function canonical(path, context) {
  const url = new URL(context.resolve(path));
  url.searchParams.delete("notice");
  return `${url.pathname}?${url.searchParams}`;
}

/** Open the reply form below the comment, with what was typed. */
async function resumeReply(item, text, context) {
  const link = item?.querySelector(":scope > article a[data-reply]");
  if (!text || !link || !context.root.querySelector("form[data-write]")) return;
  const forms = await import("./comment-forms.js");
  forms.start(context);
  const box = forms.openReplyForm(link, context).querySelector("textarea");
  if (!box.value) box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true })); // it is counted, and a draft from now on
  box.focus();
}

async function resumePage({ state, text }, context) {
  if (state?.loaded?.length) {
    context.history.replaceState(state, "");
    await (await import("./pagination.js")).restoreLoaded(context);
  }
  const { hash } = new URL(context.url);
  const item = hash && context.root.getElementById(hash.slice(1));
  if (!item) return;
  focusComment(item);
  await resumeReply(item, text, context);
}

export async function resume(context) {
  const pending = stored();
  if (!pending) return store(null);
  const form = context.root.querySelector("form[data-pending]");
  if (form && pending.next && canonical(pending.next, context) === canonical(pagePath(context), context)) {
    store({ ...pending, next: "" }); // once
    return form.requestSubmit();
  }
  if (canonical(pending.path, context) !== canonical(pagePath(context), context)) return;
  store(null);
  await resumePage(pending, context);
}
