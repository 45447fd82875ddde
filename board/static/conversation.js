/**
 * Posting, previewing, replying, deleting and moderating without leaving the page. The server answers as it answers
 * a browser without scripts, with whole pages; thread.js takes the parts that are needed out of them.
 * `page` is what board.js lends: say(text), refresh().
 */
import { count } from "./counting.js";
import * as drafts from "./drafts.js";
import { edited } from "./editing.js";
import { muted } from "./muting.js";
import { arriveAt, ask, isNewestFirst, merge, recount, renew, thisPage } from "./thread.js";

const words = document.getElementById("talk").dataset;

/* ---- what is said beside a form ---- */

function tell(form, text) {
  const line = document.createElement("p");
  line.className = "error";
  line.setAttribute("role", "alert");
  line.textContent = text;
  form.querySelector("[data-told]").replaceChildren(line);
}

/** As `tell`, with a button that does what `submitter` did. */
function offerAgain(form, text, submitter) {
  tell(form, text);
  const button = document.createElement("button");
  button.textContent = words.again;
  if (submitter?.name) [button.name, button.value] = [submitter.name, submitter.value];
  form.querySelector("[data-told]").append(button);
}

/** What the server says about the text (why not, what to think of, how it will look) stands below the box as on its own page. */
function hear(form, answer) {
  const theirs = answer.page?.querySelector("form[data-write]");
  const said = form.matches("[data-write]") && theirs?.querySelector("[data-told]:not(:empty)");
  if (!said) return tell(form, refusal(answer));
  const told = document.importNode(said, true);
  renumber(told, form.dataset.opened ?? "");
  form.querySelector("[data-told]").replaceChildren(...told.childNodes);
  for (const name of ["key", "version"]) if (form.elements[name]) form.elements[name].value = theirs.elements[name].value;
  drafts.save(form);
}

function fieldsOf(form, submitter) {
  const fields = new URLSearchParams(new FormData(form));
  if (submitter?.name) fields.set(submitter.name, submitter.value);
  return fields;
}

/** Why the server refused, in its own words. */
function refusal(answer) {
  const said = answer.page?.querySelector("[role=alert]")?.textContent.replace(/\s+/g, " ").trim();
  return said || words.refused;
}

function waiting(form, yes) {
  if (yes) form.dataset.busy = "";
  else delete form.dataset.busy;
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", String(yes));
}

/** Send a form of the thread. Whatever goes wrong, its text and its key stay for another try. */
export async function send(form, page, submitter) {
  waiting(form, true);
  page.say("");
  let answer;
  try {
    answer = await ask("POST", form.action, fieldsOf(form, submitter));
  } catch {
    return offerAgain(form, words.offline, submitter);
  } finally {
    waiting(form, false);
  }
  if (answer.status === 401 || answer.page?.querySelector("[data-sign-in]")) return offerAgain(form, words.signedOut, submitter);
  if (answer.status >= 400) return hear(form, answer);
  if (form.matches("[data-mute]")) return muted(form, page);
  if (submitter?.name === "preview") return previewed(form, answer, page);
  if (form.matches("[data-write]")) drafts.clear(form);
  const settle = form.dataset.edits ? edited : form.matches("[data-write]") ? posted : decided;
  await settle(form, answer, page).catch(() => location.assign(answer.url)); // it is done; only showing it failed
}

function previewed(form, answer, page) {
  hear(form, answer);
  form.querySelector("[data-preview]").scrollIntoView({ block: "nearest" });
  page.say(words.previewed);
}

/** A preview of what is no longer written would mislead. */
document.addEventListener("input", (event) => event.target.form?.querySelector("[data-preview]")?.remove());

/* ---- posting ---- */

/** The viewer's newest comment that this page did not have before, or undefined. */
function arrival(fresh) {
  const number = (item) => Number(item.id.replace("comment-", ""));
  const mine = fresh.querySelectorAll(`.comment[data-author="${CSS.escape(document.body.dataset.viewer)}"]`);
  return [...mine].filter((item) => !document.getElementById(item.id)).sort((a, b) => number(b) - number(a))[0];
}

/** A page that shows what was just posted: this one, or the whole conversation the server led to. */
function showing(fresh, answer) {
  if (arrival(fresh)) return fresh;
  const root = arrival(answer.page)?.closest("ol.comments > .comment");
  const whole = !answer.page.querySelector(".newest");
  return root && whole && document.getElementById(root.id) ? answer.page : null;
}

