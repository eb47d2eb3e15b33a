// A term's definition, shown below its link while that is pointed at or has the focus. Escape hides it.
// A link's own title would not show on focus: it becomes the text of the box, which a screen reader reads with the link.
(() => {
  const box = document.createElement("div");
  box.id = "term-definition";
  box.setAttribute("role", "tooltip");
  box.hidden = true;
  let shown = null;

  function show(link) {
    if (shown && shown !== link) hide();
    shown = link;
    box.textContent = link.dataset.definition;
    box.hidden = false;
    link.setAttribute("aria-describedby", box.id);
    const at = link.getClientRects()[0];
    const left = Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - 8);
    box.style.left = `${Math.max(8, left) + window.scrollX}px`;
    const below = at.bottom + box.offsetHeight < window.innerHeight;
    box.style.top = `${(below ? at.bottom : at.top - box.offsetHeight) + window.scrollY}px`;
  }

  function hide() {
    if (shown) shown.removeAttribute("aria-describedby");
    shown = null;
    box.hidden = true;
  }

  function start() {
    const links = document.querySelectorAll("a.term");
    if (!links.length) return;
    document.body.append(box);
    links.forEach((link) => {
      link.dataset.definition = link.title;
      link.removeAttribute("title");
      link.addEventListener("mouseenter", () => show(link));
      link.addEventListener("focus", () => show(link));
      link.addEventListener("blur", hide);
      link.addEventListener("mouseleave", (event) => event.relatedTarget === box || hide());
    });
    box.addEventListener("mouseleave", hide);
    document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
