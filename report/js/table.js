/* The table of methods. Every cell carries its number as the file has it in data-value. */

const bar = v => el("span", { class: "bar", "aria-hidden": "true" }, el("i", { style: `width:${Math.max(0, Math.min(1, v || 0)) * 100}%` }));

/* A column: its heading, what it means, its number, how that is written. `low`: less is better. */
function columnsOf(study) {
  const measure = measureOf(study);
  const power = study.task === "power";
  const ci = (m, key, digits) => [fixed(m[key], digits), el("span", { class: "ci" }, ` ± ${fixed(m[`${key === "mean" ? "" : "of_best_"}ci95`], digits)}`)];
  const columns = [
    { head: study.unit, key: "mean", about: `Mean ${goalOf(study)} over the drops, ± half of its 95 % interval`, write: m => ci(m, "mean", 4) },
    { head: measure, key: "of_best", about: `Mean over drops of the ratio to the ${measureSaid[measure].replace("of the ", "").replace("of a ", "")}, drop by drop`, write: m => [bar(m.of_best), el("span", { class: "share" }, share(m.of_best))] },
    { head: "worst 1\u00a0%", key: "of_best_p1", about: "The ratio that 99 % of drops exceed", write: m => fixed(m.of_best_p1, 4), power: true },
    { head: "feasible", key: "feasible_share", about: "Drops whose answer meets every constraint", write: m => percent(m.feasible_share, 1) },
    { head: "broken before repair", key: "broken_share", about: "Drops in which some user had too few access points before repair", write: m => percent(m.broken_share, 1), low: true, power: false },
    { head: "drops at floor", key: "floor_share", about: "Drops in which every user has the rate floor", write: m => percent(m.floor_share, 1), power: true, only: study.rate_floor > 0 },
    { head: "users below floor", key: "below_floor_share", about: "Users below the rate floor", write: m => percent(m.below_floor_share, 1), low: true, power: true, only: study.rate_floor > 0 },
    { head: "users on", key: "users_on_mean", about: "Users of a drop with a rate of 0.001 bit/s/Hz or more", write: m => fixed(m.users_on_mean, 2), power: true },
    { head: "power", key: "watts_mean", about: "Watts sent in a drop, all links", write: m => watts(m.watts_mean), low: true, power: true },
    { head: "proven", key: "proven_share", about: "Drops proven optimal by this method", write: m => percent(m.proven_share, 1), power: false },
    { head: "mean time", key: "us_per_drop", about: "Mean time of a drop, one at a time on one thread", write: m => time(m.us_per_drop), low: true },
    { head: "median", key: "p50_us", about: "Median time of a drop", write: m => time(m.p50_us), low: true },
    { head: "99 %", key: "p99_us", about: "Time that 99 % of drops stay below", write: m => time(m.p99_us), low: true },
    { head: "batched", key: "batch_us_per_drop", about: "Mean time of a drop, all of them in one call", write: m => time(m.batch_us_per_drop), low: true },
  ];
  return columns.filter(
    c => (c.power === undefined || c.power === power) && c.only !== false && study.methods.some(m => known(m[c.key])),
  );
}

/* Rows by a column; what is not known comes last either way, and of equals the quicker first. */
function sorted(methods, key, falling) {
  const value = m => (key === "name" ? m.name : m[key]);
  return methods
    .map((m, i) => ({ m, i }))
    .sort((a, b) => {
      const x = value(a.m), y = value(b.m);
      if (key !== "name" && known(x) !== known(y)) return known(x) ? -1 : 1;
      if (x === y) return (a.m.p50_us ?? 0) - (b.m.p50_us ?? 0) || a.i - b.i;
      return x < y !== falling ? -1 : 1;
    });
}

function swatch(i) {
  const line = el("svg:line", { x1: 1, x2: 21, y1: 5, y2: 5, "stroke-width": 2.4, "stroke-dasharray": dashOf(i) });
  line.style.stroke = colourOf(i);
  return el("svg:svg", { class: "swatch", viewBox: "0 0 22 10", width: 22, height: 10, "aria-hidden": "true" }, line);
}

const named = (m, i) => el("span", { class: "named" }, swatch(i), el("span", { class: "method" }, nameOf(m)));

function methodTable(study) {
  const columns = columnsOf(study);
  let by = { key: "of_best", falling: true };
  const head = el("tr");
  const body = el("tbody");

  function heading(key, title, about, low) {
    const active = by.key === key;
    const press = () => {
      by = { key, falling: active ? !by.falling : key !== "name" && !low };
      fill();
      head.querySelector(`[data-key="${key}"] button`).focus();
    };
    return el("th", { scope: "col", "data-key": key, "aria-sort": active ? (by.falling ? "descending" : "ascending") : "none" },
      el("button", { type: "button", title: about, onclick: press }, title, el("span", { class: "arrow", "aria-hidden": "true" })));
  }

  function row({ m, i }) {
    const name = el("th", { scope: "row" }, named(m, i));
    const best = c => !c.key.startsWith("p99") && ["of_best"].includes(c.key) && m[c.key] === d3.max(study.methods, o => o[c.key]);
    return el("tr", { "data-method": m.name, class: onFront(study, m) ? "front" : null }, name,
      columns.map(c => el("td", { "data-key": c.key, "data-value": known(m[c.key]) ? m[c.key] : "", class: best(c) ? "best" : null }, c.write(m))));
  }

  function fill() {
    head.replaceChildren(heading("name", "method", "The method as it was named"), ...columns.map(c => heading(c.key, c.head, c.about, c.low)));
    body.replaceChildren(...sorted(study.methods, by.key, by.falling).map(row));
  }
  fill();
  return [
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of methods" },
      el("table", { id: "methods", "aria-describedby": "methods-said" }, el("thead", {}, head), body)),
    el("p", { class: "note", id: "methods-said" }, tableSaid(study)),
  ];
}

function tableSaid(study) {
  const said = [`${several(study.n, "drop")}, ${several(study.aps, "access point")}, ${several(study.users, "user")}.`];
  if (study.task === "power" && study.limit)
    said.push(study.limit === "none" ? "No power limit." : `At most ${watts(study.limit_w)} ${study.limit === "ap" ? "an access point" : "a link"}.`);
  if (study.rate_floor > 0) said.push(`The rate floor, ${short(study.rate_floor)} bit/s/Hz for every user, is reported, not enforced.`);
  if (!study.methods.some(m => known(m.us_per_drop))) said.push("No times were kept (--no-times).");
  if (measureOf(study) === "of best") said.push("No method here proves the optimum or bounds it on every drop: the ratio is to the best answer of this file.");
  said.push("Bold: on the front, nothing else here is both as fast and as good. Press a heading to sort.");
  return said.join(" ");
}
