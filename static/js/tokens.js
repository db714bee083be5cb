// Gives the forms of a page the token that they need now.

const PATIENCE_MS = 20000;
const FIELD = "csrfmiddlewaretoken";

/** The page as it is for the person signed in now: `member` is the name, null for a guest;
 * `offersWork`, whether it offers to take over what was done as a guest; `isGuests`, whether it is
 * itself a part of that. Nothing where it cannot be had. `address` is for a page whose own address
 * only takes a form. */
export async function renewTokens(address = window.location.href) {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(`[name=${FIELD}]`);
    const isGuests = answer.headers.has("X-Guests-Work");
    if (!(answer.ok || isGuests) || answer.redirected || !fresh) return null;
    for (const field of document.querySelectorAll(`[name=${FIELD}]`)) field.value = fresh.value;
    const offersWork = page.querySelector("[data-claim]") !== null;
    return { member: page.body.dataset.member ?? null, offersWork, isGuests };
  } catch {
    return null;
  }
}
