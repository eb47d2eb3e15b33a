/* "Explore the populations", the pictures: error distributions with their bands, and a scatter whose points open.

   All points of a side are one path of dots without length, so that thousands are drawn at once; which of them a
   reader touched is found from where they lie. Axes are those of design-charts.js. */
(() => {
  "use strict";

  const SHOWN = 0.97, STRETCH = 1.5, FREE = 0.03; // as regnet.figures.panels.outliers
  const LOGARITHMIC = 6; // largest over least, from which on an axis is logarithmic
  const REACH = 40; // pixels from a point within which it is touched
  const GREY = "#6E7892";

  /* A number as a label has it: four significant digits, thousands apart. */
  const words = (value) => Number(value.toPrecision(value >= 1000 ? 6 : 4)).toLocaleString("en", { maximumSignificantDigits: 6 });
  const percent = (share) => `${Math.round(100 * share)}%`;

  const colours = ({ first, second }) => {
    const same = second && first.population.colour === second.population.colour;
    return [first.population.colour, second && (same ? GREY : second.population.colour)];
  };

  /* The error axis of whole populations: cut where a few that hardly train would stretch it. */
  function span(populations) {
    const groups = populations.map((one) => one.columns.error); // in order of error
    const least = Math.min(...groups.map((errors) => errors[0]));
    const most = Math.max(...groups.map((errors) => errors.at(-1)));
    const bulk = Math.max(...groups.map((errors) => globalThis.regnetExplore.percentile(errors, SHOWN)));
    const end = most - least <= STRETCH * (bulk - least) ? most : bulk, free = FREE * (end - least || 1);
    return [least - free, end + free];
  }

  /* About `count` round numbers between two ends. */
  function round(low, high, count) {
    const power = 10 ** Math.floor(Math.log10((high - low || 1) / count));
    const step = [1, 2, 5, 10].find((m) => (high - low) / (m * power) <= count) * power;
    const first = Math.ceil(low / step - 1e-9);
    return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, i) => (first + i) * step);
  }

  function axis(low, high, from, to, name, count) {
    const { short } = globalThis.regnetDesign;
    const says = (v) => (v >= 1e5 ? short(v) : String(Number(v.toPrecision(6))));
    const logarithmic = low > 0 && high / low > LOGARITHMIC;
    const place = logarithmic ? Math.log : Number, free = 0.02 * (place(high) - place(low)) || 0.5;
    const [start, end] = [place(low) - free, place(high) + free];
    const at = (v) => from + ((place(v) - start) / (end - start)) * (to - from);
    let ticks = logarithmic ? Array.from({ length: 30 }, (_, i) => 10 ** (i - 12)).flatMap((p) => [p, 2 * p, 5 * p])
      .filter((v) => v >= low && v <= high) : round(low, high, count);
    while (ticks.length > count + 1) ticks = ticks.filter((_, i) => i % 2 === 0);
    return { at, ticks: ticks.map((v) => [v, says(v)]), name: logarithmic ? `${name}, logarithmic` : name };
  }

  /* F(e) of one side, left-continuous, and its band along the same axis. */
  function curve(errors, x, y, [low, high], look) {
    const { edf } = globalThis.regnetExplore, { tag, path } = globalThis.regnetDesign;
    const corners = [[x(low), y(0)]], n = errors.length;
    let drawn = 0;
    errors.forEach((error, k) => {
      if (error > high || (n > 500 && k < n - 1 && x(errors[k + 1]) - x(errors[drawn]) < 0.5)) return;
      corners.push([x(error), corners.at(-1)[1]], [x(error), y((k + 1) / n)]);
      drawn = k;
    });
    corners.push([x(high), corners.at(-1)[1]]);
    const places = Array.from({ length: 201 }, (_, i) => low + (i / 200) * (high - low)).map((e) => [e, edf(errors, e)]);
    const edge = (end) => places.map(([e, found]) => [x(e), y(found[end])]);
    const region = `${path([...edge("low"), ...edge("high").reverse()])}Z`;
    return tag("path", { class: "band", d: region, ...look.band }) + tag("path", { class: "curve", d: path(corners), ...look.line });
  }

  const sides = ({ first, second }) => [first, second].filter((one) => one?.errors.length);

  function drawEdf(place, seen, names) {
    const { frame, axes, text } = globalThis.regnetDesign, { percentile } = globalThis.regnetExplore;
    const shown = [seen.first, seen.second].filter(Boolean), ends = span(shown.map((one) => one.population));
    const inks = colours(seen), quarter = (errors, share) => words(percentile(errors, share));
    const said = shown.map(({ errors }, i) => !errors.length ? `${names[i]}: no network.` :
      `${names[i]}: a tenth of ${errors.length} networks below ${quarter(errors, 0.1)}% error, half below ` +
      `${quarter(errors, 0.5)}%, nine tenths below ${quarter(errors, 0.9)}%.`);
    frame(place, 300, `Error distributions. ${said.join(" ")}`, (box) => {
      const x = axis(...ends, box.left, box.right, "top-1 error (%)", 7);
      const y = axis(0, 1, box.bottom, box.top, "share of networks below", 5);
      const beyond = sides(seen).reduce((sum, one) => sum + one.errors.filter((e) => e > ends[1]).length, 0);
      const curves = shown.map(({ errors }, i) => errors.length ? curve(errors, x.at, y.at, ends, {
        band: { fill: inks[i] }, line: { stroke: inks[i], ...(i && { "stroke-dasharray": "6 3" }) },
      }) : "");
      const note = beyond ? text(box.right, box.top - 6, `${beyond} beyond →`, { "text-anchor": "end" }) : "";
      return axes(box, x, y) + curves.join("") + note;
    });
  }

  /* Draws the points; returns them in reading order, left to right, each with where it lies. */
  function drawScatter(place, seen, names, { name, meaning }) {
    const { frame, axes, text, tag } = globalThis.regnetDesign;
    const shown = sides(seen), inks = colours(seen), ends = span([seen.first, seen.second].filter(Boolean).map((one) => one.population));
    const points = shown.flatMap((one) => one.rows.map((row) => ({
      side: one === seen.first ? 0 : 1, row, value: one.population.columns[name]?.[row] ?? NaN,
      error: one.population.columns.error[row],
    }))).filter((point) => Number.isFinite(point.value)).sort((a, b) => a.value - b.value || a.error - b.error);
    const beyond = points.filter((point) => point.error > ends[1]).length;
    const best = points.reduce((least, point) => (least && least.error <= point.error ? least : point), null);
    const said = points.length ? `${points.length} networks, ${meaning} from ${words(points[0].value)} to ` +
      `${words(points.at(-1).value)}; the least error, ${words(best.error)}%, at ${words(best.value)}.` : "No network has it.";
    frame(place, 320, `Error against ${meaning}. ${said}`, (box) => {
      const [low, high] = points.length ? [points[0].value, points.at(-1).value] : [0, 1];
      const x = axis(low, high, box.left, box.right, meaning, 6);
      const y = axis(...ends, box.bottom, box.top, "top-1 error (%)", 6);
      for (const point of points) {
        point.x = x.at(point.value);
        point.y = y.at(Math.min(point.error, ends[1]));
      }
      const dots = [1, 0].map((i) => tag("path", {
        class: "dots", stroke: inks[i] ?? "none", "stroke-linecap": i ? "square" : "round",
        d: points.filter((point) => point.side === i).map((p) => `M${p.x.toFixed(1)} ${p.y.toFixed(1)}h0`).join(""),
      }));
      const note = beyond ? text(box.right, box.top - 6, `${beyond} beyond ↑`, { "text-anchor": "end" }) : "";
      return axes(box, x, y) + dots.join("") + note + tag("circle", { class: "chosen", r: 0 });
    });
    return points;
  }

  /* A ring around the point that is open. */
  function ring(place, point) {
    const circle = place.querySelector(".chosen");
    if (!circle) return;
    for (const [key, value] of Object.entries(point ? { r: 7, cx: point.x, cy: point.y } : { r: 0 })) circle.setAttribute(key, value);
  }

  /* The point nearest to where the reader touched; undefined where none is near. */
  function nearest(place, points, event) {
    const edge = place.firstChild.getBoundingClientRect();
    const far = (point) => Math.hypot(point.x - (event.clientX - edge.left), point.y - (event.clientY - edge.top));
    const found = points.reduce((best, point) => (!best || far(point) < far(best) ? point : best), null);
    return found && far(found) <= REACH ? found : undefined;
  }

  const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "font-size", "font-family", "font-weight"];

  /* The pictures below one another as one SVG file, with the colours that the reader sees. */
  function svg(places, title) {
    const { tag } = globalThis.regnetDesign, pictures = places.map((place) => place.querySelector("svg"));
    const inner = pictures.map((picture) => {
      const copy = picture.cloneNode(true), own = [...picture.querySelectorAll("*")];
      [...copy.querySelectorAll("*")].forEach((one, i) => {
        const look = getComputedStyle(own[i]);
        one.setAttribute("style", KEPT.map((key) => `${key}:${look.getPropertyValue(key)}`).join(";"));
      });
      return copy.innerHTML;
    });
    const [width, heights] = [Number(pictures[0].getAttribute("width")), pictures.map((one) => Number(one.getAttribute("height")))];
    const height = heights.reduce((sum, one) => sum + one, 30);
    const ground = getComputedStyle(document.body).backgroundColor, ink = getComputedStyle(places[0]).color;
    const moved = inner.map((one, i) =>
      tag("g", { transform: `translate(0 ${30 + heights.slice(0, i).reduce((sum, h) => sum + h, 0)})` }, one));
    const words = tag("text", { x: 8, y: 20, fill: ink, style: "font: 600 13px sans-serif" }, title);
    return tag("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` },
      tag("rect", { width, height, fill: ground }) + words + moved.join(""));
  }

  Object.assign((globalThis.regnetExplore ??= {}), { drawEdf, drawScatter, ring, nearest, svg, colours, words, percent });
})();
