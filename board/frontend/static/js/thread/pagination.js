/**
 * Pagination: load the next page and more replies in place, jump to the comment a reply answers, and restore the
 * position after going back. What was loaded by hand is recorded in the history, and loaded again.
 */
import { adoptReactions, appendComments, focusComment, oncePerContext, revealComment } from "../dom.js";

const MAX_RESTORED = 30; // pages that are loaded again

async function load(context, link, selector, list) {
  const { status, page: fresh } = await context.request("GET", link.href);
  if (status >= 400) throw new Error(status);
  const items = appendComments(context, list, fresh.querySelector(selector));
  adoptReactions(context, fresh);
  const next = fresh.querySelector("[data-list] > a[data-more]");
  if (next) link.href = next.href;
  else link.remove();
  return items;
}

/** The next page of a list. */
async function loadPage(context, link) {
  const selector = `[data-list] ${link.dataset.more}`;
  return load(context, link, selector, context.root.querySelector(selector));
}

/** The next replies of one conversation. */
async function loadReplies(context, link) {
  const { texts, lang } = context;
  const list = link.closest(".comment").querySelector(":scope > .replies");
  const items = await load(context, link, "[data-list] .replies", list);
  const left = link.dataset.moreReplies -= items.filter((item) => item.dataset.author).length;
  link.textContent = left === 1 ? texts.oneReplyLeft : texts.repliesLeft.replace("{count}", left.toLocaleString(lang));
  return items;
}

async function loadAndFocus(loading, context, link, id) {
  start(context);
  const [first] = await loading(context, link);
  context.refresh();
  noteLoaded(context, id);
  first?.querySelector("article").focus();
}

export const loadMore = (link, context) => loadAndFocus(loadPage, context, link, "");
export const loadMoreReplies = (link, context) =>
  loadAndFocus(loadReplies, context, link, link.closest(".comment").id);

/* ---- scroll position after going back ---- */

/** Record what was loaded by hand, in order: the comment whose replies were, or "" for a page of the list. */
function noteLoaded({ history }, id) {
  history.replaceState({ ...history.state, loaded: [...(history.state?.loaded ?? []), id], top: scrollY }, "");
}

export const start = oncePerContext(({ history, signal }) => {
  const noteTop = () => history.state?.loaded && history.replaceState({ ...history.state, top: scrollY }, "");
  addEventListener("scrollend", noteTop, { signal });
});

export async function restoreLoaded(context) {
  start(context);
  const { history, root } = context;
  const { loaded, top } = history.state;
  history.replaceState({ ...history.state, loaded: [] }, "");
  for (const id of loaded.slice(0, MAX_RESTORED)) {
    const link = root.querySelector(id ? `#${CSS.escape(id)} > .more-replies` : "[data-list] > a[data-more]");
    if (!link) continue;
    await (id ? loadReplies : loadPage)(context, link);
    noteLoaded(context, id);
  }
  context.refresh();
  scrollTo({ top, behavior: "instant" });
}

/* ---- the comment a reply answers ---- */

export function jumpToParent(link, context) {
  const item = context.root.getElementById(`comment-${link.pathname.split("/").pop()}`);
  revealComment(item);
  if (context.root === document && location.hash !== `#${item.id}`) goTo(item, link);
  focusComment(item);
}

/** Going back leads to the reply again. */
function goTo(item, link) {
  const { state } = history;
  const focusLink = () => link.focus({ preventScroll: true });
  const waitForReturn = () => addEventListener("hashchange", focusLink, { once: true });
  addEventListener("hashchange", waitForReturn, { once: true });
  location.hash = item.id;
  history.replaceState(state, "");
}
