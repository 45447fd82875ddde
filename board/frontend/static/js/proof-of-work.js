/**
 * Solves the challenge of a sign-in: finds a number whose PBKDF2 hash begins with enough zero bits. The browser works
 * while the password is typed; the form is sent when both are ready. Without WebCrypto (outside https) waiting does.
 */
const LANES = 4; // hashes at a time: the browser computes them in threads of its own

const form = document.querySelector("form[data-bits]");
const { challenge, solution } = form.elements;
const status = form.querySelector("[data-working]");
const bits = Number(form.dataset.bits);
const iterations = Number(form.dataset.iterations);
const encode = (text) => new TextEncoder().encode(text);

let isWanted = false; // the button was pressed

async function search(key, lane) {
  for (let number = lane; !solution.value; number += LANES) {
    const salt = encode(String(number));
    const start = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, key, 32);
    if (Math.clz32(new DataView(start).getUint32(0)) >= bits) solution.value ||= String(number);
  }
}

async function solve() {
  const key = await crypto.subtle.importKey("raw", encode(challenge.value), "PBKDF2", false, ["deriveBits"]);
  await Promise.all(Array.from({ length: LANES }, (_, lane) => search(key, lane)));
  status.hidden = true;
  if (isWanted) form.requestSubmit();
}

function waitForSolution(event) {
  if (solution.value) return;
  event.preventDefault();
  event.stopPropagation(); // board.js would take it for sent
  isWanted = true;
}

if (globalThis.crypto?.subtle && !solution.value) {
  status.textContent = status.dataset.working;
  form.addEventListener("submit", waitForSolution);
  solve();
}
