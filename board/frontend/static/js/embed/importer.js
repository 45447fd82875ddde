/**
 * Takes a fragment of the board over into the page of another site, element by element. The board cleans what it sends;
 * this is the second wall: nothing that runs, loads or styles gets through, and no form that leads elsewhere.
 */
const SPACES = /(xhtml|svg)$/; // HTML and SVG
const ELEMENTS = /^(script|style|link|meta|base|iframe|object|embed|animate.*|set|use|foreignobject)$|-/i;
const ATTRIBUTES = /^(on.*|style|src.*|ping|formaction|background|poster|data|shadow.*)$|:/i;
const LINKS = /^(https?|mailto):/;
const PARTS = {
  thread: ".thread", header: ".thread > header", count: "[data-count]", sorts: ".sort-tabs", comment: ".comment",
  author: "strong", badge: ".badge", time: "time", text: ".text", actions: ".comment-actions", more: ".more",
  notice: ".thread-notice, .callout", box: ".search-form",
};

function copy(node, board) {
  if (node.nodeType === 3) return node.data;
  const { localName, namespaceURI } = node;
  if (node.nodeType !== 1 || ELEMENTS.test(localName) || !SPACES.test(namespaceURI)) return "";
  const element = document.createElementNS(namespaceURI, localName);
  for (const { name, value } of node.attributes) {
    if (ATTRIBUTES.test(name)) continue;
    if (name !== "href" && name !== "action") element.setAttribute(name, value);
    else if (URL.canParse(value, board)) {
      const { href } = new URL(value, board);
      if (name === "href" ? LINKS.test(href) : href.startsWith(board)) element.setAttribute(name, href);
    }
  }
  for (const child of (node.content ?? node).childNodes) (element.content ?? element).append(copy(child, board));
  if (element.matches("a, form")) element.setAttribute("target", "_blank");
  return element;
}

/**
 * A copy of `node` for this page. Links and forms open a tab of their own, which has no way back to here.
 * `board` is the address of the board.
 */
export function adoptFragment(node, board) {
  const element = copy(node, board);
  for (const [part, selector] of Object.entries(PARTS)) {
    for (const each of element.querySelectorAll(selector)) each.part = part;
  }
  return element;
}
