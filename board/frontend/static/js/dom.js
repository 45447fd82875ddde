/**
 * Comments in the DOM: put fresh ones from a page of the server in place. This module imports nothing; modules that
 * depend on it listen to its events: "comments:changed" after comments came into the page, "comment:reveal" before one
 * of them must be visible.
 *
 * A context is where a thread stands, so that the same modules serve the board's own pages and those of others:
 * - root: the document, or the shadow root of an embedded thread
 * - url: the address of the page of the thread; resolve(path): a path of the board as an address
 * - texts, lang, viewer (the id of who is signed in)
 * - request(method, url, fields, options), adopt(node): a page of the server, and a part of it to put in here
 * - history: of the window, or one that nobody sees; visit(url): shows another page of the board
 * - storagePrefix: of what is kept in the browser, where others keep things, too
 * Only embedded: isReadOnly, follow(url) in place, isVisible(), addressOf(item) at the newsroom
 * - announce(text), refresh(), copyText(text, field, done)
 * - signal: aborted when the thread goes; undefined where it stays as long as the page
 */
const withoutHash = (url) => url.split("#")[0];

/** `start` as a function that does something only the first time it is called with a context. */
export function oncePerContext(start) {
  const started = new WeakSet();
  return (context) => {
    if (started.has(context)) return;
    started.add(context);
    start(context);
  };
}

export const requestCurrentPage = (context, options) =>
  context.request("GET", withoutHash(context.url), null, options);

/** This page as it is now: the answer itself where the server came back here, or one more request. */
export async function currentPage(context, answer) {
  if (withoutHash(answer.url) === withoutHash(context.url)) return answer.page;
  return (await requestCurrentPage(context)).page;
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

const notifyChanged = ({ root }) => root.dispatchEvent(new Event("comments:changed"));

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

export function replaceComment(context, old, fresh) {
  const item = context.adopt(fresh);
  moveOpenForms(old, item);
  keepLoadedReplies(old, item);
  old.replaceWith(item);
  notifyChanged(context);
}

/** Add comments of a fresh page to the end of a list, except those that are on this page already. */
export function appendComments(context, list, fresh) {
  const items = [...context.adopt(fresh).children].filter((item) => !context.root.getElementById(item.id));
  list.append(...items);
  notifyChanged(context);
  return items;
}

export const isNewestFirst = ({ root }) => (root.querySelector("[data-thread]").dataset.sort ?? "latest") === "latest";

/** Replace the whole list; a conversation in which somebody is writing stays, at its end. */
function replaceList(context, list, fresh) {
  const writing = list.querySelectorAll("ol.comments > .comment:has(form[data-write]:not([data-done]))");
  list.replaceChildren(...context.adopt(fresh.querySelector("[data-list]")).childNodes);
  list.querySelector("ol.comments")?.append(...writing);
  notifyChanged(context);
}

/** Replace known conversations, and put new ones first where the newest are; what was loaded by hand stays. */
export function mergeComments(context, fresh) {
  adoptReactions(context, fresh);
  const { root } = context;
  const list = root.querySelector("[data-list]");
  const here = list.querySelector("ol.comments");
  const items = [...fresh.querySelectorAll("[data-list] > ol.comments > .comment")];
  // Nothing in common: so much is new that prepending it would leave a gap.
  if (!here || !items.some((item) => root.getElementById(item.id))) return replaceList(context, list, fresh);
  for (const item of items.reverse()) {
    const old = root.getElementById(item.id);
    if (old) replaceComment(context, old, item);
    else if (isNewestFirst(context)) here.prepend(context.adopt(item));
  }
}

export function updateCommentCount(context, fresh) {
  const [shown, now] = [context.root, fresh].map((page) => page.querySelector("[data-count]"));
  if (shown && now) shown.textContent = now.textContent;
}

/** The featured comments of this page as they are now; `fresh` is the same page. */
export function updateFeatured(context, fresh) {
  const [shown, now] = [context.root, fresh].map((page) => page.querySelector("[data-list] > .featured"));
  shown?.remove();
  if (now) context.root.querySelector("[data-list] > ol.comments")?.before(context.adopt(now));
}

/* ---- this reader's reactions: stored beside the comments, which are the same for everyone ---- */

const reactionsHolder = (root) => root.querySelector("[data-reactions]");
const storeReactions = (root, reactions) => (reactionsHolder(root).dataset.reactions = JSON.stringify(reactions));

/** "like" or "dislike" by comment id. */
export const ownReactions = (root) => JSON.parse(reactionsHolder(root)?.dataset.reactions ?? "{}");

/** `choice` undefined: the reaction is taken back. */
export const setReaction = ({ root }, id, choice) => storeReactions(root, { ...ownReactions(root), [id]: choice });

/** Take over the reactions of the comments on a fresh page. */
export function adoptReactions({ root }, fresh) {
  if (!reactionsHolder(root) || !reactionsHolder(fresh)) return;
  const reactions = ownReactions(root);
  for (const item of fresh.querySelectorAll(".comment[id]")) delete reactions[commentId(item)];
  storeReactions(root, { ...reactions, ...ownReactions(fresh) });
}

/* ---- dialogs ---- */

/** Show a dialog that goes away when it is closed. */
export function showDialog({ root }, dialog) {
  dialog.onclose = () => dialog.remove();
  (root.body ?? root).append(dialog);
  dialog.showModal();
}
