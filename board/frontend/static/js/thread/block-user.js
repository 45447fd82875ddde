/**
 * Block a user (차단): hide or show all their comments on this page at once. The server hides them in the same way on
 * every page it sends.
 */
import { requestPage } from "../dom.js";

const texts = document.getElementById("thread-texts").dataset;
const template = document.getElementById("blocked-comment");

const userIdOf = (form) => new URL(form.action).pathname.split("/")[2];
const articlesBy = (userId) => document.querySelectorAll(`.comment[data-author="${CSS.escape(userId)}"] > article`);

function hideComment(article, userId) {
  if (article.querySelector(":scope > .muted")) return;
  const [details, form] = template.content.cloneNode(true).children;
  form.action = `/people/${userId}/unmute`;
  details.append(...article.childNodes);
  article.append(details, form);
}

function showComment(article) {
  const details = article.querySelector(":scope > .muted");
  if (!details) return;
  article.querySelector(":scope > .unmute").remove();
  details.querySelector("summary").remove();
  details.replaceWith(...details.childNodes);
}

/** Show that the server has blocked the author, as asked for in the dialog. */
export function showBlocked(form, page) {
  const userId = userIdOf(form);
  const item = document.getElementById(form.dataset.comment);
  for (const article of articlesBy(userId)) hideComment(article, userId);
  for (const pick of document.querySelectorAll(`.featured [data-author="${CSS.escape(userId)}"]`)) pick.remove();
  document.getElementById("mute")?.remove();
  form.closest("dialog").close();
  item.querySelector("summary").focus();
  page.announce(form.dataset.doneText);
}

export async function unblock(form, page) {
  const article = form.closest("article");
  const { doneText } = form.dataset;
  try {
    const { status } = await requestPage("POST", form.action);
    if (status >= 400) throw new Error(status);
    for (const each of articlesBy(userIdOf(form))) showComment(each);
    article.focus();
    page.announce(doneText);
  } catch {
    delete form.dataset.busy;
    page.announce(texts.notReacted);
  }
}
