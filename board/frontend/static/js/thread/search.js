/**
 * Search a thread in place, one search at a time, and highlight matches in the text as it stands: the page is not
 * changed, only painted on (CSS Custom Highlight API). A browser without it shows the comments without highlights.
 */
import { oncePerContext } from "../dom.js";

const TIMEOUT = 2_000; // milliseconds: a search that takes longer is given up

/* ---- highlights ---- */

const INITIALS = [..."ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"]; // initial consonants, in the order of Unicode
const FIRST_SYLLABLE = 0xac00;
const SYLLABLES_PER_INITIAL = 588;
const CLUSTERS = new Map( // what an input method makes of two letters
  "ㄳㄱㅅ ㄵㄴㅈ ㄶㄴㅎ ㄺㄹㄱ ㄻㄹㅁ ㄼㄹㅂ ㄽㄹㅅ ㄾㄹㅌ ㄿㄹㅍ ㅀㄹㅎ ㅄㅂㅅ".split(" ").map(([key, ...pair]) => [key, pair.join("")]),
);
const ALONE = /[\u3131-\u318e]/; // Hangul letters, of which NFKC would make parts of syllables
const HALF_WIDTH_CONSONANT = /[\uffa1-\uffbe]/;

/** A character as fold() in board/comments/search_index/tokenizer.py makes it, but for marks on the one before. */
function foldChar(char) {
  const letter = HALF_WIDTH_CONSONANT.test(char) ? String.fromCharCode(char.charCodeAt(0) - 0xffa1 + 0x3131) : char;
  if (ALONE.test(letter)) return CLUSTERS.get(letter) ?? letter;
  return letter.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFC");
}

/** The folded text, and for each of its characters where the character it comes from starts and ends. */
function fold(text) {
  let folded = "";
  const starts = [];
  const ends = [];
  for (const { 0: char, index } of text.matchAll(/./gsu)) {
    for (const each of foldChar(char).split("")) {
      folded += each;
      starts.push(index);
      ends.push(index + char.length);
    }
  }
  return { folded, starts, ends };
}

/** A consonant stands for itself and for every syllable that begins with it. */
function charPattern(char) {
  const index = INITIALS.indexOf(char);
  if (index < 0) return char.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
  const first = FIRST_SYLLABLE + index * SYLLABLES_PER_INITIAL;
  return `[${char}${String.fromCharCode(first)}-${String.fromCharCode(first + SYLLABLES_PER_INITIAL - 1)}]`;
}

const patternOf = (word) => new RegExp([...word].map(charPattern).join(""), "gu");

function* rangesIn(node, patterns) {
  const { folded, starts, ends } = fold(node.data);
  for (const pattern of patterns) {
    for (const { 0: { length }, index } of folded.matchAll(pattern)) {
      const [startOffset, endOffset] = [starts[index], ends[index + length - 1]];
      yield new StaticRange({ startContainer: node, startOffset, endContainer: node, endOffset });
    }
  }
}

function highlightMatches({ root }) {
  if (!globalThis.Highlight || !CSS.highlights) return;
  const words = fold(root.getElementById("q").defaultValue).folded.split(/\s+/).filter(Boolean);
  const patterns = words.map(patternOf);
  const highlight = new Highlight();
  for (const paragraph of root.querySelectorAll(".comment .text > p")) {
    const nodes = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    const before = highlight.size;
    while (nodes.nextNode()) for (const range of rangesIn(nodes.currentNode, patterns)) highlight.add(range);
    const details = paragraph.parentElement.nextElementSibling;
    if (highlight.size > before && details?.matches(".fold")) details.open = true;
  }
  CSS.highlights.set("found", highlight);
}

/* ---- search in place ---- */

let current = null; // the newest search, and the only one in flight

function showResults(context, fresh) {
  const [here, now] = [context.root, fresh].map((each) => each.getElementById("found"));
  here.querySelector("[data-found]").replaceWith(context.adopt(now.querySelector("[data-found]")));
  if (now.dataset.reactions) here.dataset.reactions = now.dataset.reactions;
  if (context.root === document) document.title = fresh.title;
}

/** Whether the results are shown. A newer search ends this one; then it is silent. */
async function search(url, context) {
  current?.abort();
  const controller = new AbortController();
  current = controller;
  const feedback = context.root.querySelector("#found [data-feedback]");
  feedback.textContent = "";
  try {
    const { signal } = controller;
    const answer = await context.request("GET", url.href, undefined, { timeout: TIMEOUT, signal });
    if (signal.aborted) return false;
    if (answer.status >= 400) throw new Error(answer.status);
    showResults(context, answer.page);
  } catch {
    if (!controller.signal.aborted) feedback.textContent = feedback.dataset.slow;
    return false;
  }
  context.root.getElementById("q").defaultValue = url.searchParams.get("q");
  highlightMatches(context);
  context.refresh();
  return true;
}

/** The focus stays in the box while the reader goes on typing; else it moves to the results. */
export async function submitSearch(form, context) {
  const box = form.elements.q;
  const url = new URL(form.action);
  const query = box.value;
  url.searchParams.set("q", query);
  if (!(await search(url, context))) return;
  context.history.pushState({ searched: true }, "", url);
  if (box.value === query) context.root.getElementById("found").focus();
}

/** Back and forward, between searches made in place. */
export function repeatSearch(context) {
  const url = new URL(context.url);
  context.root.getElementById("q").value = url.searchParams.get("q") ?? "";
  return search(url, context);
}

export const start = oncePerContext(highlightMatches);
