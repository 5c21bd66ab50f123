// Runs before the first paint. The admin keeps its own choice under the same name, so both agree.
document.documentElement.classList.add("js");
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be closed to us (private browsing); the system's choice stands.
}
