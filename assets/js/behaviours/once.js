// A second press on a button whose form is on its way changes nothing: the answer to the first one is what counts.
// (The server refuses or ignores the second one too; but it could show a page that no longer fits.)
const WAIT = 5000; // ms; if no answer came by then, pressing again is a try worth making
const sentAt = new WeakMap();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  const now = performance.now();
  if (now - (sentAt.get(form) ?? -WAIT) < WAIT) event.preventDefault();
  else sentAt.set(form, now);
});

// Back from the next page: the form may be sent again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) sentAt.delete(form);
});
