/**
 * The queues of the desk without leaving the page: keys, decisions in place, news of what waits, and who is looking at what.
 * Every act is a form of the page and every answer a page of the desk, of which the queue is taken; without this
 * module the same forms do the same.
 */
import { ask } from "./thread.js";

const words = document.getElementById("desk-words").dataset;
const status = document.getElementById("status");
const EVERY = 15_000; // milliseconds between two looks at what waits, while somebody is looking

const queue = () => document.querySelector("[data-queue]");
const items = () => [...document.querySelectorAll("[data-item]")];
const current = () => document.activeElement?.closest("[data-item]");
const typing = (element) => element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

function say(text) {
  status.textContent = text;
}

function focusAt(index) {
  const all = items();
  const item = all[Math.max(0, Math.min(index, all.length - 1))];
  if (!item) return document.querySelector("h1").focus();
  item.focus();
  item.scrollIntoView({ block: "nearest" });
  take(item);
}

/** Tell colleagues that I am looking at it, and be told when one of them is. */
async function take(item) {
  if (item.dataset.taken) return;
  item.dataset.taken = "yes";
  try {
    const answer = await fetch(item.dataset.take, { method: "POST" });
    const { taken_by: name } = await answer.json();
    if (name && !item.querySelector(".taken")) {
      const line = document.createElement("p");
      line.className = "taken";
      line.textContent = words.taken.replace("{name}", name);
      item.querySelector(".who").after(line);
    }
  } catch { // it is only a courtesy
    delete item.dataset.taken;
  }
}

/** Put the queue of a fresh page in place of this one's; what is focused stays focused. */
function show(page, index) {
  const fresh = page?.querySelector("[data-queue]");
  if (!fresh) return false;
  const chosen = new Set([...document.querySelectorAll("[name=comment]:checked")].map((box) => box.value));
  queue().replaceWith(document.importNode(fresh, true));
  document.querySelector(".rooms").replaceWith(document.importNode(page.querySelector(".rooms"), true));
  for (const box of document.querySelectorAll("[name=comment]")) box.checked = chosen.has(box.value);
  if (index !== undefined) focusAt(index);
  return true;
}

async function send(form, submitter) {
  if (form.dataset.busy !== undefined) return;
  form.dataset.busy = "";
  const item = form.closest("[data-item]");
  const index = item ? items().indexOf(item) : 0;
  try {
    const answer = await ask("POST", form.action, new URLSearchParams(new FormData(form, submitter)));
    if (show(answer.page, index)) return say(document.querySelector("[data-undo]").textContent.trim());
    const problem = answer.page?.querySelector("main h1 ~ p");
    say(problem?.textContent ?? words.offline);
    await look();
  } catch {
    say(words.offline);
  } finally {
    delete form.dataset.busy;
  }
}

/* ---- keys ---- */

function press(item, selector) {
  item?.querySelector(selector)?.click();
}

function help() {
  const dialog = document.createElement("dialog");
  dialog.append(document.getElementById("help").content.cloneNode(true));
  dialog.setAttribute("aria-labelledby", "help-title");
  dialog.querySelector("[data-cancel]").onclick = () => dialog.close();
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
}

function hide(item, number) {
  const button = item?.querySelectorAll("[data-decide=hide] button[name=reason]")[number - 1];
  if (button) send(button.form, button);
}

const KEYS = {
  j: () => focusAt(current() ? items().indexOf(current()) + 1 : 0),
  p: () => focusAt(current() ? items().indexOf(current()) - 1 : 0),
  k: () => press(current(), "[data-decide=keep] button"),
  h: () => press(current(), "[data-decide=hide] summary"),
  u: () => press(document, "[data-undo] button"),
  x: () => press(current(), "[name=comment]"),
  a: () => press(current(), "[data-author-link]"),
  "/": () => {
    document.querySelector(".filters").open = true;
    document.getElementById("text").focus();
  },
  "?": help,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.keyCode === 229) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key; // also with a Korean keyboard
  if (/^[1-9]$/.test(key) && current()) {
    event.preventDefault();
    return hide(current(), Number(key));
  }
  const act = KEYS[key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-decide], [data-undo] form")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  send(form, event.submitter);
}, true);

document.addEventListener("focusin", (event) => {
  const item = event.target.closest("[data-item]");
  if (item) take(item);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) help();
});

/* ---- what waits now ---- */

/** A surge somewhere: said once, shown until somebody has seen it. */
function alert(page) {
  const [here, now] = [document, page].map((each) => each.querySelector("[data-alerts]"));
  if (here.textContent === now.textContent) return;
  here.replaceChildren(...document.importNode(now, true).childNodes);
  document.querySelector(".rooms").replaceWith(document.importNode(page.querySelector(".rooms"), true));
  if (here.childElementCount) say(here.firstElementChild.textContent.trim());
}

/** Decided by others: gone. New: there. What I have in hand stays where it is. */
async function look() {
  const { page } = await ask("GET", location.href);
  const held = current();
  const ids = (root) => [...root.querySelectorAll("[data-item]")].map((item) => item.dataset.item).join();
  const fresh = page?.querySelector("[data-queue]");
  if (fresh) alert(page);
  if (!fresh || ids(fresh) === ids(document)) return;
  const index = held ? items().indexOf(held) : undefined;
  const same = held && fresh.querySelector(`#${held.id}`);
  show(page);
  if (held) focusAt(same ? items().findIndex((item) => item.id === held.id) : index);
  say(words.news);
}

setInterval(() => {
  const busy = document.hidden || document.querySelector("dialog[open], .keys details[open]") || typing(document.activeElement);
  if (!busy) look().catch(() => {});
}, EVERY);
document.querySelector("[data-help]").hidden = false;
