/**
 * Collapse the replies of a conversation. Remembered on this device only: which conversations, of the articles where
 * something was collapsed last.
 */
import { oncePerContext } from "../dom.js";

const KEY = "folded"; // behind the prefix of the context
const MAX_ARTICLES = 30;
const MAX_PER_ARTICLE = 50;

/** [article, ids of comments] pairs, the latest last. None where storage is refused, as in private windows. */
function readStored({ storagePrefix }) {
  try {
    const pairs = JSON.parse(localStorage.getItem(storagePrefix + KEY));
    return pairs.filter((pair) => Array.isArray(pair?.[1])); // anything else there is not ours
  } catch {
    return [];
  }
}

const articleIn = ({ root }) => root.querySelector("[data-thread]")?.dataset.thread; // a search has none

function collapsedIds(context) {
  const article = articleIn(context);
  return readStored(context).find(([each]) => each === article)?.[1] ?? [];
}

function store(ids, context) {
  const article = articleIn(context);
  const others = readStored(context).filter(([each]) => each !== article);
  const all = ids.length ? [...others, [article, ids.slice(-MAX_PER_ARTICLE)]] : others;
  try {
    localStorage.setItem(context.storagePrefix + KEY, JSON.stringify(all.slice(-MAX_ARTICLES)));
  } catch {
    // it lasts as long as the page
  }
}

const buttonOf = (item) => item.querySelector(":scope > article .collapse-button");

function setCollapsed(item, collapsed) {
  const button = buttonOf(item);
  button.setAttribute("aria-expanded", String(!collapsed));
  const [collapseLabel, expandLabel] = button.children;
  collapseLabel.hidden = collapsed;
  expandLabel.hidden = !collapsed;
  for (const part of item.querySelectorAll(":scope > .replies, :scope > .more-replies")) part.hidden = collapsed;
}

export function toggle(button, context) {
  start(context);
  const item = button.closest(".comment");
  const collapsed = button.getAttribute("aria-expanded") === "true";
  const others = collapsedIds(context).filter((id) => id !== item.id);
  setCollapsed(item, collapsed);
  store(collapsed ? [...others, item.id] : others, context);
}

/** Expand the conversation that a reply belongs to. */
function expandAround(reply, context) {
  const parent = reply.parentElement.closest(".comment");
  const button = parent?.querySelector(":scope > article .collapse-button[aria-expanded=false]");
  if (button) toggle(button, context);
}

/** Collapse the remembered conversations, in this page or in comments that just came into it. */
export function restoreCollapsed(context) {
  start(context);
  for (const id of collapsedIds(context)) {
    const item = context.root.getElementById(id);
    if (item && buttonOf(item)) setCollapsed(item, true);
  }
}

const start = oncePerContext((context) => {
  const { root, signal } = context;
  root.addEventListener("comments:changed", () => restoreCollapsed(context), { signal });
  root.addEventListener("comment:reveal", (event) => expandAround(event.target, context), { signal });
});
