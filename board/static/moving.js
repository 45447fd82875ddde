/**
 * Moving through a thread without leaving it: the next page and more replies in place, a jump to whom a reply
 * answers, and back to where one was: what was loaded by hand is noted in the history, and loaded again.
 */
import { refold, unfoldAround } from "./folding.js";
import { adopt, arriveAt, ask } from "./thread.js";

const RESTORED_MAX = 30; // pages loaded again at most
const words = document.getElementById("talk").dataset;
const lang = document.documentElement.lang;

async function load(link, list, container) {
  const { status, page: fresh } = await ask("GET", link.href);
  if (status >= 400) throw new Error(status);
  const items = [...document.importNode(fresh.querySelector(list), true).children].filter((item) => !document.getElementById(item.id));
  container.append(...items);
  adopt(fresh);
  refold();
  const next = fresh.querySelector("[data-list] > a[data-more]");
  if (next) link.href = next.href;
  else link.remove();
  return items;
}

/** The next page of a list. */
async function loadMore(link) {
  const list = `[data-list] ${link.dataset.more}`;
  return load(link, list, document.querySelector(list));
}

/** The next replies of one conversation. */
async function loadReplies(link) {
  const items = await load(link, "[data-list] .replies", link.closest(".comment").querySelector(":scope > .replies"));
  const left = link.dataset.moreReplies -= items.filter((item) => item.dataset.author).length;
  link.textContent = left === 1 ? words.oneReplyLeft : words.repliesLeft.replace("{count}", left.toLocaleString(lang));
  return items;
}

async function go(loading, link, id, page) {
  const [first] = await loading(link);
  page.refresh();
  note(id);
  first?.querySelector("article").focus();
}

export const more = (link, page) => go(loadMore, link, "", page);
export const moreReplies = (link, page) => go(loadReplies, link, link.closest(".comment").id, page);

/* ---- back to where one was ---- */

/** What was loaded by hand, in order: the comment whose replies, or "" for a page of the list. */
function note(id) {
  history.replaceState({ ...history.state, loaded: [...(history.state?.loaded ?? []), id], top: scrollY }, "");
}

addEventListener("scrollend", () => {
  if (history.state?.loaded) history.replaceState({ ...history.state, top: scrollY }, "");
});

export async function restore(page) {
  const { loaded, top } = history.state;
  history.replaceState({ ...history.state, loaded: [] }, "");
  for (const id of loaded.slice(0, RESTORED_MAX)) {
    const link = document.querySelector(id ? `#${CSS.escape(id)} > .more-replies` : "[data-list] > a[data-more]");
    if (!link) continue;
    await (id ? loadReplies : loadMore)(link);
    note(id);
  }
  page.refresh();
  scrollTo({ top, behavior: "instant" });
}

/* ---- to whom a reply answers ---- */

/** Back leads to the reply again. */
export function jump(link) {
  const item = document.getElementById(`comment-${link.pathname.split("/").pop()}`);
  const { state } = history;
  unfoldAround(item);
  if (location.hash !== `#${item.id}`) {
    const back = () => link.focus({ preventScroll: true });
    const there = () => addEventListener("hashchange", back, { once: true });
    addEventListener("hashchange", there, { once: true });
    location.hash = item.id;
    history.replaceState(state, "");
  }
  arriveAt(item);
}
