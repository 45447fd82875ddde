/**
 * The context of an embedded thread (dom.js says what that is). Links within the thread are followed in place; what
 * only the board's own pages can do opens in a tab of its own.
 */
import { copyToClipboard } from "../clipboard.js";
import { focusComment } from "../dom.js";
import { requestPage } from "../request.js";
import { listen, prepare } from "../thread/interactions.js";

const PREFIX = "/embed/v1";
const HISTORY = { state: null, replaceState() {}, pushState() {} }; // the page's own is not ours
const STATUS_TIME = 5_000; // milliseconds
const AGES_AFTER = 60_000; // milliseconds
const LENT = ["resolve", "request", "visit", "announce", "copyText", "follow"]; // called without their object
const FIELD_EVENTS = [
  "keypress", "keyup", "beforeinput", "input", "compositionstart", "compositionupdate", "compositionend",
  "copy", "cut", "paste",
];

const articles = new WeakMap(); // what the first fragment in a root said of its article: pageUrl, address

export class EmbedContext {
  viewer = undefined;
  isReadOnly = true;
  storagePrefix = "board ";
  history = HISTORY;

  /** `view`: root, url, board, signal, adopt, refresh, show and threadUrl of the element. */
  constructor(view) {
    Object.assign(this, view);
    this.fragment = this.root.querySelector(".fragment");
    this.lang = this.fragment.lang;
    const { pageUrl, address } = this.fragment.dataset;
    if (pageUrl) articles.set(this.root, { path: new URL(pageUrl, this.board).pathname, address });
    this.article = articles.get(this.root);
    this.texts = this.root.getElementById("thread-texts")?.dataset;
    for (const name of LENT) this[name] = this[name].bind(this);
    this.#keepInput();
    listen(this);
    prepare(this);
    const timer = setInterval(this.refresh, AGES_AFTER);
    this.signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** What is typed is not meant for the page; embed.js keeps the keys themselves, from the start. */
  #keepInput() {
    const keep = (event) => event.target.matches("input, textarea, select") && event.stopPropagation();
    for (const type of FIELD_EVENTS) this.root.addEventListener(type, keep, { signal: this.signal });
  }

  resolve(path) {
    return new URL(path, this.board).href;
  }

  /** The address of the fragment that shows a page of the board; null where there is none. */
  fragmentUrl(href) {
    const url = new URL(href, this.board);
    const page = this.article?.path;
    if (url.origin !== new URL(this.board).origin) return null;
    if (url.pathname.startsWith(PREFIX)) return url.href;
    if (url.pathname === page) return this.threadUrl({ sort: url.searchParams.get("sort"), comment: null });
    const isOurs = url.pathname.startsWith(`${page}/`) || /^\/comments\/\d+$/.test(url.pathname);
    if (!isOurs) return null;
    url.pathname = PREFIX + url.pathname;
    url.searchParams.set("lang", this.lang);
    url.hash = "";
    return url.href;
  }

  request(method, href, fields, { timeout, signal = this.signal } = {}) {
    return requestPage(method, this.fragmentUrl(href) ?? href, fields, { timeout, signal, headers: {} });
  }

  visit(href) {
    const url = this.fragmentUrl(href);
    if (url) this.#follow(url);
    else window.open(this.resolve(href), "_blank", "noopener");
  }

  /** Whether a link or a form that only asks is followed here. */
  follow(href) {
    const hash = new URL(href, this.board).hash;
    const isAct = hash && hash !== "#thread" && !hash.startsWith("#comment");
    const url = isAct ? null : this.fragmentUrl(href);
    if (url) this.#follow(url);
    return Boolean(url);
  }

  async #follow(url) {
    await this.show(url);
    this.root.querySelector(".thread").focus();
  }

  announce(text) {
    const status = this.root.getElementById("status");
    status.textContent = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => status.replaceChildren(), STATUS_TIME);
  }

  async copyText(text, field, done) {
    const copied = await copyToClipboard(text, field);
    this.announce(copied ? done : this.root.getElementById("page-texts").dataset.copyYourself);
    return copied;
  }

  /** The address of a comment in the article of the newsroom. */
  addressOf(item) {
    return `${this.article.address}#${item.id}`;
  }

  isVisible() {
    const { top, bottom } = this.fragment.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  }

  /** Show the comment that the address of the page names, if it is one of this thread. */
  showLinked(id) {
    if (!id) return undefined;
    const item = this.root.getElementById(`comment-${id}`);
    if (!item) return this.show(this.threadUrl({ comment: id }), (page) => page.getElementById(`comment-${id}`));
    for (const each of this.root.querySelectorAll(".is-linked")) each.classList.remove("is-linked");
    item.classList.add("is-linked");
    return focusComment(item);
  }
}
