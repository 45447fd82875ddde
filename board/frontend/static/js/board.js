/**
 * Every page: relative times, reading tools, and a guard against sending a form twice. Everything else is in modules of
 * its own, each fetched when it is first needed. If that fails, the link or the form works as it does without scripts.
 */
import { copyToClipboard } from "./clipboard.js";
import { updateAges } from "./relative-time.js";
import { requestPage } from "./request.js";
import { isPlainClick, listen, loadGuest, loadSearch, prepare } from "./thread/interactions.js";

const texts = document.getElementById("page-texts").dataset;
const viewer = document.body.dataset.viewer;
const context = { // what dom.js describes
  root: document,
  get url() {
    return location.href;
  },
  resolve: (path) => new URL(path, location).href,
  texts: document.getElementById("thread-texts")?.dataset,
  lang: document.documentElement.lang,
  viewer,
  storagePrefix: "",
  request: requestPage,
  adopt: (node) => document.importNode(node, true),
  history,
  visit: (url) => location.assign(url),
  announce,
  refresh,
  copyText,
};

const loadNotifications = () => import("./notifications.js");

/** Announce something to everyone, sighted or not, in the page's one status line. */
function announce(text) {
  const status = document.getElementById("status");
  status.textContent = text;
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => status.replaceChildren(), 5000);
}

/* ---- personal parts: ages, own comments, own reactions. The thread is the same for all. ---- */

function refresh() {
  if (document.hidden) return;
  updateAges(document, context.lang, texts.justNow);
  if (!viewer) return;
  const own = document.querySelectorAll(`[data-author="${CSS.escape(viewer)}"]`);
  for (const item of own) item.classList.add("own-comment");
  const editLinks = document.querySelectorAll(".own-comment > article a[data-edit]");
  for (const link of editLinks) link.hidden = isPastEditing(link);
  const reactions = JSON.parse(document.querySelector("[data-reactions]")?.dataset.reactions ?? "{}");
  for (const form of document.querySelectorAll("form[data-react]")) updateReactionButton(form, reactions);
}

/** Whether the time to edit has passed; the server decides. */
function isPastEditing(link) {
  const minutes = Number(document.getElementById("thread-texts").dataset.editMinutes);
  return Date.now() - Date.parse(link.closest("article").querySelector("time").dateTime) >= minutes * 60_000;
}

/** A reaction of the viewer is a pressed button, which takes it back. */
function updateReactionButton(form, reactions) {
  const item = form.closest(".comment");
  const id = item.id.replace("comment-", "");
  const button = form.querySelector("button");
  const isClosed = item.classList.contains("own-comment") || item.closest("[data-reactions-closed]");
  if (isClosed) return button.setAttribute("aria-disabled", "true");
  const isPressed = reactions[id] === form.dataset.react;
  button.setAttribute("aria-pressed", String(isPressed));
  form.action = `/comments/${id}/${isPressed ? "unreact" : form.dataset.react}`;
}

/* ---- desk: its pages are one line on a narrow screen ---- */

