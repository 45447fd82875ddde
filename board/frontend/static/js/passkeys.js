/**
 * Passkeys: forms whose button asks the browser for one. The answer goes into a hidden field, and the form is sent as
 * any other. At sign-in the browser also offers passkeys in the field for the email address.
 */
const RENEW = 4 * 60_000; // milliseconds; challenges are good for five minutes
const BYTES = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

const decode = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));

const encode = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

let waiting = null; // aborts the offer in the field, which would be in the way of a button
let asked = Promise.resolve(); // the latest question for options: the first sets the cookie that the next ones need

/** What the server wants of the authenticator. Null if it wants to know first who is there. */
function fetchOptions(form) {
  asked = asked.catch(() => {}).then(() => fetchNow(form));
  return asked;
}

async function fetchNow(form) {
  const response = await fetch(form.dataset.options, { method: "POST" });
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(String(response.status));
  const options = await response.json();
  options.challenge = decode(options.challenge);
  if (options.user) options.user.id = decode(options.user.id);
  for (const each of options.excludeCredentials ?? []) each.id = decode(each.id);
  return options;
}

function send(form, { id, type, response }) {
  const bytes = BYTES.filter((name) => response[name]).map((name) => [name, encode(response[name])]);
  const fields = { id, rawId: id, type, response: Object.fromEntries(bytes) };
  form.querySelector("[data-credential]").value = JSON.stringify(fields);
  form.submit();
}

async function use(form, conditions = {}) {
  const publicKey = await fetchOptions(form);
  if (!publicKey) return location.assign(form.dataset.confirm);
  send(form, await navigator.credentials[form.dataset.passkey]({ publicKey, ...conditions }));
}

function showProblem(form, error) {
  const exists = error.name === "InvalidStateError" && form.querySelector("[data-exists]");
  (exists || form.querySelector("[data-failed]")).hidden = false;
}

async function press(event) {
  const form = event.currentTarget;
  event.preventDefault();
  event.stopPropagation(); // board.js would take it for sent
  for (const problem of form.querySelectorAll("[data-failed], [data-exists]")) problem.hidden = true;
  waiting?.abort();
  try {
    await use(form);
  } catch (error) {
    showProblem(form, error);
  }
}

/** Passkeys in the list that the browser shows at the field, as long as the page is open. */
async function offer(form) {
  waiting?.abort();
  const { signal } = waiting = new AbortController(); // before anything is waited for: the button may be quicker
  if (!await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
  setTimeout(() => signal.aborted || offer(form).catch(() => {}), RENEW);
  await use(form, { mediation: "conditional", signal });
}

/** The browser stops offering a passkey that is no longer known here. */
function forget({ dataset }) {
  const credential = { rpId: dataset.rpId, credentialId: dataset.unknownPasskey };
  PublicKeyCredential.signalUnknownCredential?.(credential).catch(() => {});
}

/** Tells the server that this browser could have a passkey, which is then offered after signing in. */
async function tellWhetherPossible(field) {
  if (await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable()) field.value = "1";
}

const forms = document.querySelectorAll("form[data-passkey]");
if (globalThis.PublicKeyCredential) {
  for (const form of forms) {
    form.hidden = false;
    form.addEventListener("submit", press);
    if ("conditional" in form.dataset) offer(form).catch(() => {});
  }
  document.querySelectorAll("[data-unknown-passkey]").forEach(forget);
  document.querySelectorAll("[name=can_add_passkey]").forEach((field) => tellWhetherPossible(field).catch(() => {}));
} else {
  for (const text of document.querySelectorAll("[data-no-passkeys]")) text.hidden = false;
}
