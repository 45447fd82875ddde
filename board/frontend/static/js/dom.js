/**
 * Shared DOM helpers: request a page, and put fresh comments from it in place. The server sends whole
 * pages, as to a browser without scripts. This module imports nothing; modules that depend on it listen to its events:
 * "comments:changed" after comments came into the page, "comment:reveal" before one of them must be visible.
 */
const TIMEOUT = 20_000; // milliseconds until a request counts as lost

/* ---- requests ---- */

/**
 * Request a page as a document (so that no text is ever turned into HTML here). Rejects when the network fails, on a
 * timeout, and when `signal` is aborted.
 */
export function requestPage(method, url, fields, { timeout = TIMEOUT, signal, isBackground = false } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = "document";
    request.timeout = timeout;
    signal?.addEventListener("abort", () => request.abort());
    request.setRequestHeader("Cache-Control", "no-cache");
    if (isBackground) request.setRequestHeader("Board-Background", "yes"); // nobody is there, for all we know
    request.onload = () => resolve({
      status: request.status,
      page: request.response,
      url: request.responseURL,
      retryAfter: Number(request.getResponseHeader("Retry-After")), // seconds, 0 if it is not said
    });
    request.onerror = request.onabort = request.ontimeout = () => reject(new Error("The network failed."));
    request.send(fields);
  });
}

const withoutHash = (url) => url.split("#")[0];

export const requestCurrentPage = (options) => requestPage("GET", withoutHash(location.href), null, options);

/** This page as it is now: the answer itself where the server came back here, or one more request. */
export async function currentPage(answer) {
  if (withoutHash(answer.url) === withoutHash(location.href)) return answer.page;
  return (await requestCurrentPage()).page;
}

/** Why the server refused, in its own words, or `fallback`. */
export function errorText(answer, fallback) {
  const text = answer.page?.querySelector("[role=alert]")?.textContent.replace(/\s+/g, " ").trim();
  return text || fallback;
}

/** Whether the session has ended in the meantime. */
export const isSignedOut = (answer) => answer.status === 401 || Boolean(answer.page?.querySelector("[data-sign-in]"));

/* ---- comments ---- */

export const commentId = (item) => item.id.replace("comment-", "");

const notifyChanged = () => document.dispatchEvent(new Event("comments:changed"));

/** Make a comment visible, even inside a collapsed conversation. */
export function revealComment(item) {
  item.dispatchEvent(new Event("comment:reveal", { bubbles: true }));
}

export function focusComment(item) {
  revealComment(item);
  item.closest("details.collapsed-comments")?.setAttribute("open", "");
  item.scrollIntoView({ block: "nearest" });
  item.querySelector("article").focus({ preventScroll: true });
}

/** Move half-written replies from under an old comment to under the new one. */
function moveOpenForms(old, fresh) {
  for (const form of old.querySelectorAll("form[data-write]:not([data-done])")) {
    const owner = form.closest(".comment").id;
    const place = fresh.id === owner ? fresh : fresh.querySelector(`#${owner}`);
    place?.querySelector(":scope > article").after(form);
  }
}

/** Keep replies that were loaded by hand below the first ones, with the link to the rest. */
function keepLoadedReplies(old, fresh) {
  const [before, after] = [old, fresh].map((item) => item.querySelector(":scope > .replies"));
  const last = after && before?.querySelector(`#${after.lastElementChild.id}`);
  if (!last?.nextElementSibling) return;
  while (last.nextElementSibling) after.append(last.nextElementSibling);
  fresh.querySelector(":scope > .more-replies")?.remove();
  fresh.append(...old.querySelectorAll(":scope > .more-replies"));
}

export function replaceComment(old, fresh) {
  const item = document.importNode(fresh, true);
  moveOpenForms(old, item);
  keepLoadedReplies(old, item);
  old.replaceWith(item);
  notifyChanged();
}

/** Add comments of a fresh page to the end of a list, except those that are on this page already. */
export function appendComments(list, fresh) {
  const items = [...document.importNode(fresh, true).children].filter((item) => !document.getElementById(item.id));
  list.append(...items);
  notifyChanged();
  return items;
}

export const isNewestFirst = () => (document.querySelector("[data-thread]").dataset.sort ?? "latest") === "latest";

/** Replace the whole list; a conversation in which somebody is writing stays, at its end. */
function replaceList(list, fresh) {
  const writing = list.querySelectorAll("ol.comments > .comment:has(form[data-write]:not([data-done]))");
  list.replaceChildren(...document.importNode(fresh.querySelector("[data-list]"), true).childNodes);
  list.querySelector("ol.comments")?.append(...writing);
  notifyChanged();
}

/** Replace known conversations, and put new ones first where the newest are; what was loaded by hand stays. */
export function mergeComments(fresh) {
  adoptReactions(fresh);
  const list = document.querySelector("[data-list]");
  const here = list.querySelector("ol.comments");
  const items = [...fresh.querySelectorAll("[data-list] > ol.comments > .comment")];
  // Nothing in common: so much is new that prepending it would leave a gap.
  if (!here || !items.some((item) => document.getElementById(item.id))) return replaceList(list, fresh);
  for (const item of items.reverse()) {
    const old = document.getElementById(item.id);
    if (old) replaceComment(old, item);
    else if (isNewestFirst()) here.prepend(document.importNode(item, true));
  }
}

export function updateCommentCount(fresh) {
  const [shown, now] = [document, fresh].map((page) => page.querySelector("[data-count]"));
  if (shown && now) shown.textContent = now.textContent;
}

/** The featured comments of this page as they are now; `fresh` is the same page. */
export function updateFeatured(fresh) {
  const [shown, now] = [document, fresh].map((page) => page.querySelector("[data-list] > .featured"));
  shown?.remove();
  if (now) document.querySelector("[data-list] > ol.comments")?.before(document.importNode(now, true));
}

/* ---- this reader's reactions: stored beside the comments, which are the same for everyone ---- */

const reactionsHolder = (page) => page.querySelector("[data-reactions]");
const storeReactions = (reactions) => (reactionsHolder(document).dataset.reactions = JSON.stringify(reactions));

/** "like" or "dislike" by comment id. */
export const ownReactions = (page = document) => JSON.parse(reactionsHolder(page)?.dataset.reactions ?? "{}");

/** `choice` undefined: the reaction is taken back. */
export const setReaction = (id, choice) => storeReactions({ ...ownReactions(), [id]: choice });

/** Take over the reactions of the comments on a fresh page. */
export function adoptReactions(fresh) {
  if (!reactionsHolder(document) || !reactionsHolder(fresh)) return;
  const reactions = ownReactions();
  for (const item of fresh.querySelectorAll(".comment[id]")) delete reactions[commentId(item)];
  storeReactions({ ...reactions, ...ownReactions(fresh) });
}
