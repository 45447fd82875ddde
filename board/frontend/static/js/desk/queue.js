/**
 * Desk, queues: moderate without leaving the page. Keyboard shortcuts, decisions in place, updates, and who is looking
 * at which item. Every action is a form of the page and every answer a page of the desk, of which the queue is taken;
 * without this module the same forms do the same.
 */
import { isSignedOut } from "../dom.js";
import { requestPage } from "../request.js";
import { showSelection, watchSelection } from "./selection.js";

const texts = document.getElementById("queue-texts").dataset;
const status = document.getElementById("status");
const INTERVAL = 15_000; // milliseconds between two updates, while somebody is looking

const queue = () => document.querySelector("[data-queue]");
const items = () => [...document.querySelectorAll("[data-item]")];
const currentItem = () => document.activeElement?.closest("[data-item]");
const isTyping = (element) =>
  element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

let decisions = 0; // sent from this page so far

function announce(text) {
  status.textContent = text;
}

/** Announce what went wrong or changed, and show it where the notice of a decision stands. */
function tell(text) {
  const line = document.createElement("p");
  line.className = "notice";
  line.textContent = text;
  document.querySelector("[data-undo]").replaceChildren(line);
  announce(text);
}

function focusItem(index) {
  const all = items();
  const item = all[Math.max(0, Math.min(index, all.length - 1))];
  if (!item) return focusTitle();
  item.focus();
  item.scrollIntoView({ block: "nearest" });
  claim(item);
}

/** Nothing is left: go on from the top of the page. */
function focusTitle() {
  const title = document.querySelector("main h1");
  title.tabIndex = -1;
  title.focus();
}

/** Tell colleagues that somebody is looking at this item, and learn whether one of them is. */
async function claim(item) {
  if (item.dataset.claimed) return;
  item.dataset.claimed = "yes";
  try {
    const answer = await fetch(item.dataset.claimUrl, { method: "POST" });
    const { taken_by: name } = await answer.json();
    if (name && !item.querySelector(".claimed-by")) {
      const line = document.createElement("p");
      line.className = "claimed-by";
      line.textContent = texts.beingViewed.replace("{name}", name);
      item.querySelector(".author-line").after(line);
    }
  } catch { // it is only a courtesy
    delete item.dataset.claimed;
  }
}

/** Replace the queue with that of a fresh page; selected items stay selected. */
function showQueue(page, index) {
  const fresh = page?.querySelector("[data-queue]");
  if (!fresh) return false;
  const selected = new Set([...document.querySelectorAll("[name=comment]:checked")].map((box) => box.value));
  const next = document.importNode(fresh, true);
  next.querySelector(".filters").replaceWith(document.querySelector(".filters")); // somebody may be filling them in
  queue().replaceWith(next);
  showNavigation(page);
  for (const box of document.querySelectorAll("[name=comment]")) box.checked = selected.has(box.value);
  if (index !== undefined) focusItem(index);
  document.dispatchEvent(new Event("page:changed"));
  showSelection(texts.selected);
  forgetNoticesInTime();
  return true;
}

function showNavigation(page) {
  const old = document.querySelector(".desk-nav");
  const fresh = document.importNode(page.querySelector(".desk-nav"), true);
  const place = old.scrollLeft;
  old.replaceWith(fresh);
  fresh.scrollLeft = place;
}

/** Take notices, and offers to undo, away when their time is over; the focus one had goes to the queue. */
function forgetNoticesInTime() {
  for (const notice of document.querySelectorAll("[data-undo] [data-seconds-left]")) {
    setTimeout(() => {
      const hadFocus = notice.contains(document.activeElement);
      notice.remove();
      if (hadFocus) focusItem(0);
    }, Number(notice.dataset.secondsLeft) * 1000);
  }
}

/** A notice is said once: not again when the page is loaded again, or when somebody comes back to it. */
function forgetNoticeInAddress() {
  const url = new URL(location.href);
  url.searchParams.delete("notice");
  history.replaceState(history.state, "", url);
}

/** Show why a decision was refused, and the queue as it is now. */
async function showRefusal(answer) {
  const problem = answer.page?.querySelector("main [role=alert]");
  const { page } = await requestPage("GET", location.href);
  const focused = currentItem();
  const index = focused ? items().indexOf(focused) : 0;
  showQueue(page, index);
  tell(problem?.textContent.trim() ?? texts.offline);
}

/** The item a decision was about, to return to when it is undone. */
const undoneItem = (form) => form.closest(".undo")?.dataset.about;

