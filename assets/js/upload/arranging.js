// The panel between picking photos and sending them: their order, and whether they are pages of one paper.
// Its parts and words stand in templates/documents/parts/_arranging.html; nothing is sent before "Send".

const PHOTO = /\.(jpe?g|png|hei[cf]|tiff?)$/i;

export const isPhoto = (file) => PHOTO.test(file.name);

export class Arranging {
  #form;
  #words;
  #announce;
  #panel = null;
  #pages = null;
  #files = new Map(); // <li> → File
  #onSend;
  #addMore;

  // onSend(files, together) is called with the files in their order.
  constructor(form, words, announce, { onSend }) {
    this.#form = form;
    this.#words = words;
    this.#announce = announce;
    this.#onSend = onSend;
  }

  get isPossible() {
    return Boolean(this.#form.dataset.group && this.#form.querySelector("template[data-arranging]"));
  }

  get isOpen() {
    return this.#panel !== null;
  }

  // Opens the panel with these photos, or adds them to the open one; addMore() lets the person pick another.
  add(files, addMore) {
    const isNew = !this.isOpen;
    if (isNew) this.#open();
    this.#addMore = addMore;
    for (const file of files) this.#addPage(file);
    this.#show();
    this.#announce(this.#titleText());
    if (!isNew) return;
    const title = this.#part("title");
    title.focus({ preventScroll: true });
    this.#panel.scrollIntoView({ block: "nearest" });
  }

  // --- The panel -----------------------------------------------------------------------------------------------

  #part(name) {
    return this.#panel.querySelector(`[data-arranging-${name}]`);
  }

  #made(name) {
    return this.#form.querySelector(`template[${name}]`).content.firstElementChild.cloneNode(true);
  }

  #open() {
    this.#panel = this.#made("data-arranging");
    this.#form.querySelector("[data-upload-list]").before(this.#panel);
    this.#pages = this.#part("pages");
    this.#part("send").addEventListener("click", () => this.#send());
    this.#part("add").addEventListener("click", () => this.#addMore());
    this.#part("cancel").addEventListener("click", () => this.#close());
    this.#part("choice").addEventListener("change", () => this.#show());
    this.#pages.addEventListener("pointerdown", (event) => this.#grip(event));
  }

  #close() {
    const hadFocus = this.#panel.contains(document.activeElement);
    for (const page of this.#files.keys()) URL.revokeObjectURL(page.querySelector("img").src);
    this.#files.clear();
    this.#panel.remove();
    this.#panel = null;
    if (hadFocus) this.#form.querySelector("input[type=file]").focus();
  }

  #send() {
    const files = [...this.#pages.children].map((page) => this.#files.get(page));
    const together = this.#isTogether() && files.length > 1;
    this.#close();
    this.#onSend(files, together);
  }

  #isTogether() {
    return this.#part("choice").querySelector("input:checked").value === "together";
  }

  #titleText() {
    const count = this.#pages.childElementCount;
    return count === 1 ? this.#words.onePhoto : this.#words.photos.replace("%(count)s", count);
  }

  #show() {
    const pages = [...this.#pages.children];
    this.#part("title").textContent = this.#titleText();
    this.#part("one").textContent = this.#words.onePaper.replace("%(count)s", pages.length);
    this.#part("choice").hidden = pages.length < 2;
    this.#part("hint").hidden = pages.length < 2 || !this.#isTogether();
    this.#panel.classList.toggle("arranging--apart", !this.#isTogether());
    pages.forEach((page, index) => {
      page.querySelector(".arranging-number").textContent = index + 1;
      page.querySelector("[data-arranging-earlier]").disabled = index === 0;
      page.querySelector("[data-arranging-later]").disabled = index === pages.length - 1;
    });
  }

  // --- A page --------------------------------------------------------------------------------------------------

  #addPage(file) {
    const page = this.#made("data-arranging-page");
    const picture = page.querySelector("img");
    picture.addEventListener("error", () => { // most browsers cannot show HEIC
      picture.hidden = true;
      page.querySelector(".arranging-nothing").hidden = false;
    });
    picture.src = URL.createObjectURL(file);
    page.querySelector(".arranging-name").textContent = file.name;
    for (const place of page.querySelectorAll("[data-arranging-name]")) place.textContent = file.name;
    page.querySelector("[data-arranging-earlier]").addEventListener("click", () => this.#step(page, -1));
    page.querySelector("[data-arranging-later]").addEventListener("click", () => this.#step(page, 1));
    page.querySelector("[data-arranging-remove]").addEventListener("click", () => this.#remove(page));
    this.#files.set(page, file);
    this.#pages.append(page);
  }

  #step(page, by) {
    const name = by < 0 ? "earlier" : "later";
    if (by < 0) page.previousElementSibling.before(page);
    else page.nextElementSibling.after(page);
    this.#show();
    const button = page.querySelector(`[data-arranging-${name}]`);
    const other = page.querySelector(`[data-arranging-${by < 0 ? "later" : "earlier"}]`);
    (button.disabled ? other : button).focus();
    this.#sayPlace(page);
  }

  #sayPlace(page) {
    const place = [...this.#pages.children].indexOf(page) + 1;
    this.#announce(this.#words.place
      .replace("%(name)s", this.#files.get(page).name)
      .replace("%(number)s", place)
      .replace("%(count)s", this.#pages.childElementCount));
  }

  #remove(page) {
    const { name } = this.#files.get(page);
    const next = page.nextElementSibling ?? page.previousElementSibling;
    URL.revokeObjectURL(page.querySelector("img").src);
    this.#files.delete(page);
    page.remove();
    this.#announce(this.#words.removed.replace("%(name)s", name));
    if (!next) {
      this.#close();
      this.#form.querySelector("input[type=file]").focus();
      return;
    }
    next.querySelector("[data-arranging-remove]").focus();
    this.#show();
  }

  // --- Dragging ------------------------------------------------------------------------------------------------

  // A mouse takes hold anywhere on the picture; a finger, which must also be able to scroll, at the handle.
  #grip(event) {
    const place = event.pointerType === "mouse" ? "grip" : "handle";
    const grip = event.target.closest(`[data-arranging-${place}]`);
    if (!grip || event.button !== 0 || this.#pages.childElementCount < 2) return;
    event.preventDefault();
    const page = grip.closest("li");
    const before = page.previousElementSibling;
    page.classList.add("arranging-page--dragged");
    const over = new AbortController();
    const listen = (name, heard) => addEventListener(name, heard, { signal: over.signal });
    const drop = () => {
      over.abort();
      page.classList.remove("arranging-page--dragged");
      if (page.previousElementSibling !== before) this.#sayPlace(page);
    };
    listen("pointermove", (moved) => this.#dragTo(page, moved));
    listen("pointerup", drop);
    listen("pointercancel", drop);
  }

  #dragTo(page, { clientX, clientY }) {
    const under = document.elementFromPoint(clientX, clientY)?.closest(".arranging-page");
    if (!under || under === page || under.parentElement !== this.#pages) return;
    const isLater = page.compareDocumentPosition(under) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (isLater) under.after(page);
    else under.before(page);
    this.#show();
  }
}
