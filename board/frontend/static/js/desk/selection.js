/**
 * Desk: choose many items. Select all, ranges with Shift, and how many are chosen. Without this module each item has a
 * box of its own all the same.
 */
const boxes = () => [...document.querySelectorAll("[data-item] [name=comment]")];
const selectAll = () => document.querySelector("[data-select-all]");

let last; // value of the box that was used last: one end of a range

/** Show what is chosen; `text` has {count} in it. Called again after the items were replaced. */
export function showSelection(text) {
  if (!selectAll()) return;
  const all = boxes();
  const count = all.filter((box) => box.checked).length;
  const whole = selectAll().querySelector("input");
  whole.checked = count > 0 && count === all.length;
  whole.indeterminate = count > 0 && count < all.length;
  selectAll().hidden = false;
  const output = document.querySelector("#bulk output");
  output.hidden = count === 0;
  output.textContent = text.replace("{count}", count);
}

/** Give every box between the last one and this one the state of this one. */
function selectRange(box) {
  const all = boxes();
  const [from, to] = [all.findIndex((each) => each.value === last), all.indexOf(box)].sort((a, b) => a - b);
  if (from < 0) return;
  for (const each of all.slice(from, to + 1)) each.checked = box.checked;
}

export function watchSelection(text) {
  document.addEventListener("click", (event) => {
    if (!event.target.matches("[data-item] [name=comment]")) return;
    if (event.shiftKey) selectRange(event.target);
    last = event.target.value;
    showSelection(text);
  });
  document.addEventListener("change", (event) => {
    if (!event.target.closest("[data-select-all]")) return;
    for (const box of boxes()) box.checked = event.target.checked;
    showSelection(text);
  });
  showSelection(text);
}
