// The editor of wordings: shows the message while it is typed, and puts fields where the cursor is.
const form = document.querySelector("[data-wording]");
const preview = form?.querySelector("[data-wording-preview]");
const status = form?.querySelector("[data-wording-status]");
const WAIT = 500;
let timer;
let asking;
let last = form?.querySelector("textarea");

async function show() {
  asking?.abort();
  asking = new AbortController();
  preview.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.dataset.previewUrl, {
      method: "POST", body: new FormData(form), signal: asking.signal, redirect: "error",
    });
    if (!answer.ok) throw new Error(answer.statusText);
    put(await answer.text());
  } catch (error) {
    if (error.name === "AbortError") return;
  }
  preview.removeAttribute("aria-busy");
}

// A frame that is put in anew leaves nothing in the history; one that would show the same stays.
function put(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".wording-preview");
  const before = preview.querySelector(".wording-preview");
  if (!fresh || fresh.isEqualNode(before)) return;
  const open = before?.querySelector("details")?.open;
  if (open) fresh.querySelector("details")?.setAttribute("open", "");
  const frames = [before, fresh].map((part) => part?.querySelector("iframe"));
  const reading = document.scrollingElement.scrollTop;
  preview.replaceChildren(frames[0]?.src === frames[1]?.src && frames[0] ? keep(fresh, ...frames) : fresh);
  document.scrollingElement.scrollTop = reading;
  status.textContent = fresh.dataset.said;
}

function keep(fresh, old, young) {
  young.replaceWith(old);
  return fresh;
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(show, WAIT);
});

form?.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-words]")) last = event.target;
});

form?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button || !last) return;
  last.focus();
  last.setRangeText(button.dataset.insert, last.selectionStart, last.selectionEnd, "end");
  last.dispatchEvent(new Event("input", { bubbles: true }));
});
