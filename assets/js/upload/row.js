// One file on its way, as a person sees it. Words come from the form's data-text-…, so that they are translated.
const make = (tag, className) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  return element;
};

const sizeText = (bytes) => {
  if (bytes < 1024 * 1024) return `${bytes ? Math.max(1, Math.round(bytes / 1024)) : 0}\u00a0KB`;
  return `${(bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, "")}\u00a0MB`;
};

export class Row {
  #words;
  #announce;

  constructor(list, file, words, announce) {
    this.#words = words;
    this.#announce = announce;
    this.file = file;
    this.element = make("li", "upload-row");
    this.icon = make("span", "upload-icon");
    this.icon.setAttribute("aria-hidden", "true");
    const body = make("div", "upload-body");
    const name = make("p", "upload-name");
    name.textContent = file.name;
    this.state = make("p", "upload-state");
    this.meta = make("p", "upload-meta");
    this.meta.textContent = sizeText(file.size);
    this.fix = make("p", "upload-fix");
    this.fix.hidden = true;
    body.append(name, this.state, this.meta, this.fix);
    this.actions = make("div", "upload-actions");
    this.progress = make("progress", "meter upload-progress");
    this.progress.max = 100;
    this.progress.setAttribute("aria-label", file.name);
    this.progress.hidden = true;
    this.element.append(this.icon, body, this.actions, this.progress);
    this.element.addEventListener("upload:settled", () => this.remove());
    list.append(this.element);
  }

  // kind: waiting, uploading, paused, checking, received, refused
  show(kind, { text, fix = "", buttons = [] } = {}) {
    const changed = this.kind !== kind || this.fix.textContent !== fix;
    this.kind = kind;
    this.element.className = `upload-row upload-row--${kind}`;
    const picture = document.querySelector(`#upload-icons`)?.content.querySelector(`[data-icon="${kind}"] > svg`);
    this.icon.replaceChildren(...(picture ? [picture.cloneNode(true)] : []));
    this.state.textContent = text ?? this.#words[kind];
    this.fix.textContent = fix;
    this.fix.hidden = !fix;
    this.progress.hidden = !["uploading", "paused"].includes(kind);
    this.#offer(buttons);
    if (changed) this.#announce(`${this.file.name}: ${this.state.textContent} ${fix}`);
  }

  // buttons: [{ label, press }]; focus stays on the same button where there still is one.
  #offer(buttons) {
    const focused = this.actions.contains(document.activeElement) ? document.activeElement.dataset.label : null;
    this.actions.replaceChildren(...buttons.map(({ label, press }) => {
      const button = make("button", "btn btn-secondary btn-sm");
      button.type = "button";
      button.dataset.label = label;
      const whose = make("span", "visually-hidden");
      whose.textContent = `: ${this.file.name}`;
      button.append(label, whose);
      button.addEventListener("click", press);
      return button;
    }));
    if (focused === null) return;
    const again = [...this.actions.children].find((button) => button.dataset.label === focused);
    (again ?? this.actions.firstElementChild ?? this.element.closest("form")?.querySelector("input[type=file]"))?.focus();
  }

  showProgress(sent, total) {
    this.progress.value = total ? (sent / total) * 100 : 0;
    this.meta.textContent = this.#words.of.replace("%(sent)s", sizeText(sent)).replace("%(total)s", sizeText(total));
  }

  remove() {
    const hadFocus = this.element.contains(document.activeElement);
    const input = this.element.closest("form")?.querySelector("input[type=file]");
    this.element.remove(); // twice does no harm
    if (hadFocus) input?.focus();
  }
}
