// The ledger's filters, which stand in the page's address: ?verdict=supported&regime=natural. How many claims are shown is
// announced. A claim that the address names (#fig09-mean) is shown whatever the filters say.
(function () {
  const fold = (text) => text.normalize("NFKC").toLowerCase();

  // What a reader sees of a row without opening anything.
  function words(row) {
    const copy = row.cloneNode(true);
    copy.querySelectorAll("details").forEach((folded) => folded.remove());
    return fold(`${row.id} ${copy.textContent}`);
  }

  function start(box) {
    const form = box.querySelector("form.filter"), said = box.querySelector(".shown");
    const fields = Array.from(form.elements).filter((field) => field.name);
    const rows = Array.from(box.querySelectorAll("tbody tr"), (row) => ({ row, words: words(row), found: Array.from(row.querySelectorAll(".found")) }));

    const linked = () => decodeURIComponent(location.hash.slice(1));

    function matches({ row, words, found }, { verdict, regime, text, ...same }) {
      const there = found.filter((one) => !regime || one.dataset.regime === regime);
      return (
        there.some((one) => !verdict || one.dataset.verdict === verdict) &&
        Object.entries(same).every(([name, value]) => !value || row.dataset[name] === value) &&
        fold(text).split(/\s+/).every((word) => words.includes(word))
      );
    }

    function show() {
      const wanted = Object.fromEntries(fields.map((field) => [field.name, field.value.trim()]));
      let count = 0, beside = false;
      for (const one of rows) {
        const match = matches(one, wanted), named = one.row.id === linked();
        count += match;
        beside = beside || (named && !match);
        one.row.hidden = !match && !named;
        for (const found of one.found) found.hidden = match && wanted.regime !== "" && found.dataset.regime !== wanted.regime;
      }
      const all = Object.values(wanted).every((value) => !value);
      said.textContent = all ? `${rows.length} claims` : `${count} of ${rows.length} claims${beside ? ", and the one that the address names" : ""}`;
    }

    function write() {
      const query = new URLSearchParams(location.search);
      for (const field of fields) field.value.trim() ? query.set(field.name, field.value.trim()) : query.delete(field.name);
      const asked = query.toString();
      history.replaceState(null, "", `${location.pathname}${asked ? "?" + asked : ""}${location.hash}`);
    }

    function read() {
      const query = new URLSearchParams(location.search);
      for (const field of fields) {
        field.value = query.get(field.name) || "";
        if (field.selectedIndex === -1) field.value = ""; // no such choice
      }
      show();
    }

    function reveal() {
      show();
      const row = document.getElementById(linked());
      if (row && box.contains(row)) row.scrollIntoView();
    }

    // A chapter is called what the menu calls it.
    for (const option of form.elements.chapter.options) {
      const entry = option.value && document.querySelector(`nav a[href="${option.value}.html"]`);
      if (entry) option.textContent = entry.textContent.trim();
    }
    form.addEventListener("input", () => { write(); show(); });
    form.addEventListener("reset", () => setTimeout(() => { write(); show(); }));
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("hashchange", reveal);
    addEventListener("popstate", read);
    form.hidden = false;
    read();
    if (linked()) addEventListener("load", reveal);
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".ledger-box").forEach(start));
})();
