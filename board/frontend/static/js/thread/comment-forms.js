/**
 * Comment forms: post, preview, reply, edit, delete and moderate without leaving the page. The server sends
 * whole pages, as to a browser without scripts; dom.js takes the needed parts out of them.
 */
import {
  adoptReactions, commentId, currentPage, errorText, focusComment, isNewestFirst, isSignedOut, mergeComments,
  oncePerContext, replaceComment, showDialog, updateCommentCount, updateFeatured,
} from "../dom.js";
import { showBlocked } from "./block-user.js";
import * as characterCount from "./character-count.js";
import * as drafts from "./drafts.js";
import { countDown, isWaiting } from "./wait.js";

/* ---- feedback beside a form ---- */

function showError(form, text) {
  const line = document.createElement("p");
  line.className = "error";
  line.setAttribute("role", "alert");
  line.textContent = text;
  form.querySelector("[data-feedback]").replaceChildren(line);
}

/** As showError, with a button that does what `submitter` did. */
function offerRetry(form, text, submitter, { texts }) {
  showError(form, text);
  const button = document.createElement("button");
  button.textContent = texts.again;
  if (submitter?.name) [button.name, button.value] = [submitter.name, submitter.value];
  form.querySelector("[data-feedback]").append(button);
}

/** Show the server's answer about the text (error, warning, preview) below the box, as on its own page. */
function showFeedback(form, answer, context) {
  const answered = answer.page?.querySelector("form[data-write]");
  const source = form.matches("[data-write]") && answered?.querySelector("[data-feedback]:not(:empty)");
  if (!source) return showError(form, errorText(answer, context.texts.refused));
  const feedback = context.adopt(source);
  suffixIds(feedback, form.dataset.opened ?? "");
  form.querySelector("[data-feedback]").replaceChildren(...feedback.childNodes);
  for (const name of ["key", "version"]) {
    if (form.elements[name]) form.elements[name].value = answered.elements[name].value;
  }
  drafts.save(form, context);
}

function showPreview(form, answer, context) {
  showFeedback(form, answer, context);
  form.querySelector("[data-preview]").scrollIntoView({ block: "nearest" });
  context.announce(context.texts.previewed);
}

/** Remove error, advice and preview once the text has changed: they would mislead. */
function clearFeedback({ target }) {
  if (target.matches("form[data-write] textarea")) target.form.querySelector("[data-feedback]").replaceChildren();
}

export const start = oncePerContext((context) => {
  characterCount.start(context);
  drafts.start(context);
  context.root.addEventListener("input", clearFeedback, { signal: context.signal });
});

/* ---- sending ---- */

function fieldsOf(form, submitter) {
  const fields = new URLSearchParams(new FormData(form));
  if (submitter?.name) fields.set(submitter.name, submitter.value);
  return fields;
}

/** The button that sends the text, not a preview of it. */
const mainButton = (form) => form.querySelector("button.primary, button.danger");

/** While a form is busy, the button that was pressed says so. */
function setBusy(form, busy, pressed, texts) {
  if (busy) form.dataset.busy = "";
  else delete form.dataset.busy;
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    button.setAttribute("aria-disabled", String(busy || isWaiting(button)));
  }
  if (busy) [pressed.dataset.label, pressed.textContent] = [pressed.textContent, texts.sending];
  else pressed.textContent = pressed.dataset.label;
}

/** Send a form of the thread. If anything fails, its text and its key stay for another try. */
export async function send(form, context, submitter) {
  const { texts } = context;
  const button = submitter ?? mainButton(form);
  if (isWaiting(mainButton(form)) && button.name !== "preview") return void delete form.dataset.busy;
  setBusy(form, true, button, texts);
  context.announce("");
  let answer;
  try {
    answer = await context.request("POST", form.action, fieldsOf(form, submitter));
  } catch {
    return offerRetry(form, texts.offline, submitter, context);
  } finally {
    setBusy(form, false, button, texts);
  }
  if (isSignedOut(answer)) return offerRetry(form, texts.signedOut, submitter, context);
  if (answer.status >= 400) showFeedback(form, answer, context);
  if (answer.status === 429) {
    const told = form.querySelector("[data-feedback] .error");
    countDown(mainButton(form), answer.retryAfter, texts.wait, () => told?.remove());
  }
  if (answer.status >= 400) return;
  if (form.matches("[data-mute]")) return showBlocked(form, context);
  if (submitter?.name === "preview") return showPreview(form, answer, context);
  if (form.matches("[data-write]")) drafts.clear(form, context);
  const showResult = form.dataset.edits ? showEdited : form.matches("[data-write]") ? showPosted : showDecided;
  await showResult(form, answer, context).catch(() => context.visit(answer.url)); // done; only showing it failed
}

/* ---- posting ---- */

/** The viewer's newest comment that this page did not have before, or undefined. */
function newOwnComment({ root, viewer }, fresh) {
  const own = fresh.querySelectorAll(`.comment[data-author="${CSS.escape(viewer)}"]`);
  const unknown = [...own].filter((item) => !root.getElementById(item.id));
  return unknown.sort((a, b) => commentId(b) - commentId(a))[0];
}

/** A page that shows what was just posted: this one, or the whole conversation the server led to. */
function pageWithNewComment(context, fresh, answer) {
  if (newOwnComment(context, fresh)) return fresh;
  const root = newOwnComment(context, answer.page)?.closest("ol.comments > .comment");
  const isWhole = !answer.page.querySelector(".newest");
  return root && isWhole && context.root.getElementById(root.id) ? answer.page : null;
}

