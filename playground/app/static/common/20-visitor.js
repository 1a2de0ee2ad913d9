// A browser keeps its visitor, a tab its work on the relay page. Both are as good as passwords: links between pages hold neither.

const WORK = "off-trajectory-work";
const VISITOR = "off-trajectory-visitor";
const CUT = "off-trajectory-cut";
const DRAWN = "off-trajectory-outcomes";

// `crypto.randomUUID` is not there for a page that comes over plain HTTP from another machine.
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function kept(storage, name, given) {
  const value = given ?? storage.getItem(name) ?? newKey();
  storage.setItem(name, value);
  return value;
}

const visitor = kept(localStorage, VISITOR);

// Lets this tab show a session of the visitor's, such as one that the server has just begun, on the relay page.
function openInRelay(session) {
  sessionStorage.setItem(WORK, session);
  location.assign(new URL("./", location.href).pathname);
}

// Lets this tab draw samples on the page of outcomes from a place of a session: its `work`, `branch` and `offset`.
function openInOutcomes(place) {
  sessionStorage.setItem(CUT, JSON.stringify(place));
  sessionStorage.removeItem(DRAWN); // what was drawn there before began elsewhere
  location.assign("./outcomes");
}
