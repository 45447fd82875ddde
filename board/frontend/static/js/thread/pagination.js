/**
 * Pagination: load the next page and more replies in place, jump to the comment a reply answers, and restore the
 * position after going back. What was loaded by hand is recorded in the history, and loaded again.
 */
import { adoptReactions, appendComments, focusComment, requestPage, revealComment } from "../dom.js";

const MAX_RESTORED = 30; // pages that are loaded again
const texts = document.getElementById("thread-texts").dataset;
const lang = document.documentElement.lang;

async function load(link, selector, list) {
  const { status, page: fresh } = await requestPage("GET", link.href);
  if (status >= 400) throw new Error(status);
  const items = appendComments(list, fresh.querySelector(selector));
  adoptReactions(fresh);
  const next = fresh.querySelector("[data-list] > a[data-more]");
  if (next) link.href = next.href;
  else link.remove();
  return items;
}

/** The next page of a list. */
async function loadPage(link) {
  const selector = `[data-list] ${link.dataset.more}`;
  return load(link, selector, document.querySelector(selector));
}

/** The next replies of one conversation. */
async function loadReplies(link) {
  const list = link.closest(".comment").querySelector(":scope > .replies");
  const items = await load(link, "[data-list] .replies", list);
  const left = link.dataset.moreReplies -= items.filter((item) => item.dataset.author).length;
  link.textContent = left === 1 ? texts.oneReplyLeft : texts.repliesLeft.replace("{count}", left.toLocaleString(lang));
  return items;
}

async function loadAndFocus(loading, link, id, page) {
  const [first] = await loading(link);
  page.refresh();
  noteLoaded(id);
  first?.querySelector("article").focus();
}

export const loadMore = (link, page) => loadAndFocus(loadPage, link, "", page);
export const loadMoreReplies = (link, page) => loadAndFocus(loadReplies, link, link.closest(".comment").id, page);

/* ---- scroll position after going back ---- */

/** Record what was loaded by hand, in order: the comment whose replies were, or "" for a page of the list. */
function noteLoaded(id) {
  history.replaceState({ ...history.state, loaded: [...(history.state?.loaded ?? []), id], top: scrollY }, "");
}

addEventListener("scrollend", () => {
  if (history.state?.loaded) history.replaceState({ ...history.state, top: scrollY }, "");
});

export async function restoreLoaded(page) {
  const { loaded, top } = history.state;
  history.replaceState({ ...history.state, loaded: [] }, "");
  for (const id of loaded.slice(0, MAX_RESTORED)) {
    const link = document.querySelector(id ? `#${CSS.escape(id)} > .more-replies` : "[data-list] > a[data-more]");
    if (!link) continue;
    await (id ? loadReplies : loadPage)(link);
    noteLoaded(id);
  }
  page.refresh();
  scrollTo({ top, behavior: "instant" });
}

/* ---- the comment a reply answers ---- */

/** Going back leads to the reply again. */
export function jumpToParent(link) {
  const item = document.getElementById(`comment-${link.pathname.split("/").pop()}`);
  const { state } = history;
  revealComment(item);
  if (location.hash !== `#${item.id}`) {
    const focusLink = () => link.focus({ preventScroll: true });
    const waitForReturn = () => addEventListener("hashchange", focusLink, { once: true });
    addEventListener("hashchange", waitForReturn, { once: true });
    location.hash = item.id;
    history.replaceState(state, "");
  }
  focusComment(item);
}
