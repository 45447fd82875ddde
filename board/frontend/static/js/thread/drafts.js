/**
 * Drafts: unsent text stays on this device until it is posted, cancelled, cleared, seven days old, or its writer signs
 * out. With the text stays the key under which it was sent, so that a comment whose answer was lost is not
 * posted twice. Where storage is refused there are no drafts.
 */
import { oncePerContext } from "../dom.js";
import { updateCount } from "./character-count.js";

const MAX_AGE = 7 * 24 * 3600_000; // milliseconds
const MAX_DRAFTS = 20;
const MAX_LENGTH = 20_000; // characters
const PREFIX = "draft ";
const ownPrefix = ({ viewer }) => `${PREFIX}${viewer} `;

/** Private windows may refuse storage, and it may be full. */
function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}

const keyOf = (form, context) =>
  `${ownPrefix(context)}${new URL(form.action).pathname} ${form.elements.parent?.value ?? ""}`;
/** The field that tells the server which try, or which version of the text, this is. */
const stampOf = (form) => form.elements.key ?? form.elements.version;
const boxOf = (form) => form.querySelector("textarea");
const storedKeys = (prefix) => Object.keys(localStorage).filter((key) => key.startsWith(prefix));

function read(key) {
  const draft = attempt(() => JSON.parse(localStorage.getItem(key)));
  return draft && Date.now() - draft.at < MAX_AGE ? draft : null;
}

/** Remove old drafts. The newest few remain, of any user. */
function prune() {
  const drafts = storedKeys(PREFIX).map((key) => [key, read(key)?.at ?? 0]).sort((a, b) => b[1] - a[1]);
  drafts.filter(([, at], index) => !at || index >= MAX_DRAFTS).forEach(([key]) => localStorage.removeItem(key));
}

export function save(form, context) {
  const box = boxOf(form);
  const isUnchanged = form.dataset.edits ? box.value === box.defaultValue : !box.value.trim();
  if (isUnchanged) return clear(form, context);
  if (box.value.length > MAX_LENGTH) return;
  const draft = { text: box.value, stamp: stampOf(form).value, at: Date.now() };
  attempt(() => localStorage.setItem(keyOf(form, context), JSON.stringify(draft)));
  attempt(prune);
}

/** Remove the draft of this form. Another window's later draft, which has a stamp of its own, stays. */
export function clear(form, context) {
  form.querySelector("[data-draft]").hidden = true;
  const key = keyOf(form, context);
  if (read(key)?.stamp === stampOf(form).value) attempt(() => localStorage.removeItem(key));
}

/** Remove all drafts of this user, who signs out. */
export function clearAll(context) {
  attempt(() => storedKeys(ownPrefix(context)).forEach((key) => localStorage.removeItem(key)));
}

/** Restore the draft, unless the box has a text of its own: one the server has just refused. */
export function restore(form, context) {
  const draft = read(keyOf(form, context));
  const [box, stamp] = [boxOf(form), stampOf(form)];
  if (!draft || (box.value && box.value !== draft.text && !form.dataset.edits)) return;
  const before = { text: box.value, stamp: stamp.value };
  stamp.value = draft.stamp;
  // The browser kept it, or it is stored.
  if (box.value === draft.text) return form.dataset.edits && clear(form, context);
  box.value = draft.text;
  updateCount(form, context);
  form.querySelector("[data-draft]").hidden = false;
  form.querySelector("[data-discard]").onclick = () => {
    clear(form, context);
    [box.value, stamp.value] = [before.text, before.stamp];
    updateCount(form, context);
    box.focus();
  };
}

/** The reply links of this page under which a reply was begun. */
export function linksWithDraft(context) {
  const { root } = context;
  const base = root.querySelector("form[data-write]:not([data-edits])");
  const keys = base ? attempt(() => storedKeys(`${ownPrefix(context)}${new URL(base.action).pathname} `)) ?? [] : [];
  return keys
    .filter((key) => read(key))
    .map((key) => key.split(" ").at(-1))
    .filter((parent) => parent && base.elements.parent.value !== parent)
    .map((parent) => root.querySelector(`#comment-${CSS.escape(parent)} > article a[data-reply]`))
    .filter(Boolean);
}

/** Save what was typed before this module had come; the server's own text is no draft. */
function saveEarlyText(form, context) {
  const { value, defaultValue } = boxOf(form);
  if (value !== defaultValue && value !== read(keyOf(form, context))?.text) save(form, context);
}

export const start = oncePerContext((context) => {
  const { root, signal } = context;
  root.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-write]");
    if (form) save(form, context);
  }, { signal });
  attempt(prune);
  for (const form of root.querySelectorAll("form[data-write]")) {
    restore(form, context);
    saveEarlyText(form, context);
  }
});
