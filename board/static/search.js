/**
 * Marks what was searched for, in the text as it stands: the page is not changed, only painted on (CSS Custom
 * Highlight API). A browser without it shows the comments unmarked.
 */
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
  const words = document.getElementById("q").defaultValue.toLowerCase().split(/\s+/).filter(Boolean);
  const found = new Highlight();
  for (const paragraph of document.querySelectorAll(".comment .text > p")) {
    const nodes = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) for (const range of ranges(nodes.currentNode, words)) found.add(range);
  }
  CSS.highlights.set("found", found);
}

if (globalThis.Highlight && CSS.highlights && document.getElementById("q")) mark();
