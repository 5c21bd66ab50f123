// Pages that are still on their way: asked for again until they are there, and added below those that are looked at.
const SOON = 2000; // ms
const LATER = 10_000;
const PATIENT_TRIES = 15; // then less often

const fetched = async (address) => {
  const headers = { "X-Requested-With": "fetch", "X-Background": "1" }; // no hand: the session may end meanwhile
  const answer = await fetch(address, { headers, redirect: "error" });
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[data-viewer]");
};

const part = (viewer, name) => viewer.querySelector(`[data-viewer-${name}]`);

const addTo = (viewer, fresh) => {
  for (const name of ["strip", "sheets"]) {
    const here = part(viewer, name);
    const there = part(fresh, name);
    if (here && there) here.append(...[...there.children].slice(here.children.length));
  }
  part(viewer, "page").max = part(fresh, "page").max;
  part(viewer, "note").replaceWith(part(fresh, "note"));
};

export const waitForPages = (viewer, start) => {
  let tries = 0;
  const ask = async () => {
    if (!viewer.isConnected) return;
    let fresh = null;
    try {
      if (!document.hidden) fresh = await fetched(viewer.dataset.viewerAddress);
    } catch {
      // The line is down, or we are signed out: the next try or the next page says so.
    }
    const isFirst = !part(viewer, "sheets");
    if (fresh && isFirst && (part(fresh, "sheets") || !("viewerWaits" in fresh.dataset))) {
      viewer.replaceWith(fresh);
      start(fresh);
      return;
    }
    if (fresh && !isFirst) addTo(viewer, fresh);
    if (fresh && !("viewerWaits" in fresh.dataset)) return;
    tries += 1;
    setTimeout(ask, tries < PATIENT_TRIES ? SOON : LATER);
  };
  setTimeout(ask, SOON);
};
