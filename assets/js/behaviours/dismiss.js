// <button data-dismiss> takes away the nearest [data-dismissible]; focus goes to the page, not to nowhere.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  const box = button?.closest("[data-dismissible]");
  if (!box) return;
  box.remove();
  document.getElementById("main")?.focus({ preventScroll: true });
});
