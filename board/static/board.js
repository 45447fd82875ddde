/**
 * What every page does: times that age, reading tools, and a guard against sending twice.
 * Counting what is written lives in counting.js, fetched where one can write; posting and moderating without
 * leaving the page in conversation.js, editing in editing.js, reacting in reacting.js, moving through a thread in moving.js,
 * and so on, each fetched when first needed; drafts.js keeps what is being written. If that cannot be fetched, the link or
 * the form does what it does without any script.
 */
const words = document.getElementById("words").dataset;
const viewer = document.body.dataset.viewer;
const page = { say, refresh, copy };
const conversation = () => import("./conversation.js");
const drafts = () => import("./drafts.js");
const editing = () => import("./editing.js");
const folding = () => import("./folding.js");
const menu = () => import("./menu.js");
const moving = () => import("./moving.js");
const muting = () => import("./muting.js");
const reacting = () => import("./reacting.js");
const searching = () => import("./search.js");
const thread = document.querySelector("[data-thread]");

/** Tell everyone, sighted or not, in the page's one status line. */
function say(text) {
  const status = document.getElementById("status");
  status.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => status.replaceChildren(), 5000);
}

/* ---- times ---- */

const relative = new Intl.RelativeTimeFormat(document.documentElement.lang);

/** "3 minutes ago" for a week, then the date the server wrote; that date is always the title. */
function age(time) {
  time.title ||= time.textContent.trim();
  const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60_000);
  if (minutes < 1) return words.justNow;
  if (minutes < 60) return relative.format(-minutes, "minute");
  if (minutes < 24 * 60) return relative.format(-Math.floor(minutes / 60), "hour");
  if (minutes < 7 * 24 * 60) return relative.format(-Math.floor(minutes / 60 / 24), "day");
  return time.title;
}

/** What the shared bytes of a thread leave to each reader's own page: ages, and which comments are mine. */
function refresh() {
  if (document.hidden) return;
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const text = age(time);
    if (time.textContent !== text) time.textContent = text;
  }
  if (!viewer) return;
  for (const mine of document.querySelectorAll(`[data-author="${CSS.escape(viewer)}"]`)) mine.classList.add("own");
  for (const link of document.querySelectorAll(".own > article a[data-edit]")) link.hidden = isPast(link);
  const choices = JSON.parse(document.querySelector("[data-mine]")?.dataset.mine ?? "{}");
  for (const form of document.querySelectorAll("form[data-react]")) press(form, choices);
}

/** Whether the time to edit has passed; the server has the last word. */
function isPast(link) {
  const minutes = Number(document.getElementById("talk").dataset.editMinutes);
  return Date.now() - Date.parse(link.closest("article").querySelector("time").dateTime) >= minutes * 60_000;
}

/** A reaction of mine is a pressed button, which takes it back. */
function press(form, choices) {
  const item = form.closest(".comment");
  const id = item.id.replace("comment-", "");
  const button = form.querySelector("button");
  if (item.classList.contains("own") || item.closest("[data-frozen]")) return button.setAttribute("aria-disabled", "true");
  const pressed = choices[id] === form.dataset.react;
  button.setAttribute("aria-pressed", String(pressed));
  form.action = `/comments/${id}/${pressed ? "unreact" : form.dataset.react}`;
}

/** Whether this reader has folded up conversations of this article. */
function hasFolded() {
  try {
    return localStorage.getItem("folded")?.includes(JSON.stringify(thread.dataset.thread));
  } catch { // a private window may refuse
    return false;
  }
}

/* ---- reading tools ---- */

const SIZES = 5;
const USUAL = 2;
const body = document.querySelector(".article .body");

/** Private windows may refuse storage; then the size lasts as long as the page. */
function remembered(size) {
  try {
    if (size) localStorage.setItem("text-size", size);
    return Number(localStorage.getItem("text-size")) || USUAL;
  } catch {
    return size ?? USUAL;
  }
}

function resize(size) {
  body.dataset.size = size;
  for (const button of document.querySelectorAll("[data-size-step]")) {
    const next = size + Number(button.dataset.sizeStep);
    button.setAttribute("aria-disabled", String(next < 1 || next > SIZES));
  }
}

function stepSize(step) {
  const size = Math.min(SIZES, Math.max(1, Number(body.dataset.size) + step));
  resize(size);
  remembered(size);
  say(words.textSize.replace("{step}", size));
}

/** Copies and says so. False when the reader has to do it: the address is then shown in `field`. */
async function copy(address, field, said) {
  let copied = true;
  try {
    await navigator.clipboard.writeText(address);
  } catch { // no clipboard outside https, or not allowed: the address itself, ready to copy
    field.value = address;
    field.hidden = false;
    field.select();
    copied = document.execCommand("copy");
  }
  say(copied ? said : words.copyYourself);
  return copied;
}

function readingTools() {
  if (!body) return;
  resize(Math.min(SIZES, Math.max(1, remembered())));
  for (const button of document.querySelectorAll(".tools button")) {
    button.hidden = "share" in button.dataset && !navigator.share;
  }
}

