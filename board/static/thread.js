/**
 * The thread as it stands in this page, and how fresh parts of it are fetched and put in place.
 * The server answers as it answers a browser without scripts, with whole pages.
 */
import { refold, unfoldAround } from "./folding.js";

const PATIENCE = 20_000; // milliseconds until a request counts as lost

/**
 * Ask for a page as a document (so that no text is ever made into HTML here). Rejects when the network fails, when
 * `patience` is over, and when `signal` says that nobody waits any longer.
 */
export function ask(method, url, fields, { patience = PATIENCE, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = "document";
    request.timeout = patience;
    signal?.addEventListener("abort", () => request.abort());
    request.setRequestHeader("Cache-Control", "no-cache");
    request.onload = () => resolve({ status: request.status, page: request.response, url: request.responseURL });
    request.onerror = request.onabort = request.ontimeout = () => reject(new Error("The network failed."));
    request.send(fields);
  });
}

const bare = (url) => url.split("#")[0];

/** This page as it is now: the answer itself where the server came back here, or one more request. */
export async function thisPage(answer) {
  return bare(answer.url) === bare(location.href) ? answer.page : (await ask("GET", bare(location.href))).page;
}

/* ---- putting fresh comments into the page ---- */

/** Put half-written replies from under an old comment under the new one. */
function keepDrafts(old, fresh) {
  for (const form of old.querySelectorAll("form[data-write]:not([data-done])")) {
    const owner = form.closest(".comment").id;
    const place = fresh.id === owner ? fresh : fresh.querySelector(`#${owner}`);
    place?.querySelector(":scope > article").after(form);
  }
}

/** Replies that were loaded by hand below the first ones stay, with the way to the rest. */
function keepLoaded(old, fresh) {
  const [had, has] = [old, fresh].map((item) => item.querySelector(":scope > .replies"));
  const last = has && had?.querySelector(`#${has.lastElementChild.id}`);
  if (!last?.nextElementSibling) return;
  while (last.nextElementSibling) has.append(last.nextElementSibling);
  fresh.querySelector(":scope > .more-replies")?.remove();
  fresh.append(...old.querySelectorAll(":scope > .more-replies"));
}

export function renew(old, fresh) {
  const item = document.importNode(fresh, true);
  keepDrafts(old, item);
  keepLoaded(old, item);
  old.replaceWith(item);
  refold();
}

export const isNewestFirst = () => (document.querySelector("[data-thread]").dataset.sort ?? "latest") === "latest";

/** The fresh list instead of the one there was; a conversation one is writing in stays, at its end. */
function startOver(list, fresh) {
  const writing = list.querySelectorAll("ol.comments > .comment:has(form[data-write]:not([data-done]))");
  list.replaceChildren(...document.importNode(fresh.querySelector("[data-list]"), true).childNodes);
  list.querySelector("ol.comments")?.append(...writing);
  refold();
}

/** Known conversations are renewed, new ones go first where the newest do; what was loaded by hand stays. */
export function merge(fresh) {
  adopt(fresh);
  const list = document.querySelector("[data-list]");
  const here = list.querySelector("ol.comments");
  const items = [...fresh.querySelectorAll("[data-list] > ol.comments > .comment")];
  // Nothing in common: so much is new that prepending it would leave a gap.
  if (!here || !items.some((item) => document.getElementById(item.id))) return startOver(list, fresh);
  for (const item of items.reverse()) {
    const old = document.getElementById(item.id);
    if (old) renew(old, item);
    else if (isNewestFirst()) here.prepend(document.importNode(item, true));
  }
}

/* ---- which reactions are mine: beside the shared part, by the number of the comment ---- */

const section = (page) => page.querySelector("[data-mine]");
const keep = (mine) => (section(document).dataset.mine = JSON.stringify(mine));

/** "like" or "dislike" by comment number. */
export const choices = (page = document) => JSON.parse(section(page)?.dataset.mine ?? "{}");

/** `choice` undefined: none any more. */
export const choose = (number, choice) => keep({ ...choices(), [number]: choice });

/** Whatever a fresh page says about the comments on it. */
export function adopt(fresh) {
  if (!section(document) || !section(fresh)) return;
  const mine = choices();
  for (const item of fresh.querySelectorAll(".comment[id]")) delete mine[item.id.replace("comment-", "")];
  keep({ ...mine, ...choices(fresh) });
}

export function recount(fresh) {
  const [shown, now] = [document, fresh].map((each) => each.querySelector("[data-count]"));
  if (shown && now) shown.textContent = now.textContent;
}

export function arriveAt(item) {
  unfoldAround(item);
  item.closest("details.folded")?.setAttribute("open", "");
  item.scrollIntoView({ block: "nearest" });
  item.querySelector("article").focus({ preventScroll: true });
}
