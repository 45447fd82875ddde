/**
 * Reactions: like (공감) and dislike (비공감) without leaving the page. Shown at once, then corrected to what the server
 * answers: the page of the comment, with the counts and this reader's reaction as they now are, or the reason why not.
 */
import {
  adoptReactions, commentId, errorText, isSignedOut, ownReactions, requestPage, setReaction,
} from "../dom.js";
import { countDown, isWaiting } from "./wait.js";

const texts = document.getElementById("thread-texts").dataset;
const lang = document.documentElement.lang;
const countOf = (item, choice) =>
  item.querySelector(`:scope > article [data-react=${choice}] [data-reaction-count]`);

/** Write the number on a button, and the same number in the button's accessible name. */
function writeCount(shown, number) {
  const button = shown.closest("button");
  button.setAttribute("aria-label", button.getAttribute("aria-label").replace(shown.textContent, number));
  shown.textContent = number;
}

/** One more or fewer, in a number written for people. */
function changeCount(item, choice, change) {
  const shown = choice && countOf(item, choice);
  if (shown) writeCount(shown, (Number(shown.textContent.replace(/\D/g, "")) + change).toLocaleString(lang));
}

function showReaction(item, before, after, page) {
  changeCount(item, before, -1);
  changeCount(item, after, +1);
  setReaction(commentId(item), after);
  page.refresh();
}

/** Take over the counts of the server's page. */
function adoptCounts(item, answer, page) {
  const fresh = answer.page?.getElementById(item.id);
  for (const choice of fresh ? ["like", "dislike"] : []) {
    const [shown, now] = [countOf(item, choice), countOf(fresh, choice)];
    if (shown && now) writeCount(shown, now.textContent);
  }
  adoptReactions(answer.page);
  page.refresh();
}

function doneText(after) {
  if (!after) return texts.unreacted;
  return after === "like" ? texts.liked : texts.disliked;
}

export async function react(form, page) {
  const item = form.closest(".comment");
  const forms = [...item.querySelectorAll(":scope > article form[data-react]")];
  if (item.classList.contains("own-comment")) {
    delete form.dataset.busy;
    return page.announce(texts.ownComment);
  }
  const label = form.querySelector("[data-reaction-label]");
  if (isWaiting(label)) return void delete form.dataset.busy;
  const before = ownReactions()[commentId(item)];
  const after = before === form.dataset.react ? undefined : form.dataset.react;
  const url = form.action; // as it was pressed: showReaction changes it
  for (const each of forms) each.dataset.busy = "";
  showReaction(item, before, after, page);
  try {
    const answer = await requestPage("POST", url);
    if (answer.status >= 400) {
      showReaction(item, after, before, page);
      if (answer.status === 429) countDown(label, answer.retryAfter);
      return page.announce(isSignedOut(answer) ? texts.signedOut : errorText(answer, texts.notReacted));
    }
    adoptCounts(item, answer, page);
    page.announce(doneText(after));
  } catch {
    showReaction(item, after, before, page);
    page.announce(texts.notReacted);
  } finally {
    for (const each of forms) delete each.dataset.busy;
  }
}
