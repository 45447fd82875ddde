/**
 * Edit a comment in place: the form is that of the page for editing, with the text as it now is.
 */
import { setUpForm, suffixIds } from "./comment-forms.js";

const formIn = (item) => item.querySelector(":scope > form[data-edits]");

/** Rejects where nothing can be edited: the page that the link leads to says why. */
export async function edit(link, context) {
  const item = link.closest(".comment");
  const answer = formIn(item) ? null : await context.request("GET", link.href);
  if (!formIn(item)) {
    const form = context.adopt(answer.page.querySelector("form[data-edits]"));
    form.dataset.opened = `-edit-${item.id}`;
    suffixIds(form, form.dataset.opened);
    item.querySelector(":scope > article").after(form);
    setUpForm(form, link, context);
  }
  formIn(item).querySelector("textarea").focus();
}
