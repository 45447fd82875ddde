/**
 * Notifications: the number of those that are unseen, in the header, and what happens as one is opened.
 * One tab of the browser asks for the number and tells the others, after a minute, then less and less often while it
 * stays the same. No tab asks while it is hidden, or while its reader has been away for long.
 */
const FIRST_DELAY = 60_000; // milliseconds between two questions
const GROWTH = 1.5;
const MAX_DELAY = 300_000;
const IDLE_LIMIT = 1_800_000; // without a sign of the reader
const TIMEOUT = 10_000;
const COUNT_MAX = 99;

const link = document.querySelector(".site-header a.unread");
const name = `unseen notifications of ${document.body.dataset.viewer}`; // of the lock and the channel

let page; // from board.js: announce(text)
let channel;
let count = Number(link.dataset.unseenCount);
let etag = "";
let delay = FIRST_DELAY;
let askedAt = Date.now() - performance.now(); // the page itself has the number
let seenAt = Date.now();
let turn = null; // aborted to end the turn of this tab, or its wait for one
let isOver = false; // signed out

const isReaderThere = () => !document.hidden && navigator.onLine && Date.now() - seenAt < IDLE_LIMIT;

function show(now) {
  const isMore = now > count;
  count = now;
  link.hidden = !count;
  link.querySelector("b").textContent = count > COUNT_MAX ? `${COUNT_MAX}+` : count;
  if (isMore && !document.hidden) page.announce(link.textContent.trim());
}

/* ---- asking ---- */

const pause = (wait, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, wait);
  signal.addEventListener("abort", () => (clearTimeout(timer), resolve()));
});

async function ask() {
  askedAt = Date.now();
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(link.dataset.countUrl, {
    cache: "no-store", headers, signal: AbortSignal.timeout(TIMEOUT),
  });
  isOver = answer.status === 401 || answer.status === 404;
  delay = answer.status === 200 ? FIRST_DELAY : Math.min(MAX_DELAY, delay * GROWTH);
  if (answer.status === 200) {
    etag = answer.headers.get("ETag");
    show((await answer.json()).unseen);
  }
  channel.postMessage({ count, etag, delay, askedAt });
}

/** While this tab has the lock: the others are told, and wait. */
async function askAgainAndAgain(signal) {
  while (!isOver) {
    await pause(askedAt + delay - Date.now(), signal);
    if (signal.aborted || !isReaderThere()) return;
    await ask().catch(() => (delay = MAX_DELAY)); // the network failed: silent, and tried again
  }
}

function begin() {
  if (turn || isOver || !isReaderThere()) return;
  const own = (turn = new AbortController());
  navigator.locks.request(name, { signal: own.signal }, () => askAgainAndAgain(own.signal))
    .catch(() => {}) // it ended before its turn came
    .finally(() => (turn === own ? (turn = null) : null));
}

function end() {
  turn?.abort();
  turn = null;
}

/** The reader is here. */
function resume() {
  seenAt = Date.now();
  begin();
}

function hear({ data }) {
  ({ etag, delay, askedAt } = data);
  if (data.count !== count) show(data.count);
}

export function start(lent) {
  if (!navigator.locks || !globalThis.BroadcastChannel) return; // the next page has the number
  page = lent;
  channel = new BroadcastChannel(name);
  channel.addEventListener("message", hear);
  for (const type of ["click", "keydown", "online", "pageshow"]) addEventListener(type, resume);
  addEventListener("scroll", resume, { passive: true });
  for (const type of ["offline", "pagehide"]) addEventListener(type, end);
  document.addEventListener("visibilitychange", () => (document.hidden ? end() : resume()));
  begin();
}

/* ---- opening one ---- */

/** Mark it as seen before the next page is asked for, which then has the new number. */
async function open(event) {
  const opened = event.target.closest("a[data-unseen]");
  if (!opened || event.button > 1) return;
  const isHere = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (isHere) event.preventDefault();
  const url = opened.dataset.unseen;
  delete opened.dataset.unseen;
  opened.closest("li").classList.remove("is-unread");
  await fetch(url, { method: "POST", redirect: "manual", keepalive: true }).catch(() => {});
  if (isHere) location.assign(opened.href);
}

export function markOpened() {
  for (const type of ["click", "auxclick"]) document.addEventListener(type, open);
}
