// <a data-chat="chat.js"> leads to the chat. With a script it opens on the page, and that script is fetched only then.
// Open once, it is open on the next page too, until it is closed.
const way = document.querySelector("a[data-chat]");

const isOpen = () => {
  try {
    return sessionStorage.getItem("chat") === "open";
  } catch {
    return false;
  }
};

const open = async (byHand) => {
  try {
    const { openPanel } = await import(way.dataset.chat);
    await openPanel(way, byHand);
  } catch {
    if (byHand) location.assign(way.href); // the page works without any of this
  }
};

way?.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(true);
});
if (way && isOpen()) open(false);