document.querySelector(".desk-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

/* ---- reading tools ---- */

const MAX_SIZE = 5;
const DEFAULT_SIZE = 2;
const body = document.querySelector(".article .body");

/** The stored text size. Private windows may refuse storage; then it lasts as long as the page. */
function storedSize(size) {
  try {
    if (size) localStorage.setItem("text-size", size);
    return Number(localStorage.getItem("text-size")) || DEFAULT_SIZE;
  } catch {
    return size ?? DEFAULT_SIZE;
  }
}

const clampSize = (size) => Math.min(MAX_SIZE, Math.max(1, size));

function setSize(size) {
  body.dataset.size = size;
  for (const button of document.querySelectorAll("[data-size-step]")) {
    const next = size + Number(button.dataset.sizeStep);
    button.setAttribute("aria-disabled", String(next !== clampSize(next)));
  }
}

function changeSize(step) {
  const size = clampSize(Number(body.dataset.size) + step);
  setSize(size);
  storedSize(size);
  announce(texts.textSize.replace("{step}", size));
}

/** Copy and announce `done`, or that the reader has to copy what is now shown in `field`. */
async function copyText(text, field, done) {
  const copied = await copyToClipboard(text, field);
  announce(copied ? done : texts.copyYourself);
  return copied;
}

/**
 * The system's own sheet has KakaoTalk and everything else on this device. Where there is none, or it fails, the
 * address is copied: a button that only some browsers have would push the others aside when it comes.
 */
async function share(button) {
  const title = document.querySelector("main h1").textContent.trim();
  try {
    await navigator.share({ title, url: button.dataset.share });
  } catch (error) {
    if (error.name !== "AbortError") copyAddress(button, button.dataset.share); // AbortError: the reader closed it
  }
}

const copyAddress = (button, address) =>
  copyText(address, button.closest(".tools").querySelector(".address"), texts.copied);

function showReadingTools() {
  if (!body) return;
  setSize(clampSize(storedSize()));
  for (const button of document.querySelectorAll(".tools button")) button.hidden = false;
}

function useTool(button) {
  const { sizeStep, copy, print } = button.dataset;
  if (sizeStep) changeSize(Number(sizeStep));
  if (copy) copyAddress(button, copy);
  if (print !== undefined) window.print();
  if (button.dataset.share) share(button);
}

/* ---- the headline, again ---- */

const headlineBar = document.querySelector(".headline-bar");

/** Show the bar while the headline is above the window. It lies over the page, so nothing moves. */
function updateHeadlineBar(entries) {
  const { isIntersecting, boundingClientRect } = entries.at(-1);
  headlineBar.classList.toggle("is-shown", !isIntersecting && boundingClientRect.bottom <= 0);
}

/* ---- the order of comments ---- */

const YEAR = 31_536_000; // seconds

/** Remember the order on this device. A cookie, so that the server sends the next page in it; newest needs none. */
function rememberSort(link) {
  const sort = new URL(link.href).searchParams.get("sort");
  const age = sort === "latest" ? 0 : YEAR;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `sort=${sort}; path=/articles; max-age=${age}; samesite=lax${secure}`;
}

document.addEventListener("click", (event) => {
  if (!isPlainClick(event)) return;
  const tool = event.target.closest(".tools button");
  if (tool && tool.getAttribute("aria-disabled") !== "true") useTool(tool);
  const order = event.target.closest(".thread .sort-tabs a");
  if (order) rememberSort(order);
});

/* ---- at the start ---- */

/** Whether somebody was led to sign in from a page in this window, and is not back yet. */
function isComingBack() {
  try {
    return viewer && sessionStorage.getItem("pending");
  } catch { // a private window may refuse
    return false;
  }
}

window.addEventListener("pageshow", () => { // back from the next page: forms may be sent again
  for (const form of document.querySelectorAll("form[data-busy]")) delete form.dataset.busy;
});

/** A button in each password field shows what is typed, until the form is sent. */
function addShowButton(field) {
  const button = document.createElement("button");
  [button.type, button.className, button.textContent] = ["button", "show-password", field.dataset.show];
  button.setAttribute("aria-label", field.dataset.showLabel);
  const show = (isShown) => {
    field.type = isShown ? "text" : "password";
    button.setAttribute("aria-pressed", String(isShown));
  };
  show(false);
  button.addEventListener("click", () => show(field.type === "password"));
  field.form.addEventListener("submit", () => show(false));
  field.after(button);
}

document.querySelectorAll("[data-show]").forEach(addShowButton);
showReadingTools();
if (headlineBar) new IntersectionObserver(updateHeadlineBar).observe(document.querySelector("main h1"));
refresh();
setInterval(refresh, 60_000);
document.addEventListener("visibilitychange", refresh);
document.addEventListener("page:changed", refresh);
listen(context);
prepare(context);
if (isComingBack()) loadGuest().then((module) => module.resume(context)).catch(() => {});
if (!viewer && document.querySelector("main [data-sign-in]")) {
  loadGuest().then((module) => module.start(context), () => {});
}
if (viewer) setTimeout(() => loadNotifications().then((module) => module.start(context), () => {}), 20_000);
if (document.querySelector("a[data-unseen]")) loadNotifications().then((module) => module.markOpened(), () => {});
if (document.querySelector("#found .search-form")) {
  const repeatSearch = () => loadSearch().then((module) => module.repeatSearch(context), () => location.reload());
  window.addEventListener("popstate", repeatSearch);
}
if (document.querySelector("form[data-bits]")) import("./proof-of-work.js").catch(() => {}); // waiting does, too
if (document.querySelector("[data-passkey], [data-unknown-passkey]")) import("./passkeys.js").catch(() => {});
if (document.querySelector("form[data-unlock-url]")) import("./tips/auto-lock.js").catch(() => {}); // CSS locks, too

/** A test of a moderation rule goes on by itself while its page is open. */
const continueForm = document.querySelector("[data-auto-continue] form");
if (continueForm) setTimeout(() => continueForm.requestSubmit(), 300);
