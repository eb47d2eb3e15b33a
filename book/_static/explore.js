/* "Explore the populations", the page: populations, ranges and conditions in; numbers, pictures and networks out. No
   dependency, no request.

   Jupyter Book loads every script of this folder on every page; only one page has the markup, which
   regnet.page.explore makes. The explore*.js may load in any order and use what design-charts.js draws axes with.
   `regnetExplore.seen` is what the page shows: { view, regime, first, second, comparison, shared }. */
(() => {
  "use strict";

  /* One parameter of the form: two handles on the values that networks have, two number fields for any value. */
  function control(row) {
    const { words, below } = globalThis.regnetExplore;
    const [sliders, fields] = ["range", "number"].map((type) => Object.fromEntries(
      [...row.querySelectorAll(`[type=${type}]`)].map((input) => [input.dataset.end, input])));
    let values = [];
    const place = (value, end) =>
      Math.min(values.length - 1, Math.max(0, end === "low" ? below(values, value) : below(values, value, true) - 1));
    return {
      offer: (found) => { // a parameter with one value cuts nothing
        values = found;
        row.hidden = values.length < 2;
        for (const slider of Object.values(sliders)) slider.max = Math.max(0, values.length - 1);
      },
      offered: () => values.length > 1,
      whole: () => [values[0], values.at(-1)],
      /* Both ends after an input; a handle stops at the other. null while a number is half typed. */
      read: (input) => {
        const { end, type } = { end: input.dataset.end, type: input.type }, other = end === "low" ? "high" : "low";
        if (type === "number" && !input.validity.valid) return null;
        const stop = Number(sliders[other].value), at = Number(input.value);
        const held = end === "low" ? Math.min(at, stop) : Math.max(at, stop);
        const value = type === "number" ? input.valueAsNumber : values[held];
        const ends = { low: fields.low.valueAsNumber, high: fields.high.valueAsNumber, [end]: value };
        return ends.low <= ends.high ? [ends.low, ends.high] : null;
      },
      set: (ends) => {
        ["low", "high"].forEach((end, i) => {
          if (fields[end].valueAsNumber !== ends[i]) fields[end].value = ends[i]; // "2." on the way to "2.5" stays
          sliders[end].value = place(ends[i], end);
          sliders[end].setAttribute("aria-valuetext", words(ends[i]));
        });
        row.querySelector(".handles").classList.toggle("low-above", Number(sliders.low.value) > sliders.low.max / 2);
      },
    };
  }

  async function start(root) {
    const explore = globalThis.regnetExplore, { tag } = globalThis.regnetDesign;
    const find = (selector) => root.querySelector(selector), named = (name) => find(`[name=${name}]`);
    const data = await explore.unpacked(find("script"));
    const rows = Object.fromEntries(
      [...root.querySelectorAll("[data-parameter]")].map((row) => [row.dataset.parameter, control(row)]));
    const meaning = (name) => find(`[data-parameter=${name}]`).getAttribute("aria-label");
    const parameters = Object.keys(rows), conditions = [...root.querySelectorAll("[name=only]")].map((one) => one.value);
    const delayed = {}; // timers by name: only the last of a quick series runs
    let view, seen, points = [], offered = "";

    function soon(name, action, milliseconds) {
      clearTimeout(delayed[name]);
      delayed[name] = setTimeout(action, milliseconds);
    }

    function fresh(name) {
      const regime = data.regimes.find((one) => one.name === name) ?? data.regimes[0];
      const names = regime.populations.map((one) => one.name), or = (wanted, other) => (names.includes(wanted) ? wanted : other);
      return {
        regime: regime.name, first: or(data.first, names[0]), second: or(data.second, ""), hold: "both", ranges: {},
        only: [], margin: regime.margin, x: "ratio", point: null,
      };
    }

    /* Lists and handles for what is chosen; made again only when that has changed. */
    function offer() {
      const regime = data.regimes.find((one) => one.name === view.regime), key = [view.regime, view.first, view.second, view.hold].join();
      if (key === offered) return;
      offered = key;
      const groups = [...new Set(regime.populations.map((one) => one.group))].map((group) => tag("optgroup", { label: group },
        regime.populations.filter((one) => one.group === group)
          .map((one) => tag("option", { value: one.name }, `${one.label} (${one.n})`)).join(""))).join("");
      const none = tag("option", { value: "" }, "nothing") + tag("option", { value: "rest" }, "the rest of the first");
      named("regime").innerHTML = data.regimes.map((one) => tag("option", { value: one.name }, one.title)).join("");
      named("first").innerHTML = groups;
      named("second").innerHTML = none + groups;
      const cut = explore.cut(data, view);
      for (const name of parameters) rows[name].offer(explore.values(cut, name));
      root.querySelectorAll("details").forEach((details) => {
        details.hidden = !details.querySelector("[data-parameter]:not([hidden]), [name=only]");
      });
      const axes = parameters.filter((name) => rows[name].offered());
      named("x").innerHTML = axes.map((name) => tag("option", { value: name }, meaning(name))).join("");
      tour.offer(regime.populations.map((one) => one.name));
    }

    /* The view as it is wanted, less what cannot be, on the form and in the pictures. */
    function show(wanted) {
      view = wanted;
      offer();
      for (const name of Object.keys(view.ranges)) {
        const [low, high] = view.ranges[name], [least, most] = rows[name].whole();
        if (!rows[name].offered() || (low <= least && high >= most)) delete view.ranges[name];
        else find(`[data-parameter=${name}]`).closest("details").open = true;
      }
      if (!rows[view.x]?.offered()) view.x = parameters.find((name) => rows[name].offered()) ?? "d";
      for (const name of parameters) if (rows[name].offered()) rows[name].set(view.ranges[name] ?? rows[name].whole());
      for (const name of ["regime", "first", "second", "x"]) named(name).value = view[name];
      if (named("margin").valueAsNumber !== view.margin) named("margin").value = view.margin;
      root.querySelectorAll("[name=hold]").forEach((one) => (one.checked = one.value === view.hold));
      root.querySelectorAll("[name=only]").forEach((one) => (one.checked = view.only.includes(one.value)));
      draw();
      soon("remember", () => history.replaceState(null, "", explore.address(view)), 300);
      return seen;
    }

    function draw() {
      seen = { view, ...explore.look(data, view) };
      explore.seen = seen;
      explore.showResult(root, seen);
      const names = explore.names(seen);
      explore.drawEdf(find(".edf"), seen, names);
      points = explore.drawScatter(find(".scatter"), seen, names, { name: view.x, meaning: meaning(view.x) });
      const walk = named("point");
      walk.max = Math.max(0, points.length - 1);
      walk.disabled = !points.length;
      const key = ({ side, row }) => `${side + 1}.${(side ? seen.second : seen.first).population.columns.index[row]}`;
      open(points.findIndex((point) => key(point) === view.point));
      soon("say", () => (find(".status").textContent = explore.said(seen)), 600); // the end of a drag, not each step
    }

    function open(which) {
      const point = points[which], walk = named("point"), side = point && (point.side ? seen.second : seen.first);
      explore.ring(find(".scatter"), point);
      find(".network").hidden = !point;
      view.point = point ? `${point.side + 1}.${side.population.columns.index[point.row]}` : null;
      walk.value = Math.max(0, which);
      walk.setAttribute("aria-valuetext", point ? `${side.population.label}, ${meaning(view.x)} ${explore.words(point.value)}, ` +
        `error ${explore.words(point.error)}%` : "none is open");
      if (point) explore.showNetwork(find(".network"), seen.regime, side.population, point.row);
      soon("remember", () => history.replaceState(null, "", explore.address(view)), 300);
    }

    function changed(target) {
      const parameter = target.closest("[data-parameter]")?.dataset.parameter;
      if (target.name === "point") return open(Number(target.value));
      if (parameter) {
        const ends = rows[parameter].read(target);
        if (ends) show({ ...view, ranges: { ...view.ranges, [parameter]: ends }, x: parameter });
      } else if (target.name === "regime") show({ ...fresh(target.value), hold: view.hold });
      else if (target.name === "margin") {
        if (target.validity.valid) show({ ...view, margin: target.valueAsNumber });
      } else if (target.name === "only") {
        show({ ...view, only: conditions.filter((name) => find(`[name=only][value=${name}]`).checked) });
      } else show({ ...view, [target.name]: target.value });
      tour.left();
    }

    function recall() {
      const found = explore.recalled(location.hash, data, parameters, conditions, fresh);
      if (found) show(found);
      return Boolean(found);
    }

    const tour = explore.startTour(find(".tour"), (part) => show({ ...view, ...part }));
    root.addEventListener("input", ({ target }) => changed(target));
    root.addEventListener("change", ({ target }) => {
      if (target.type === "number") show(view); // what cannot be is put back
    });
    root.addEventListener("click", (event) => {
      const { target } = event;
      if (target.closest(".scatter svg")) {
        const point = explore.nearest(find(".scatter"), points, event);
        if (point) open(points.indexOf(point));
      } else if (target.name === "clear") show({ ...view, ranges: {}, only: [] });
      else if (target.name) explore.pressed(root, target, seen);
    });
    addEventListener("hashchange", recall);

    find(".off").remove();
    find(".app").hidden = false;
    if (recall()) root.scrollIntoView();
    else show(fresh(""));
    let width = root.clientWidth;
    new ResizeObserver(() => {
      if (root.clientWidth !== width) draw();
      width = root.clientWidth;
    }).observe(root);
    root.dataset.ready = "";
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".explore").forEach((root) =>
    start(root).catch((error) => {
      root.querySelector(".off")?.append(` This browser cannot unpack the data (${error.message}): a newer one can.`);
      throw error;
    })));
})();
