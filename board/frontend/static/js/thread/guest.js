/**
 * Guests who press a reaction, Reply or Report: a dialog says why it takes an account and leads to sign-in. Back in
 * this window, what they wanted is done: the reaction is sent, the reply form is open with what they typed, and what
 * was loaded by hand is loaded again. What is pending is stored for this window only, where no link from elsewhere can
 * put it. Without this module the server's own pages do the same, with one more press.
 */
import { focusComment, requestPage } from "../dom.js";

const KEY = "pending";
const MAX_AGE = 3600_000; // milliseconds
const withoutHash = (path) => path.split("#")[0];
const pagePath = () => location.pathname + location.search;

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
function remember(link) {
  const next = new URL(link.href).searchParams.get("next");
  const text = link.closest("dialog")?.querySelector("textarea")?.value ?? "";
  store({ next, text, path: pagePath(), state: history.state, at: Date.now() });
}

document.addEventListener("click", ({ target }) => {
  const link = target.closest("[data-sign-in] a[href^='/sign-']");
  if (link) remember(link);
});

/* ---- the dialog ---- */

/** The part of this page that says what it takes, in the language of this one. Rejects when there is none. */
async function fetchPart(url) {
  const address = new URL(url, location);
  address.searchParams.set("lang", document.documentElement.lang);
  const { page } = await requestPage("GET", address);
  return document.importNode(page.querySelector("main [data-sign-in]"), true);
}

function addTo(dialog, part) {
  dialog.replaceChildren(part);
  dialog.setAttribute("aria-labelledby", dialog.querySelector("h2, h3").id);
  const cancel = dialog.querySelector("[data-cancel]");
  cancel.hidden = false;
  cancel.onclick = () => dialog.close();
  if (part.matches("form")) part.onsubmit = (event) => showNext(event, dialog, part);
}

/** The next step of a form that only asks, in the same dialog. */
function showNext(event, dialog, form) {
  event.preventDefault();
  const url = `${form.action}?${new URLSearchParams(new FormData(form))}`;
  fetchPart(url).then((part) => addTo(dialog, part)).catch(() => location.assign(url));
}

async function open(url, change = () => {}) {
  const part = await fetchPart(url);
  change(part);
  const dialog = document.createElement("dialog");
  addTo(dialog, part);
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
}

const urlWithNext = (url) => `${withoutHash(url)}?next=${encodeURIComponent(pagePath())}`;

export async function explainReaction(form) {
  await open(urlWithNext(form.action));
  delete form.dataset.busy;
}

/** Reply or Report. The way back from a reply is this page, not that of the comment. */
export function explain(link) {
  if (!link.matches("[data-reply]")) return open(urlWithNext(link.href));
  return open(link.href, (part) => {
    for (const each of part.querySelectorAll("a[href^='/sign-']")) {
      const url = new URL(each.href);
      url.searchParams.set("next", `${pagePath()}#${link.closest(".comment").id}`);
      each.setAttribute("href", url.pathname + url.search); // as the server writes it
    }
    part.querySelector("[data-guest-text]").hidden = false;
  });
}

/* ---- back again ---- */

/** Path and query, written one way and without the notice: what tells pages apart. */
function canonical(path) {
  const url = new URL(path, location);
  url.searchParams.delete("notice");
  return `${url.pathname}?${url.searchParams}`;
}

/** Open the reply form below the comment, with what was typed. */
async function resumeReply(item, text) {
  const link = item?.querySelector(":scope > article a[data-reply]");
  if (!text || !link || !document.querySelector("form[data-write]")) return;
  const { openReplyForm } = await import("./comment-forms.js");
  const box = openReplyForm(link).querySelector("textarea");
  if (!box.value) box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true })); // it is counted, and a draft from now on
  box.focus();
}

async function resumePage({ state, text }, page) {
  if (state?.loaded?.length) {
    history.replaceState(state, "");
    await (await import("./pagination.js")).restoreLoaded(page);
  }
  const item = location.hash && document.getElementById(location.hash.slice(1));
  if (!item) return;
  focusComment(item);
  await resumeReply(item, text);
}

export async function resume(page) {
  const pending = stored();
  if (!pending) return store(null);
  const form = document.querySelector("form[data-pending]");
  if (form && pending.next && canonical(pending.next) === canonical(pagePath())) {
    store({ ...pending, next: "" }); // once
    return form.requestSubmit();
  }
  if (canonical(pending.path) !== canonical(pagePath())) return;
  store(null);
  await resumePage(pending, page);
}
