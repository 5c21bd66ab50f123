// One upload form: picks, drops and photos become rows; each file gets a session of the house and goes its way.
import AwsS3 from "@uppy/aws-s3";
import Uppy from "@uppy/core";
import { Arranging, isPhoto } from "./arranging.js";
import { Group } from "./group.js";
import { Answered, ask, fetchPage, SignedOut, tell } from "./house.js";
import { refreshNeed, refreshPage } from "./need.js";
import { Row } from "./row.js";

const WAITS = [5, 10, 20, 40, 60]; // seconds between tries while the line is cut
const POLLS = [500, 700, 1000, 1500, 2000, 3000]; // milliseconds between looks while a file is being checked
const MOST_RESTARTS = 3;
const FINAL = ["clean", "rejected", "infected", "expired", "aborted"];
// The house or the line is at fault, not the file: try again by ourselves.
const willPass = (error) =>
  !(error instanceof SignedOut) && (!error.status || error.status >= 500 || error.status === 429 || error.status === 0);
const sleep = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

export class UploadForm {
  #form;
  #need;
  #list;
  #input;
  #token;
  #words = {};
  #arranging;
  #uppy;
  #going = new Map(); // by storage key: { row, session, fileId, tries, timer }

  constructor(form) {
    this.#form = form;
    this.#need = form.closest("[data-row]");
    this.#list = form.querySelector("[data-upload-list]");
    this.#input = form.querySelector("input[type=file]");
    this.#token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const [name, text] of Object.entries(form.dataset)) {
      if (name.startsWith("text")) this.#words[name.charAt(4).toLowerCase() + name.slice(5)] = text;
    }
    this.#arranging = new Arranging(form, this.#words, this.#announce, {
      onSend: (files, together) => this.#sendAll(files, together),
    });
    this.#uppy = this.#makeUppy();
    this.#takeOver();
  }

  // --- The form ------------------------------------------------------------------------------------------------

  #takeOver() {
    for (const plain of this.#form.querySelectorAll("[data-plain-submit], [data-plain-together]")) plain.hidden = true;
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#input.addEventListener("change", () => {
      this.#take([...this.#input.files]);
      this.#input.value = "";
    });
    this.#offerCamera();
    this.#offerDrop(this.#form.querySelector("[data-dropzone]"));
    addEventListener("offline", () => this.#lineIsCut());
    addEventListener("online", () => this.#lineIsBack());
  }

  #offerCamera() {
    const button = this.#form.querySelector("[data-camera]");
    if (!button || !matchMedia("(pointer: coarse)").matches) return;
    this.#form.querySelector("[data-drag-words]").hidden = true;
    const camera = document.createElement("input");
    camera.type = "file";
    camera.accept = "image/*";
    camera.capture = "environment";
    const photograph = () => camera.click();
    camera.addEventListener("change", () => {
      this.#take([...camera.files], photograph);
      camera.value = "";
    });
    button.addEventListener("click", photograph);
    button.hidden = false;
  }

  #offerDrop(zone) {
    const over = (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.add("dropzone--over");
    };
    zone.addEventListener("dragenter", over);
    zone.addEventListener("dragover", over);
    zone.addEventListener("dragleave", () => zone.classList.remove("dropzone--over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("dropzone--over");
      this.#take([...event.dataTransfer.files]);
    });
  }

  #announce = (text) => {
    this.#form.querySelector("[data-upload-status]").textContent = text;
  };

  // --- A file --------------------------------------------------------------------------------------------------

  // `photograph`: they come from the camera, which gives one photo at a time; it takes the next.
  #take(files, photograph = null) {
    const title = this.#form.querySelector("input[name=title]");
    if (title && !title.reportValidity()) return;
    const good = files.filter((file) => !this.#refusedBefore(file));
    const photos = this.#arranging.isPossible ? good.filter(isPhoto) : [];
    if (photos.length > 1 || (photos.length && (photograph || this.#arranging.isOpen))) {
      this.#arranging.add(photos, photograph ?? (() => this.#input.click()));
      files = files.filter((file) => !photos.includes(file));
    }
    this.#sendAll(files, false);
  }

  #sendAll(files, together) {
    const shown = this.#list.childElementCount;
    const goings = files.map((file) => {
      const row = new Row(this.#list, file, this.#words, this.#announce);
      return { row, file, target: this.#target(), tries: 0, restarts: 0 };
    });
    if (together) {
      const group = new Group(this.#form.dataset.group, () => this.#token, { ...this.#target(), name: files[0].name });
      for (const going of goings) group.join(going);
    }
    for (const going of goings) {
      const refused = this.#refusedBefore(going.file);
      if (refused) this.#refuse(going.row, refused);
      else this.#open(going);
    }
    this.#list.children[shown]?.scrollIntoView({ block: "nearest" });
  }

  // Where it goes: a line of the needs list, a paper of the house, or a loan with a word of what it is.
  #target() {
    const title = this.#form.querySelector("input[name=title]");
    return {
      [this.#form.dataset.target]: this.#form.dataset.targetId,
      ...(title && { title: title.value }),
    };
  }

  #refusedBefore(file) {
    if (file.size === 0) return this.#words.empty;
    if (file.size > Number(this.#form.dataset.mostBytes)) return this.#words.tooLarge;
    const endings = this.#form.dataset.endings.split(",").filter((ending) => ending.startsWith("."));
    return endings.some((ending) => file.name.toLowerCase().endsWith(ending)) ? "" : this.#words.wrongType;
  }

  async #open(going) {
    const { row, file } = going;
    going.step = () => this.#open(going);
    row.show("waiting", { buttons: [this.#cancelButton(going)] });
    try {
      const group = await going.group?.open();
      if (going.cancelled) return;
      going.session = await tell(this.#form.dataset.create, this.#token, {
        ...going.target,
        ...(group && { group, position: going.position }),
        name: file.name,
        size: file.size,
        type: file.type,
        lastModified: file.lastModified,
      });
    } catch (error) {
      this.#stumble(going, error);
      return;
    }
    going.group?.moved();
    if (going.cancelled) {
      this.#abort(going);
      return;
    }
    const busy = this.#going.get(going.session.key);
    if (busy && busy !== going) {
      row.remove(); // the very same file, picked twice: it is on its way already
      return;
    }
    this.#going.set(going.session.key, going);
    row.element.dataset.uploadId = going.session.id;
    this.#send(going);
  }

  #send(going) {
    const { file, session } = going;
    going.step = () => this.#retry(going);
    if (!going.fileId) {
      going.fileId = this.#uppy.addFile({
        name: file.name, type: file.type, data: file, meta: { key: session.key, name: session.id },
      });
    }
    if (session.uploadId) {
      this.#uppy.setFileState(going.fileId, { s3Multipart: { uploadId: session.uploadId, key: session.key } });
    }
    going.row.show("uploading", { buttons: [this.#cancelButton(going)] });
    this.#uppy.upload().catch(() => {}); // told by the events below
  }

  // --- Uppy ----------------------------------------------------------------------------------------------------

  #makeUppy() {
    // Every error is shown in the row; the console would only repeat it.
    const silent = { debug: () => {}, warn: () => {}, error: () => {} };
    const uppy = new Uppy({ autoProceed: false, allowMultipleUploadBatches: true, logger: silent });
    uppy.use(AwsS3, {
      shouldUseMultipart: (file) => file.size > this.#partSize(file.meta.key),
      getChunkSize: () => this.#partSize(),
      generateObjectKey: (file) => file.meta.key,
      limit: 3,
      signRequest: (asked) => this.#sign(asked),
    });
    uppy.on("upload-progress", (file, progress) => {
      const going = this.#of(file);
      if (!going || !navigator.onLine) return; // what the browser has buffered is not under way
      going.tries = 0;
      if (going.row.kind !== "uploading") going.row.show("uploading", { buttons: [this.#cancelButton(going)] });
      going.row.showProgress(progress.bytesUploaded, going.file.size);
    });
    uppy.on("upload-success", (file) => this.#of(file) && this.#finish(this.#of(file)));
    uppy.on("upload-error", (file, error) => this.#of(file) && this.#failed(this.#of(file), error));
    return uppy;
  }

  #of(file) {
    return file && this.#going.get(file.meta.key);
  }

  #partSize(key) {
    const going = key ? this.#going.get(key) : this.#going.values().next().value;
    return going?.session.partSize ?? 5 * 1024 * 1024;
  }

  async #sign({ method, key, uploadId, partNumber }) {
    const { session } = this.#going.get(key);
    const signed = await tell(session.sign, this.#token, { method, uploadId, partNumber });
    return { url: new URL(signed.url, location.href).href, key: signed.key, headers: signed.headers };
  }

  #failed(going, error) {
    if (error.status === 412) {
      this.#finish(going); // it had arrived, only the answer was lost
    } else if (error.status === 404 && going.restarts < MOST_RESTARTS) {
      going.restarts += 1; // the parts are gone: from the start
      this.#uppy.setFileState(going.fileId, { s3Multipart: undefined });
      going.session.uploadId = "";
      this.#retry(going);
    } else {
      this.#stumble(going, error);
    }
  }

  #retry(going) {
    this.#uppy.retryUpload(going.fileId).catch(() => {}); // told by the events above
  }

  // --- The end of the way --------------------------------------------------------------------------------------

  async #finish(going) {
    going.step = () => this.#finish(going);
    going.row.showProgress(going.file.size, going.file.size);
    try {
      let answer = await tell(going.session.complete, this.#token);
      going.row.show("checking");
      for (let look = 0; !FINAL.includes(answer.state); look += 1) {
        await sleep(POLLS[Math.min(look, POLLS.length - 1)]);
        answer = await ask(going.session.state);
      }
      this.#forget(going);
      await this.#settle(going, answer);
    } catch (error) {
      this.#stumble(going, error);
    }
  }

  async #settle({ row }, answer) {
    if (answer.refused) {
      this.#refuse(row, `${answer.refused.wrong} ${answer.refused.mend}`);
    } else if (answer.state === "clean") {
      row.show("received");
      row.meta.textContent = answer.receipt;
      this.#announce(`${row.file.name}: ${this.#words.received}. ${answer.receipt}`);
    } else {
      this.#refuse(row, this.#words.failed);
    }
    if (!this.#need) return;
    try {
      await refreshNeed(this.#need);
      row.remove(); // the list of the server shows it now
      if (this.#going.size === 0) await refreshPage();
    } catch {
      // What the row says stays true.
    }
  }

  #refuse(row, fix) {
    row.show("refused", { fix, buttons: [{ label: this.#words.dismiss, press: () => row.remove() }] });
  }

  #forget(going) {
    clearTimeout(going.timer);
    going.timer = null;
    this.#going.delete(going.session?.key);
    if (going.fileId && this.#uppy.getFile(going.fileId)) this.#uppy.removeFile(going.fileId);
    going.fileId = null;
  }

  // --- What goes wrong -----------------------------------------------------------------------------------------

  #stumble(going, error) {
    if (going.cancelled) return;
    if (error instanceof Answered && error.refused && !error.refused.retry) {
      this.#forget(going);
      this.#leaveGroup(going);
      this.#refuse(going.row, `${error.refused.wrong} ${error.refused.mend}`);
    } else if (willPass(error)) {
      this.#waitForLine(going);
    } else {
      const said = error.refused && `${error.refused.wrong} ${error.refused.mend}`;
      const fix = said || (error instanceof SignedOut ? this.#words.signedOut : this.#words.failed);
      const retry = { label: this.#words.retry, press: () => this.#startOver(going) };
      going.row.show("refused", { fix, buttons: [retry, this.#cancelButton(going)] });
    }
  }

  #waitForLine(going) {
    const seconds = WAITS[Math.min(going.tries, WAITS.length - 1)];
    going.tries += 1;
    clearTimeout(going.timer);
    going.timer = setTimeout(() => this.#again(going), seconds * 1000);
    const retry = { label: this.#words.retry, press: () => this.#again(going) };
    going.row.show("paused", { buttons: [retry, this.#cancelButton(going)] });
  }

  // Between two requests the uploader waits for the line by itself and says nothing: the row should.
  #lineIsCut() {
    for (const going of this.#going.values()) {
      if (going.row.kind === "uploading") going.row.show("paused", { buttons: [this.#cancelButton(going)] });
    }
  }

  #lineIsBack() {
    for (const going of this.#going.values()) {
      if (going.timer) this.#again(going);
      else if (going.row.kind === "paused") going.row.show("uploading", { buttons: [this.#cancelButton(going)] });
    }
  }

  #again(going) {
    clearTimeout(going.timer);
    going.timer = null;
    going.step();
  }

  // After signing in again the form's token is another one; the open session is found by the file itself.
  async #startOver(going) {
    this.#forget(going);
    try {
      const page = await fetchPage(this.#need?.dataset.rowAddress ?? location.pathname);
      this.#token = page.querySelector("[name=csrfmiddlewaretoken]")?.value ?? this.#token;
      this.#open(going);
    } catch (error) {
      this.#stumble(going, error);
    }
  }

  #cancelButton(going) {
    return {
      label: this.#words.cancel,
      press: () => {
        going.cancelled = true;
        this.#abort(going);
        this.#leaveGroup(going);
        this.#announce(`${going.file.name}: ${this.#words.cancelled}`);
        going.row.remove();
      },
    };
  }

  // The others need not wait for it.
  #leaveGroup(going) {
    going.isOut = true;
    going.group?.moved();
  }

  #abort(going) {
    const { session } = going;
    this.#forget(going);
    if (session) tell(session.abort, this.#token).catch(() => {}); // else it expires by itself
  }
}
