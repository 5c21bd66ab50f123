// The pages of a paper: turn them, enlarge them, by hand or by keyboard. Without us they are a plain column of pictures
// with a strip of links, which is why everything here only scrolls and sizes what stands in the page.
import { listenToKeys } from "./viewer/keys.js";
import { followPages } from "./viewer/pages.js";
import { waitForPages } from "./viewer/waiting.js";
import { sizePages } from "./viewer/zoom.js";

const start = (viewer) => {
  viewer.classList.add("is-live");
  const box = viewer.querySelector("[data-viewer-sheets]");
  if (box) {
    const pages = followPages(viewer, box);
    const zoom = sizePages(viewer, box);
    const actions = {
      previous: () => pages.turn(-1),
      next: () => pages.turn(1),
      first: () => pages.show(1),
      last: () => pages.show(pages.count()),
      smaller: () => zoom.step(-1),
      larger: () => zoom.step(1),
      whole: () => zoom.set(1),
      fit: () => zoom.set(null),
    };
    viewer.addEventListener("click", (event) => {
      const name = event.target.closest("[data-viewer-do]")?.dataset.viewerDo;
      if (name) actions[name]();
    });
    listenToKeys(viewer, box, actions);
  }
  if ("viewerWaits" in viewer.dataset) waitForPages(viewer, start);
};

document.querySelectorAll("[data-viewer]").forEach(start);
