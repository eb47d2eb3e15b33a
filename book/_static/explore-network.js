/* "Explore the populations", one network: its stages, its error, the Python that makes it, the way into chapter 14. */
(() => {
  "use strict";

  const RATIOS = [1 / 4, 1 / 2, 1, 2, 4]; // bottleneck ratios that chapter 14 has
  const float = (x) => (Number.isInteger(x) ? x.toFixed(1) : String(x));

  const stages = ({ columns, stages: count }, row) => Array.from({ length: count }, (_, i) =>
    ["d", "w", "b", "g"].map((letter) => columns[`${letter}_${i + 1}`][row]));

  const line = ({ columns }, row) =>
    Object.fromEntries(["d", "w_a", "w_0", "w_m", "g", "b"].map((name) => [name, columns[name][row]]));

  /* A RegNet by its line, another network by its stages; one that has neither by the row that holds it. */
  function python(regime, one, row) {
    if (!one.template) return `regnet.network_of(regnet.load("${regime.name}", "${one.name}").set_index("index").loc[${one.columns.index[row]}])`;
    if (one.line) {
      const { d, w_a, w_0, w_m, g, b } = line(one, row);
      return `regnet.RegNet(d=${d}, w_a=${float(w_a)}, w_0=${w_0}, w_m=${float(w_m)}, g=${g}, b=${float(b)}, ${one.template}).to_anynet()`;
    }
    const each = stages(one, row).map(([d, w, b, g]) => `regnet.Stage(${d}, ${w}, ${float(b)}, ${g})`);
    return `regnet.AnyNet((${each.join(", ")},), ${one.template})`;
  }

  /* Chapter 14 with these sliders; null where it has none for this network. */
  function link(regime, one, row) {
    if (!one.line?.shown || !RATIOS.includes(one.columns.b[row])) return null;
    const side = Math.round(regime.resolution * (one.columns.zoom?.[row] ?? 1));
    const setting = { ...line(one, row), r: side, se: one.line.se };
    return "14-design-your-own.html#" + Object.entries(setting).map((entry) => entry.join("=")).join("&");
  }

  function facts(one, row) {
    const { columns } = one, { plain } = globalThis.regnetDesign;
    const trained = columns.trained[row] ? "" : " (diverged: counted with the error of a guess)";
    return `Top-1 error ${columns.error[row].toFixed(2)}%${trained}. ${plain(columns.flops[row])} multiply-adds, ` +
      `${plain(columns.params[row])} parameters, ${plain(columns.acts[row])} activations; ` +
      `id ${one.ids[row]}, training seed ${one.seeds[row]}.`;
  }

  function showNetwork(place, regime, one, row) {
    const { tag } = globalThis.regnetDesign, find = (selector) => place.querySelector(selector);
    place.hidden = false;
    find(".title").textContent = `${one.label}, network ${one.columns.index[row]}`;
    find(".facts").textContent = facts(one, row);
    find("tbody").innerHTML = stages(one, row).map(([d, w, b, g], i) => {
      const cells = [d, w, b, `${Math.round(w / b) / g} × ${g}`];
      return tag("tr", {}, tag("th", { scope: "row" }, i + 1) + cells.map((cell) => tag("td", { class: "number" }, cell)).join(""));
    }).join("");
    find("code").textContent = python(regime, one, row);
    const address = link(regime, one, row), anchor = find(".design-link");
    anchor.hidden = !address;
    if (address) anchor.href = address;
  }

  Object.assign((globalThis.regnetExplore ??= {}), { showNetwork, python, link });
})();
