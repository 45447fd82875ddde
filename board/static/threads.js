/**
 * The desk's page of threads stays current by itself, and is walked by keys: J and P from one row to the next, S for
 * slow mode. What is there without this module does the same when the page is loaded again.
 */
import { ask } from "./thread.js";

const EVERY = 15_000; // milliseconds between two looks, while somebody is looking
const words = document.getElementById("thread-words").dataset;
const here = () => document.querySelector("[data-threads]");
const rows = () => [...document.querySelectorAll("[data-row]")];
const typing = (element) => element.matches("input, textarea, select");

function step(by) {
  const all = rows();
  const at = all.indexOf(document.activeElement.closest("[data-row]"));
  const row = all[Math.max(0, Math.min(at + by, all.length - 1))];
  row?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  j: () => step(1),
  p: () => step(-1),
  s: () => document.activeElement.closest(".surge")?.querySelector("form .primary")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.keyCode === 229) return;
  if (typing(event.target)) return;
  const key = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key; // also with a Korean keyboard
  if (!KEYS[key]) return;
  event.preventDefault();
  KEYS[key]();
});

/** What one is about to press or has begun to write stays under one's hands. */
const isBusy = () => document.hidden || here().contains(document.activeElement) || [...here().querySelectorAll("input[type=text]")].some((box) => box.value);

async function look() {
  const { status, page } = await ask("GET", location.href.split("#")[0]);
  const fresh = page?.querySelector("[data-threads]");
  if (status !== 200 || !fresh || isBusy() || fresh.textContent === here().textContent) return;
  const known = rows().map((row) => row.id);
  here().replaceWith(document.importNode(fresh, true));
  document.querySelector(".rooms").replaceWith(document.importNode(page.querySelector(".rooms"), true));
  if (rows().some((row) => row.id && !known.includes(row.id))) document.getElementById("status").textContent = words.news;
}

setInterval(() => {
  if (!isBusy()) look().catch(() => {});
}, EVERY);
