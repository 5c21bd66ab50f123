// How large the pages are: as wide as the box (null), or so many times their own pixels.
const STEPS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3];

export const sizePages = (viewer, box) => {
  const said = viewer.querySelector("[data-viewer-size]");
  let size = null;

  const widthOf = (sheet) => Number(sheet.dataset.width) || 0;
  const shown = () => {
    const sheet = [...box.children].find(widthOf);
    return sheet ? sheet.firstElementChild.clientWidth / widthOf(sheet) : 1;
  };

  const apply = () => {
    for (const sheet of box.children) {
      sheet.style.width = size && widthOf(sheet) ? `${Math.round(widthOf(sheet) * size)}px` : "";
    }
  };

  // What stood at the upper edge stays there, and what was in the middle between left and right.
  const set = (wanted) => {
    const before = { width: box.scrollWidth, height: box.scrollHeight };
    const kept = { left: box.scrollLeft + box.clientWidth / 2, top: box.scrollTop };
    size = wanted;
    apply();
    box.scrollTo({
      left: (kept.left * box.scrollWidth) / before.width - box.clientWidth / 2,
      top: (kept.top * box.scrollHeight) / before.height,
      behavior: "instant",
    });
    said.textContent = size ? `${Math.round(size * 100)} %` : viewer.dataset.textFit;
  };

  const step = (by) => {
    const now = size ?? shown();
    const next = by > 0 ? STEPS.find((one) => one > now + 0.01) : STEPS.findLast((one) => one < now - 0.01);
    if (next) set(next);
  };

  // Two taps or clicks on a page: twice as large as it was to fit, and back. Pinching is the browser's own.
  box.addEventListener("dblclick", () => set(size === null ? Math.min(shown() * 2, 3) : null));
  new MutationObserver(apply).observe(box, { childList: true });
  return { set, step };
};
