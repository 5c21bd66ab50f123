// Which page is looked at, and going to another one.
export const followPages = (viewer, box) => {
  const field = viewer.querySelector("[data-viewer-page]");
  const strip = viewer.querySelector("[data-viewer-strip]");
  const sheets = () => box.children;
  let current = 1;

  const mark = (number) => {
    if (number === current) return;
    current = number;
    if (document.activeElement !== field) field.value = number;
    if (!strip) return;
    strip.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const link = strip.children[number - 1]?.firstElementChild;
    link?.setAttribute("aria-current", "true");
    scrollStripTo(link);
  };

  // Only the strip itself moves: scrollIntoView would move the whole page as well.
  const scrollStripTo = (link) => {
    if (!link) return;
    const there = link.getBoundingClientRect();
    const here = strip.getBoundingClientRect();
    strip.scrollBy(there.left - here.left - (here.width - there.width) / 2, there.top - here.top - (here.height - there.height) / 2);
  };

  const top = (sheet) => sheet.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;

  // The page that holds the upper third of the box; at the very end the last one, however short it is.
  const look = () => {
    if (box.scrollTop + box.clientHeight >= box.scrollHeight - 2 && box.scrollTop > 0) return mark(sheets().length);
    const line = box.scrollTop + box.clientHeight / 3;
    let number = 1;
    while (number < sheets().length && top(sheets()[number]) <= line) number += 1;
    return mark(number);
  };

  const show = (number) => {
    const wanted = Math.min(Math.max(1, number), sheets().length);
    box.scrollTo({ top: top(sheets()[wanted - 1]) - top(sheets()[0]), behavior: "instant" });
    mark(wanted);
  };

  let asked = false;
  box.addEventListener("scroll", () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      look();
    });
  });
  field.addEventListener("change", () => {
    show(Math.round(Number(field.value)) || current);
    field.value = current;
  });
  field.addEventListener("blur", () => { field.value = current; });
  strip?.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    show([...strip.children].indexOf(link.parentElement) + 1);
  });

  const asked_for = /^#page-(\d+)$/.exec(location.hash);
  if (asked_for) show(Number(asked_for[1]));
  return { show, turn: (by) => show(current + by), count: () => sheets().length };
};
