// The keys that the page lists below the viewer. Up and down are left to the browser, which scrolls.
const KEYS = {
  PageUp: "previous", PageDown: "next", ArrowLeft: "previous", ArrowRight: "next",
  Home: "first", End: "last", "+": "larger", "=": "larger", "-": "smaller", 0: "fit",
};

export const listenToKeys = (viewer, box, actions) => {
  viewer.addEventListener("keydown", (event) => {
    const name = KEYS[event.key];
    if (!name || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input")) return;
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (sideways && box.scrollWidth > box.clientWidth + 1) return;
    event.preventDefault();
    actions[name]();
  });
};
