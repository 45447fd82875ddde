/**
 * Comment menu (댓글 메뉴): more actions on a comment, in a small menu under the link. Without this module the link leads
 * to the options on the comment's own page.
 */
import { oncePerContext } from "../dom.js";

let opened = null; // the link whose menu is open

const menuOf = (link) => link.parentElement.querySelector(".menu");

function close() {
  if (!opened) return;
  menuOf(opened)?.remove();
  opened.setAttribute("aria-expanded", "false");
  opened = null;
}

const addressOf = (link) => link.href.split("#")[0];

/** Set the addresses. Where there is nobody to block, fewer items are offered. */
function fill(menu, link, { resolve, viewer }) {
  const item = link.closest(".comment");
  menu.querySelector("[data-permalink]").href = addressOf(link);
  const block = menu.querySelector("[data-mute-link]");
  if (block) block.href = `${addressOf(link)}#mute`;
  const report = menu.querySelector("[data-report-link]");
  report.href = `${addressOf(link)}${viewer ? "#" : "/"}report`;
  const claim = menu.querySelector("[data-claim-link]");
  claim.href = resolve(`/report/rights?comment=${item.id.replace("comment-", "")}`);
  const verb = item.querySelector(":scope > article .badge-featured") ? "unfeature" : "feature";
  for (const each of menu.querySelectorAll("[data-feature-link], [data-unfeature-link]")) {
    if (each.matches(`[data-${verb}-link]`)) each.href = `${addressOf(link)}#${verb}`;
    else each.remove();
  }
  if (item.matches(".own-comment")) claim.remove();
  if (item.matches(".own-comment") || item.querySelector(":scope > article > .muted")) {
    block?.remove();
    report.remove();
  }
}

/** On the comment's own page: the options listed there, without those that stand beside the menu. */
function fillFromPage(menu, link, { root }) {
  const beside = [...link.parentElement.querySelectorAll("a")].filter((each) => each.checkVisibility());
  const shown = beside.map((each) => each.href);
  const options = [...root.querySelectorAll("#options a")].filter((each) => !shown.includes(each.href));
  for (const each of menu.querySelectorAll("a")) each.remove();
  for (const option of options.map((each) => each.cloneNode(true))) {
    option.removeAttribute("class");
    menu.append(option);
  }
}

async function copyLink(link, menu, context) {
  const { copyText, texts } = context;
  const address = context.addressOf?.(link.closest(".comment")) ?? addressOf(link);
  if (!(await copyText(address, menu.querySelector(".address"), texts.copied))) return;
  close();
  link.focus();
}

export function toggleMenu(link, context) {
  start(context);
  const wasOpen = opened === link;
  close();
  if (wasOpen) return;
  opened = link;
  const menu = context.root.getElementById("comment-menu").content.cloneNode(true).firstElementChild;
  (link.pathname === new URL(context.url).pathname ? fillFromPage : fill)(menu, link, context);
  menu.querySelector("[data-copy-link]").onclick = () => copyLink(link, menu, context);
  link.after(menu);
  link.setAttribute("aria-expanded", "true");
  menu.querySelector("a, button").focus();
}

function closeOutside(event) {
  if (opened && !event.target.closest(".menu") && !opened.contains(event.target)) close();
}

function closeOnEscape(event) {
  if (event.key !== "Escape" || !opened) return;
  const link = opened;
  close();
  link.focus();
}

const start = oncePerContext(({ root, signal }) => {
  for (const type of ["click", "focusin"]) root.addEventListener(type, closeOutside, { signal });
  root.addEventListener("keydown", closeOnEscape, { signal });
});