async function send(form, submitter) {
  if (form.dataset.busy !== undefined) return;
  form.dataset.busy = "";
  decisions++;
  const item = form.closest("[data-item]");
  const index = item ? items().indexOf(item) : 0;
  try {
    const answer = await requestPage("POST", form.action, new URLSearchParams(new FormData(form, submitter)));
    if (isSignedOut(answer)) return location.reload(); // the page to sign in, which leads back
    const about = undoneItem(form);
    if (!showQueue(answer.page, index)) return await showRefusal(answer);
    const restored = items().findIndex((each) => each.id === about);
    if (restored >= 0) focusItem(restored);
    announce(noticeText(answer.page));
  } catch {
    tell(texts.offline);
  } finally {
    delete form.dataset.busy;
  }
}

/** What the answer says was done, and whether it can be undone; else the problem with it. */
function noticeText(page) {
  const said = page.querySelector(".undo span, .problem, [data-undo] .notice");
  return said?.textContent.trim() ?? "";
}

/* ---- keyboard shortcuts ---- */

function click(root, selector) {
  root?.querySelector(selector)?.click();
}

/** Choose the item in focus; with Shift, all from the one chosen last. */
function select({ shiftKey }) {
  const box = currentItem()?.querySelector("[name=comment]");
  box?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey }));
}

function showHelp() {
  const dialog = document.createElement("dialog");
  dialog.append(document.getElementById("help").content.cloneNode(true));
  dialog.setAttribute("aria-labelledby", "help-title");
  dialog.querySelector("[data-cancel]").onclick = () => dialog.close();
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
}

/** Hide for the reason with this number. */
function hide(item, number) {
  const button = item?.querySelectorAll("[data-decide=hide] button[name=reason]")[number - 1];
  if (button) send(button.form, button);
}

const SHORTCUTS = {
  j: () => focusItem(currentItem() ? items().indexOf(currentItem()) + 1 : 0),
  k: () => focusItem(currentItem() ? items().indexOf(currentItem()) - 1 : 0),
  a: () => click(currentItem(), "[data-decide=keep] button"),
  d: () => click(currentItem(), "[data-decide=hide] summary"),
  u: () => click(document, "[data-undo] button"),
  x: select,
  p: () => click(currentItem(), "[data-author-link]"),
  "/": () => {
    document.querySelector(".filters").open = true;
    document.getElementById("text").focus();
  },
  "?": showHelp,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.keyCode === 229) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const isLetter = event.code.startsWith("Key"); // also with a Korean keyboard
  const key = isLetter ? event.code.slice(3).toLowerCase() : event.key;
  if (/^[1-9]$/.test(key) && currentItem()) {
    event.preventDefault();
    return hide(currentItem(), Number(key));
  }
  const action = SHORTCUTS[key];
  if (!action) return;
  event.preventDefault();
  action(event);
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
  if (item) claim(item);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) showHelp();
});

/* ---- updates ---- */

/** Alerts of a surge: announced once, shown until somebody has seen them. */
function showAlerts(page) {
  const [here, now] = [document, page].map((each) => each.querySelector("[data-alerts]"));
  if (here.textContent === now.textContent) return;
  here.replaceChildren(...document.importNode(now, true).childNodes);
  showNavigation(page);
  if (here.childElementCount) announce(here.querySelector(".alert").textContent.trim());
}

/** Remove what others have decided, add what is new; item in focus and notice stay as they are. */
async function update() {
  const before = decisions;
  const answer = await requestPage("GET", location.href, null, { isBackground: true });
  if (isSignedOut(answer)) return location.reload(); // the page to sign in, which leads back
  if (decisions !== before) return; // it may be older than what a decision has shown
  const { page } = answer;
  const focused = currentItem();
  const idsIn = (root) => [...root.querySelectorAll("[data-item]")].map((item) => item.dataset.item).join();
  const fresh = page?.querySelector("[data-queue]");
  if (fresh) showAlerts(page);
  if (!fresh || idsIn(fresh) === idsIn(document)) return;
  const index = focused ? items().indexOf(focused) : undefined;
  const isStillThere = focused && fresh.querySelector(`#${focused.id}`);
  const notice = document.querySelector("[data-undo]"); // of one's own decision
  showQueue(page);
  document.querySelector("[data-undo]").replaceWith(notice);
  if (focused) focusItem(isStillThere ? items().findIndex((item) => item.id === focused.id) : index);
  announce(texts.changed);
}

setInterval(() => {
  const isOpen = document.querySelector("dialog[open], .card-actions details[open]");
  if (!document.hidden && !isOpen && !isTyping(document.activeElement)) update().catch(() => {});
}, INTERVAL);
document.querySelector("[data-help]").hidden = false;
watchSelection(texts.selected);
forgetNoticesInTime();
forgetNoticeInAddress();
