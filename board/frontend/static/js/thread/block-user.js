/**
 * Block a user (차단): hide or show all their comments on this page at once. The server hides them in the same way on
 * every page it sends.
 */
const userIdOf = (form) => new URL(form.action).pathname.split("/")[2];
const articlesBy = ({ root }, userId) =>
  root.querySelectorAll(`.comment[data-author="${CSS.escape(userId)}"] > article`);

function hideComment(context, article, userId) {
  if (article.querySelector(":scope > .muted")) return;
  const [details, form] = context.root.getElementById("blocked-comment").content.cloneNode(true).children;
  form.action = context.resolve(`/people/${userId}/unmute`);
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
export function showBlocked(form, context) {
  const { root } = context;
  const userId = userIdOf(form);
  const item = root.getElementById(form.dataset.comment);
  for (const article of articlesBy(context, userId)) hideComment(context, article, userId);
  for (const pick of root.querySelectorAll(`.featured [data-author="${CSS.escape(userId)}"]`)) pick.remove();
  root.getElementById("mute")?.remove();
  form.closest("dialog").close();
  item.querySelector("summary").focus();
  context.announce(form.dataset.doneText);
}

export async function unblock(form, context) {
  const article = form.closest("article");
  const { doneText } = form.dataset;
  try {
    const { status } = await context.request("POST", form.action);
    if (status >= 400) throw new Error(status);
    for (const each of articlesBy(context, userIdOf(form))) showComment(each);
    article.focus();
    context.announce(doneText);
  } catch {
    delete form.dataset.busy;
    context.announce(context.texts.notReacted);
  }
}
