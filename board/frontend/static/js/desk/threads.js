/**
 * Desk, threads: the page stays current by itself and has keyboard shortcuts: J and K from one row to the next, S for
 * slow mode. Without this module the same is there when the page is loaded again.
 */
import { isSignedOut } from "../dom.js";
import { requestPage } from "../request.js";

const INTERVAL = 15_000; // milliseconds between two updates, while somebody is looking
const texts = document.getElementById("threads-texts").dataset;
const container = () => document.querySelector("[data-threads]");
const rows = () => [...document.querySelectorAll("[data-row]")];
const isTyping = (element) => element.matches("input, textarea, select");

function moveFocus(by) {
  const all = rows();
  const index = all.indexOf(document.activeElement.closest("[data-row]"));
  const row = all[Math.max(0, Math.min(index + by, all.length - 1))];
  row?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

const SHORTCUTS = {
  j: () => moveFocus(1),
  k: () => moveFocus(-1),
  s: () => document.activeElement.closest(".surge")?.querySelector("form .primary")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.keyCode === 229) return;
  if (isTyping(event.target)) return;
  const isLetter = event.code.startsWith("Key"); // also with a Korean keyboard
  const key = isLetter ? event.code.slice(3).toLowerCase() : event.key;
  if (!SHORTCUTS[key]) return;
  event.preventDefault();
  SHORTCUTS[key]();
});

/** A button in focus and a form with text in it are not replaced. */
function isBusy() {
  if (document.hidden || container().contains(document.activeElement)) return true;
  return [...container().querySelectorAll("input[type=text]")].some((box) => box.value);
}

async function update() {
  const answer = await requestPage("GET", location.href.split("#")[0], null, { isBackground: true });
  if (isSignedOut(answer)) return location.reload(); // the page to sign in, which leads back
  const { status, page } = answer;
  const fresh = page?.querySelector("[data-threads]");
  if (status !== 200 || !fresh || isBusy() || fresh.textContent === container().textContent) return;
  const known = rows().map((row) => row.id);
  container().replaceWith(document.importNode(fresh, true));
  document.querySelector(".desk-nav").replaceWith(document.importNode(page.querySelector(".desk-nav"), true));
  document.dispatchEvent(new Event("page:changed"));
  const hasNew = rows().some((row) => row.id && !known.includes(row.id));
  if (hasNew) document.getElementById("status").textContent = texts.changed;
}

setInterval(() => {
  if (!isBusy()) update().catch(() => {});
}, INTERVAL);
