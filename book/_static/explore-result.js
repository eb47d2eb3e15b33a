/* "Explore the populations", what is said: the verdict, the sentence, the table, the notes; and the buttons below. */
(() => {
  "use strict";

  const BADGES = {
    better: "supported", worse: "contradicted", "no difference within the margin": "not-tested-here", open: "inconclusive",
  };
  const signed = (x) => `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(2)}`;
  const share = (x) => `${(100 * x).toFixed(1)}%`;

  const isCut = ({ view }) => Object.keys(view.ranges).length > 0 || view.only.length > 0;

  /* What the sides are called: their spaces, and what else they differ in. */
  function names(seen) {
    const { first, second, view } = seen, cut = isCut(seen);
    const label = ({ population: one }) =>
      one.label + (second && second.population !== first.population && second.population.group !== first.population.group
        ? `, ${one.group}` : "");
    const one = label(first) + (cut ? ", in the ranges" : "");
    if (!second) return [one];
    if (view.second === "rest") return [one, `${label(second)}, the rest`];
    return [one, label(second) + (cut && view.hold === "both" ? ", in the ranges" : "")];
  }

  /* The difference of means in brief, and the rest. */
  function sentences(seen) {
    const { first, second, comparison } = seen, [one, two] = names(seen);
    if (!second) return [`${one}: ${first.n} networks.`, ""];
    if (!comparison) return [`${one} and ${two}: a comparison needs two networks on each side.`, ""];
    const { effect, low, high, low90, high90, beats, verdict, within } = comparison;
    const also = ["better", "worse"].includes(verdict) && within ? "by less than the margin; " : "";
    return [
      `${also}${one} beside ${two}: ${signed(effect)} points (95%: ${signed(low)} to ${signed(high)}).`,
      `Difference of mean errors, 90%: ${signed(low90)} to ${signed(high90)} points. P(better), a random network of the ` +
        `first against one of the second: ${share(beats.share)} (95%: ${share(beats.low)} to ${share(beats.high)}).`,
    ];
  }

  function notes(seen) {
    const { first, second, shared, view } = seen, found = [];
    if (isCut(seen)) found.push("A range chosen after a look at the errors makes intervals too narrow: what shows here is a question for new networks.");
    if (second && shared) found.push(`${shared} networks of the first are in the second too: the intervals take the sides as independent.`);
    if (second && second.population.group !== first.population.group) {
      found.push(`The sides differ in more than the space: ${first.population.group}; ${second.population.group}.`);
    }
    if (view.second === "rest" && !isCut(seen)) found.push("Nothing is left out yet: drag a range or choose a condition.");
    return found;
  }

  function showResult(root, seen) {
    const { tag } = globalThis.regnetDesign, find = (selector) => root.querySelector(selector);
    const verdict = seen.comparison?.verdict, badge = find(".result .verdict"), inks = globalThis.regnetExplore.colours(seen);
    badge.hidden = !verdict;
    badge.textContent = verdict ?? "";
    badge.className = `verdict verdict-${BADGES[verdict] ?? ""}`;
    [find(".result .sentence").textContent, find(".more").textContent] = sentences(seen);
    find(".notes").innerHTML = notes(seen).map((words) => tag("li", {}, words)).join("");
    const heads = [...root.querySelectorAll(".view thead th + th")].map((head) => head.textContent);
    const number = (x) => (x === null ? "" : x.toFixed(2));
    find(".view tbody").innerHTML = [seen.first, seen.second].filter(Boolean).map((one, i) => {
      const mean = one.low === null ? number(one.mean) : `${number(one.mean)} (${number(one.low)} to ${number(one.high)})`;
      const line = { x1: 0, x2: 22, y1: 5, y2: 5, stroke: inks[i], "stroke-width": 2.5, ...(i && { "stroke-dasharray": "6 3" }) };
      const sample = tag("svg", { width: 22, height: 10, "aria-hidden": true }, tag("line", line));
      const cells = [one.n, one.distinct, number(one.least), mean, one.diverged];
      return tag("tr", {}, tag("th", { scope: "row" }, `${sample} ${names(seen)[i]}`) +
        cells.map((cell, k) => tag("td", { class: "number", "data-label": heads[k] }, cell)).join(""));
    }).join("");
  }

  /* What a screen reader hears when a change has come to rest. */
  function said(seen) {
    const counts = [seen.first, seen.second].filter(Boolean).map((one, i) =>
      `${names(seen)[i]}: ${one.n} networks, ${one.distinct} distinct, mean error ${one.mean === null ? "none" : one.mean.toFixed(2)}%.`);
    return [seen.comparison && `${seen.comparison.verdict}.`, ...sentences(seen), ...counts].filter(Boolean).join(" ");
  }

  function saved(name, type, content) {
    const anchor = document.createElement("a");
    anchor.href = URL.createObjectURL(new Blob([content], { type }));
    anchor.download = name;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
  }

  function copied(button, words) {
    const name = button.textContent;
    const done = () => {
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = name), 1500);
    };
    const written = navigator.clipboard ? navigator.clipboard.writeText(words) : Promise.reject(new Error("none"));
    written.then(done, () => prompt("Copy this:", words)); // a page without https has no clipboard
  }

  function pressed(root, button, seen) {
    const explore = globalThis.regnetExplore, find = (selector) => root.querySelector(selector);
    const file = [seen.view.regime, seen.view.first, seen.view.second].filter(Boolean).join("-");
    if (button.name === "link") copied(button, location.href.split("#")[0] + explore.address(seen.view));
    else if (button.name === "python") copied(button, find(".network code").textContent);
    else if (button.name === "csv") saved(`${file}.csv`, "text/csv", explore.csv(seen));
    else if (button.name === "svg") {
      const pictures = [find(".edf"), find(".scatter")];
      saved(`${file}.svg`, "image/svg+xml", explore.svg(pictures, names(seen).join(" and ")));
    }
  }

  Object.assign((globalThis.regnetExplore ??= {}), { names, showResult, said, pressed });
})();
