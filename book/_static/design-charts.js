/* "Design your own", the pictures: the profile of widths and the place among the published networks, as SVG text. */
(() => {
  "use strict";

  const plain = (n) => n.toLocaleString("en");
  const UNITS = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];
  function short(n) {
    const [unit, letter] = UNITS.find(([size]) => n >= size) ?? [1, ""];
    const x = n / unit;
    return `${x.toFixed(x < 10 ? 2 : x < 100 ? 1 : 0)} ${letter}`;
  }

  const tag = (name, attributes, inner = "") =>
    `<${name}${Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`).join("")}>${inner}</${name}>`;
  const text = (x, y, words, more = {}) => tag("text", { x: x.toFixed(1), y: y.toFixed(1), ...more }, words);
  const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

  function frame(place, height, label, draw) {
    const width = Math.max(280, place.clientWidth);
    const box = { left: 46, right: width - 10, top: 18, bottom: height - 38 };
    place.innerHTML = tag("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" }, draw(box));
    place.firstChild.setAttribute("aria-label", label);
  }

  /* Axis lines, ticks and names; `x` and `y` are { at, ticks: [[value, words], ...], name }. */
  function axes(box, x, y) {
    const middle = (box.left + box.right) / 2, name = { class: "name" };
    return [
      ...y.ticks.map(([v]) => tag("path", { class: "grid", d: path([[box.left, y.at(v)], [box.right, y.at(v)]]) })),
      tag("path", { class: "axis", d: path([[box.left, box.bottom], [box.right, box.bottom]]) }),
      ...x.ticks.map(([v, words]) => text(x.at(v), box.bottom + 16, words, { "text-anchor": "middle" })),
      ...y.ticks.map(([v, words]) => text(box.left - 6, y.at(v) + 4, words, { "text-anchor": "end" })),
      text(middle, box.bottom + 33, x.name, { ...name, "text-anchor": "middle" }),
      text(4, box.top - 7, y.name, name),
    ].join("");
  }

  /* Multiples of 1, 2 or 5 times a power of ten, at most `count` of them up to `top`. */
  function ticks(top, count) {
    const power = 10 ** Math.floor(Math.log10(top / count));
    const step = Math.max(1, [1, 2, 5, 10].find((m) => top / (m * power) <= count) * power);
    return Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => [i * step, plain(i * step)]);
  }

  /* The line u_j (Eq. 2), the steps w_j (Eq. 4) and each stage's width after group compatibility. */
  function drawProfile(place, { line, quantised, stages }, label) {
    const d = line.length, widest = Math.max(line.at(-1), quantised.at(-1), ...stages.map((stage) => stage.width));
    frame(place, 270, label, (box) => {
      const x = (j) => box.left + ((j + 0.5) / d) * (box.right - box.left);
      const y = (w) => box.bottom - (w / (widest * 1.1)) * (box.bottom - box.top);
      const bars = [], values = [];
      let first = 0;
      stages.forEach(({ depth, drawn, width, groups, group }, i) => {
        const x1 = x(first - 0.5), x2 = x(first + depth - 0.5), top = y(width);
        const words = `stage ${i + 1}: ${depth} blocks of width ${width}, ${groups} groups of ${group}`;
        const size = { x: x1, y: top, width: x2 - x1, height: box.bottom - top };
        bars.push(tag("rect", { class: i % 2 ? "stage odd" : "stage", ...size }, tag("title", {}, words)));
        bars.push(tag("path", { class: "top", d: path([[x1, top], [x2, top]]) }));
        const above = Math.min(top, y(drawn)) - 6; // and to the left, where the line lies below the step
        if (x2 - x1 > 26) values.push(text(x1 + 4, above, width, { class: "value" }));
        first += depth;
      });
      const steps = quantised.flatMap((w, j) => [[x(j - 0.5), y(w)], [x(j + 0.5), y(w)]]);
      const dots = x(1) - x(0) < 9 ? [] : line.map((u, j) =>
        tag("circle", { class: "dot", cx: x(j).toFixed(1), cy: y(u).toFixed(1), r: 2.2 }));
      const blocks = { at: x, ticks: ticks(Math.max(1, d - 1), (box.right - box.left) / 60), name: "block j" };
      return axes(box, blocks, { at: y, ticks: ticks(widest * 1.1, 5), name: "width (channels)" }) + bars.join("") +
        tag("path", { class: "quantised", d: path(steps) }) +
        tag("path", { class: "line", d: path(line.map((u, j) => [x(j), y(u)])) }) + dots.join("") + values.join("");
    });
  }

  /* One shape a family, as in the book's other figures, so that colour never stands alone. */
  const SHAPES = {
    RegNetX: "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z",
    RegNetY: "M0 -6.5L6.5 0L0 6.5L-6.5 0z", // hollow: many of them lie on a RegNetX
    ResNet: "M-4 -4h8v8h-8z",
    ResNeXt: "M0 -5.2L5 4H-5z",
    EfficientNet: "M0 5.2L5 -4H-5z",
    yours: "M0 -9L2.6 -3L9 -2.6L4 1.6L5.6 8L0 4.4L-5.6 8L-4 1.6L-9 -2.6L-2.6 -3z",
  };

  function mark(family, colours, more = {}, kind = "", inner = "") {
    const look = { class: `mark${family === "RegNetY" ? " hollow" : ""}${kind}`, style: `color: ${colours[family]}` };
    return tag("path", { d: SHAPES[family], ...look, ...more }, inner);
  }

  /* A logarithmic axis over the values, from `low` to `high` on the screen; ticks in units of `unit`. */
  function logAxis(values, low, high, unit) {
    const [least, most] = [Math.min(...values) / 1.35, Math.max(...values) * 1.35];
    const powers = Array.from({ length: 25 }, (_, i) => 10 ** (i - 6));
    const dense = Math.abs(high - low) / Math.log10(most / least) > 90;
    const all = powers.flatMap((power) => (dense ? [1, 2, 5] : [1]).map((m) => m * power));
    const inside = all.filter((v) => v >= least / unit && v <= most / unit);
    const at = (v) => low + (Math.log(v / least) / Math.log(most / least)) * (high - low);
    return { at, ticks: inside.map((v) => [v * unit, String(Number(v.toPrecision(1)))]) };
  }

  function drawPlace(place, data, own, cost, colours) {
    const words = { acts: "activations (M, pycls' rule)", params: "parameters (M)" };
    const label = `${data.length} published networks and yours: ${words[cost]} against flops, logarithmic scales.`;
    frame(place, 330, label, (box) => {
      const range = (name) => [...data.map((model) => model[name]), own[name]];
      const x = { ...logAxis(range("flops"), box.left, box.right, 1e9), name: "flops (G multiply-adds)" };
      const y = { ...logAxis(range(cost), box.bottom, box.top, 1e6), name: words[cost] };
      const marks = data.map((model, index) => {
        const said = `${model.name}: ${short(model.flops)}F, ${short(model.params)} parameters, ${short(model.acts)} ` +
          `activations at ${model.resolution} px${model.line ? ". Click to start from it." : ""}`;
        const move = `translate(${x.at(model.flops).toFixed(1)} ${y.at(model[cost]).toFixed(1)})`;
        const more = { transform: move, "data-model": index };
        return mark(model.family, colours, more, model.line ? " linked" : "", tag("title", {}, said));
      });
      const [cx, cy] = [x.at(own.flops), y.at(own[cost])], left = cx > box.right - 70;
      const guide = path([[box.left, cy], [cx, cy], [cx, box.bottom]]);
      const mine = tag("path", { class: "guide", d: guide }) + marks.join("") +
        tag("path", { class: "yours", d: SHAPES.yours, transform: `translate(${cx.toFixed(1)} ${cy.toFixed(1)})` }) +
        text(cx + (left ? -13 : 13), cy + 4, "yours", { class: "value", "text-anchor": left ? "end" : "start" });
      return axes(box, x, y) + mine;
    });
  }

  Object.assign((globalThis.regnetDesign ??= {}), { drawProfile, drawPlace, mark, tag, plain, short, text, path, frame, axes });
})();
