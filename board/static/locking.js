/**
 * Tips lock themselves, on the screen as on the server: 15 minutes after the last page of theirs was asked for, in
 * whatever tab, or when they are locked in another. What can be read of them goes at once; what is being written goes
 * along, unsent, and comes back to be copied. Without scripts board.css hides all but what is being written.
 */
const AFTER = 900_000; // milliseconds, as Unlocked.IDLE
const door = document.querySelector("form[data-door]");
const tabs = new BroadcastChannel("tips");
let timer = null;
let until = 0;

/** Somebody is here: as the server does, count from the beginning. */
function begin() {
  until = Date.now() + AFTER;
  clearTimeout(timer);
  timer = setTimeout(leave, AFTER);
}

function leave() {
  const written = [...document.querySelectorAll("main textarea")]
    .filter((area) => area.value.trim() && area.value !== area.defaultValue)
    .map((area) => area.value);
  document.querySelector("main").replaceChildren(door);
  document.title = "–";
  if (!written.length) return location.replace(door.dataset.door);
  const text = document.createElement("textarea");
  text.name = "text";
  text.hidden = true;
  text.value = written.join("\n\n");
  door.append(text);
  door.submit();
}

/** A machine that slept, and a page brought back by the browser, did not count. */
function look() {
  if (!document.hidden && Date.now() >= until) leave();
}

tabs.addEventListener("message", (event) => (event.data === "locked" ? leave() : begin()));
door.addEventListener("submit", () => tabs.postMessage("locked"));
document.addEventListener("visibilitychange", look);
window.addEventListener("pageshow", look);
door.dataset.watched = "";
tabs.postMessage("here");
begin();
