/**
 * Comment forms: post, preview, reply, edit, delete and moderate without leaving the page. The server sends
 * whole pages, as to a browser without scripts; dom.js takes the needed parts out of them.
 * `page` comes from board.js: announce(text), refresh().
 */
import {
  adoptReactions, commentId, currentPage, errorText, focusComment, isNewestFirst, isSignedOut, mergeComments,
  replaceComment, requestPage, updateCommentCount, updateFeatured,
} from "../dom.js";
import { showBlocked } from "./block-user.js";
import { updateCount } from "./character-count.js";
import * as drafts from "./drafts.js";
import { countDown, isWaiting } from "./wait.js";

const texts = document.getElementById("thread-texts").dataset;

/* ---- feedback beside a form ---- */

function showError(form, text) {
  const line = document.createElement("p");
  line.className = "error";
  line.setAttribute("role", "alert");
  line.textContent = text;
  form.querySelector("[data-feedback]").replaceChildren(line);
}

/** As showError, with a button that does what `submitter` did. */
function offerRetry(form, text, submitter) {
  showError(form, text);
  const button = document.createElement("button");
  button.textContent = texts.again;
  if (submitter?.name) [button.name, button.value] = [submitter.name, submitter.value];
  form.querySelector("[data-feedback]").append(button);
}

/** Show the server's answer about the text (error, warning, preview) below the box, as on its own page. */
function showFeedback(form, answer) {
  const answered = answer.page?.querySelector("form[data-write]");
  const source = form.matches("[data-write]") && answered?.querySelector("[data-feedback]:not(:empty)");
  if (!source) return showError(form, errorText(answer, texts.refused));
  const feedback = document.importNode(source, true);
  suffixIds(feedback, form.dataset.opened ?? "");
  form.querySelector("[data-feedback]").replaceChildren(...feedback.childNodes);
  for (const name of ["key", "version"]) {
    if (form.elements[name]) form.elements[name].value = answered.elements[name].value;
  }
  drafts.save(form);
}

function showPreview(form, answer, page) {
  showFeedback(form, answer);
  form.querySelector("[data-preview]").scrollIntoView({ block: "nearest" });
  page.announce(texts.previewed);
}

