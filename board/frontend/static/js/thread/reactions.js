/**
 * Reactions: like (공감) and dislike (비공감) without leaving the page. Shown at once, then corrected to what the server
 * answers: the page of the comment, with the counts and this reader's reaction as they now are, or the reason why not.
 */
import {
  adoptReactions, commentId, errorText, isSignedOut, ownReactions, setReaction,
} from "../dom.js";
import { countDown, isWaiting } from "./wait.js";

const countOf = (item, choice) =>
  item.querySelector(`:scope > article [data-react=${choice}] [data-reaction-count]`);

/** Write the number on a button, and the same number in the button's accessible name. */
function writeCount(shown, number) {
  const button = shown.closest("button");
  button.setAttribute("aria-label", button.getAttribute("aria-label").replace(shown.textContent, number));
  shown.textContent = number;
}

/** One more or fewer, in a number written for people. */
function changeCount(item, choice, change, lang) {
  const shown = choice && countOf(item, choice);
  if (shown) writeCount(shown, (Number(shown.textContent.replace(/\D/g, "")) + change).toLocaleString(lang));
}

function showReaction(item, before, after, context) {
  changeCount(item, before, -1, context.lang);
  changeCount(item, after, +1, context.lang);
  setReaction(context, commentId(item), after);
  context.refresh();
}

/** Take over the counts of the server's page. */
function adoptCounts(item, answer, context) {
  const fresh = answer.page?.getElementById(item.id);
  for (const choice of fresh ? ["like", "dislike"] : []) {
    const [shown, now] = [countOf(item, choice), countOf(fresh, choice)];
    if (shown && now) writeCount(shown, now.textContent);
  }
  adoptReactions(context, answer.page);
  context.refresh();
}

function doneText(after, texts) {
  if (!after) return texts.unreacted;
  return after === "like" ? texts.liked : texts.disliked;
}

export async function react(form, context) {
  const { texts } = context;
  const item = form.closest(".comment");
  const forms = [...item.querySelectorAll(":scope > article form[data-react]")];
  if (item.classList.contains("own-comment")) {
    delete form.dataset.busy;
    return context.announce(texts.ownComment);
  }
  const label = form.querySelector("[data-reaction-label]");
  if (isWaiting(label)) return void delete form.dataset.busy;
  const before = ownReactions(context.root)[commentId(item)];
  const after = before === form.dataset.react ? undefined : form.dataset.react;
  const url = form.action; // as it was pressed: showReaction changes it
  for (const each of forms) each.dataset.busy = "";
  showReaction(item, before, after, context);
  try {
    const answer = await context.request("POST", url);
    if (answer.status >= 400) {
      showReaction(item, after, before, context);
      if (answer.status === 429) countDown(label, answer.retryAfter, texts.wait);
      return context.announce(isSignedOut(answer) ? texts.signedOut : errorText(answer, texts.notReacted));
    }
    adoptCounts(item, answer, context);
    context.announce(doneText(after, texts));
  } catch {
    showReaction(item, after, before, context);
    context.announce(texts.notReacted);
  } finally {
    for (const each of forms) delete each.dataset.busy;
  }
}