function useTool(button) {
  const { sizeStep, copy: address, print, share } = button.dataset;
  if (sizeStep) stepSize(Number(sizeStep));
  if (address) copy(address, button.closest(".tools").querySelector(".address"), words.copied);
  if (print !== undefined) window.print();
  if (share !== undefined) navigator.share({ title: document.title, url: location.href }).catch(() => {});
}

/* ---- what a click, a key and a form lead to ---- */

/** The module and its function that take over this link, or null to let the browser follow it. */
function takeover(link) {
  if (link.matches("[data-more]")) return [moving, "more"];
  if (link.matches("[data-more-replies]")) return [moving, "moreReplies"];
  if (link.matches(".to") && document.getElementById(`comment-${link.pathname.split("/").pop()}`)) return [moving, "jump"];
  if (link.matches("[data-rest]")) return [menu, "toggle"];
  if (link.matches("[data-edit]")) return [editing, "edit"];
  if (link.matches("[data-reply]") && document.querySelector("form[data-write]")) return [conversation, "reply"];
  if (link.matches("[data-act]") && document.getElementById(`${link.hash.slice(1)}-form`)) return [conversation, "decide"];
  return null;
}

document.addEventListener("click", (event) => {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const tool = event.target.closest(".tools button");
  if (tool && tool.getAttribute("aria-disabled") !== "true") useTool(tool);
  const fold = event.target.closest("button.fold");
  if (fold) folding().then((module) => module.toggle(fold), () => {});
  const link = event.target.closest("a[data-more], a[data-more-replies], a.to, a[data-rest], a[data-reply], a[data-act], a[data-edit]");
  const taken = link && takeover(link);
  if (!taken) return;
  event.preventDefault();
  const [module, verb] = taken;
  module().then((its) => its[verb](link, page)).catch(() => location.assign(link.href));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  if (event.isComposing || event.keyCode === 229) return; // the Enter that ends a Hangul syllable
  event.target.closest("form[data-write]")?.requestSubmit();
});

/** Drafts on this device are its writer's only. */
function signOut(event, form) {
  event.preventDefault();
  drafts().then((module) => module.forget()).catch(() => {}).finally(() => form.submit());
}

function react(event, form) {
  event.preventDefault();
  if (viewer) return reacting().then((module) => module.react(form, page), () => form.submit());
  const way = new URL(document.querySelector("a[href^='/sign-in']").href);
  way.searchParams.set("next", new URL(form.closest(".comment").querySelector("a.rest").href).pathname);
  location.assign(way);
}

/** Send a form as the browser would have, with the button that was pressed. */
function leave(form, submitter) {
  if (submitter?.name) {
    const field = document.createElement("input");
    [field.type, field.name, field.value] = ["hidden", submitter.name, submitter.value];
    form.append(field);
  }
  form.submit();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("#found .seek")) {
    event.preventDefault();
    return searching().then((module) => module.seek(form, page), () => form.submit());
  }
  if (form.method === "get") return; // asking again is harmless: the browser drops the question before
  if ("busy" in form.dataset) return event.preventDefault();
  form.dataset.busy = "";
  if (form.matches("form[data-react]")) return react(event, form);
  if (form.matches("form[action='/sign-out']")) return signOut(event, form);
  if (form.matches("form[data-unmute]")) {
    event.preventDefault();
    muting().then((module) => module.unmute(form, page), () => form.submit());
  }
  if (!form.matches("form[data-write], dialog form")) return;
  event.preventDefault();
  conversation().then((talk) => talk.send(form, page, event.submitter), () => leave(form, event.submitter));
});

window.addEventListener("pageshow", () => { // back from the next page: forms may be sent again
  for (const form of document.querySelectorAll("form[data-busy]")) delete form.dataset.busy;
});

if (document.querySelector("#found .seek")) {
  window.addEventListener("popstate", () => searching().then((module) => module.again(page), () => location.reload()));
}

readingTools();
refresh();
setInterval(refresh, 60_000);
document.addEventListener("visibilitychange", refresh);
if (thread && hasFolded()) folding().then((module) => module.refold(), () => {});
if (history.state?.loaded) moving().then((module) => module.restore(page)).catch(() => {});
if (thread?.dataset.newest) setTimeout(() => import("./staying.js").then((module) => module.stay(page), () => {}), 20_000);
if (document.getElementById("q")?.defaultValue) searching().catch(() => {});
if (document.querySelector("form[data-write]")) {
  import("./counting.js").catch(() => {}); // the server counts, too
  drafts().catch(() => {});
}

if (document.querySelector("form[data-door]")) import("./locking.js").catch(() => {}); // board.css hides tips, too

/* ---- the desk: a trial of a rule goes on by itself while its page is open ---- */

const rest = document.querySelector("[data-goes-on] form");
if (rest) setTimeout(() => rest.requestSubmit(), 300);
