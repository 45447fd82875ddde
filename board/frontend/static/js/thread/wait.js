/**
 * Wait: counts down on a button until the server takes another comment or reaction. The button can be reached meanwhile
 * and says why it does nothing; the server decides in any case.
 */
const MAX_SECONDS = 120; // a longer wait is told in words, as a time of day
const waiting = new WeakMap(); // text by label

function show(label, seconds, text) {
  label.dataset.waiting = "";
  label.textContent = text.replace("{label}", waiting.get(label)).replace("{seconds}", seconds);
}

function finish(label) {
  delete label.dataset.waiting;
  label.textContent = waiting.get(label);
  label.closest("button").removeAttribute("aria-disabled");
  waiting.delete(label);
}

export const isWaiting = (label) => waiting.has(label);

/**
 * Count down in `label`, a button or a part of it, by the clock: a hidden tab is not called every second. The text has
 * "{label}" and "{seconds}".
 */
export function countDown(label, seconds, text, onEnd) {
  if (!(seconds > 0 && seconds <= MAX_SECONDS) || isWaiting(label)) return;
  const end = Date.now() + seconds * 1000;
  waiting.set(label, label.textContent);
  label.closest("button").setAttribute("aria-disabled", "true");
  show(label, seconds, text);
  const timer = setInterval(() => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) return show(label, left, text);
    clearInterval(timer);
    finish(label);
    onEnd?.();
  }, 250);
}
