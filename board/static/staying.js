/**
 * Staying current: asks now and then whether comments have come since this page was made, and offers them; and whether
 * the thread is steered otherwise now, which is told at once.
 * The answer is small and the same for everyone, and a 304 while nothing has changed. Nobody asks for a page that is
 * not seen, or whose reader has left the desk.
 */
import { arriveAt, ask, isNewestFirst, merge, recount } from "./thread.js";

const FIRST = 20_000; // milliseconds between two questions; longer and longer while nothing is new
const GROWTH = 1.5;
const LONGEST = 300_000;
const SOON = 1_000; // when the reader comes back
const IDLE = 1_800_000; // without a sign of the reader no more questions
const PATIENCE = 10_000;
const LIST = 50; // as many ids as one answer has at most

const section = document.querySelector("[data-newest]");
const place = section.querySelector(".arrivals");
const line = place.querySelector("[role=status]");
const link = place.querySelector("a");
const words = document.getElementById("talk").dataset;
const lang = document.documentElement.lang;

let lent; // what board.js lends: say(text), refresh()
let known = Number(section.dataset.newest);
let arrived = []; // ids that are not on the page, the newest first
let etag = "";
let delay = FIRST;
let timer = null;
let due = 0;
let asking = false;
let askedAt = 0;
let notBefore = 0; // the server asked for so much rest
let seenAt = Date.now();

/* ---- when to ask ---- */

const isThere = () => !document.hidden && navigator.onLine && Date.now() - seenAt < IDLE;

/** Readers who came at the same moment do not ask at the same moment. */
const jittered = (wait) => wait * (0.9 + Math.random() / 5);

function rest() {
  clearTimeout(timer);
  timer = null;
}

function plan(wait) {
  rest();
  due = Date.now() + Math.max(jittered(wait), notBefore - Date.now());
  if (isThere()) timer = setTimeout(look, due - Date.now());
}

/** The reader is here: from now on as often as at first. */
function wake() {
  seenAt = Date.now();
  delay = FIRST;
  const wait = Math.max(SOON, askedAt + FIRST - Date.now());
  if (!asking && (!timer || due > Date.now() + wait * 1.1)) plan(wait);
}

function stir() {
  seenAt = Date.now();
  if (!timer && !asking) wake();
}

async function look() {
  timer = null;
  if (!isThere()) return;
  asking = true;
  askedAt = Date.now();
  const before = arrived.length;
  const goesOn = await question().catch(() => true); // the network failed: nobody is told, it is asked again
  asking = false;
  if (arrived.length <= before) delay = Math.min(LONGEST, delay * GROWTH);
  if (goesOn) plan(delay);
}

/** False when there is nothing more to ask. */
async function question() {
  const headers = etag ? { "If-None-Match": etag } : {};
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await fetch(place.dataset.news, { credentials: "omit", cache: "no-store", headers, signal });
  notBefore = Date.now() + 1000 * (Number(answer.headers.get("Retry-After")) || 0);
  if (answer.status !== 200) return answer.status !== 404;
  etag = answer.headers.get("ETag") ?? "";
  const { newest, steered = "" } = await answer.json();
  offer(newest);
  if (steered !== section.dataset.steered) await (await import("./steered.js")).heed(lent);
  return true;
}

/* ---- what to show ---- */

const itemOf = (id) => document.getElementById(`comment-${id}`);

/** What this reader has just posted is on the page, so it is not news. Said once; the button goes on counting. */
function offer(ids) {
  arrived = ids.filter((id) => id > known && !itemOf(id));
  const count = arrived.length;
  const text = count === 1 ? words.newOne : count >= LIST ? words.newMost : words.newMany;
  link.hidden = !count;
  link.textContent = text.replace("{count}", count.toLocaleString(lang));
  if (!count) line.textContent = "";
  else line.textContent ||= link.textContent;
}

/** New comments join only the beginning of the newest; anywhere else the link leads there. */
const mayMerge = () => isNewestFirst() && !document.querySelector("[data-list] > .newest");

async function show(page) {
  const { status, page: fresh } = await ask("GET", location.href.split("#")[0]);
  if (status >= 400) throw new Error(status);
  const news = new Set(arrived.map((id) => `comment-${id}`));
  merge(fresh);
  recount(fresh);
  known = Number(fresh.querySelector("[data-newest]").dataset.newest);
  const last = arrived[0];
  offer([]);
  const items = [...section.querySelectorAll(".comment")].filter((item) => news.has(item.id));
  for (const item of items) item.classList.add("fresh");
  page.refresh();
  if (items.length) arriveAt(items[0]);
  else location.assign(`/comments/${last}`); // it answers a comment that is not on the page
}

export function stay(page) {
  lent = page;
  link.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !mayMerge()) return;
    event.preventDefault();
    show(page).catch(() => page.say(words.notReacted));
  });
  for (const act of ["click", "keydown"]) addEventListener(act, wake);
  addEventListener("scroll", stir, { passive: true });
  for (const back of ["online", "pageshow"]) addEventListener(back, wake);
  addEventListener("offline", rest);
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : wake()));
  wake();
}
