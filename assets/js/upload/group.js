// Photos of one paper on their way: the house is told of the group first, of its order once each photo is announced.
import { tell } from "./house.js";

const WAITS = [2, 5, 10, 20, 40, 60]; // seconds between tries to tell the order

export class Group {
  #address;
  #token;
  #asked;
  #members = []; // in their order: { session: the upload once it is announced, isOut: it will never be }
  #opened = null;
  #isClosed = false;

  // token() is the form's; asked: where to send and what, as the house wants it.
  constructor(address, token, asked) {
    this.#address = address;
    this.#token = token;
    this.#asked = asked;
  }

  join(going) {
    going.group = this;
    going.position = this.#members.length;
    this.#members.push(going);
  }

  // The id, the same for all; whoever asks again after an error tries again.
  async open() {
    this.#opened ??= tell(this.#address, this.#token(), { ...this.#asked, count: this.#members.length });
    try {
      return (await this.#opened).id;
    } catch (error) {
      this.#opened = null;
      throw error;
    }
  }

  // To be called when a photo is announced, refused or taken back.
  async moved() {
    if (this.#isClosed || !this.#opened || !this.#members.every((going) => going.session || going.isOut)) return;
    this.#isClosed = true;
    const order = this.#members.filter((going) => going.session && !going.isOut).map((going) => going.session.id);
    const { close } = await this.#opened;
    this.#close(close, order, 0);
  }

  // A house that nobody tells the order puts the photos together by itself after a while.
  #close(address, order, tries) {
    tell(address, this.#token(), { order }).catch((error) => {
      const mayPass = !error.status || error.status >= 500 || error.status === 429;
      if (!mayPass || tries >= WAITS.length) return;
      setTimeout(() => this.#close(address, order, tries + 1), WAITS[tries] * 1000);
    });
  }
}
