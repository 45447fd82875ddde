/**
 * Comment menu (더보기): more actions on a comment, in a small menu under the link. Without this module the link leads
 * to the comment's own page, which has all of them.
 */
const texts = document.getElementById("thread-texts").dataset;
const template = document.getElementById("comment-menu");
let opened = null; // the link whose menu is open

const menuOf = (link) => link.parentElement.querySelector(".menu");

function close() {
  if (!opened) return;
  menuOf(opened)?.remove();
  opened.setAttribute("aria-expanded", "false");
  opened = null;
}

/** Set the addresses. On the comment's own page, and where there is nobody to block, fewer items are offered. */
function fill(menu, link) {
  const item = link.closest(".comment");
  const permalink = menu.querySelector("[data-permalink]");
  permalink.href = link.href;
  if (link.pathname === location.pathname) permalink.remove();
  const block = menu.querySelector("[data-mute-link]");
  if (block) block.href = `${link.href}#mute`;
  const report = menu.querySelector("[data-report-link]");
  if (report) report.href = `${link.href}#report`;
  if (item.matches(".own-comment") || item.querySelector(":scope > article > .muted")) {
    block?.remove();
    report?.remove();
  }
}

async function copyLink(link, menu, page) {
  if (!(await page.copyText(link.href, menu.querySelector(".address"), texts.copied))) return;
  close();
  link.focus();
}

export function toggleMenu(link, page) {
  const wasOpen = opened === link;
  close();
  if (wasOpen) return;
  opened = link;
  const menu = template.content.cloneNode(true).firstElementChild;
  fill(menu, link);
  menu.querySelector("[data-copy-link]").onclick = () => copyLink(link, menu, page);
  link.after(menu);
  link.setAttribute("aria-expanded", "true");
  menu.querySelector("a, button").focus();
}

function closeOutside(event) {
  if (opened && !event.target.closest(".menu") && !opened.contains(event.target)) close();
}

document.addEventListener("click", closeOutside);
document.addEventListener("focusin", closeOutside);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !opened) return;
  const link = opened;
  close();
  link.focus();
});
