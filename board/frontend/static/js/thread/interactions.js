/**
 * What readers press and type in a thread. Everything they can do is in modules of its own, each fetched when it is
 * first needed. If that fails, the link or the form works as it does without scripts.
 */
const loadBlockUser = () => import("./block-user.js");
const loadCollapse = () => import("./collapse.js");
const loadCommentForms = () => import("./comment-forms.js");
const loadDrafts = () => import("./drafts.js");
const loadEditComment = () => import("./edit-comment.js");
export const loadGuest = () => import("./guest.js");
const loadMenu = () => import("./menu.js");
const loadPagination = () => import("./pagination.js");
const loadReactions = () => import("./reactions.js");
export const loadSearch = () => import("./search.js");

/** The module, which has begun to listen in this context. */
async function begin(load, context) {
  const module = await load();
  module.start?.(context);
  return module;
}

export const isPlainClick = ({ button, ctrlKey, metaKey, shiftKey, altKey }) =>
  !(button || ctrlKey || metaKey || shiftKey || altKey);

/* ---- links ---- */

const TAKEN_OVER =
  "a[data-more], a[data-more-replies], a.reply-target, a[data-menu], a[data-reply], a[data-action], a[data-edit]";
const ACTS = "[data-reply], [data-action], [data-edit]";

/** The module that takes over this link, and its function; or null to let the browser follow it. */
function handlerOf(link, { root, viewer, isReadOnly }) {
  const has = (selector) => root.querySelector(selector);
  if (isReadOnly && (link.matches(ACTS) || link.pathname.endsWith("/report"))) return null;
  if (!viewer && (link.matches("[data-reply]") || link.pathname.endsWith("/report"))) return [loadGuest, "explain"];
  if (link.matches("[data-more]")) return [loadPagination, "loadMore"];
  if (link.matches("[data-more-replies]")) return [loadPagination, "loadMoreReplies"];
  if (link.matches("[data-menu]")) return [loadMenu, "toggleMenu"];
  if (link.matches("[data-edit]")) return [loadEditComment, "edit"];
  if (link.matches(".reply-target")) {
    return has(`#comment-${link.pathname.split("/").pop()}`) && [loadPagination, "jumpToParent"];
  }
  if (link.matches("[data-reply]")) return has("form[data-write]") && [loadCommentForms, "reply"];
  return has(`${link.hash}-form`) && [loadCommentForms, "openDialog"];
}

/** In a page of another site, links within the thread are followed in place. */
function follow(event, context) {
  const link = event.target.closest("a[href]");
  if (link && !event.defaultPrevented && context.follow?.(link.href)) event.preventDefault();
}

function onClick(event, context) {
  if (!isPlainClick(event)) return;
  const collapse = event.target.closest("button.collapse-button");
  if (collapse) loadCollapse().then((module) => module.toggle(collapse, context), () => {});
  const link = event.target.closest(TAKEN_OVER);
  const handler = link && handlerOf(link, context);
  if (!handler) return follow(event, context);
  event.preventDefault();
  const [load, name] = handler;
  begin(load, context).then((module) => module[name](link, context)).catch(() => context.visit(link.href));
}

/* ---- keys ---- */

function onKeyDown(event) {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return; // it ends a Hangul syllable
  const words = event.target.closest(".words textarea"); // recovery words: lines of theirs mean nothing
  if (words) event.preventDefault();
  const form = words ? words.form : (event.ctrlKey || event.metaKey) && event.target.closest("form[data-write]");
  form?.requestSubmit?.();
}

/** The module that sends is fetched when writing begins: later the network may be gone. */
function onFocusIn(event, context) {
  if (event.target.closest("form[data-write]")) begin(loadCommentForms, context).catch(() => {});
}

/* ---- forms ---- */

/** Drafts on this device are removed when their writer signs out. */
function signOut(event, form, context) {
  event.preventDefault();
  loadDrafts().then((module) => module.clearAll(context)).catch(() => {}).finally(() => form.submit());
}

function react(event, form, context) {
  event.preventDefault();
  if (context.viewer) return loadReactions().then((module) => module.react(form, context), () => form.submit());
  loadGuest().then((module) => module.explainReaction(form, context)).catch(() => form.submit());
}

/** Submit a form as the browser would have, with the button that was pressed. */
function submitNormally(form, submitter) {
  if (submitter?.name) {
    const field = document.createElement("input");
    [field.type, field.name, field.value] = ["hidden", submitter.name, submitter.value];
    form.append(field);
  }
  form.submit();
}

function onSubmit(event, context) {
  const form = event.target;
  if (form.matches("#found .search-form")) {
    event.preventDefault();
    return begin(loadSearch, context).then((module) => module.submitSearch(form, context), () => form.submit());
  }
  if (form.matches(".search-form") && context.follow) {
    event.preventDefault();
    return context.visit(`${form.action}?${new URLSearchParams(new FormData(form))}`);
  }
  if (form.method === "get") return; // sending it again is harmless: the browser drops the earlier request
  if ("busy" in form.dataset) return event.preventDefault();
  form.dataset.busy = "";
  if (form.matches("form[data-react]")) return react(event, form, context);
  if (form.matches("form[action='/sign-out']")) return signOut(event, form, context);
  if (form.matches("form[data-unmute]")) {
    event.preventDefault();
    loadBlockUser().then((module) => module.unblock(form, context), () => form.submit());
  }
  if (!form.matches("form[data-write], dialog form")) return;
  event.preventDefault();
  const { submitter } = event;
  const send = (module) => module.send(form, context, submitter);
  begin(loadCommentForms, context).then(send, () => submitNormally(form, submitter));
}

export function listen(context) {
  const { root, signal } = context;
  const on = (type, handle) => root.addEventListener(type, (event) => handle(event, context), { signal });
  on("click", onClick);
  on("keydown", onKeyDown);
  on("focusin", onFocusIn);
  on("submit", onSubmit);
}

/* ---- at the start ---- */

/** Whether this reader has collapsed conversations of this article. */
function hasCollapsed(thread, { storagePrefix }) {
  try {
    return localStorage.getItem(`${storagePrefix}folded`)?.includes(JSON.stringify(thread.dataset.thread));
  } catch { // a private window may refuse
    return false;
  }
}

/** Open the replies that were begun on this page. If it fails, they come back when Reply is pressed. */
async function restoreDrafts(context) {
  const links = (await begin(loadDrafts, context)).linksWithDraft(context);
  if (!links.length) return;
  const { openReplyForm } = await begin(loadCommentForms, context);
  for (const link of links) openReplyForm(link, context);
}

function startPolling(context) {
  import("./live-updates.js").then((module) => module.startPolling(context), () => {});
}

/** What a thread does by itself when it has been shown. */
export function prepare(context) {
  const { root, signal } = context;
  const thread = root.querySelector("[data-thread]");
  if (thread && hasCollapsed(thread, context)) {
    loadCollapse().then((module) => module.restoreCollapsed(context), () => {});
  }
  if (thread?.dataset.newest) {
    const timer = setTimeout(startPolling, 20_000, context);
    signal?.addEventListener("abort", () => clearTimeout(timer));
  }
  if (context.history.state?.loaded) {
    loadPagination().then((module) => module.restoreLoaded(context)).catch(() => {});
  }
  if (root.getElementById("q")?.defaultValue) begin(loadSearch, context).catch(() => {});
  if (root.querySelector("form[data-write]")) {
    import("./character-count.js").then((module) => module.start(context), () => {}); // the server counts, too
    restoreDrafts(context).catch(() => {});
  }
}
