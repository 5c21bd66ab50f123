// The board: a card dragged to a column, or moved by key, opens the page that previews and confirms that move.
// Without this script the links of each card do the same.
const board = document.querySelector("[data-board]");
const said = document.querySelector("[data-board-said]");
let dragged = null;

const linkTo = (card, stage) => card.querySelector(`a[data-to="${CSS.escape(stage)}"]`);
const columns = () => [...board.querySelectorAll("[data-stage]")];
const cardsOf = (column) => [...column.querySelectorAll("[data-card]")];

function move(card, column) {
  const link = linkTo(card, column.dataset.stage);
  if (link) window.location.assign(link.href);
  else said.textContent = board.dataset.textNot.replace("%(stage)s", column.dataset.label);
}

// --- By hand ---

for (const card of board.querySelectorAll("[data-card]")) {
  card.draggable = true;
  card.addEventListener("dragstart", (event) => {
    dragged = card;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.querySelector("a").textContent);
    for (const column of columns()) {
      column.classList.toggle("board-column--open", Boolean(linkTo(card, column.dataset.stage)));
    }
    board.classList.add("board--dragging");
  });
  card.addEventListener("dragend", () => {
    dragged = null;
    board.classList.remove("board--dragging");
    for (const column of columns()) column.classList.remove("board-column--open", "board-column--over");
  });
}

for (const column of columns()) {
  column.addEventListener("dragover", (event) => {
    if (!dragged || !linkTo(dragged, column.dataset.stage)) return;
    event.preventDefault();
    column.classList.add("board-column--over");
  });
  column.addEventListener("dragleave", (event) => {
    if (!column.contains(event.relatedTarget)) column.classList.remove("board-column--over");
  });
  column.addEventListener("drop", (event) => {
    event.preventDefault();
    if (dragged) move(dragged, column);
  });
}

// --- By key: arrows go from card to card, with Shift a card goes to the next stage that way ---

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

function beside(card, step) {
  const all = columns();
  const here = card.closest("[data-stage]");
  const place = cardsOf(here).indexOf(card);
  for (let at = all.indexOf(here) + step; all[at]; at += step) {
    const cards = cardsOf(all[at]);
    if (cards.length) return cards[Math.min(place, cards.length - 1)];
  }
  return null;
}

function next(card, key) {
  if (STEPS[key]) return beside(card, STEPS[key]);
  const cards = cardsOf(card.closest("[data-stage]"));
  return cards[cards.indexOf(card) + (key === "ArrowDown" ? 1 : -1)];
}

board.addEventListener("keydown", (event) => {
  const card = event.target.closest("[data-card]");
  if (!card || !event.key.startsWith("Arrow") || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (event.shiftKey && STEPS[event.key]) {
    const all = columns();
    const column = all[all.indexOf(card.closest("[data-stage]")) + STEPS[event.key]];
    if (column) move(card, column);
    return;
  }
  next(card, event.key)?.querySelector("a").focus();
});
