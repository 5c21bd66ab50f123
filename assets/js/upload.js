// The uploader: takes over every <form data-upload> (templates/documents/_upload.html). Without it the form still works.
import { UploadForm } from "./upload/form.js";
import { watchChecks } from "./upload/need.js";

const start = (root) => {
  for (const form of root.querySelectorAll("form[data-upload]:not([data-uploading])")) {
    form.dataset.uploading = "";
    new UploadForm(form);
  }
  for (const need of root.querySelectorAll("[data-row]")) watchChecks(need);
};

// A link to #request-… leads to the open box, not past it.
const openBox = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const box = target && (target.matches(".upload-box") ? target : target.querySelector(".upload-box"));
  if (!box || box.open) return;
  box.open = true;
  target.scrollIntoView();
};

start(document);
openBox();
addEventListener("hashchange", openBox);
document.addEventListener("htmx:after:swap", () => start(document));
