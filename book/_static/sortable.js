// Tables of class "sortable": every head becomes a button. Press: ascending, descending, the table's own order.
// Numbers are compared by their value, a unit or a mark after them is passed over; empty cells stay last.
(function () {
  const value = (row, column) => row.cells[column].textContent.trim();
  const number = (text) => {
    const found = /^[-+−]?[\d,]*\.?\d+(e[-+]?\d+)?(?![\w-])/i.exec(text);
    return found ? parseFloat(found[0].replace(/,/g, "").replace("−", "-")) : NaN;
  };
  const empty = (text) => text === "" || text === "–";

  function compare(a, b, column, numeric) {
    const [x, y] = [value(a, column), value(b, column)];
    return numeric ? number(x) - number(y) : x.localeCompare(y, undefined, { numeric: true });
  }

  function sort(table, heads, column) {
    const next = { none: "ascending", ascending: "descending", descending: "none" };
    const order = next[heads[column].getAttribute("aria-sort")];
    heads.forEach((head, i) => head.setAttribute("aria-sort", i === column ? order : "none"));
    const body = table.tBodies[0];
    const rows = Array.from(body.rows).sort((a, b) => a.dataset.place - b.dataset.place);
    const filled = rows.filter((row) => !empty(value(row, column)));
    const rest = rows.filter((row) => empty(value(row, column)));
    const numeric = filled.every((row) => !isNaN(number(value(row, column))));
    const sign = order === "descending" ? -1 : 1;
    if (order !== "none") filled.sort((a, b) => sign * compare(a, b, column, numeric));
    body.append(...(order === "none" ? rows : [...filled, ...rest]));
  }

  function enhance(table) {
    Array.from(table.tBodies[0].rows).forEach((row, place) => (row.dataset.place = place));
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => sort(table, heads, column));
    });
  }

  const all = () => document.querySelectorAll("table.sortable").forEach(enhance);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
  else all();
})();
