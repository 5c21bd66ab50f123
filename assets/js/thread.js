// A thread that is open: new messages appear, what was seen is told, and what is typed is kept while it is typed.
const VISIBLE = 5_000; // ms between questions
const HIDDEN = 30_000;
const TYPED = 800;
const BY_ITSELF = { "X-Background": "1" }; // no hand: a session that nobody uses ends in spite of it
const list = document.querySelector("[data-thread]");
const form = document.querySelector("[data-draft]");
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

const tell = (address, said, { headers = {}, ...more } = {}) => {
  const body = new URLSearchParams({ ...said, csrfmiddlewaretoken: token() });
  return fetch(address, {
    method: "POST", body, redirect: "error", headers: { "X-Requested-With": "fetch", ...headers }, ...more,
  });
};

// --- What is new

let known = "";
let timer;

async function ask() {
  try {
    const answer = await fetch(list.dataset.new, {
      headers: known ? { ...BY_ITSELF, "If-None-Match": known } : BY_ITSELF, cache: "no-store", redirect: "manual",
    });
    if (answer.type === "opaqueredirect") {
      location.reload(); // to the sign-in page: what was said must not stay on the screen
      return;
    }
    if (answer.status === 200) {
      known = answer.headers.get("ETag") ?? "";
      put(await answer.text());
    }
  } catch {
    // The line is down: the next question may get through.
  }
  again();
}

function again() {
  clearTimeout(timer);
  timer = setTimeout(ask, document.hidden ? HIDDEN : VISIBLE);
}

// A message that is here already keeps its place and what is open in it; only what differs is put in anew.
function put(html) {
  const fresh = new DOMParser().parseFromString(`<ol>${html}</ol>`, "text/html").querySelectorAll("ol > li");
  const nearEnd = form && form.getBoundingClientRect().top < innerHeight * 1.5;
  let came = false;
  for (const line of fresh) {
    const before = document.getElementById(line.id);
    if (before) {
      if (before.textContent !== line.textContent && !before.contains(document.activeElement)) before.replaceWith(line);
    } else {
      list.append(line);
      came = true;
    }
    list.dataset.last = Math.max(Number(list.dataset.last), Number(line.dataset.message));
  }
  document.querySelector("[data-thread-empty]").hidden = list.children.length > 0;
  if (came && nearEnd) list.lastElementChild.scrollIntoView({ block: "nearest" });
  seen();
}

// --- What was seen

function seen() {
  const last = Number(list.dataset.last);
  if (!list.dataset.read || document.hidden || last <= Number(list.dataset.upto)) return;
  const was = list.dataset.upto;
  list.dataset.upto = last;
  tell(list.dataset.read, { upto: last }, { headers: BY_ITSELF }).then(
    () => document.dispatchEvent(new Event("thread:read")),
    () => { list.dataset.upto = was; },
  );
}

if (list?.dataset.new) {
  document.querySelector("[data-read-form]")?.remove();
  document.addEventListener("visibilitychange", () => {
    seen();
    if (!document.hidden) ask();
  });
  if (!location.hash) list.lastElementChild?.scrollIntoView({ block: "nearest" });
  seen();
  again();
}

// --- What is typed

const field = form?.querySelector("textarea");
const status = form?.querySelector("[data-draft-status]");
let typing;
let kept = field?.value;

async function keep(more) {
  clearTimeout(typing);
  if (!field || field.value === kept) return;
  const words = field.value;
  kept = words;
  try {
    const answer = await tell(form.dataset.draft, { body: words }, more);
    if (!answer.ok) throw new Error(answer.statusText);
    status.textContent = words.trim() ? status.dataset.textKept : "";
  } catch {
    kept = undefined; // the next letter tries again
  }
}

field?.addEventListener("input", () => {
  status.textContent = "";
  clearTimeout(typing);
  typing = setTimeout(keep, TYPED);
});
field?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
form?.addEventListener("submit", () => {
  clearTimeout(typing);
  kept = field.value; // it is on its way: no draft of it may come after
});
window.addEventListener("pagehide", () => keep({ keepalive: true }));
