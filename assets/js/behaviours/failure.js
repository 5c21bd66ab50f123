// A part of the page that could not be fetched (line down, server error) must not fail in silence.
const tell = () => {
  let box = document.getElementById("request-failed");
  if (!box) {
    box = document.createElement("div");
    box.id = "request-failed";
    box.className = "toast-note";
    box.setAttribute("role", "alert");
    document.body.append(box);
  }
  box.textContent = document.body.dataset.textFailed;
};

document.addEventListener("htmx:error", tell);
document.addEventListener("htmx:response:error", (event) => {
  if (event.detail.ctx.response.status >= 500) tell();
});
document.addEventListener("htmx:after:swap", () => document.getElementById("request-failed")?.remove());
