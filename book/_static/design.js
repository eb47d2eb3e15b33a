/* "Design your own", the page: sliders of chapter 14 in, numbers and pictures out. No dependency, no request.

   Jupyter Book loads every script of this folder on every page; only one page has the markup, which
   regnet.figures.design_your_own makes. The three design*.js may load in any order: nothing runs before the page is
   there. A setting is { d, w_0, w_a, w_m, b, g, r, se }: the paper's letters, r the resolution, se 0 or 0.25. */
(() => {
  "use strict";

  const float = (x) => (Number.isInteger(x) ? x.toFixed(1) : String(x));

  function python({ d, w_a, w_0, w_m, b, g, se }) {
    const rest = (b === 1 ? "" : `, b=${float(b)}`) + (se ? `, se_ratio=${se}` : "");
    return `regnet.RegNet(d=${d}, w_a=${float(w_a)}, w_0=${w_0}, w_m=${float(w_m)}, g=${g}${rest}).to_anynet()`;
  }

  /* What a reader may not expect of this network, one sentence each. */
  function remarks({ exponents, stages }, g) {
    const said = [];
    const plural = (count) => `stage${count === 1 ? "" : "s"}`;
    const few = (numbers) => `${plural(numbers.length)} ${numbers.join(", ")}`;
    const which = (test) => stages.flatMap((stage, i) => (test(stage) ? [i + 1] : []));
    if (stages.length !== 4) {
      said.push(`${stages.length} ${plural(stages.length)}: the paper looks at four and passes over this network.`);
    }
    const used = new Set(exponents);
    const skipped = Array.from({ length: exponents.at(-1) }, (_, s) => s).filter((s) => !used.has(s));
    if (skipped.length) said.push(`No block has exponent ${skipped.join(", ")}: the steps skip it.`);
    const lowered = which((stage) => stage.group < g);
    if (lowered.length) said.push(`g = ${g} is wider than w/b in ${few(lowered)}: one group there.`);
    const moved = which((stage) => stage.width !== stage.drawn);
    if (moved.length) said.push(`Width moved in ${few(moved)}: the group width must divide w/b.`);
    return said;
  }

  /* One row of the form: a slider and beside it a number field, which may hold finer values, or an output (b). */
  function control(row) {
    const slider = row.querySelector("[type=range]");
    const field = row.querySelector("[type=number]");
    const shown = row.querySelector("output");
    const values = slider.dataset.values?.split(",").map(Number); // where the slider's positions are no even scale
    const nearest = (value) =>
      values.reduce((best, v, i) => (Math.abs(v - value) < Math.abs(values[best] - value) ? i : best), 0);
    const words = (value) => (value < 1 ? `1/${1 / value}` : String(value));
    return {
      valid: () => !field || field.validity.valid,
      get: () => (field ? field.valueAsNumber : values[slider.value]),
      slid: () => {
        if (field) field.value = values ? values[slider.value] : slider.value;
      },
      set: (value) => {
        if (field && field.valueAsNumber !== value) field.value = value; // "2." on the way to "2.5" stays
        slider.value = values ? nearest(value) : value;
        slider.setAttribute("aria-valuetext", words(value));
        if (shown) shown.textContent = words(value);
      },
    };
  }

  function start(root) {
    const { network, complexity, STEM, halved } = globalThis.regnetDesign;
    const { drawProfile, drawPlace, mark, tag, plain, short } = globalThis.regnetDesign;
    const { zoo, colours, first, se_ratio } = JSON.parse(root.querySelector("script").textContent);
    const find = (selector) => root.querySelector(selector);
    const rows = Object.fromEntries(
      [...root.querySelectorAll("[data-control]")].map((row) => [row.dataset.control, control(row)]));
    const names = Object.keys(rows);
    const se = find("[name=se]"), from = find("[name=from]"), status = find("[role=status]");
    const lines = Object.fromEntries(zoo.filter((model) => model.line).map((model) => [model.name, model.line]));
    const delayed = {}; // timers by name: only the last of a quick series runs
    let setting;

    function soon(name, action, milliseconds) {
      clearTimeout(delayed[name]);
      delayed[name] = setTimeout(action, milliseconds);
    }

    function show(wanted) {
      setting = wanted;
      names.forEach((name) => rows[name].set(setting[name]));
      se.checked = setting.se > 0;
      draw();
    }

    function draw() {
      const net = network(setting), own = complexity(net, setting.se, setting.r);
      const known = Object.keys(lines).find((name) => [...names, "se"].every((k) => lines[name][k] === setting[k]));
      from.value = known ?? "";
      root.style.setProperty("--design-accent", colours[setting.se ? "RegNetY" : "RegNetX"]);
      for (const name of ["flops", "params", "acts", "convActs"]) {
        find(`output[name=${name}]`).textContent = short(own[name]) + (name === "flops" ? "F" : "");
        find(`output[name=${name}Exact]`).textContent = plain(own[name]);
      }
      const [depths, widths] = ["depth", "width"].map((name) => net.stages.map((stage) => stage[name]).join(", "));
      drawProfile(find(".profile"), net, `Widths of ${setting.d} blocks. Stage depths ${depths}; widths ${widths}.`);
      drawPlace(find(".place"), zoo, own, find("[name=cost]:checked").value, colours);
      fill(net, own);
      find("pre code").textContent = python(setting);
      soon("say", () => say(net, own, known), 400); // a listener hears the end of a drag, not every step
    }

    function fill(net, own) {
      const stem = ["stem", "", "", STEM.width, "", halved(setting.r, STEM.stride)];
      const stages = net.stages.map((stage, i) =>
        [i + 1, stage.depth, stage.drawn, stage.width, `${stage.groups} × ${stage.group}`, own.sides[i]]);
      find("tbody").innerHTML = [stem, ...stages].map(([head, ...cells]) =>
        tag("tr", {}, tag("th", { scope: "row" }, head) +
          cells.map((cell) => tag("td", { class: "number" }, cell)).join(""))).join("");
      find(".notes").innerHTML = remarks(net, setting.g).map((words) => tag("li", {}, words)).join("");
    }

    function say(net, own, known) {
      const far = (model) => Math.abs(Math.log(model.flops / own.flops));
      const near = zoo.reduce((best, model) => (far(model) < far(best) ? model : best));
      const costs = (model) =>
        `${short(model.flops)}F, ${short(model.params)} parameters, ${short(model.acts)} activations`;
      const mine = `${known ?? "Yours"}: ${net.stages.length} stages, ${costs(own)} at ${setting.r} px.`;
      status.textContent = known ? mine : `${mine} Nearest published network in flops: ${near.name}, ${costs(near)}.`;
    }

    function read() {
      if (!names.every((name) => rows[name].valid())) return; // a half-typed number waits
      const values = Object.fromEntries(names.map((name) => [name, rows[name].get()]));
      show({ ...values, se: se.checked ? se_ratio : 0 });
      remember();
    }

    const hash = () => "#" + [...names, "se"].map((name) => `${name}=${setting[name]}`).join("&");
    const remember = () => soon("remember", () => history.replaceState(null, "", hash()), 300);

    function recall() {
      const given = new URLSearchParams(location.hash.slice(1)), last = setting;
      if (!names.some((name) => given.has(name))) return false;
      names.forEach((name) => given.has(name) && rows[name].set(Number(given.get(name))));
      const value = (name) => (rows[name].valid() ? rows[name].get() : last[name]);
      const values = Object.fromEntries(names.map((name) => [name, value(name)]));
      show({ ...values, se: Number(given.get("se")) > 0 ? se_ratio : 0 });
      return true;
    }

    function copy(button) {
      const words = button.name === "link" ? location.href.split("#")[0] + hash() : find("pre code").textContent;
      const copied = () => {
        button.textContent = "Copied";
        setTimeout(() => (button.textContent = button.value), 1500);
      };
      const written = navigator.clipboard ? navigator.clipboard.writeText(words) : Promise.reject(new Error("none"));
      written.then(copied, () => prompt("Copy this:", words)); // a page without https has no clipboard
    }

    root.addEventListener("input", ({ target }) => {
      if (target.name === "cost") draw();
      else if (target !== from) {
        if (target.type === "range") rows[target.closest("[data-control]").dataset.control].slid();
        read();
      } else if (lines[from.value]) {
        show({ ...lines[from.value] });
        remember();
      }
    });
    root.addEventListener("change", ({ target }) => {
      if (target.type === "number") show(setting); // what cannot be is put back
    });
    root.addEventListener("click", ({ target }) => {
      if (target.type === "button") copy(target);
      const line = zoo[target.dataset.model]?.line;
      if (line) {
        show({ ...line });
        remember();
      }
    });
    addEventListener("hashchange", recall);

    find(".families").innerHTML = Object.keys(colours).filter((family) => zoo.some((model) => model.family === family))
      .map((family) => tag("span", {}, tag("svg", { viewBox: "-8 -8 16 16", "aria-hidden": true },
        mark(family, colours)) + family)).join("");
    find(".off").remove();
    find(".app").hidden = false;
    show({ ...lines[first] });
    if (recall()) root.scrollIntoView();
    let width = root.clientWidth;
    new ResizeObserver(() => {
      if (root.clientWidth !== width) draw();
      width = root.clientWidth;
    }).observe(root);
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".design").forEach(start));
})();
