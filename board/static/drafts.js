/**
 * What one is writing stays on this device until it is posted, cancelled, cleared, seven days old, or its writer signs
 * out. With the text stays the key under which it was sent, so that a comment whose answer was lost is not posted twice.
 * Where storage is refused there are no drafts.
 */
import { count } from "./counting.js";

const LIFE = 7 * 24 * 3600_000; // milliseconds
const MOST = 20; // drafts
const LONGEST = 20_000; // characters
const MINE = `draft ${document.body.dataset.viewer} `;

/** Private windows may refuse storage, and it may be full. */
function attempt(deed) {
  try {
    return deed();
  } catch {
    return undefined;
  }
}

const nameOf = (form) => `${MINE}${new URL(form.action).pathname} ${form.elements.parent?.value ?? ""}`;
/** What tells the server which try, or which text, this is. */
const stampOf = (form) => form.elements.key ?? form.elements.version;
const boxOf = (form) => form.querySelector("textarea");
const keptNames = (prefix) => Object.keys(localStorage).filter((name) => name.startsWith(prefix));

function read(name) {
  const draft = attempt(() => JSON.parse(localStorage.getItem(name)));
  return draft && Date.now() - draft.at < LIFE ? draft : null;
}

/** The newest few remain, whosever they are. */
function tidy() {
  const drafts = keptNames("draft ").map((name) => [name, read(name)?.at ?? 0]).sort((a, b) => b[1] - a[1]);
  drafts.filter(([, at], place) => !at || place >= MOST).forEach(([name]) => localStorage.removeItem(name));
}

export function save(form) {
  const box = boxOf(form);
  const unchanged = form.dataset.edits ? box.value === box.defaultValue : !box.value.trim();
  if (unchanged) return clear(form);
  if (box.value.length > LONGEST) return;
  const draft = { text: box.value, stamp: stampOf(form).value, at: Date.now() };
  attempt(() => localStorage.setItem(nameOf(form), JSON.stringify(draft)));
  attempt(tidy);
}

/** Another window's later draft, which has a stamp of its own, stays. */
export function clear(form) {
  form.querySelector("[data-draft]").hidden = true;
  if (read(nameOf(form))?.stamp === stampOf(form).value) attempt(() => localStorage.removeItem(nameOf(form)));
}

/** Whoever signs out leaves nothing behind. */
export function forget() {
  attempt(() => keptNames(MINE).forEach((name) => localStorage.removeItem(name)));
}

/** Bring back what was written here, unless the box has a text of its own: one the server has just refused. */
export function restore(form) {
  const draft = read(nameOf(form));
  const [box, stamp] = [boxOf(form), stampOf(form)];
  if (!draft || (box.value && box.value !== draft.text && !form.dataset.edits)) return;
  const before = { text: box.value, stamp: stamp.value };
  stamp.value = draft.stamp;
  if (box.value === draft.text) return form.dataset.edits && clear(form); // the browser has kept it, or it is stored
  box.value = draft.text;
  count(form);
  form.querySelector("[data-draft]").hidden = false;
  form.querySelector("[data-discard]").onclick = () => {
    clear(form);
    [box.value, stamp.value] = [before.text, before.stamp];
    count(form);
    box.focus();
  };
}

/** Replies begun on this page are open again. */
async function reopen() {
  const base = document.querySelector("form[data-write]:not([data-edits])");
  const replies = base ? attempt(() => keptNames(`${MINE}${new URL(base.action).pathname} `)) ?? [] : [];
  for (const name of replies.filter(read)) {
    const parent = name.split(" ").at(-1);
    const link = parent && document.querySelector(`#comment-${CSS.escape(parent)} > article a[data-reply]`);
    if (link && base.elements.parent.value !== parent) (await import("./conversation.js")).open(link);
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-write]");
  if (form) save(form);
});
attempt(tidy);
for (const form of document.querySelectorAll("form[data-write]")) restore(form);
reopen().catch(() => {}); // they come back when Reply is pressed
