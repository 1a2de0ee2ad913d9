// A browser keeps its visitor, a tab its work on the relay page. Both are as good as passwords: links between pages hold neither.

const WORK = "off-trajectory-work";
const VISITOR = "off-trajectory-visitor";

function kept(storage, name, given) {
  const value = given ?? storage.getItem(name) ?? crypto.randomUUID();
  storage.setItem(name, value);
  return value;
}

const visitor = kept(localStorage, VISITOR);

// Lets this tab show a session of the visitor's, such as one that the server has just begun, on the relay page.
function openInRelay(session) {
  sessionStorage.setItem(WORK, session);
  location.assign(new URL("./", location.href).pathname);
}

// Lets this tab draw from a place of a session: what stands up to the offset on one of its branches.
const CUT = "off-trajectory-cut";
const OUTCOMES = "off-trajectory-outcomes";

function openInOutcomes(work, branch, offset) {
  sessionStorage.setItem(CUT, JSON.stringify({ work, branch, offset }));
  sessionStorage.removeItem(OUTCOMES); // what was drawn there before began elsewhere
  location.assign(new URL("./outcomes", location.href).pathname);
}
