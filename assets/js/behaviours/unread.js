// <span data-unread="<loan or any>" hidden> in the navigation: shown while messages of that loan wait to be read.
const EVERY = 60_000; // ms, while the page is visible
const marks = document.querySelectorAll("[data-unread]");
let asked = 0;

const look = async () => {
  if (document.hidden || performance.now() - asked < EVERY / 2) return;
  asked = performance.now();
  try {
    const headers = { accept: "application/json", "X-Background": "1" }; // no hand: the session may end meanwhile
    const answer = await fetch("/unread/", { headers, redirect: "manual" });
    if (!answer.ok) return;
    const { loans } = await answer.json();
    for (const mark of marks) {
      const { unread } = mark.dataset;
      mark.hidden = unread === "any" ? loans.length === 0 : !loans.includes(unread);
    }
  } catch {
    // Without a line there is nothing to tell.
  }
};

if (marks.length > 0) {
  asked = -EVERY;
  look();
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  document.addEventListener("thread:read", () => { asked = -EVERY; look(); });
}
