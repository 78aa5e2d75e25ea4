/* The drop browser: two methods side by side, a slider over drops. */

/* The two to begin with: the best network, or else the best method, and a good one that differs. */
function firstPair(study) {
  const order = sorted(study.methods, "of_best", true).filter(r => known(r.m.of_best));
  const policy = order.find(r => isPolicy(r.m));
  const reference = study.methods.findIndex(m => m.proven_share >= 1);
  const left = policy?.i ?? order.find(r => r.i !== reference)?.i ?? 0;
  const others = order.filter(r => r.i !== left && r.i !== reference && !isDrawn(r.m) && !isPolicy(r.m));
  const good = others.filter(r => r.m.of_best >= 0.8);
  return [left, (good.pop() ?? others[0])?.i ?? (left === 0 ? Math.min(1, study.methods.length - 1) : 0)];
}

/* What a method has to say of drop i, as rows of words. */
function dropRows(study, method, i, reference) {
  const m = study.shown.methods[method], value = m.objective[i];
  const links = linksOf(study, method, i);
  const best = reference ? study.shown.methods[reference.method].objective[i] : null;
  const ratio = study.objective === "proportional" ? Math.exp((value - best) / study.users) : value / best;
  const rows = [[goalOf(study), `${short(value)} ${study.unit}`]];
  if (known(best) && best !== 0) rows.push([reference.proven ? "of optimum" : "of best here", share(ratio)]);
  rows.push(["feasible", bit(m.feasible, i) ? "yes" : "no"]);
  if (m.broken) rows.push(["before repair", bit(m.broken, i) ? "broken" : "unbroken"]);
  rows.push(["links", count(links.length)]);
  if (m.users_on) rows.push(["users on", `${m.users_on[i]} of ${study.users}`]);
  if (m.below_floor && study.rate_floor > 0) rows.push(["below floor", several(m.below_floor[i], "user")]);
  if (m.watts) rows.push(["power", watts(d3.sum(m.watts[i].filter((_, j) => j % 2 === 1)))]);
  if (m.seconds) rows.push(["time", time(1e6 * m.seconds[i])]);
  return rows;
}