/** Remove error, advice and preview once the text has changed: they would mislead. */
document.addEventListener("input", ({ target }) => {
  if (target.matches("form[data-write] textarea")) target.form.querySelector("[data-feedback]").replaceChildren();
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
function setBusy(form, busy, pressed) {
  if (busy) form.dataset.busy = "";
  else delete form.dataset.busy;
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    button.setAttribute("aria-disabled", String(busy || isWaiting(button)));
  }
  if (busy) [pressed.dataset.label, pressed.textContent] = [pressed.textContent, texts.sending];
  else pressed.textContent = pressed.dataset.label;
}

/** Send a form of the thread. If anything fails, its text and its key stay for another try. */
export async function send(form, page, submitter) {
  const button = submitter ?? mainButton(form);
  if (isWaiting(mainButton(form)) && button.name !== "preview") return void delete form.dataset.busy;
  setBusy(form, true, button);
  page.announce("");
  let answer;
  try {
    answer = await requestPage("POST", form.action, fieldsOf(form, submitter));
  } catch {
    return offerRetry(form, texts.offline, submitter);
  } finally {
    setBusy(form, false, button);
  }
  if (isSignedOut(answer)) return offerRetry(form, texts.signedOut, submitter);
  if (answer.status >= 400) showFeedback(form, answer);
  if (answer.status === 429) {
    const told = form.querySelector("[data-feedback] .error");
    countDown(mainButton(form), answer.retryAfter, () => told?.remove());
  }
  if (answer.status >= 400) return;
  if (form.matches("[data-mute]")) return showBlocked(form, page);
  if (submitter?.name === "preview") return showPreview(form, answer, page);
  if (form.matches("[data-write]")) drafts.clear(form);
  const showResult = form.dataset.edits ? showEdited : form.matches("[data-write]") ? showPosted : showDecided;
  await showResult(form, answer, page).catch(() => location.assign(answer.url)); // done; only showing it failed
}

/* ---- posting ---- */

/** The viewer's newest comment that this page did not have before, or undefined. */
function newOwnComment(fresh) {
  const own = fresh.querySelectorAll(`.comment[data-author="${CSS.escape(document.body.dataset.viewer)}"]`);
  const unknown = [...own].filter((item) => !document.getElementById(item.id));
  return unknown.sort((a, b) => commentId(b) - commentId(a))[0];
}

/** A page that shows what was just posted: this one, or the whole conversation the server led to. */
function pageWithNewComment(fresh, answer) {
  if (newOwnComment(fresh)) return fresh;
  const root = newOwnComment(answer.page)?.closest("ol.comments > .comment");
  const isWhole = !answer.page.querySelector(".newest");
  return root && isWhole && document.getElementById(root.id) ? answer.page : null;
}

async function showPosted(form, answer, page) {
  const isReply = Boolean(form.elements.parent.value);
  if (!isReply && !isNewestFirst()) return location.assign(answer.url); // the page on which it comes first
  const fresh = await currentPage(answer);
  const source = pageWithNewComment(fresh, answer);
  if (!source) return location.assign(answer.url);
  const { id } = newOwnComment(source);
  resetForm(form);
  mergeComments(source);
  updateCommentCount(fresh);
  page.refresh();
  const item = document.getElementById(id);
  item.classList.replace("is-linked", "is-new") || item.classList.add("is-new");
  focusComment(item);
  page.announce(isReply ? texts.replied : texts.posted);
}

/** A form that was opened here is removed; the page's own is emptied for the next comment. */
function resetForm(form) {
  form.querySelector("[data-feedback]").replaceChildren();
  if ("opened" in form.dataset) {
    form.dataset.done = "";
    form.remove();
    return;
  }
  form.querySelector("textarea").value = "";
  form.elements.key.value = newKey();
  updateCount(form);
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

function createReplyForm(item) {
  const form = document.querySelector("form[data-write]:not([data-opened])").cloneNode(true);
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
export function setUpForm(form, link) {
  updateCount(form);
  drafts.restore(form);
  const cancel = form.querySelector("[data-cancel]");
  cancel.hidden = false;
  cancel.onclick = () => {
    drafts.clear(form);
    form.remove();
    link.focus();
  };
}

/** The reply form below the comment of this link. */
export function openReplyForm(link) {
  const item = link.closest(".comment");
  const existing = item.querySelector(":scope > form[data-write]:not([data-edits])");
  if (existing) return existing;
  const form = createReplyForm(item);
  item.querySelector(":scope > article").after(form);
  setUpForm(form, link);
  return form;
}

export function reply(link) {
  openReplyForm(link).querySelector("textarea").focus();
}

/* ---- editing: edit-comment.js opens the form ---- */

/** Replace the comment only; its replies stay. */
async function showEdited(form, answer, page) {
  const article = `#${form.dataset.edits} > article`;
  const [old, now] = [document, answer.page].map((each) => each.querySelector(article));
  if (!old || !now) return location.assign(answer.url);
  form.remove();
  old.replaceWith(document.importNode(now, true));
  adoptReactions(answer.page);
  page.refresh();
  focusComment(document.getElementById(form.dataset.edits));
  page.announce(texts.saved);
}

/* ---- deleting, hiding, restoring, reporting, blocking: each asks first, in a dialog ---- */

export function openDialog(link) {
  const action = link.hash.slice(1);
  const dialog = document.createElement("dialog");
  dialog.append(document.getElementById(`${action}-form`).content.cloneNode(true));
  dialog.setAttribute("aria-labelledby", `${action}-title`);
  const form = dialog.querySelector("form");
  const item = link.closest(".comment");
  form.action = action === "mute" ? `/people/${item.dataset.author}/mute` : `${link.pathname}/${action}`;
  form.dataset.comment = item.id;
  const claim = form.querySelector("[data-claim-link]");
  if (claim) claim.search = `?comment=${commentId(item)}`;
  const cancel = dialog.querySelector("[data-cancel]");
  cancel.hidden = false;
  cancel.onclick = () => dialog.close();
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
  if (dialog.querySelector("button.danger")) cancel.focus(); // Enter must not do what cannot be undone
}

/** The current comment: from the fresh page, or from its own when it is further down; undefined when it is gone. */
async function currentComment(id, fresh) {
  const item = fresh.querySelector(`#${id}`);
  if (item) return item;
  const own = await requestPage("GET", `/comments/${id.replace("comment-", "")}`);
  return own.status < 400 ? own.page.querySelector(`#${id}`) : undefined;
}

async function showDecided(form, answer, page) {
  const fresh = await currentPage(answer);
  const old = document.getElementById(form.dataset.comment);
  const now = await currentComment(form.dataset.comment, fresh);
  form.closest("dialog").close();
  const title = document.getElementById("thread-title");
  if (now) replaceComment(old, now);
  else old.remove();
  updateCommentCount(fresh);
  updateFeatured(fresh);
  page.refresh();
  if (now) focusComment(document.getElementById(form.dataset.comment));
  else title.focus();
  page.announce(form.dataset.doneText);
}
