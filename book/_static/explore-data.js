/* "Explore the populations", the data: the page's packed JSON unpacked, populations cut by ranges and conditions.

   A view is { regime, first, second, hold, ranges: { name: [low, high] }, only: [names], margin, x, point }: `second`
   is a population's name, "rest" for what the ranges leave out of the first, or "" for none; `hold` says whether
   ranges hold for "both" or for the "first" alone. An address holds the same. */
(() => {
  "use strict";

  const ID = 12; // hexadecimal digits

  async function unpacked(script) {
    const bytes = Uint8Array.from(atob(script.textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  /* A population with a column by name, ids and stages; rows are put in the order of error, once. */
  function population(raw) {
    const plain = Object.fromEntries(Object.entries(raw.columns).filter(([, values]) => typeof values !== "string"));
    const every = Object.fromEntries(Object.entries(plain).map(([name, values]) =>
      [name, Array.isArray(values) ? values : Array(raw.n).fill(values)]));
    const order = Array.from({ length: raw.n }, (_, row) => row).sort((a, b) => every.error[a] - every.error[b] || a - b);
    const ids = order.map((row) => raw.columns.ids.slice(ID * row, ID * row + ID));
    const seeds = raw.columns.seeds.split(" ");
    return {
      ...raw, ids, seeds: order.map((row) => parseInt(seeds[row], 36)),
      columns: Object.fromEntries(Object.entries(every).map(([name, values]) =>
        [name, Float64Array.from(order, (row) => values[row])])),
      stages: Object.keys(every).filter((name) => /^d_\d+$/.test(name)).length,
    };
  }

  const built = new Map();

  /* The population of a regime by its name, decoded when it is first asked for; null where there is none. */
  function find(regime, name) {
    const raw = regime.populations.find((one) => one.name === name);
    if (!raw) return null;
    if (!built.has(raw)) built.set(raw, population(raw));
    return built.get(raw);
  }

  const holds = ({ columns }, ranges, only) => {
    const limits = Object.entries(ranges).filter(([name]) => columns[name]).map(([name, ends]) => [columns[name], ...ends]);
    const conditions = only.map((name) => columns[name]);
    return (row) => limits.every(([values, low, high]) => values[row] >= low && values[row] <= high) &&
      conditions.every((values) => values[row] === 1);
  };

  /* The rows of a population that pass, those of the least error first, with what is said of them. */
  function side(one, keep) {
    const rows = [];
    for (let row = 0; row < one.n; row += 1) if (keep(row)) rows.push(row);
    const errors = Float64Array.from(rows, (row) => one.columns.error[row]);
    const { summary } = globalThis.regnetExplore;
    const count = { distinct: new Set(rows.map((row) => one.ids[row])).size };
    count.diverged = rows.filter((row) => !one.columns.trained[row]).length;
    return { population: one, rows, errors, ...summary(errors), ...count };
  }

  /* Both sides of a view and their comparison: { first, second, comparison, shared }. */
  function look(data, view) {
    const regime = data.regimes.find((one) => one.name === view.regime);
    const one = find(regime, view.first), keep = holds(one, view.ranges, view.only);
    const first = side(one, keep), other = find(regime, view.second);
    let second = null;
    if (view.second === "rest") second = side(one, (row) => !keep(row));
    else if (other) second = side(other, view.hold === "both" ? holds(other, view.ranges, view.only) : () => true);
    const comparison = second && globalThis.regnetExplore.compare(first.errors, second.errors, view.margin);
    const ids = new Set(second ? second.rows.map((row) => second.population.ids[row]) : []);
    const shared = first.rows.filter((row) => ids.has(one.ids[row])).length;
    return { regime, first, second, comparison, shared };
  }

  /* Populations whose rows the ranges cut. */
  function cut(data, view) {
    const regime = data.regimes.find((one) => one.name === view.regime);
    const names = view.hold === "both" ? [view.first, view.second] : [view.first];
    return names.map((name) => find(regime, name)).filter(Boolean);
  }

  /* The different values of a parameter in the populations that are cut, sorted; none where one of them lacks it. */
  function values(populations, name) {
    if (!populations.every((one) => one.columns[name])) return [];
    return Float64Array.from(new Set(populations.flatMap((one) => [...one.columns[name]]))).sort();
  }

  /* A view as its part of the address, and back; what is unknown or impossible is left as a fresh view has it. */
  function address(view) {
    const { regime, first, second, hold, ranges, only, margin, x, point } = view;
    const given = { regime, first, second, hold, margin, x, ...(only.length && { only: only.join(",") }) };
    const limits = Object.entries(ranges).map(([name, ends]) => [name, ends.join("..")]);
    const parts = [...Object.entries(given), ...limits, ...(point === null ? [] : [["point", point]])];
    return "#" + parts.map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2C", ",")}`).join("&");
  }

  function recalled(hash, data, parameters, conditions, start) {
    const given = new URLSearchParams(hash.slice(1)), view = start(given.get("regime"));
    if (!given.has("first") && !given.has("regime")) return null;
    const regime = data.regimes.find((one) => one.name === view.regime);
    const has = (name) => regime.populations.some((one) => one.name === name);
    if (has(given.get("first"))) view.first = given.get("first");
    if (["", "rest"].includes(given.get("second")) || has(given.get("second"))) view.second = given.get("second");
    if (["both", "first"].includes(given.get("hold"))) view.hold = given.get("hold");
    if (Number(given.get("margin")) > 0) view.margin = Number(given.get("margin"));
    view.only = (given.get("only") ?? "").split(",").filter((name) => conditions.includes(name));
    for (const name of parameters) {
      const ends = (given.get(name) ?? "").split("..").map((end) => (end === "" ? NaN : Number(end)));
      if (ends.length === 2 && ends.every(Number.isFinite)) view.ranges[name] = ends;
    }
    if (parameters.includes(given.get("x"))) view.x = given.get("x");
    const point = /^(1|2)\.\d+$/.exec(given.get("point") ?? "");
    view.point = point ? point[0] : null;
    return view;
  }

  /* The networks of both sides as CSV. */
  function csv({ first, second }) {
    const sides = [first, second].filter(Boolean);
    const names = [...new Set(sides.flatMap((one) => Object.keys(one.population.columns)))];
    const lines = sides.flatMap(({ population: one, rows }, i) => rows.map((row) =>
      [i + 1, one.name, one.ids[row], one.seeds[row], ...names.map((name) => one.columns[name]?.[row] ?? "")].join(",")));
    return [["side", "population", "network_id", "seed", ...names].join(","), ...lines, ""].join("\n");
  }

  Object.assign((globalThis.regnetExplore ??= {}), { unpacked, look, cut, values, address, recalled, csv });
})();
