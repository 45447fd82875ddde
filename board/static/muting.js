/**
 * 차단 as it changes the page one is on. The server folds the same way on every page it sends; here all comments
 * of one person are folded, or opened again, at once.
 */
import { ask } from "./thread.js";

const words = document.getElementById("talk").dataset;
const line = document.getElementById("muted-line");

const personOf = (form) => new URL(form.action).pathname.split("/")[2];
const articlesBy = (person) => document.querySelectorAll(`.comment[data-author="${CSS.escape(person)}"] > article`);

function fold(article, person) {
  if (article.querySelector(":scope > .muted")) return;
  const [details, form] = line.content.cloneNode(true).children;
  form.action = `/people/${person}/unmute`;
  details.append(...article.childNodes);
  article.append(details, form);
}

function unfold(article) {
  const details = article.querySelector(":scope > .muted");
  if (!details) return;
  article.querySelector(":scope > .unmute").remove();
  details.querySelector("summary").remove();
  details.replaceWith(...details.childNodes);
}

/** The dialog was answered: the server has muted the author. */
export function muted(form, page) {
  const person = personOf(form);
  const item = document.getElementById(form.dataset.comment);
  for (const article of articlesBy(person)) fold(article, person);
  document.getElementById("mute")?.remove();
  form.closest("dialog").close();
  item.querySelector("summary").focus();
  page.say(form.dataset.said);
}

export async function unmute(form, page) {
  const article = form.closest("article");
  const { said } = form.dataset;
  try {
    const { status } = await ask("POST", form.action);
    if (status >= 400) throw new Error(status);
    for (const each of articlesBy(personOf(form))) unfold(each);
    article.focus();
    page.say(said);
  } catch {
    delete form.dataset.busy;
    page.say(words.notReacted);
  }
}
