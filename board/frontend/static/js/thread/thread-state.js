/**
 * Thread state: the thread was closed, slowed down or opened again since this page was made. Announces it and shows it,
 * without moving the text being read and without losing a word of the text being written.
 */
import { requestCurrentPage } from "../dom.js";

const NOTICES = ":scope > .thread-notice, :scope > p.callout";

/** Keep the element being read or written in at its place on the screen. */
function keepScrollPosition({ root }, section, change) {
  const candidates = [root.activeElement, ...section.querySelectorAll(".comment")];
  const anchor = candidates.find((item) => section.contains(item) && item.getBoundingClientRect().bottom > 0);
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
}

/** A comment form stays, and cannot be sent while the thread takes no comments; a prompt to sign in is replaced. */
function updateForm(context, section, fresh) {
  const [form, freshForm] = [section, fresh].map((each) => each.querySelector(":scope > form[data-write]"));
  const box = form ?? section.querySelector(":scope > div.callout");
  const freshBox = freshForm ?? fresh.querySelector(":scope > div.callout");
  if (!box && freshBox) section.querySelector(":scope > header").after(context.adopt(freshBox));
  if (box && !form && !freshBox) box.remove();
  for (const button of section.querySelectorAll("form[data-write] footer button.primary")) button.disabled = !freshForm;
}

/** The texts of the fresh notices. */
function updateNotices(context, section, fresh) {
  for (const old of section.querySelectorAll(NOTICES)) old.remove();
  const notices = [...fresh.querySelectorAll(NOTICES)].map((item) => context.adopt(item));
  section.querySelector(":scope > header").after(...notices);
  return notices.map((item) => item.textContent.trim().replace(/\s+/g, " "));
}

export async function updateThreadState(context) {
  const { status, page: answer } = await requestCurrentPage(context, { isBackground: true });
  const fresh = status < 400 && answer.querySelector("[data-thread]");
  if (!fresh) return; // tried again at the next poll
  const section = context.root.querySelector("[data-thread]");
  keepScrollPosition(context, section, () => {
    updateForm(context, section, fresh);
    context.announce(updateNotices(context, section, fresh).join(" ") || context.texts.unsteered);
  });
  section.toggleAttribute("data-reactions-closed", "reactionsClosed" in fresh.dataset);
  section.dataset.threadState = fresh.dataset.threadState ?? "stop";
}
