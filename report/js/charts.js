/* Charts by Observable Plot. A chart is a function of its width, drawn again when that changes. */

const charts = new Set();

/* A box with a heading above and a chart in it. */
function chart(title, said, draw) {
  const box = el("div", { class: "plot" });
  const figure = el("figure", { class: "chart" }, el("figcaption", {}, el("h3", {}, title), said ? el("p", {}, said) : null), box);
  const own = { box, draw, width: 0 };
  charts.add(own);
  return figure;
}

function redraw(force) {
  for (const c of charts) {
    const width = Math.floor(c.box.clientWidth); // 0: not in the page, yet or any more
    if (width === 0 || (!force && width === c.width)) continue;
    c.width = width;
    c.box.replaceChildren(c.draw(width, c.box));
  }
}

const BASE = { style: { fontSize: "12px", fontFamily: "inherit", overflow: "visible" } };

function plot(width, label, options) {
  const svg = Plot.plot({ ...BASE, width, ...options });
  const at = svg.tagName === "svg" ? svg : svg.querySelector("svg");
  at.setAttribute("role", "img");
  at.setAttribute("aria-label", label);
  return svg;
}

const few = width => Math.max(3, Math.round(width / 90));

/* Distributions: the share of drops, or users, at or below a value. */
function distribution(study, key, unit, chosen) {
  return width => {
    const drawn = [...chosen].filter(i => study.methods[i][key]);
    if (drawn.length === 0) return el("p", { class: "note" }, "No method is chosen.");
    const [least, most] = d3.extent(drawn.flatMap(i => study.methods[i][key].value));
    const lines = drawn.map(i => {
      const c = study.methods[i][key];
      const points = c.value.map((value, j) => ({ value, share: c.share[j] }));
      points.unshift({ value: least, share: 0 });
      points.push({ value: most, share: 1 });
      return Plot.line(points, {
        x: "value", y: "share", stroke: colourOf(i), strokeWidth: 2, curve: "step-after", strokeDasharray: dashOf(i),
      });
    });
    const tips = drawn.flatMap(i => {
      const c = study.methods[i][key];
      return c.value.map((value, j) => ({ value, share: c.share[j], method: study.methods[i].name }));
    });
    return plot(width, `Distribution of ${unit} by method`, {
      height: Math.max(240, Math.min(340, width * 0.6)), marginLeft: 48, marginRight: 12, marginBottom: 42,
      x: { label: unit, domain: [least, most], nice: true, ticks: few(width), grid: true, labelArrow: "none", labelAnchor: "center" },
      y: { label: null, domain: [0, 1], tickFormat: "%", ticks: 5, grid: true },
      marks: [
        Plot.ruleY([0]),
        ...lines,
        Plot.tip(tips, Plot.pointer({ x: "value", y: "share", maxRadius: 30, title: d => `${d.method}\n${percent(d.share, 1)} at or below ${short(d.value)} ${unit.match(/\[(.*)\]/)?.[1] ?? ""}` })),
      ],
    });
  };
}

/* Shares of drops that reach at least so much of the best, by the nines of what they reach. */
function reached(study, chosen) {
  return width => {
    const drawn = [...chosen].filter(i => study.methods[i].lost_curve);
    if (drawn.length === 0) return el("p", { class: "note" }, "No method is chosen.");
    const least = d3.min(drawn.flatMap(i => study.methods[i].lost_curve.value.filter(v => v > 1e-9))) ?? 1e-3;
    const exact = Math.max(1e-8, 10 ** (Math.floor(Math.log10(least) + 1e-9) - 1));
    const points = i => {
      const c = study.methods[i].lost_curve;
      const own = c.value.map((v, j) => ({ lost: Math.min(1, Math.max(exact, v)), share: c.share[j], name: study.methods[i].name }));
      return [{ ...own[0], share: 0 }, ...own, { lost: 1, share: 1 }];
    };
    const axis = ninesAxis(exact, 1, exact);
    if (width < 600) axis.ticks = axis.ticks.filter((t, j) => t === exact || (t > 50 * exact && Math.round(Math.log10(t)) % 2 === 0));
    return plot(width, `Share of drops that reach at least so much ${measureOf(study).replace("of ", "of the ")}, by method`, {
      height: 300, marginLeft: 48, marginRight: 18, marginBottom: 42,
      x: { ...axis, label: `share ${measureOf(study).replace("of ", "of the ")}`, labelArrow: "none", labelAnchor: "center" },
      y: { label: null, domain: [0, 1], tickFormat: "%", ticks: 5, grid: true },
      marks: [
        Plot.ruleY([0]),
        ...drawn.map(i => Plot.line(points(i), { x: "lost", y: "share", stroke: colourOf(i), strokeWidth: 2, curve: "step-after", strokeDasharray: dashOf(i) })),
        Plot.tip(drawn.flatMap(i => points(i).slice(1, -1)), Plot.pointer({ x: "lost", y: "share", maxRadius: 30, title: d => `${d.name}\n${percent(d.share, 1)} of drops reach ${d.lost === exact ? "100 %" : share(1 - d.lost)} or more` })),
      ],
    });
  };
}

