// The chat: the room on its own page, and in a panel over any page. What is typed goes out by itself once there is a
// line again; an answer appears while the room is open, and what was seen is told.
const VISIBLE = 5_000; // ms between questions
const HIDDEN = 30_000;
const BY_ITSELF = { "X-Background": "1", "X-Requested-With": "fetch" }; // no hand: a session may end meanwhile
let room;
let timer;
let known = "";
let seen = 0;
let waiting = false;
let unsent; // what went nowhere, as it was when Send was pressed

const part = (name) => room.querySelector(`[data-chat-${name}]`);
const lastLine = () => Number([...room.querySelectorAll("[data-line]")].at(-1)?.dataset.line ?? 0);

const keep = (state) => {
  try {
    if (state) sessionStorage.setItem("chat", state);
    else sessionStorage.removeItem("chat");
  } catch {
    // It is closed on the next page then.
  }
};

// --- What is new

async function ask() {
  clearTimeout(timer);
  const asked = room;
  if (!asked?.isConnected) return;
  try {
    const headers = known ? { ...BY_ITSELF, "If-None-Match": known } : BY_ITSELF;
    const answer = await fetch(asked.dataset.new, { headers, cache: "no-store", redirect: "error" });
    if (answer.status === 200 && room === asked) {
      known = answer.headers.get("ETag") ?? "";
      put(await answer.text());
    }
    if (answer.status === 409 && room === asked) await renew(false); // it would be another's thread by now
    else if (unsent) deliver(unsent);
  } catch {
    // The line is down: the next question may get through.
  }
  again();
}

function again() {
  clearTimeout(timer);
  timer = setTimeout(ask, document.hidden ? HIDDEN : VISIBLE);
}

// Lines that are here keep their place, so that a screen reader hears only what came.
function put(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const log = part("log");
  const list = log.querySelector("ol");
  for (const line of fresh.querySelectorAll("[data-line]")) {
    if (!document.getElementById(line.id)) list.append(line);
  }
  const old = log.querySelector(".chat-meanwhile");
  const now = fresh.querySelector(".chat-meanwhile");
  if (old?.id !== now?.id || old?.textContent !== now?.textContent) {
    old?.remove();
    if (now) log.append(now);
  }
  log.scrollTop = log.scrollHeight;
  tellSeen();
}

function tellSeen() {
  const last = lastLine();
  if (document.hidden || last <= seen) return;
  const before = seen;
  seen = last;
  const body = new URLSearchParams({ upto: last, csrfmiddlewaretoken: token() });
  fetch(room.dataset.read, { method: "POST", body, headers: BY_ITSELF }).catch(() => { seen = before; });
}

// --- What is said

const token = () => room.querySelector("[name=csrfmiddlewaretoken]").value;
const say = (words) => { part("status").textContent = words; };

function send(form) {
  deliver({ form, body: new URLSearchParams(new FormData(form)), words: form.elements.body.value });
}

async function deliver(parcel) {
  if (waiting) return;
  waiting = true;
  unsent = undefined;
  try {
    const answer = await fetch(parcel.form.action, {
      method: "POST", body: parcel.body, headers: { "X-Requested-With": "fetch" }, redirect: "error",
    });
    const html = await answer.text();
    waiting = false;
    if (!parcel.form.isConnected) return;
    if (answer.ok) sent(parcel, html);
    else if (answer.status === 403) await renew(true); // somebody signed in or out on another page
    else if ([409, 422, 429].includes(answer.status)) comeBack(html);
    else say(document.body.dataset.textFailed);
  } catch {
    waiting = false;
    if (!parcel.form.isConnected) return;
    say(parcel.form.dataset.textWaits);
    unsent = parcel;
  }
}

// What was typed while it was on its way stays.
function sent({ form, words }, html) {
  const { body } = form.elements;
  body.value = body.value.startsWith(words) ? body.value.slice(words.length).trimStart() : body.value;
  form.elements.token.value = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
  put(html);
  say(form.dataset.textSent);
  body.focus();
}

async function renew(byHand) {
  const answer = await fetch(room.dataset.room, { headers: { "X-Requested-With": "fetch" }, cache: "no-store" });
  take(await answer.text());
  if (byHand) part("form").elements.body.focus();
}

function comeBack(html) {
  take(html);
  (room.querySelector("[aria-invalid=true], .is-invalid") ?? part("form").elements.body).focus();
}

function take(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-chat-room]");
  const typed = part("form").elements.body.value;
  room.replaceWith(fresh);
  begin(fresh);
  part("form").elements.body.value = typed;
}

function begin(found) {
  if (found !== room) listen(found);
  part("log").scrollTop = part("log").scrollHeight;
  tellSeen();
  again();
}

function listen(found) {
  room = found;
  known = "";
  seen = 0;
  unsent = undefined;
  part("form").addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation(); // a second press waits for the first here, and may try again
    send(event.target);
  });
  part("form").elements.body.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) part("form").requestSubmit();
  });
  part("form").elements.body.addEventListener("input", () => {
    if (!unsent) return;
    unsent = undefined; // they go on writing, and press Send themselves
    say("");
  });
}

// --- The panel

export async function openPanel(way, byHand) {
  let panel = document.querySelector(".chat-panel");
  if (!panel) {
    const answer = await fetch(way.href, { headers: { "X-Requested-With": "fetch" }, cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    panel = build(way, await answer.text());
  }
  panel.show();
  way.setAttribute("aria-expanded", "true");
  keep("open");
  begin(panel.querySelector("[data-chat-room]"));
  if (byHand) part("form").elements.body.focus();
  else if (panel.contains(document.activeElement)) document.activeElement.blur(); // nobody asked for it just now
}

function build(way, html) {
  const panel = document.createElement("dialog");
  panel.className = "chat-panel";
  panel.setAttribute("aria-labelledby", "chat-title");
  const head = document.createElement("div");
  head.className = "chat-head";
  const title = document.createElement("h2");
  title.id = "chat-title";
  title.textContent = way.dataset.textTitle;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-outline-primary btn-sm";
  close.textContent = way.dataset.textClose;
  head.append(title, close);
  const body = new DOMParser().parseFromString(html, "text/html").querySelector("[data-chat-room]");
  panel.append(head, body);
  const shut = () => {
    panel.close();
    keep("");
    clearTimeout(timer);
    way.setAttribute("aria-expanded", "false");
    way.focus();
  };
  close.addEventListener("click", shut);
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") shut(); });
  way.after(panel);
  return panel;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden || !room?.isConnected) return;
  tellSeen();
  ask();
});
window.addEventListener("online", () => {
  if (unsent) deliver(unsent);
});
const onPage = document.querySelector("main [data-chat-room]");
if (onPage) begin(onPage);
