// <select data-theme-choice>: automatic, light or dark, kept on this device.
const stored = () => {
  try {
    return localStorage.getItem("theme") || "auto";
  } catch {
    return "auto";
  }
};

const apply = (theme) => {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // The choice then lasts for this page only.
  }
};

for (const box of document.querySelectorAll("[data-theme-choice]")) {
  const select = box.querySelector("select");
  select.value = stored();
  select.addEventListener("change", () => apply(select.value));
}