async function showPosted(form, answer, context) {
  const isReply = Boolean(form.elements.parent.value);
  if (!isReply && !isNewestFirst(context)) return context.visit(answer.url); // the page on which it comes first
  const fresh = await currentPage(context, answer);
  const source = pageWithNewComment(context, fresh, answer);
  if (!source) return context.visit(answer.url);
  const { id } = newOwnComment(context, source);
  resetForm(form, context);
  mergeComments(context, source);
  updateCommentCount(context, fresh);
  context.refresh();
  const item = context.root.getElementById(id);
  item.classList.replace("is-linked", "is-new") || item.classList.add("is-new");
  focusComment(item);
  context.announce(isReply ? context.texts.replied : context.texts.posted);
}

/** A form that was opened here is removed; the page's own is emptied for the next comment. */
function resetForm(form, context) {
  form.querySelector("[data-feedback]").replaceChildren();
  if ("opened" in form.dataset) {
    form.dataset.done = "";
    form.remove();
    return;
  }
  form.querySelector("textarea").value = "";
  form.elements.key.value = newKey();
  characterCount.updateCount(form, context);
}

/** randomUUID exists only on https and on this machine; a board on a plain local network still needs a key. */
function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* ---- replying ---- */

/** Make the ids of a copied form its own. */
export function suffixIds(form, suffix) {
  for (const each of form.querySelectorAll("[id]")) each.id += suffix;
  for (const link of form.querySelectorAll("a[data-rewrite]")) link.hash += suffix;
  for (const name of ["for", "aria-describedby"]) {
    for (const each of form.querySelectorAll(`[${name}]`)) {
      each.setAttribute(name, each.getAttribute(name).split(" ").map((id) => id + suffix).join(" "));
    }
  }
}

function createReplyForm(item, { root, texts }) {
  const form = root.querySelector("form[data-write]:not([data-opened])").cloneNode(true);
  const box = form.querySelector("textarea");
  const label = texts.replyTo.replace("{name}", item.querySelector(".author-line strong").textContent);
  form.dataset.opened = `-${item.id}`;
  suffixIds(form, form.dataset.opened);
  delete form.dataset.busy;
  form.querySelector("[data-feedback]").replaceChildren();
  form.querySelector("[data-draft]").hidden = true;
  form.querySelector("label").textContent = box.placeholder = label;
  box.value = "";
  box.removeAttribute("aria-invalid");
  form.elements.parent.value = commentId(item);
  form.elements.key.value = newKey();
  return form;
}

/** Make a form that `link` opened count characters, restore its draft, and close on Cancel. */
export function setUpForm(form, link, context) {
  characterCount.updateCount(form, context);
  drafts.restore(form, context);
  const cancel = form.querySelector("[data-cancel]");
  cancel.hidden = false;
  cancel.onclick = () => {
    drafts.clear(form, context);
    form.remove();
    link.focus();
  };
}

/** The reply form below the comment of this link. */
export function openReplyForm(link, context) {
  const item = link.closest(".comment");
  const existing = item.querySelector(":scope > form[data-write]:not([data-edits])");
  if (existing) return existing;
  const form = createReplyForm(item, context);
  item.querySelector(":scope > article").after(form);
  setUpForm(form, link, context);
  return form;
}

export function reply(link, context) {
  openReplyForm(link, context).querySelector("textarea").focus();
}

/* ---- editing: edit-comment.js opens the form ---- */

/** Replace the comment only; its replies stay. */
async function showEdited(form, answer, context) {
  const article = `#${form.dataset.edits} > article`;
  const [old, now] = [context.root, answer.page].map((each) => each.querySelector(article));
  if (!old || !now) return context.visit(answer.url);
  form.remove();
  old.replaceWith(context.adopt(now));
  adoptReactions(context, answer.page);
  context.refresh();
  focusComment(context.root.getElementById(form.dataset.edits));
  context.announce(context.texts.saved);
}

/* ---- deleting, hiding, restoring, reporting, blocking: each asks first, in a dialog ---- */

export function openDialog(link, context) {
  const action = link.hash.slice(1);
  const dialog = document.createElement("dialog");
  dialog.append(context.root.getElementById(`${action}-form`).content.cloneNode(true));
  dialog.setAttribute("aria-labelledby", `${action}-title`);
  const form = dialog.querySelector("form");
  const item = link.closest(".comment");
  form.action = context.resolve(
    action === "mute" ? `/people/${item.dataset.author}/mute` : `${link.pathname}/${action}`,
  );
  form.dataset.comment = item.id;
  const claim = form.querySelector("[data-claim-link]");
  if (claim) claim.search = `?comment=${commentId(item)}`;
  const cancel = dialog.querySelector("[data-cancel]");
  cancel.hidden = false;
  cancel.onclick = () => dialog.close();
  showDialog(context, dialog);
  if (dialog.querySelector("button.danger")) cancel.focus(); // Enter must not do what cannot be undone
}

/** The current comment: from the fresh page, or from its own when it is further down; undefined when it is gone. */
async function currentComment(context, id, fresh) {
  const item = fresh.querySelector(`#${id}`);
  if (item) return item;
  const own = await context.request("GET", context.resolve(`/comments/${id.replace("comment-", "")}`));
  return own.status < 400 ? own.page.querySelector(`#${id}`) : undefined;
}

async function showDecided(form, answer, context) {
  const { root } = context;
  const fresh = await currentPage(context, answer);
  const old = root.getElementById(form.dataset.comment);
  const now = await currentComment(context, form.dataset.comment, fresh);
  form.closest("dialog").close();
  const title = root.getElementById("thread-title");
  if (now) replaceComment(context, old, now);
  else old.remove();
  updateCommentCount(context, fresh);
  updateFeatured(context, fresh);
  context.refresh();
  if (now) focusComment(root.getElementById(form.dataset.comment));
  else title.focus();
  context.announce(form.dataset.doneText);
}
