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

/** Jitter: readers who came at the same moment do not poll at the same moment. */
const withJitter = (wait) => wait * (0.9 + Math.random() / 5);

class LiveUpdates {
  #context;
  #section;
  #container;
  #link;
  #lastKnownId;
  #newIds = []; // ids that are not on the page, the newest first
  #etag = "";
  #delay = FIRST_DELAY;
  #timer = null;
  #dueAt = 0;
  #isPolling = false;
  #polledAt = 0;
  #notBefore = 0; // the server asked not to be polled earlier
  #seenAt = Date.now();

  constructor(context) {
    this.#context = context;
    this.#section = context.root.querySelector("[data-newest]");
    this.#container = this.#section.querySelector(".new-comments");
    this.#link = this.#container.querySelector("a");
    this.#lastKnownId = Number(this.#section.dataset.newest);
    this.#listen(context);
    this.#resume();
  }

  #listen({ signal, texts, announce }) {
    this.#link.addEventListener("click", (event) => {
      const { button, ctrlKey, metaKey, shiftKey, altKey } = event;
      if (button || ctrlKey || metaKey || shiftKey || altKey || !this.#canMerge()) return;
      event.preventDefault();
      this.#showNew().catch(() => announce(texts.notReacted));
    }, { signal });
    const resume = () => this.#resume();
    for (const type of ["click", "keydown", "online", "pageshow"]) addEventListener(type, resume, { signal });
    addEventListener("scroll", () => this.#noteScroll(), { passive: true, signal });
    addEventListener("offline", () => this.#pause(), { signal });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#pause() : resume()), { signal });
    signal?.addEventListener("abort", () => this.#pause());
  }

  /* ---- polling ---- */

  #isReaderThere() {
    if (this.#context.signal?.aborted || !this.#section.isConnected) return false;
    if (this.#context.isVisible?.() === false) return false;
    return !document.hidden && navigator.onLine && Date.now() - this.#seenAt < IDLE_LIMIT;
  }

  #pause() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(wait) {
    this.#pause();
    this.#dueAt = Date.now() + Math.max(withJitter(wait), this.#notBefore - Date.now());
    if (this.#isReaderThere()) this.#timer = setTimeout(() => this.#poll(), this.#dueAt - Date.now());
  }

  /** The reader is here: from now on poll as often as at first. */
  #resume() {
    this.#seenAt = Date.now();
    this.#delay = FIRST_DELAY;
    const wait = Math.max(RETURN_DELAY, this.#polledAt + FIRST_DELAY - Date.now());
    if (!this.#isPolling && (!this.#timer || this.#dueAt > Date.now() + wait * 1.1)) this.#schedule(wait);
  }

  #noteScroll() {
    this.#seenAt = Date.now();
    if (!this.#timer && !this.#isPolling) this.#resume();
  }

  async #poll() {
    this.#timer = null;
    if (!this.#isReaderThere()) return;
    this.#isPolling = true;
    this.#polledAt = Date.now();
    const before = this.#newIds.length;
    const goesOn = await this.#fetchUpdates().catch(() => true); // the network failed: silent, and tried again
    this.#isPolling = false;
    if (this.#newIds.length <= before) this.#delay = Math.min(MAX_DELAY, this.#delay * GROWTH);
    if (goesOn) this.#schedule(this.#delay);
  }

  /** False when there is nothing more to poll for. */
  async #fetchUpdates() {
    const { resolve } = this.#context;
    const headers = this.#etag ? { "If-None-Match": this.#etag } : {};
    const signal = AbortSignal.timeout(TIMEOUT);
    const url = resolve(this.#container.dataset.updatesUrl);
    const answer = await fetch(url, { credentials: "omit", cache: "no-store", headers, signal });
    this.#notBefore = Date.now() + 1000 * (Number(answer.headers.get("Retry-After")) || 0);
    if (answer.status !== 200) return answer.status !== 404;
    this.#etag = answer.headers.get("ETag") ?? "";
    const { newest, steered = "" } = await answer.json();
    this.#offerNew(newest);
    if (steered !== this.#section.dataset.threadState) {
      await (await import("./thread-state.js")).updateThreadState(this.#context);
    }
    return true;
  }

  /* ---- show updates ---- */

  /**
   * Offer new comments. What this reader has just posted is on the page, so it is not new. Announced once; the button
   * goes on counting.
   */
  #offerNew(ids) {
    const { root, texts, lang } = this.#context;
    const statusLine = this.#container.querySelector("[role=status]");
    this.#newIds = ids.filter((id) => id > this.#lastKnownId && !root.getElementById(`comment-${id}`));
    const count = this.#newIds.length;
    const text = count === 1 ? texts.newOne : count >= MAX_IDS ? texts.newMost : texts.newMany;
    this.#link.hidden = !count;
    this.#link.textContent = text.replace("{count}", count.toLocaleString(lang));
    if (!count) statusLine.textContent = "";
    else statusLine.textContent ||= this.#link.textContent;
  }

  /** New comments join only the beginning of the newest; anywhere else the link leads there. */
  #canMerge() {
    return isNewestFirst(this.#context) && !this.#context.root.querySelector("[data-list] > .newest");
  }

  async #showNew() {
    const context = this.#context;
    const { status, page: fresh } = await requestCurrentPage(context);
    if (status >= 400) throw new Error(status);
    const ids = new Set(this.#newIds.map((id) => `comment-${id}`));
    mergeComments(context, fresh);
    updateCommentCount(context, fresh);
    updateFeatured(context, fresh);
    this.#lastKnownId = Number(fresh.querySelector("[data-newest]").dataset.newest);
    const newestId = this.#newIds[0];
    this.#offerNew([]);
    const items = [...this.#section.querySelectorAll(".comment")].filter((item) => ids.has(item.id));
    for (const item of items) item.classList.add("is-new");
    context.refresh();
    if (items.length) focusComment(items[0]);
    else context.visit(`/comments/${newestId}`); // it answers a comment that is not on the page
  }
}

export const startPolling = (context) => void new LiveUpdates(context);
