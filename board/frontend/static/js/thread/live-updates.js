/**
 * Live updates: poll whether comments have come since this page was made, and offer them; and whether the state of the
 * thread has changed (closed, slowed down, open again), which is shown at once.
 * The answer is small and the same for everyone, and a 304 while nothing has changed. Pages that are not seen, or whose
 * reader has been away for long, do not poll.
 */
import {
  focusComment, isNewestFirst, mergeComments, requestCurrentPage, updateCommentCount, updateFeatured,
} from "../dom.js";

const FIRST_DELAY = 20_000; // milliseconds between two polls; longer and longer while nothing is new
const GROWTH = 1.5;
const MAX_DELAY = 300_000;
const RETURN_DELAY = 1_000; // when the reader comes back
const IDLE_LIMIT = 1_800_000; // without a sign of the reader, polling stops
const TIMEOUT = 10_000;
const MAX_IDS = 50; // in one answer

const section = document.querySelector("[data-newest]");
const container = section.querySelector(".new-comments");
const statusLine = container.querySelector("[role=status]");
const link = container.querySelector("a");
const texts = document.getElementById("thread-texts").dataset;
const lang = document.documentElement.lang;

let page; // from board.js: announce(text), refresh()
let lastKnownId = Number(section.dataset.newest);
let newIds = []; // ids that are not on the page, the newest first
let etag = "";
let delay = FIRST_DELAY;
let timer = null;
let dueAt = 0;
let isPolling = false;
let polledAt = 0;
let notBefore = 0; // the server asked not to be polled earlier
let seenAt = Date.now();

/* ---- polling ---- */

const isReaderThere = () => !document.hidden && navigator.onLine && Date.now() - seenAt < IDLE_LIMIT;

/** Jitter: readers who came at the same moment do not poll at the same moment. */
const withJitter = (wait) => wait * (0.9 + Math.random() / 5);

function pause() {
  clearTimeout(timer);
  timer = null;
}

function schedule(wait) {
  pause();
  dueAt = Date.now() + Math.max(withJitter(wait), notBefore - Date.now());
  if (isReaderThere()) timer = setTimeout(poll, dueAt - Date.now());
}

/** The reader is here: from now on poll as often as at first. */
function resume() {
  seenAt = Date.now();
  delay = FIRST_DELAY;
  const wait = Math.max(RETURN_DELAY, polledAt + FIRST_DELAY - Date.now());
  if (!isPolling && (!timer || dueAt > Date.now() + wait * 1.1)) schedule(wait);
}

function noteScroll() {
  seenAt = Date.now();
  if (!timer && !isPolling) resume();
}

async function poll() {
  timer = null;
  if (!isReaderThere()) return;
  isPolling = true;
  polledAt = Date.now();
  const before = newIds.length;
  const goesOn = await fetchUpdates().catch(() => true); // the network failed: silent, and tried again
  isPolling = false;
  if (newIds.length <= before) delay = Math.min(MAX_DELAY, delay * GROWTH);
  if (goesOn) schedule(delay);
}

/** False when there is nothing more to poll for. */
async function fetchUpdates() {
  const headers = etag ? { "If-None-Match": etag } : {};
  const signal = AbortSignal.timeout(TIMEOUT);
  const answer = await fetch(container.dataset.updatesUrl, { credentials: "omit", cache: "no-store", headers, signal });
  notBefore = Date.now() + 1000 * (Number(answer.headers.get("Retry-After")) || 0);
  if (answer.status !== 200) return answer.status !== 404;
  etag = answer.headers.get("ETag") ?? "";
  const { newest, steered = "" } = await answer.json();
  offerNew(newest);
  if (steered !== section.dataset.threadState) await (await import("./thread-state.js")).updateThreadState(page);
  return true;
}

/* ---- show updates ---- */

const commentWith = (id) => document.getElementById(`comment-${id}`);

/**
 * Offer new comments. What this reader has just posted is on the page, so it is not new. Announced once; the button
 * goes on counting.
 */
function offerNew(ids) {
  newIds = ids.filter((id) => id > lastKnownId && !commentWith(id));
  const count = newIds.length;
  const text = count === 1 ? texts.newOne : count >= MAX_IDS ? texts.newMost : texts.newMany;
  link.hidden = !count;
  link.textContent = text.replace("{count}", count.toLocaleString(lang));
  if (!count) statusLine.textContent = "";
  else statusLine.textContent ||= link.textContent;
}

/** New comments join only the beginning of the newest; anywhere else the link leads there. */
const canMerge = () => isNewestFirst() && !document.querySelector("[data-list] > .newest");

async function showNew() {
  const { status, page: fresh } = await requestCurrentPage();
  if (status >= 400) throw new Error(status);
  const ids = new Set(newIds.map((id) => `comment-${id}`));
  mergeComments(fresh);
  updateCommentCount(fresh);
  updateFeatured(fresh);
  lastKnownId = Number(fresh.querySelector("[data-newest]").dataset.newest);
  const newestId = newIds[0];
  offerNew([]);
  const items = [...section.querySelectorAll(".comment")].filter((item) => ids.has(item.id));
  for (const item of items) item.classList.add("is-new");
  page.refresh();
  if (items.length) focusComment(items[0]);
  else location.assign(`/comments/${newestId}`); // it answers a comment that is not on the page
}

export function startPolling(lent) {
  page = lent;
  link.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !canMerge()) return;
    event.preventDefault();
    showNew().catch(() => page.announce(texts.notReacted));
  });
  for (const type of ["click", "keydown"]) addEventListener(type, resume);
  addEventListener("scroll", noteScroll, { passive: true });
  for (const type of ["online", "pageshow"]) addEventListener(type, resume);
  addEventListener("offline", pause);
  document.addEventListener("visibilitychange", () => (document.hidden ? pause() : resume()));
  resume();
}
