/**
 * Search a thread in place, one search at a time, and highlight matches in the text as it stands: the page is not
 * changed, only painted on (CSS Custom Highlight API). A browser without it shows the comments without highlights.
 */
import { requestPage } from "../dom.js";

const TIMEOUT = 2_000; // milliseconds: a search that takes longer is given up

/* ---- highlights ---- */

const INITIALS = [..."ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"]; // initial consonants, in the order of Unicode
const SYLLABLES = /[\uac00-\ud7a3]/g;
const FIRST_SYLLABLE = 0xac00;
const SYLLABLES_PER_INITIAL = 588;

const initialOf = (syllable) =>
  INITIALS[Math.floor((syllable.charCodeAt(0) - FIRST_SYLLABLE) / SYLLABLES_PER_INITIAL)];
const toInitials = (text) => text.replace(SYLLABLES, initialOf);

/** Where `word` is in `text`, as pairs of start and end. */
function* matches(text, word) {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) yield [at, at + word.length];
}

function* rangesIn(node, words) {
  const text = node.data.toLowerCase();
  if (text.length !== node.data.length) return; // positions would not fit: no highlight
  for (const word of words) {
    const variants = /^[ㄱ-ㅎ]+$/.test(word) ? [text, toInitials(text)] : [text];
    for (const variant of variants) {
      for (const [startOffset, endOffset] of matches(variant, word)) {
        yield new StaticRange({ startContainer: node, startOffset, endContainer: node, endOffset });
      }
    }
  }
}

function highlightMatches() {
  if (!globalThis.Highlight || !CSS.highlights) return;
  const words = document.getElementById("q").defaultValue.toLowerCase().split(/\s+/).filter(Boolean);
  const highlight = new Highlight();
  for (const paragraph of document.querySelectorAll(".comment .text > p")) {
    const nodes = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) for (const range of rangesIn(nodes.currentNode, words)) highlight.add(range);
  }
  CSS.highlights.set("found", highlight);
}

/* ---- search in place ---- */

let current = null; // the newest search, and the only one in flight

function showResults(fresh) {
  const [here, now] = [document, fresh].map((each) => each.getElementById("found"));
  here.querySelector("[data-found]").replaceWith(document.importNode(now.querySelector("[data-found]"), true));
  if (now.dataset.reactions) here.dataset.reactions = now.dataset.reactions;
  document.title = fresh.title;
}

/** Whether the results are shown. A newer search ends this one; then it is silent. */
async function search(url, page) {
  current?.abort();
  const controller = new AbortController();
  current = controller;
  const feedback = document.querySelector("#found [data-feedback]");
  feedback.textContent = "";
  try {
    const { signal } = controller;
    const answer = await requestPage("GET", url.href, undefined, { timeout: TIMEOUT, signal });
    if (signal.aborted) return false;
    if (answer.status >= 400) throw new Error(answer.status);
    showResults(answer.page);
  } catch {
    if (!controller.signal.aborted) feedback.textContent = feedback.dataset.slow;
    return false;
  }
  document.getElementById("q").defaultValue = url.searchParams.get("q");
  highlightMatches();
  page.refresh();
  return true;
}

/** The focus stays in the box while the reader goes on typing; else it moves to the results. */
export async function submitSearch(form, page) {
  const box = form.elements.q;
  const url = new URL(form.action);
  const query = box.value;
  url.searchParams.set("q", query);
  if (!(await search(url, page))) return;
  history.pushState({ searched: true }, "", url);
  if (box.value === query) document.getElementById("found").focus();
}

/** Back and forward, between searches made in place. */
export function repeatSearch(page) {
  const url = new URL(location.href);
  document.getElementById("q").value = url.searchParams.get("q") ?? "";
  return search(url, page);
}

highlightMatches();
