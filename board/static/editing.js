/**
 * Editing without leaving the page: the box is that of the page for editing, with the text as it now is.
 */
import { equip, renumber } from "./conversation.js";
import { adopt, arriveAt, ask } from "./thread.js";

const words = document.getElementById("talk").dataset;
const boxIn = (item) => item.querySelector(":scope > form[data-edits]");

/** Rejects where nothing can be edited: the page that the link leads to says why. */
export async function edit(link) {
  const item = link.closest(".comment");
  const answer = boxIn(item) ? null : await ask("GET", link.href);
  if (!boxIn(item)) {
    const form = document.importNode(answer.page.querySelector("form[data-edits]"), true);
    form.dataset.opened = `-edit-${item.id}`;
    renumber(form, form.dataset.opened);
    item.querySelector(":scope > article").after(form);
    equip(form, link);
  }
  boxIn(item).querySelector("textarea").focus();
}

/** The comment as it now is, in its place; what stands below it stays. */
export async function edited(form, answer, page) {
  const article = `#${form.dataset.edits} > article`;
  const [old, now] = [document, answer.page].map((each) => each.querySelector(article));
  if (!old || !now) return location.assign(answer.url);
  form.remove();
  old.replaceWith(document.importNode(now, true));
  adopt(answer.page);
  page.refresh();
  arriveAt(document.getElementById(form.dataset.edits));
  page.say(words.saved);
}