async function posted(form, answer, page) {
  if (!form.elements.parent.value && !isNewestFirst()) return location.assign(answer.url); // where it stands on top
  const fresh = await thisPage(answer);
  const shown = showing(fresh, answer);
  if (!shown) return location.assign(answer.url);
  const mine = arrival(shown);
  const isReply = Boolean(form.elements.parent.value);
  finish(form);
  merge(shown);
  recount(fresh);
  page.refresh();
  const item = document.getElementById(mine.id);
  item.classList.replace("asked", "fresh") || item.classList.add("fresh");
  arriveAt(item);
  page.say(isReply ? words.replied : words.posted);
}

/** A form that has done its work: one opened here goes, the page's own is emptied for the next comment. */
function finish(form) {
  form.querySelector("[data-told]").replaceChildren();
  if ("opened" in form.dataset) {
    form.dataset.done = "";
    form.remove();
    return;
  }
  form.querySelector("textarea").value = "";
  form.elements.key.value = newKey();
  count(form);
}

/** randomUUID exists only on https and on this machine; a board on a plain local network still needs a key. */
function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* ---- replying ---- */

/** A second copy of the form must not share the first one's ids. */
export function renumber(form, suffix) {
  for (const each of form.querySelectorAll("[id]")) each.id += suffix;
  for (const link of form.querySelectorAll("a[data-rewrite]")) link.hash += suffix;
  for (const name of ["for", "aria-describedby"]) {
    for (const each of form.querySelectorAll(`[${name}]`)) {
      each.setAttribute(name, each.getAttribute(name).split(" ").map((id) => id + suffix).join(" "));
    }
  }
}

function replyForm(item) {
  const form = document.querySelector("form[data-write]:not([data-opened])").cloneNode(true);
  const box = form.querySelector("textarea");
  const asks = words.replyTo.replace("{name}", item.querySelector(".who strong").textContent);
  form.dataset.opened = `-${item.id}`;
  renumber(form, form.dataset.opened);
  delete form.dataset.busy;
  form.querySelector("[data-told]").replaceChildren();
  form.querySelector("[data-draft]").hidden = true;
  form.querySelector("label").textContent = box.placeholder = asks;
  box.value = "";
  box.removeAttribute("aria-invalid");
  form.elements.parent.value = item.id.replace("comment-", "");
  form.elements.key.value = newKey();
  return form;
}

/** A box opened by `link` counts, has what was written in it before, and can be cancelled. */
export function equip(form, link) {
  count(form);
  drafts.restore(form);
  const cancel = form.querySelector("[data-cancel]");
  cancel.hidden = false;
  cancel.onclick = () => {
    drafts.clear(form);
    form.remove();
    link.focus();
  };
}

/** The box below the comment of this link. */
export function open(link) {
  const item = link.closest(".comment");
  const there = item.querySelector(":scope > form[data-write]:not([data-edits])");
  if (there) return there;
  const form = replyForm(item);
  item.querySelector(":scope > article").after(form);
  equip(form, link);
  return form;
}

export function reply(link) {
  open(link).querySelector("textarea").focus();
}

/* ---- deleting, hiding, restoring, muting: each asks first, in a dialog ---- */

export function decide(link) {
  const verb = link.hash.slice(1);
  const dialog = document.createElement("dialog");
  dialog.append(document.getElementById(`${verb}-form`).content.cloneNode(true));
  dialog.setAttribute("aria-labelledby", `${verb}-title`);
  const form = dialog.querySelector("form");
  const item = link.closest(".comment");
  form.action = verb === "mute" ? `/people/${item.dataset.author}/mute` : `${link.pathname}/${verb}`;
  form.dataset.comment = item.id;
  const cancel = dialog.querySelector("[data-cancel]");
  cancel.hidden = false;
  cancel.onclick = () => dialog.close();
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
}

/** The comment as it now is: on this page, or on its own page when it stood further down; undefined when it is gone. */
async function asItIs(id, fresh) {
  const item = fresh.querySelector(`#${id}`);
  if (item) return item;
  const own = await ask("GET", `/comments/${id.replace("comment-", "")}`);
  return own.status < 400 ? own.page.querySelector(`#${id}`) : undefined;
}

async function decided(form, answer, page) {
  const fresh = await thisPage(answer);
  const old = document.getElementById(form.dataset.comment);
  const now = await asItIs(form.dataset.comment, fresh);
  form.closest("dialog").close();
  const title = document.getElementById("thread-title");
  if (now) renew(old, now);
  else old.remove();
  recount(fresh);
  page.refresh();
  if (now) arriveAt(document.getElementById(form.dataset.comment));
  else title.focus();
  page.say(form.dataset.said);
}
