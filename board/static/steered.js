/**
 * The thread is steered otherwise than when this page was made: closed, slowed down, open again. Says so, and lets the
 * page say it too, without moving what is being read and without taking a word of what is being written.
 */
import { ask } from "./thread.js";

const section = document.querySelector("[data-thread]");
const words = document.getElementById("talk").dataset;
const NOTES = ":scope > .steered, :scope > p.shut";

/** What is being written in or read stays where it is on the screen. */
function inPlace(change) {
  const seen = [document.activeElement, ...section.querySelectorAll(".comment")];
  const fixed = seen.find((item) => section.contains(item) && item.getBoundingClientRect().bottom > 0);
  const before = fixed?.getBoundingClientRect().top;
  change();
  if (fixed?.isConnected) scrollBy({ top: fixed.getBoundingClientRect().top - before, behavior: "instant" });
}

/** A form one has written in stays, and cannot be sent while nothing is taken; another is replaced. */
function settle(fresh) {
  const [mine, theirs] = [section, fresh].map((page) => page.querySelector(":scope > form[data-write]"));
  const box = mine ?? section.querySelector(":scope > div.shut");
  const next = theirs ?? fresh.querySelector(":scope > div.shut");
  if (!box && next) section.querySelector(":scope > header").after(document.importNode(next, true));
  if (box && !mine && !next) box.remove();
  for (const button of section.querySelectorAll("form[data-write] footer button.primary")) button.disabled = !theirs;
}

function note(fresh) {
  for (const old of section.querySelectorAll(NOTES)) old.remove();
  const notes = [...fresh.querySelectorAll(NOTES)].map((item) => document.importNode(item, true));
  section.querySelector(":scope > header").after(...notes);
  return notes.map((item) => item.textContent.trim().replace(/\s+/g, " "));
}

export async function heed(page) {
  const { status, page: answer } = await ask("GET", location.href.split("#")[0]);
  const fresh = status < 400 && answer.querySelector("[data-thread]");
  if (!fresh) return; // it is asked again with the next question
  inPlace(() => {
    settle(fresh);
    page.say(note(fresh).join(" ") || words.unsteered);
  });
  section.toggleAttribute("data-frozen", "frozen" in fresh.dataset);
  section.dataset.steered = fresh.dataset.steered ?? "stop";
}
