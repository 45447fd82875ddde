/**
 * Character count: counts as the server does, in grapheme clusters of the normalised text. normalize() does the same as
 * normalize() in board/text/normalization.py, in the same order, except for stacked marks, which count as one;
 * tests/browser/test_character_count.py compares the two.
 */
import { oncePerContext } from "../dom.js";

const MARKS = [0, 20, 50]; // characters left at which it is announced

const INVISIBLE = new RegExp(
  "[\\x01-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u00ad\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f"
  + "\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\u{13430}-\\u{1343f}"
  + "\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}]",
  "gu",
);
const TAGS = /(\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{2,6}\u{e007f})|[\u{e0000}-\u{e007f}]/gu;
const STRAY_SELECTOR = /(?<![^\s\u200c\u200d])[\u034f\ufe00-\ufe0f\u{e0100}-\u{e01ef}]+/gu;
const JOINING_SCRIPTS = [
  "Arabic", "Syriac", "Mongolian", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu",
  "Kannada", "Malayalam", "Sinhala", "Khmer", "Myanmar",
].map((script) => `\\p{Script=${script}}`).join("");
const STRAY_JOINER = new RegExp(
  `(?<![\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f${JOINING_SCRIPTS}])[\\u200c\\u200d]`,
  "gu",
);

/** The text as the server will store it. */
function normalize(text) {
  const visible = text.replace(/\r\n|[\r\u2028\u2029]/g, "\n").replaceAll("\t", " ").replace(INVISIBLE, "");
  const plain = visible.replace(TAGS, "$1").replace(STRAY_SELECTOR, "").replace(STRAY_JOINER, "");
  const lines = plain.split("\n").map((line) => line.trimEnd()).join("\n").replace(/\n{4,}/g, "\n\n\n");
  return lines.trim().normalize("NFC");
}

const segmenter = "Segmenter" in Intl ? new Intl.Segmenter() : null;

function countGraphemes(text) {
  return [...(segmenter ? segmenter.segment(normalize(text)) : normalize(text))].length;
}

export function updateCount(form, { texts }) {
  const counter = form.querySelector("[data-limit]");
  if (!counter) return;
  const limit = Number(counter.dataset.limit);
  const used = countGraphemes(form.querySelector("textarea").value);
  counter.textContent = `${used.toLocaleString()} / ${limit.toLocaleString()}`;
  counter.classList.toggle("over", used > limit);
  announceLeft(form.querySelector("[data-countdown]"), limit - used, texts);
}

/** Announce the rest only on the way down past a mark, not at each key. */
function announceLeft(line, left, texts) {
  const mark = left < 0 ? -1 : (MARKS.find((each) => left <= each) ?? Infinity);
  if (mark < Number(line.dataset.mark ?? Infinity)) {
    line.textContent = (left < 0 ? texts.over : texts.left).replace("{count}", Math.abs(left));
  }
  line.dataset.mark = mark;
}

export const start = oncePerContext((context) => {
  const { root, signal } = context;
  root.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-write]");
    if (form) updateCount(form, context);
  }, { signal });
  for (const form of root.querySelectorAll("form[data-write]")) updateCount(form, context);
});
