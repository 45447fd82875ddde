/**
 * <board-comments>: the comments on an article, in a page of any site. Attributes: site, article, url, sort, lang,
 * heading (its level), loading (lazy, eager), theme (auto, light, dark), print (thread, none). Method: reload().
 * Events: board:ready, board:count, board:error. What readers press is in modules that are fetched when first needed.
 */
import { adoptFragment } from "./embed/importer.js";
import { updateAges } from "./relative-time.js";

const BOARD = new URL(".", import.meta.url).href;
const TIME_LIMIT = 8_000; // milliseconds until the reader is told
const TEXTS = {
  ko: ["댓글을 불러오지 못했습니다.", "다시 시도"],
  en: ["The comments could not be loaded.", "Try again"],
};

/** The request of a page when it is over, also in vain. A document: no text is ever turned into HTML here. */
function loadPage(url, signal) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.timeout = TIME_LIMIT;
    request.onloadend = () => resolve(request);
    signal.addEventListener("abort", () => request.abort());
    request.send();
  });
}

let sheet;

/** One style sheet for all elements of a page. */
function loadSheet() {
  sheet ??= fetch(`${BOARD}embed.css`, { signal: AbortSignal.timeout(TIME_LIMIT) }).then(async (answer) => {
    if (!answer.ok) throw new Error();
    return new CSSStyleSheet().replace(await answer.text());
  });
  sheet.catch(() => (sheet = null)); // tried again
  return sheet;
}

/** The page may have shortcuts, which are not meant for what is typed here. */
const keepKey = (event) => event.target.matches("input, textarea") && event.stopPropagation();

const linkedId = () => location.hash.match(/^#comment-(\d+)$/)?.[1];

customElements.define("board-comments", class extends HTMLElement {
  static observedAttributes = ["site", "article", "url", "sort", "lang", "heading"];
  #thread; // ends what belongs to the thread of these attributes
  #view; // ends what belongs to the fragment that is shown
  #isStale;
  #modules;
  #prepare; // loads the modules for what is shown
  #context; // when they are there
  #count;

  connectedCallback() {
    queueMicrotask(() => this.#settle()); // several changes in one task are one
  }

  disconnectedCallback() {
    this.connectedCallback();
  }

  attributeChangedCallback() {
    this.#isStale = true;
    this.connectedCallback();
  }

  reload() {
    return this.#load(this.#url());
  }

  /** An element that was only moved is connected again by now, and stays as it is. */
  #settle() {
    const before = this.#thread;
    if (before && this.isConnected && !this.#isStale) return;
    before?.abort();
    this.#thread = this.#prepare = null;
    if (!this.isConnected) return;
    this.#isStale = false;
    const { signal } = this.#thread = new AbortController();
    addEventListener("hashchange", () => this.#followHash(), { signal });
    if (!before && this.shadowRoot) return this.#begin(this.#url()); // the server has included it
    if (this.getAttribute("loading") === "eager" || linkedId()) return this.reload();
    const observer = new IntersectionObserver(([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      observer.disconnect();
      this.reload();
    }, { rootMargin: "800px" });
    observer.observe(this);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  #url(changes) {
    const [site, id, own, sort] = ["site", "article", "url", "sort"].map((name) => this.getAttribute(name));
    const url = own ?? document.querySelector("link[rel=canonical]")?.href ?? location.href.split("#")[0];
    const fields = { site, ...(id ? { id } : { url }), sort, comment: linkedId(), lang: this.lang, ...changes };
    const pairs = Object.entries(fields).filter(([, value]) => value);
    return `${BOARD}embed/v1/thread?${new URLSearchParams(pairs)}`;
  }

  /** Show a fragment; nothing is seen of it before its style is there. */
  async #load(url, isWanted = () => true) {
    const { signal } = this.#thread;
    try {
      const [{ status, response: page }, style] = await Promise.all([loadPage(url, signal), loadSheet()]);
      const fragment = page?.querySelector(".fragment");
      if (status !== 200 || !fragment) throw new Error();
      if (signal.aborted || !isWanted(page)) return;
      const root = this.#root();
      root.adoptedStyleSheets = [style];
      root.replaceChildren(adoptFragment(fragment, BOARD));
      this.#begin(url);
    } catch {
      if (!signal.aborted) this.#fail();
    }
  }

  #root() {
    return this.shadowRoot ?? this.attachShadow({ mode: "open" });
  }

  #begin(url) {
    this.#view?.abort();
    this.#view = new AbortController();
    const signal = AbortSignal.any([this.#thread.signal, this.#view.signal]);
    const root = this.shadowRoot;
    root.querySelector("h2")?.setAttribute("aria-level", this.getAttribute("heading") ?? 2);
    this.#context = this.#modules = null;
    this.#prepare = () => (this.#modules ??= this.#loadModules(url, signal));
    const on = (type, act) => root.addEventListener(type, act, { signal });
    on("pointerover", this.#prepare);
    on("focusin", this.#prepare);
    on("click", (event) => this.#hold(event));
    on("keydown", keepKey);
    this.#refresh();
    this.#tell("ready");
    if (url.includes("comment=")) this.#followHash();
  }

  async #loadModules(url, signal) {
    const { EmbedContext } = await import("./embed/context.js");
    return (this.#context = signal.aborted ? null : new EmbedContext({
      url, signal, root: this.shadowRoot, board: BOARD,
      adopt: (node) => adoptFragment(node, BOARD),
      refresh: () => this.#refresh(),
      show: (address, isWanted) => this.#load(address, isWanted),
      threadUrl: (changes) => this.#url(changes),
    }));
  }

  /** What is pressed before the modules are there is pressed again when they are, or when they cannot be had. */
  #hold(event) {
    const pressed = event.target.closest("a, button");
    if (this.#context || !pressed || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#prepare().catch(() => (this.#context = true)).then(() => pressed.click());
  }

  #refresh() {
    const root = this.shadowRoot;
    updateAges(root, root.querySelector(".fragment").lang, root.getElementById("page-texts").dataset.justNow);
    const count = root.querySelector("[data-count]")?.textContent.replace(/\D/g, "");
    if (count && count !== this.#count) this.#tell("count", { count: Number(this.#count = count) });
  }

  #followHash() {
    if (!this.#prepare) return this.reload();
    this.#prepare().then((context) => context?.showLinked(linkedId()));
  }

  /** A sentence, another try, and what the page has inside the element: a link. A thread that is there stays. */
  #fail() {
    const root = this.#root();
    this.#tell("error");
    if (root.querySelector(".fragment")) return;
    const [line, button, slot] = ["p", "button", "slot"].map((name) => document.createElement(name));
    [line.textContent, button.textContent] = TEXTS[this.lang] ?? TEXTS.ko;
    line.role = "alert";
    button.onclick = () => this.reload();
    root.replaceChildren(line, button, slot);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`board:${name}`, { detail, bubbles: true }));
  }
});
