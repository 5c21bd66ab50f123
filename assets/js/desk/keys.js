// Keys of the desk: what they do stands on the page ("Keys"), where single ones can be switched off. They press what is
// on the page anyway, so everything works without us. Single keys never fire while somebody types.
const SWITCH = "doorstep-single-keys"; // "off" in the storage of this device
const NEXT_WAITS = 1500; // ms in which a second digit belongs to the first, and a place to "g"

const box = document.querySelector("[data-keys-switch]");
const help = document.querySelector("[data-keys-help]");
const rows = () => [...document.querySelectorAll("[data-key-rows] :is(.row-link, [data-row])")];

const isOn = () => {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true; // a browser that keeps nothing
  }
};

const isTyping = (target) => target.isContentEditable
  || target.matches("textarea, select")
  || (target.matches("input") && !["radio", "checkbox", "submit", "button"].includes(target.type));

// --- What a key does ---------------------------------------------------------------------------------------------

const atEnd = (field) => field.setSelectionRange(field.value.length, field.value.length);

const enter = (field) => {
  field.focus();
  if (field.matches("textarea")) atEnd(field);
};

const press = (control) => {
  if (control.matches("a, button")) {
    control.click();
    return;
  }
  control.scrollIntoView({ block: "nearest" });
  const fields = [...control.querySelectorAll("input:not([type=hidden]), select, textarea")];
  enter(fields.find((field) => field.checked) ?? fields[0] ?? control);
};

const walk = (by) => {
  const links = rows();
  const now = links.findIndex((link) => link.closest("tr, li").contains(document.activeElement));
  links[now < 0 ? 0 : Math.min(Math.max(0, now + by), links.length - 1)]?.focus();
};

const tick = () => {
  const mark = document.activeElement.closest("[data-key-rows] tr")?.querySelector("input[type=checkbox]");
  mark?.click();
  return Boolean(mark);
};

const onList = { j: () => walk(1), k: () => walk(-1), x: tick };

// The number of a reason, within the list of reasons: "1", or "1" and "2" for the twelfth.
let typed = "";
let typedAt = 0;
const choose = (list, digit, now) => {
  const choices = [...list.querySelectorAll("input[type=radio]")];
  const longer = now - typedAt < NEXT_WAITS ? typed + digit : digit;
  typed = Number(longer) <= choices.length ? longer : digit;
  typedAt = now;
  const choice = choices[Number(typed) - 1];
  if (!choice) return;
  choice.focus();
  choice.checked = true;
};

// "g" and then a letter go to a page of the main navigation.
let wentAt = -NEXT_WAITS;
const place = (event) => {
  const waited = event.timeStamp - wentAt < NEXT_WAITS;
  wentAt = event.key === "g" ? event.timeStamp : -NEXT_WAITS;
  return waited && /^[a-z]$/.test(event.key) ? document.querySelector(`[data-go="${event.key}"]`) : null;
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (!isOn() || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const list = event.target.closest("[data-numbers]");
  if (list && /^\d$/.test(event.key)) {
    event.preventDefault();
    choose(list, event.key, event.timeStamp);
    return;
  }
  const control = place(event)
    ?? (/^[a-z1-9/]$/.test(event.key) ? document.querySelector(`[data-key~="${event.key}"]`) : null);
  const action = rows().length ? onList[event.key] : null;
  if (event.key === "?" && help) {
    help.open = !help.open;
    help.querySelector("summary").focus();
  } else if (control) press(control);
  else if (action) action();
  else return;
  event.preventDefault();
});

// --- Ctrl and Enter send the form one is in, or the one of the page that may be sent so; Escape leaves the field ------

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.defaultPrevented || event.repeat || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && target.matches("textarea")) target.blur();
  // On a link these keys open a new tab, and a button is pressed by them anyway.
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || target.closest("a, button, summary")) return;
  const button = (target.closest("form") ?? document).querySelector("button[data-send]");
  if (!button) return;
  event.preventDefault();
  button.click();
});

// A field that the address leads to is entered by the browser; one goes on where its words end.
const ledTo = document.getElementById(location.hash.slice(1));
if (ledTo?.matches("textarea")) atEnd(ledTo);

// --- The switch, and ticking everything ----------------------------------------------------------------------------

if (box) {
  box.checked = isOn();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(SWITCH, box.checked ? "on" : "off");
    } catch {
      // Then it holds as long as nobody asks: the browser keeps nothing for us.
    }
  });
}

document.addEventListener("click", (event) => {
  const name = event.target.closest("[data-tick-all]")?.dataset.tickAll;
  if (!name) return;
  const marks = [...document.querySelectorAll(`input[type=checkbox][name="${name}"]`)];
  const wanted = marks.some((mark) => !mark.checked);
  for (const mark of marks) mark.checked = wanted;
});
