/**
 * 공감 and 비공감 without leaving the page. Shown at once, then settled on what the server answers: the page
 * of the comment, with the numbers and this reader's choice as they now are, or the reason why not.
 */
import { adopt, ask, choices, choose } from "./thread.js";

const words = document.getElementById("talk").dataset;
const lang = document.documentElement.lang;
const numberOf = (item) => Number(item.id.replace("comment-", ""));
const tally = (item, choice) => item.querySelector(`:scope > article [data-react=${choice}] [data-tally]`);

/** The number on a button, and the same number where its name is said. */
function write(shown, number) {
  const button = shown.closest("button");
  button.setAttribute("aria-label", button.getAttribute("aria-label").replace(shown.textContent, number));
  shown.textContent = number;
}

/** One more or fewer, in a number written for people. */
function add(item, choice, change) {
  const shown = choice && tally(item, choice);
  if (shown) write(shown, (Number(shown.textContent.replace(/\D/g, "")) + change).toLocaleString(lang));
}

function show(item, before, after, page) {
  add(item, before, -1);
  add(item, after, +1);
  choose(numberOf(item), after);
  page.refresh();
}

/** The numbers as they are on the server's page. */
function settle(item, answer, page) {
  const fresh = answer.page?.getElementById(item.id);
  for (const choice of fresh ? ["like", "dislike"] : []) {
    const [shown, now] = [tally(item, choice), tally(fresh, choice)];
    if (shown && now) write(shown, now.textContent);
  }
  adopt(answer.page);
  page.refresh();
}

function refusal(answer) {
  if (answer.status === 401 || answer.page?.querySelector("[data-sign-in]")) return words.signedOut;
  const said = answer.page?.querySelector("[role=alert]")?.textContent.replace(/\s+/g, " ").trim();
  return said || words.notReacted;
}

function done(after) {
  if (!after) return words.unreacted;
  return after === "like" ? words.liked : words.disliked;
}

export async function react(form, page) {
  const item = form.closest(".comment");
  const forms = [...item.querySelectorAll(":scope > article form[data-react]")];
  if (item.classList.contains("own")) {
    delete form.dataset.busy;
    return page.say(words.ownComment);
  }
  const before = choices()[numberOf(item)];
  const after = before === form.dataset.react ? undefined : form.dataset.react;
  const url = form.action; // as it was pressed: `show` turns the button over
  for (const each of forms) each.dataset.busy = "";
  show(item, before, after, page);
  try {
    const answer = await ask("POST", url);
    if (answer.status >= 400) {
      show(item, after, before, page);
      return page.say(refusal(answer));
    }
    settle(item, answer, page);
    page.say(done(after));
  } catch {
    show(item, after, before, page);
    page.say(words.notReacted);
  } finally {
    for (const each of forms) delete each.dataset.busy;
  }
}
