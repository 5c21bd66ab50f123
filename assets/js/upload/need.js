// One line of the needs list: put the server's new version of its parts in place, leaving an open upload box alone.
import { fetchPage } from "./house.js";

const CHECK_AGAIN = 3000;
const GIVE_UP_AFTER = 10 * 60_000;

export const refreshNeed = async (need) => {
  const page = await fetchPage(need.dataset.rowAddress);
  for (const part of need.querySelectorAll("[data-row-part]")) {
    const fresh = page.querySelector(`[data-row-part="${part.dataset.rowPart}"]`);
    if (fresh && fresh.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) {
      part.replaceChildren(...fresh.childNodes);
    }
  }
  dropTwins(need);
  watchChecks(need);
};

// A file is shown once: while it is being checked by the uploader's own row, once it is settled by the server's.
const dropTwins = (need) => {
  for (const own of need.querySelectorAll("[data-upload-list] > [data-upload-id]")) {
    const twin = need.querySelector(`[data-row-part] [data-upload-id="${own.dataset.uploadId}"]`);
    if (twin?.classList.contains("upload-row--checking")) twin.remove();
    else if (twin) own.dispatchEvent(new Event("upload:settled"));
  }
};

// How many papers are received stands elsewhere on the page ([data-page-part]); it follows once all is sent.
export const refreshPage = async () => {
  if (!document.querySelector("[data-page-part]")) return;
  const page = await fetchPage(location.pathname);
  for (const part of document.querySelectorAll("[data-page-part]")) {
    const fresh = page.querySelector(`[data-page-part="${part.dataset.pagePart}"]`);
    if (fresh) part.replaceWith(fresh);
  }
};

// What is still being checked or looked through (sent here, by the plain form or in another tab): look again until it is
// settled. One watch a line, however often it is asked for.
const UNSETTLED = "[data-row-part] .upload-row--checking, [data-row-part] [data-looking]";
const watched = new WeakSet();
export const watchChecks = (need) => {
  if (watched.has(need)) return;
  watched.add(need);
  const until = Date.now() + GIVE_UP_AFTER;
  const look = async () => {
    if (!need.querySelector(UNSETTLED) || Date.now() > until) return watched.delete(need);
    await refreshNeed(need).catch(() => {});
    setTimeout(look, CHECK_AGAIN);
  };
  setTimeout(look, CHECK_AGAIN);
};
