/* Passkeys: asks the browser for one, and sends its answer in the form's hidden field. */

import { isReached, tellNothing, tellUnsent } from "./unsent.js";

const BINARY = new Set(["challenge", "id"]);

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/* The options as the server wrote them, with bytes where the browser wants bytes. */
function understood(options) {
  const read = (value, name) => {
    if (Array.isArray(value)) return value.map((each) => read(each));
    if (value === null || typeof value !== "object") {
      return BINARY.has(name) && typeof value === "string" ? bytes(value) : value;
    }
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, read(each, key)]));
  };
  const { rp, ...rest } = options.publicKey;
  return { ...read(rest), ...(rp && { rp }) };
}

function written(credential) {
  const response = {};
  for (const name of [
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "userHandle",
  ]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (answer.status === 429) {
    const wait = answer.headers.get("Retry-After");
    throw new Error(
      `too many have tried from your network address. Wait ${wait} seconds, then try again, or sign in with your password.`,
    );
  }
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return (await answer.json()).request_options;
}

/* The form decides whether the passkey works without a password, after the server wrote its options. */
function asChosen(publicKey, form) {
  const alone = form.elements.passwordless?.checked ?? false;
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection,
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    ...(alone && { userVerification: "required" }),
  };
  return publicKey;
}

async function credentialFor(form) {
  const publicKey = understood(await optionsOf(form));
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey: asChosen(publicKey, form) })
    : navigator.credentials.get({ publicKey });
}

function reasonOf(error) {
  if (error.name === "InvalidStateError") return "This device or key has already been added.";
  if (error.name === "NotAllowedError") return "The device did not confirm it. Try again.";
  if (error.name === "SecurityError") {
    return "Passkeys need a secure address with a host name: https, or http://localhost on your own machine.";
  }
  return `It did not work: ${error.message}`;
}

async function use(form, start, refused) {
  refused.hidden = true;
  tellNothing();
  if (!(await isReached())) {
    tellUnsent(start);
    return;
  }
  try {
    form.elements.credential.value = JSON.stringify(written(await credentialFor(form)));
    form.submit();
  } catch (error) {
    refused.textContent = reasonOf(error);
    refused.hidden = false;
  }
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  const start = form.querySelector("[data-passkey-start]");
  const refused = form.querySelector("[data-passkey-refused]");
  start.hidden = false;
  start.addEventListener("click", () => use(form, start, refused));
  form.addEventListener("submit", (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault(); // Enter in a field: the device is asked first
    use(form, start, refused);
  });
}