function browser(study) {
  const { shown } = study;
  if (shown.count === 0) return el("p", { class: "note" }, "No drops were put into this page (--drops 0, or networks too large to draw).");
  const layout = layoutOf(study);
  let drop = 0;
  const pair = firstPair(study);
  const sides = [0, 1].map(() => el("div", { class: "side" }));
  const slider = el("input", { type: "range", id: "drop", min: 1, max: shown.count, step: 1, value: 1, "aria-label": "Drop", oninput: () => go(slider.valueAsNumber - 1) });
  const number = el("output", { for: "drop", class: "dropno" });
  const under = el("input", { type: "checkbox", id: "under", checked: true, onchange: () => draw() });
  const said = el("p", { class: "visually-hidden", "aria-live": "polite" });

  function go(i) {
    drop = Math.max(0, Math.min(shown.count - 1, i));
    slider.value = drop + 1;
    slider.setAttribute("aria-valuetext", `drop ${drop + 1} of ${shown.count}`);
    draw();
  }

  /* The drop where the two differ most, after this one in falling order of the difference. */
  let order = null;
  function mostDifferent() {
    const value = (s, i) => shown.methods[pair[s]].objective[i];
    const difference = i => Math.abs(value(0, i) - value(1, i)) / Math.max(Math.abs(value(0, i)), Math.abs(value(1, i)), 1e-300);
    const key = pair.join();
    if (order?.key !== key) order = { key, at: -1, drops: d3.range(shown.count).sort((a, b) => difference(b) - difference(a) || a - b) };
    order.at = (order.at + 1) % shown.count;
    go(order.drops[order.at]);
  }

  function choose(s) {
    const select = el("select", { "aria-label": s ? "Method on the right" : "Method on the left", id: `method${s}`, onchange: () => { pair[s] = Number(select.value); draw(); } },
      study.methods.map((m, i) => el("option", { value: i, selected: i === pair[s] }, m.name)));
    return select;
  }
  const selects = [choose(0), choose(1)];

  function side(s, reference, most) {
    const method = pair[s];
    const shownReference = under.checked ? reference : null;
    return [network(study, layout, method, drop, shownReference), rateBars(study, method, drop, most),
      el("dl", { class: "facts" }, dropRows(study, method, drop, reference).map(([k, v]) => el("div", {}, el("dt", {}, k), el("dd", { class: v === "no" || v === "broken" ? "bad" : null }, v))))];
  }

  function draw() {
    const reference = referenceOf(study, drop);
    const rates = pair.flatMap(m => shown.methods[m].rate?.slice(drop * study.users, (drop + 1) * study.users) ?? []);
    number.value = `drop ${drop + 1} of ${shown.count}`;
    sides.forEach((at, s) => {
      at.style.setProperty("--own", `var(--side${s})`);
      at.replaceChildren(selects[s], ...side(s, reference, d3.max(rates)).filter(Boolean));
    });
    legend.replaceChildren(...legendOf(reference));
    said.textContent = `${number.value}: ${pair.map(m => `${study.methods[m].name} ${short(shown.methods[m].objective[drop])}`).join(", ")} ${study.unit}`;
  }

  function legendOf(reference) {
    const item = (kind, text) => el("li", {}, el("svg:svg", { class: `network key-${kind}`, viewBox: "0 0 30 12", width: 30, height: 12, "aria-hidden": "true" },
      kind !== "extra" ? el("svg:g", { class: "under" }, el("svg:line", { x1: 2, x2: 28, y1: 6, y2: 6, "stroke-width": 8, class: kind === "missed" ? "missed" : null })) : null,
      kind !== "missed" ? el("svg:g", { class: "links" }, el("svg:line", { x1: 2, x2: 28, y1: 6, y2: 6, "stroke-width": 2.4, class: kind === "extra" ? "extra" : null })) : null), text);
    if (!under.checked || !reference) return [el("li", {}, study.task === "power" ? "Lines are links, thick and dark with much power." : "Lines are links, thick where the SNR is high.")];
    const name = study.methods[reference.method].name;
    const what = reference.proven ? `the optimum (${name})` : `the best here (${name})`;
    return [item("same", `a link that ${what} has too`), item("missed", `only ${what} has it`), item("extra", "only the method has it")];
  }

  const legend = el("ul", { class: "keys" });
  const button = (text, label, press) => el("button", { type: "button", "aria-label": label, title: label, onclick: press }, text);
  const controls = el("div", { class: "controls" },
    button("‹", "Drop before", () => go(drop - 1)), slider, button("›", "Next drop", () => go(drop + 1)), number,
    el("button", { type: "button", class: "wide", onclick: mostDifferent, title: "The drop where the two differ most; again: the next" }, "where they differ most"),
    el("label", { class: "check" }, under, " reference beneath"));
  go(0);
  return el("div", { class: "browser" }, controls, el("div", { class: "sides" }, sides), legend, said, browserSaid(study));
}

function browserSaid(study) {
  const { shown } = study, said = [];
  said.push(shown.count < study.n
    ? `The first ${count(shown.count)} of ${count(study.n)} drops are in this page${shown.count < shown.asked ? ", as many as networks of this size leave room for" : " (--drops takes more)"}.`
    : `All ${several(study.n, "drop")}.`);
  const why = study.drops_missing ? "Positions are in the drops, which were not found" : shown.ap ? "All stand at one place in these drops" : "These drops have no positions";
  if (!hasPlaces(study)) said.push(`${why}: access points are drawn above, users below.`);
  if (study.methods.some(isDrawn)) said.push("random shows its last draw; its number is the mean over all draws.");
  said.push("▲ access points, ○ users; with the slider in focus, the arrow keys go from drop to drop.");
  return el("p", { class: "note" }, said.join(" "));
}
