/**
 * 더보기: what else one can do with a comment, in a small menu under the link. Without this the link leads to the
 * comment's own page, which has all of it.
 */
const words = document.getElementById("talk").dataset;
const template = document.getElementById("rest-menu");
let opened = null; // the link whose menu is open

const menuOf = (link) => link.parentElement.querySelector(".menu");

function close() {
  if (!opened) return;
  menuOf(opened)?.remove();
  opened.setAttribute("aria-expanded", "false");
  opened = null;
}

/** Where the page of a comment is the page one is on, and where there is nobody to mute, less is offered. */
function fill(menu, link) {
  const item = link.closest(".comment");
  const see = menu.querySelector("[data-see]");
  see.href = link.href;
  if (link.pathname === location.pathname) see.remove();
  const mute = menu.querySelector("[data-mute-link]");
  if (mute) mute.href = `${link.href}#mute`;
  const report = menu.querySelector("[data-report-link]");
  if (report) report.href = `${link.href}#report`;
  if (item.matches(".own") || item.querySelector(":scope > article > .muted")) {
    mute?.remove();
    report?.remove();
  }
}

async function copy(link, menu, page) {
  if (!(await page.copy(link.href, menu.querySelector(".address"), words.copied))) return;
  close();
  link.focus();
}

export function toggle(link, page) {
  const isOpen = opened === link;
  close();
  if (isOpen) return;
  opened = link;
  const menu = template.content.cloneNode(true).firstElementChild;
  fill(menu, link);
  menu.querySelector("[data-copy-link]").onclick = () => copy(link, menu, page);
  link.after(menu);
  link.setAttribute("aria-expanded", "true");
  menu.querySelector("a, button").focus();
}

document.addEventListener("click", (event) => {
  if (opened && !event.target.closest(".menu") && !opened.contains(event.target)) close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !opened) return;
  const link = opened;
  close();
  link.focus();
});

document.addEventListener("focusin", (event) => {
  if (opened && !event.target.closest(".menu") && !opened.contains(event.target)) close();
});
