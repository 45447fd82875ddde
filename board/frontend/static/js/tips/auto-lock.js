/**
 * Auto-lock: tips lock themselves on the screen when the server locks them: so long after the last request for one of
 * their pages in any tab, or when they are locked in another. Readable text goes at once; unsent text goes along and
 * comes back to be copied. Without scripts css/tips.css hides everything but unsent text.
 */
const form = document.querySelector("form[data-unlock-url]");
const delay = Number(form.dataset.lockSeconds) * 1000;
const tabs = new BroadcastChannel("tips");
let timer = null;
let lockAt = 0;

/** Activity: count from the beginning, as the server does. */
function restartTimer() {
  lockAt = Date.now() + delay;
  clearTimeout(timer);
  timer = setTimeout(lock, delay);
}

function lock() {
  const written = [...document.querySelectorAll("main textarea, main input[type=text]:not([autocomplete])")]
    .filter((area) => area.value.trim() && area.value !== area.defaultValue)
    .map((area) => area.value);
  document.querySelector("main").replaceChildren(form);
  document.title = "–";
  if (!written.length) return location.replace(form.dataset.unlockUrl);
  const text = document.createElement("textarea");
  text.name = "text";
  text.hidden = true;
  text.value = written.join("\n\n");
  form.append(text);
  form.submit();
}

/** Timers stop while a machine sleeps and while the browser keeps a page for going back. */
function lockIfOverdue() {
  if (!document.hidden && Date.now() >= lockAt) lock();
}

tabs.addEventListener("message", (event) => (event.data === "locked" ? lock() : restartTimer()));
form.addEventListener("submit", () => tabs.postMessage("locked"));
document.addEventListener("visibilitychange", lockIfOverdue);
window.addEventListener("pageshow", lockIfOverdue);
form.dataset.autoLock = "";
tabs.postMessage("here");
restartTimer();