/* Shares of drops in which something is broken, a row a method. */
const BROKEN = {
  assignment: [
    ["broken_share", "broken before repair", "some user had fewer access points than it needs (B2d), before repair"],
    ["infeasible", "infeasible", "the answer breaks a constraint"],
    ["aps_over", "AP over limit", "an access point serves more than A users (B2c)"],
    ["users_short", "user short of APs", "a user has fewer than U access points (B2d)"],
    ["bad_entries", "not 0 or 1", "an entry is neither 0 nor 1 (B2b)"],
  ],
  power: [
    ["infeasible", "infeasible", "the answer breaks a constraint"],
    ["aps_over", "AP over limit", "an access point sends more than its limit"],
    ["links_over", "link over limit", "a link has more than its limit"],
    ["bad_entries", "no power", "a power is negative, or of a link that may not serve"],
    ["users_short", "user below floor", "a user is below the rate floor, which is not enforced"],
  ],
};

function brokenOf(study) {
  const value = (m, key) => (key === "infeasible" ? (known(m.feasible_share) ? 1 - m.feasible_share : null) : m[key]);
  const kinds = BROKEN[study.task].filter(([key]) => study.methods.some(m => known(value(m, key))));
  const rows = study.methods.map((m, i) => ({ m, i, share: Object.fromEntries(kinds.map(([key]) => [key, value(m, key)])) }));
  return { kinds, rows, seen: kinds.filter(([key]) => rows.some(r => r.share[key] > 0)) };
}

function violations(study) {
  const { kinds, rows, seen } = brokenOf(study);
  const broken = rows.filter(r => seen.some(([key]) => r.share[key] > 0));
  const clean = rows.length - broken.length;
  const checked = kinds.map(k => k[1]).join(", ");
  if (broken.length === 0)
    return el("p", { class: "note good" }, `No method broke anything in any of ${several(study.n, "drop")} (looked at: ${checked}).`);
  const head = el("tr", {}, el("th", { scope: "col" }, "method"), seen.map(([, title, about]) => el("th", { scope: "col", title: about }, title)));
  const cell = v => el("td", { "data-value": known(v) ? v : "" }, known(v) ? [el("span", { class: "meter", "aria-hidden": "true" }, el("i", { style: `width:${v > 0 ? Math.max(1.5, 100 * v) : 0}%` })), v > 0 && v < 0.001 ? "< 0.1 %" : percent(v, 1)] : "–");
  const body = broken.map(r => el("tr", {}, el("th", { scope: "row" }, named(r.m, r.i)), seen.map(([key]) => cell(r.share[key]))));
  const rest = clean > 0 ? `The other ${several(clean, "method")} broke nothing. ` : "";
  return el("div", {},
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Broken constraints" }, el("table", { class: "violations" }, el("thead", {}, head), el("tbody", {}, body))),
    el("p", { class: "note" }, `${rest}Shares of ${several(study.n, "drop")}; looked at: ${checked}.`));
}

/* ---- training ---- */

const CURVES = [
  ["valid_of_best", "Validation: share of best", "decisions over the optimum or the best known, drop by drop"],
  ["valid_broken", "Validation: broken before repair", "share of drops"],
  ["valid_objective", "Validation: objective", "of the decisions"],
  ["loss", "Loss", "what is minimised"],
  ["objective", "Objective in training", "as the scheme sees it"],
  ["violation", "Violation in training", "access points that users lack"],
  ["entropy", "Entropy in training", "nat"],
  ["support", "Support of the powers", "W"],
  ["kappa", "Weight of the support", "1/W"],
  ["lambda_c", "Multiplier of the violation", ""],
  ["lambda_d", "Multiplier of the entropy", ""],
];

function trainingCharts(metrics, axis) {
  const label = axis === "step" ? "batches" : "seconds of training";
  const has = key => metrics.some(m => m.curves[key] && new Set(m.curves[key].filter(known)).size > 1);
  return CURVES.filter(([key]) => has(key)).map(([key, title, said]) =>
    chart(title, said, width => {
      const nines = key === "valid_of_best";
      const series = metrics.map((m, i) => ({
        i, points: (m.curves[key] || []).map((v, j) => ({ x: m.curves[axis]?.[j], y: nines && known(v) ? Math.max(1e-7, 1 - v) : v, v, file: m.file }))
          .filter(p => known(p.x) && known(p.y)),
      })).filter(s => s.points.length > 0);
      const all = series.flatMap(s => s.points);
      const wide = d3.min(all, p => p.y) > 0 && d3.max(all, p => p.y) / d3.min(all, p => p.y) > 50;
      return plot(width, `${title} over ${label}`, {
        height: 220, marginLeft: 62, marginRight: 14, marginBottom: 40,
        x: { label, labelArrow: "none", labelAnchor: "center", ticks: few(width), grid: true },
        y: nines ? ninesAxis(d3.min(all, p => p.y), d3.max(all, p => p.y)) : { label: null, grid: true, type: wide ? "log" : "linear", ticks: 5, tickFormat: wide ? d3.format("~g") : undefined },
        marks: [
          ...series.map(s => Plot.line(s.points, { x: "x", y: "y", stroke: colourOf(s.i), strokeWidth: 1.8, strokeDasharray: dashOf(s.i) })),
          Plot.tip(all, Plot.pointer({ x: "x", y: "y", maxRadius: 30, title: d => `${d.file}\n${label} ${short(d.x)}\n${nines ? share(d.v) : short(d.v)}` })),
        ],
      });
    }));
}
