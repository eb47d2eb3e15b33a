/* "Design your own", the arithmetic: regnet.RegNet(...).to_anynet() and regnet.complexity() for the blocks X and Y.

   A test compares both with the library on random settings, to the unit. Floats stand in two places: the logarithms of
   Eq. 3, whose last bit may differ between a browser and numpy, as between two processors under numpy: it matters only
   where an exponent lies exactly on a half; and the power of Eq. 4, which lands on a half only where it is exact.
   All else is integers below 2^53. */
(() => {
  "use strict";

  const WIDTH_STEP = 8, STEM = { kernel: 3, width: 32, stride: 2, channels: 3 }, CLASSES = 1000;

  const halfToEven = (x) => {
    const floor = Math.floor(x), rest = x - floor;
    return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  };
  const gcd = (a, b) => (b ? gcd(b, a % b) : a);
  const halved = (side, stride) => Math.floor((side - 1) / stride) + 1;

  /* Width and group width that fit: g at most the inner width w / b, which becomes a multiple of g (App. D). */
  function compatible(w, b, g) {
    let inner = Math.trunc(Math.max(1, w / b));
    g = Math.min(g, inner);
    const inverse = halfToEven(1 / b);
    const step = inverse > 1 && inverse === 1 / b ? (g * inverse) / gcd(g, inverse) : g;
    inner = Math.max(step, halfToEven(inner / step) * step);
    return [Math.trunc(inner * b + 1e-9), g];
  }

  /* Eqs 2-4, then stages: runs of equal width, made compatible with the group width. */
  function network({ d, w_a, w_0, w_m, b, g }) {
    const line = Array.from({ length: d }, (_, j) => w_0 + w_a * j);
    const exponents = line.map((u) => halfToEven(Math.log(u / w_0) / Math.log(w_m)));
    const quantised = exponents.map((s) => halfToEven((w_0 * w_m ** s) / WIDTH_STEP) * WIDTH_STEP);
    const stages = [...new Set(quantised)].map((drawn) => {
      const [width, group] = compatible(drawn, b, g);
      const inner = halfToEven(width / b);
      return { depth: quantised.filter((w) => w === drawn).length, drawn, width, group, inner, groups: inner / group };
    });
    return { line, exponents, quantised, stages };
  }

  /* Multiply-adds, parameters and activations for one image; `sides` has the output side of each stage. */
  function complexity({ stages }, se, resolution) {
    let flops = 0, params = 0, convActs = 0, wIn = STEM.width, side = halved(resolution, STEM.stride);
    const sides = [];
    const conv = (count, weights, width, at) => { // followed by batch normalisation: 2 parameters a channel
      flops += count * weights * at ** 2;
      params += count * (weights + 2 * width);
      convActs += count * width * at ** 2;
    };
    const biased = (count, weights, width) => { // at 1x1
      flops += count * (weights + width);
      params += count * (weights + width);
      convActs += count * width;
    };
    conv(1, STEM.kernel ** 2 * STEM.channels * STEM.width, STEM.width, side);
    for (const { depth: d, width: w, inner: v, group: g } of stages) {
      const before = side;
      side = halved(side, 2);
      conv(1, wIn * v, v, before);
      conv(d - 1, w * v, v, side);
      conv(d, 9 * v * g, v, side); // the stride is on the 3x3
      conv(d, v * w, w, side);
      conv(1, wIn * w, w, side); // projection on the first block's shortcut
      for (const [count, into] of se ? [[1, wIn], [d - 1, w]] : []) {
        const squeezed = halfToEven(into * se); // a share of the block's input width
        biased(count, v * squeezed, squeezed);
        biased(count, v * squeezed, v);
      }
      sides.push(side);
      wIn = w;
    }
    const head = (wIn + 1) * CLASSES;
    return { flops: flops + head, params: params + head, acts: convActs + CLASSES, convActs, sides };
  }

  Object.assign((globalThis.regnetDesign ??= {}), { network, complexity, STEM, halved });
})();
