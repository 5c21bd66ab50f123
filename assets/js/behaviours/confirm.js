// <button data-confirm="question"> asks in a <dialog> before its form is sent.
// The words come from the page (data-…), so that they are translated. Without JavaScript the form is
// sent at once: whatever cannot be undone must therefore also be asked by the server.
const build = (button) => {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "confirm-question");
  const form = document.createElement("form");
  form.method = "dialog";
  const question = document.createElement("p");
  question.id = "confirm-question";
  question.className = "dialog-question";
  question.textContent = button.dataset.confirm;
  const actions = document.createElement("div");
  actions.className = "button-row";
  const yes = document.createElement("button");
  yes.value = "yes";
  yes.className = button.dataset.confirmTone === "danger" ? "btn btn-danger" : "btn btn-primary";
  yes.textContent = button.dataset.confirmYes || button.textContent.trim();
  const no = document.createElement("button");
  no.value = "no";
  no.autofocus = true;
  no.className = "btn btn-outline-primary";
  no.textContent = button.dataset.confirmNo || document.body.dataset.textCancel;
  actions.append(yes, no);
  form.append(question, actions);
  dialog.append(form);
  document.body.append(dialog);
  return dialog;
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-confirm]");
  if (!button || button.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const dialog = build(button);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "yes") {
      button.focus();
      return;
    }
    button.dataset.confirmed = "yes";
    button.click();
    delete button.dataset.confirmed;
  });
  dialog.showModal();
}, true);
