/**
 * Searching a thread in place, one search at a time, and marking what was searched for in the text as it stands: the
 * page is not changed, only painted on (CSS Custom Highlight API). A browser without it shows the comments unmarked.
 */
import { ask } from "./thread.js";

const PATIENCE = 2_000; // milliseconds: a search that takes longer is given up
const INITIALS = [..."ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"];
const FIRST = 0xac00;
const LAST = 0xd7a3;
const PER_INITIAL = 588;

const initialOf = (syllable) => INITIALS[Math.floor((syllable.charCodeAt(0) - FIRST) / PER_INITIAL)];
const initials = (text) => text.replace(new RegExp(`[${String.fromCharCode(FIRST)}-${String.fromCharCode(LAST)}]`, "g"), initialOf);

/** Where `word` stands in `text`, as pairs of positions; folding that changes lengths is left unmarked. */
function* places(text, word) {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) yield [at, at + word.length];
}

function* ranges(node, words) {
  const text = node.data.toLowerCase();
  if (text.length !== node.data.length) return;
  for (const word of words) {
    const ways = /^[ㄱ-ㅎ]+$/.test(word) ? [text, initials(text)] : [text];
    for (const way of ways) {
      for (const [start, end] of places(way, word)) yield new StaticRange({ startContainer: node, startOffset: start, endContainer: node, endOffset: end });
    }
  }
}

function mark() {
  if (!globalThis.Highlight || !CSS.highlights) return;
  const words = document.getElementById("q").defaultValue.toLowerCase().split(/\s+/).filter(Boolean);
  const found = new Highlight();
  for (const paragraph of document.querySelectorAll(".comment .text > p")) {
    const nodes = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) for (const range of ranges(nodes.currentNode, words)) found.add(range);
  }
  CSS.highlights.set("found", found);
}

/* ---- in place ---- */

let current = null; // the search in flight: the newest, and no other

/** What was found, where the last search's was. */
function put(fresh) {
  const [here, now] = [document, fresh].map((each) => each.getElementById("found"));
  here.querySelector("[data-found]").replaceWith(document.importNode(now.querySelector("[data-found]"), true));
  if (now.dataset.mine) here.dataset.mine = now.dataset.mine;
  document.title = fresh.title;
}

/** A newer search ends this one; then it is silent. */
async function search(url, page) {
  current?.abort();
  const mine = new AbortController();
  current = mine;
  const told = document.querySelector("#found [data-told]");
  told.textContent = "";
  try {
    const answer = await ask("GET", url.href, undefined, { patience: PATIENCE, signal: mine.signal });
    if (mine.signal.aborted) return false;
    if (answer.status >= 400) throw new Error(answer.status);
    put(answer.page);
  } catch {
    if (!mine.signal.aborted) told.textContent = told.dataset.slow;
    return false;
  }
  document.getElementById("q").defaultValue = url.searchParams.get("q");
  mark();
  page.refresh();
  return true;
}

/** Whoever goes on typing is left in the box; others arrive at what was found. */
export async function seek(form, page) {
  const box = form.elements.q;
  const url = new URL(form.action);
  url.searchParams.set("q", box.value);
  const asked = box.value;
  if (!(await search(url, page))) return;
  history.pushState({ searched: true }, "", url);
  if (box.value === asked) document.getElementById("found").focus();
}

/** Back and forward, between searches made in place. */
export function again(page) {
  const url = new URL(location.href);
  document.getElementById("q").value = url.searchParams.get("q") ?? "";
  return search(url, page);
}

mark();
