/* "Explore the populations", the tour: the refinement of AnyNetX_A into E, a button a step, two sentences each.

   A step is a part of a view; its sentences are made from what that view shows. */
(() => {
  "use strict";

  const words = (value) => globalThis.regnetExplore.words(value);

  const outcome = ({ comparison }) => {
    if (!comparison) return "Too few networks are left to compare.";
    const size = `${Math.abs(comparison.effect).toFixed(2)} points ${comparison.effect < 0 ? "lower" : "higher"}`;
    return `Their mean error is ${size}, a network of theirs is the better one in ` +
      `${globalThis.regnetExplore.percent(comparison.beats.share)} of pairs; the verdict is “${comparison.verdict}”.`;
  };
  const of = ({ first, second }) => `${first.n} of ${first.n + second.n}`;

  const STEPS = [
    ["A", { first: "anynetx_a", second: "", x: "d" }, ({ first }) =>
      `AnyNetX_A draws depth, width, b and g of each stage by themselves: ${first.n} networks, mean error ` +
      `${words(first.mean)}%. The curve is their error distribution; one further to the left is better.`],
    ["B: one b", { first: "anynetx_b", second: "anynetx_a", x: "b" }, (seen) =>
      `${seen.first.n} networks with one bottleneck ratio for all stages, beside A. ${outcome(seen)}`],
    ["C: one g", { first: "anynetx_c", second: "anynetx_b", x: "g" }, (seen) =>
      `${seen.first.n} networks with one group width as well, beside B. ${outcome(seen)}`],
    ["Widths in C", { first: "anynetx_c", second: "rest", only: ["widths"], x: "ratio" }, (seen) =>
      `In ${of(seen)} networks of C widths never fall from stage to stage; those are draws of D. ${outcome(seen)}`],
    ["D: widths rise", { first: "anynetx_d", second: "anynetx_c", x: "ratio" }, (seen) =>
      `${seen.first.n} networks drawn with that rule, beside C. ${outcome(seen)}`],
    ["Depths in D", { first: "anynetx_d", second: "rest", only: ["depths"], x: "d_4" }, (seen) =>
      `In ${of(seen)} networks of D depths never fall either; those are draws of E. ${outcome(seen)}`],
    ["E: depths rise", { first: "anynetx_e", second: "anynetx_d", x: "d_4" }, (seen) =>
      `${seen.first.n} networks drawn with both rules, beside D. ${outcome(seen)}`],
    ["E beside A", { first: "anynetx_e", second: "anynetx_a", x: "ratio" }, (seen) =>
      `The whole way, from ${seen.second.population.dims} degrees of freedom to ${seen.first.population.dims}. ${outcome(seen)}`],
  ];

  /* Buttons for the steps; `go` takes a part of a view and returns what it shows. */
  function startTour(place, go) {
    const { tag } = globalThis.regnetDesign, step = place.querySelector(".step");
    place.querySelector(".steps").innerHTML = STEPS.map(([name], i) =>
      tag("button", { type: "button", "data-step": i, "aria-pressed": "false" }, `${i + 1}. ${name}`)).join("");
    const buttons = [...place.querySelectorAll("[data-step]")];
    const press = (which) => buttons.forEach((button, i) => button.setAttribute("aria-pressed", i === which));
    place.addEventListener("click", ({ target }) => {
      if (!target.dataset.step) return;
      const [, view, says] = STEPS[target.dataset.step];
      const seen = go({ only: [], hold: "first", ranges: {}, point: null, ...view });
      press(Number(target.dataset.step));
      step.textContent = says(seen);
    });
    return {
      left: () => { // the reader's own setting is no step
        press(-1);
        step.textContent = "";
      },
      offer: (names) => buttons.forEach((button, i) => {
        button.disabled = !["first", "second"].every((key) => ["", "rest", ...names].includes(STEPS[i][1][key]));
      }),
    };
  }

  Object.assign((globalThis.regnetExplore ??= {}), { startTour });
})();
