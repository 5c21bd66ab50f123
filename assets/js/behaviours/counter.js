// <p data-counter-for="id_note" data-counter-text="%s characters left"> counts down to the field's maxlength.
const showLeft = (counter, field) => {
  const left = field.maxLength - field.value.length;
  counter.textContent = counter.dataset.counterText.replace("%s", left);
};

const start = (root) => {
  for (const counter of root.querySelectorAll("[data-counter-for]:not([data-counting])")) {
    const field = document.getElementById(counter.dataset.counterFor);
    if (!field || field.maxLength < 0) continue;
    counter.dataset.counting = "";
    showLeft(counter, field);
    field.addEventListener("input", () => showLeft(counter, field));
  }
};

start(document);
document.addEventListener("htmx:after:swap", () => start(document));
