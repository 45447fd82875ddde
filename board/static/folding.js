/**
 * Folding up the replies of a conversation. Remembered on this device only: which conversations, of the articles
 * where one folded something last.
 */
const KEY = "folded";
const ARTICLES = 30;
const EACH = 50;
const article = document.querySelector("[data-thread]")?.dataset.thread; // a search has none

/** [article, ids of comments] pairs, the latest last. Private windows may refuse storage: then nothing is remembered. */
function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return kept.filter((pair) => Array.isArray(pair?.[1])); // whatever else may have been put there is no business of ours
  } catch {
    return [];
  }
}

const here = () => remembered().find(([each]) => each === article)?.[1] ?? [];

function remember(ids) {
  const others = remembered().filter(([each]) => each !== article);
  const all = ids.length ? [...others, [article, ids.slice(-EACH)]] : others;
  try {
    localStorage.setItem(KEY, JSON.stringify(all.slice(-ARTICLES)));
  } catch {
    // as long as the page
  }
}

const buttonOf = (item) => item.querySelector(":scope > article .fold");

function show(item, folded) {
  const button = buttonOf(item);
  button.setAttribute("aria-expanded", String(!folded));
  const [hide, unhide] = button.children;
  hide.hidden = folded;
  unhide.hidden = !folded;
  for (const part of item.querySelectorAll(":scope > .replies, :scope > .more-replies")) part.hidden = folded;
}

export function toggle(button) {
  const item = button.closest(".comment");
  const folded = button.getAttribute("aria-expanded") === "true";
  const others = here().filter((id) => id !== item.id);
  show(item, folded);
  remember(folded ? [...others, item.id] : others);
}

/** Make sure that `reply` can be seen. */
export function unfoldAround(reply) {
  const button = reply.parentElement.closest(".comment")?.querySelector(":scope > article .fold[aria-expanded=false]");
  if (button) toggle(button);
}

/** Fold what is remembered and has just come into the page. */
export function refold() {
  for (const id of here()) {
    const item = document.getElementById(id);
    if (item && buttonOf(item)) show(item, true);
  }
}
