/**
 * Thread state: the thread was closed, slowed down or opened again since this page was made. Announces it and shows it,
 * without moving the text being read and without losing a word of the text being written.
 */
import { requestCurrentPage } from "../dom.js";

const section = document.querySelector("[data-thread]");
const texts = document.getElementById("thread-texts").dataset;
const NOTICES = ":scope > .thread-notice, :scope > p.callout";

/** Keep the element being read or written in at its place on the screen. */
function keepScrollPosition(change) {
  const candidates = [document.activeElement, ...section.querySelectorAll(".comment")];
  const anchor = candidates.find((item) => section.contains(item) && item.getBoundingClientRect().bottom > 0);
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
}

/** A comment form stays, and cannot be sent while the thread takes no comments; a prompt to sign in is replaced. */
function updateForm(fresh) {
  const [form, freshForm] = [section, fresh].map((each) => each.querySelector(":scope > form[data-write]"));
  const box = form ?? section.querySelector(":scope > div.callout");
  const freshBox = freshForm ?? fresh.querySelector(":scope > div.callout");
  if (!box && freshBox) section.querySelector(":scope > header").after(document.importNode(freshBox, true));
  if (box && !form && !freshBox) box.remove();
  for (const button of section.querySelectorAll("form[data-write] footer button.primary")) button.disabled = !freshForm;
}

/** The texts of the fresh notices. */
function updateNotices(fresh) {
  for (const old of section.querySelectorAll(NOTICES)) old.remove();
  const notices = [...fresh.querySelectorAll(NOTICES)].map((item) => document.importNode(item, true));
  section.querySelector(":scope > header").after(...notices);
  return notices.map((item) => item.textContent.trim().replace(/\s+/g, " "));
}

export async function updateThreadState(page) {
  const { status, page: answer } = await requestCurrentPage({ isBackground: true });
  const fresh = status < 400 && answer.querySelector("[data-thread]");
  if (!fresh) return; // tried again at the next poll
  keepScrollPosition(() => {
    updateForm(fresh);
    page.announce(updateNotices(fresh).join(" ") || texts.unsteered);
  });
  section.toggleAttribute("data-reactions-closed", "reactionsClosed" in fresh.dataset);
  section.dataset.threadState = fresh.dataset.threadState ?? "stop";
}
