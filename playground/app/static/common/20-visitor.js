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
