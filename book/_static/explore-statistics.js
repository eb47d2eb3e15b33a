/* "Explore the populations", the statistics: what regnet.analysis says of the same errors.

   compare.better, compare.no_difference, superiority.beats, edf.edf, a Student interval of one mean, and Wilson's
   interval of a share. Sums of squares are taken about the mean, the t quantile by bisection of its distribution
   function; a test compares all of it with the library to one part in 10^9. Lower errors are better. */
(() => {
  "use strict";

  const ALPHA = 0.05, NORMAL = 1.959963984540054; // the normal quantile of 1 - ALPHA / 2

  /* Stirling's series, after a shift to where four terms of it are exact to the last digits. */
  function logGamma(x) {
    let shift = 0;
    for (; x < 20; x += 1) shift += Math.log(x);
    const square = x * x;
    const series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / square) / square) / square) / x;
    return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - shift;
  }

  /* The incomplete beta function's continued fraction by Lentz's method, where it converges fast. */
  function fraction(x, a, b) {
    const TINY = 1e-300;
    const held = (value) => (Math.abs(value) < TINY ? TINY : value);
    let c = 1, d = 1 / held(1 - ((a + b) * x) / (a + 1)), product = d;
    for (let m = 1; m < 10000; m += 1) {
      const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
      const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
      let step = 1;
      for (const term of [even, odd]) {
        d = 1 / held(1 + term * d);
        c = held(1 + term / c);
        step = c * d;
        product *= step;
      }
      if (Math.abs(step - 1) < 1e-15) break;
    }
    return product;
  }

  /* P(|T| > t) of Student's t: the regularised incomplete beta function at freedom / (freedom + t^2). */
  function beyond(t, freedom) {
    const a = freedom / 2, b = 0.5, x = freedom / (freedom + t * t), rest = (t * t) / (freedom + t * t);
    const logs = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log1p(-rest) + b * Math.log(rest);
    return x < (a + 1) / (a + b + 2) ? (Math.exp(logs) / a) * fraction(x, a, b)
      : 1 - (Math.exp(logs) / b) * fraction(rest, b, a);
  }

  const known = new Map(); // a drag asks for few quantiles many times

  /* The t that |T| exceeds with that probability. */
  function quantile(probability, freedom) {
    const key = `${probability} ${freedom}`;
    if (known.has(key)) return known.get(key);
    let low = 0, high = 2;
    while (beyond(high, freedom) > probability) high *= 2;
    for (let i = 0; i < 60 && high - low > 1e-15 * high; i += 1) {
      const middle = (low + high) / 2;
      if (beyond(middle, freedom) > probability) low = middle;
      else high = middle;
    }
    if (known.size > 10000) known.clear();
    known.set(key, (low + high) / 2);
    return known.get(key);
  }

  function moments(values) {
    const n = values.length;
    let sum = 0, squares = 0;
    for (const value of values) sum += value;
    const mean = sum / n;
    for (const value of values) squares += (value - mean) ** 2;
    return { n, mean, variance: squares / (n - 1) };
  }

  /* Mean with its 95% interval (null below two values), of sorted errors. */
  function summary(errors) {
    if (!errors.length) return { n: 0, mean: null, low: null, high: null, least: null };
    const { n, mean, variance } = moments(errors);
    const half = n > 1 ? quantile(ALPHA, n - 1) * Math.sqrt(variance / n) : null;
    return { n, mean, low: n > 1 ? mean - half : null, high: n > 1 ? mean + half : null, least: errors[0] };
  }

  /* Standard error and Welch's freedom of a difference, from variance over n of each side. */
  function combined(parts, sizes) {
    const square = parts[0] + parts[1];
    const spread = parts[0] ** 2 / (sizes[0] - 1) + parts[1] ** 2 / (sizes[1] - 1);
    return { error: Math.sqrt(square), freedom: spread ? square ** 2 / spread : Infinity };
  }

  const tail = (alpha, { error, freedom }) => (error ? quantile(alpha, freedom) * error : 0);

  /* How many of the sorted values lie below x, and how many at most at it. */
  function below(sorted, x, inclusive = false) {
    let low = 0, high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < x || (inclusive && sorted[middle] === x)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /* Share of `among` above each value, ties half; both sorted, so that one pass does. */
  function placed(values, among) {
    let left = 0, right = 0;
    return Float64Array.from(values, (value) => {
      while (left < among.length && among[left] < value) left += 1;
      while (right < among.length && among[right] <= value) right += 1;
      return 1 - (left + right) / (2 * among.length);
    });
  }

  /* P(a network of a is better than one of b), ties half, with its 95% interval on the logit scale. */
  function beats(a, b) {
    const above = moments(placed(a, b)), under = moments(placed(b, a)), sizes = [a.length, b.length];
    const share = above.mean, found = combined([above.variance / sizes[0], under.variance / sizes[1]], sizes);
    if (!found.error) { // all pairs say the same: the exact interval of as many as are independent
      const reach = (1 - (ALPHA / 2) ** (1 / Math.min(...sizes))) / (share === 0.5 ? 2 : 1);
      return { share, low: Math.max(0, share - reach), high: Math.min(1, share + reach) };
    }
    const half = tail(ALPHA, found) / (share * (1 - share)), centre = Math.log(share / (1 - share));
    const [low, high] = [-half, half].map((step) => 1 / (1 + Math.exp(-(centre + step))));
    return { share, low, high };
  }

  /* mean(a) - mean(b) of sorted errors, Welch's intervals at 95% and 90%, P(better), the verdict under a margin. */
  function compare(a, b, margin) {
    if (Math.min(a.length, b.length) < 2) return null;
    const one = moments(a), two = moments(b), effect = one.mean - two.mean;
    const found = combined([one.variance / one.n, two.variance / two.n], [one.n, two.n]);
    const [wide, narrow] = [tail(ALPHA, found), tail(2 * ALPHA, found)];
    const [low, high] = [effect - wide, effect + wide];
    const within = Math.max(Math.abs(effect - narrow), Math.abs(effect + narrow)) < margin;
    const verdict = high < 0 ? "better" : low > 0 ? "worse" : within ? "no difference within the margin" : "open";
    return { effect, low, high, low90: effect - narrow, high90: effect + narrow, within, verdict, beats: beats(a, b) };
  }

  /* Wilson's 95% interval of a share of n. */
  function band(share, n) {
    const square = NORMAL ** 2 / n, centre = (share + square / 2) / (1 + square);
    const half = (NORMAL / (1 + square)) * Math.sqrt((share * (1 - share)) / n + square / (4 * n));
    return [Math.max(0, centre - half), Math.min(1, centre + half)];
  }

  /* F(e) of Eq. 1 with its pointwise band. */
  function edf(sorted, e) {
    const share = below(sorted, e) / sorted.length, [low, high] = band(share, sorted.length);
    return { share, low, high };
  }

  /* As numpy's: between the nearest two values, in a straight line. */
  function percentile(sorted, share) {
    const at = share * (sorted.length - 1), k = Math.floor(at);
    return sorted[k] + (at - k) * ((sorted[k + 1] ?? sorted[k]) - sorted[k]);
  }

  Object.assign((globalThis.regnetExplore ??= {}), { summary, compare, edf, band, percentile, below, quantile });
})();
