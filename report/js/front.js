/* Quality against time: both axes in decades, quality by its nines, and a name at every point. */

/* What is lost to the best, on a reversed logarithmic axis: 90 %, 99 %, 99.9 %, ... */
function ninesAxis(least, most, exact) {
  const domain = [least * 0.7, Math.min(1, most * 1.4)];
  const inside = t => t >= domain[0] && t <= domain[1] && (!exact || t > exact * 1.5);
  const decades = d3.range(-9, 1).map(e => 10 ** e);
  const whole = decades.filter(inside);
  const ticks = whole.length < 3 ? decades.flatMap(t => [t, 2 * t, 5 * t]).filter(inside) : whole;
  return {
    type: "log", reverse: true, grid: true, label: null, domain, ticks: exact ? [exact, ...ticks] : ticks,
    tickFormat: d => (d === exact ? "100 %" : `${Number((100 - 100 * d).toFixed(7))} %`),
  };
}

const decade = us => (us < 1 ? `${us * 1000} ns` : us < 1000 ? `${us} µs` : us < 1e6 ? `${us / 1000} ms` : `${us / 1e6} s`);

/* Points of the study: time, and what is lost; nothing is closer to the best than a decade below the
 * closest that is not the best itself. */
function pointsOf(study) {
  const placed = study.methods.map((m, i) => ({ m, i, time: m.p50_us, lost: 1 - m.of_best, front: onFront(study, m) }))
    .filter(p => known(p.time) && p.time > 0 && known(p.m.of_best));
  const least = d3.min(placed.filter(p => p.lost > 1e-9), p => p.lost) ?? 1e-3;
  const exact = 10 ** (Math.floor(Math.log10(least) + 1e-9) - 1);
  let any = false;
  for (const p of placed) {
    if (p.lost <= 1e-9) p.lost = exact, any = true;
    p.lost = Math.min(1, p.lost);
  }
  return { placed, exact: any ? exact : undefined };
}

/* Small boxes along the front, which names should keep off. */
function alongSteps(best) {
  const box = (x, y) => ({ x0: x - 3, x1: x + 3, y0: y - 3, y1: y + 3 });
  return best.slice(1).flatMap((b, j) => {
    const a = best[j];
    return [...d3.range(a.px, b.px, 6).map(x => box(x, a.py)), ...d3.range(b.py, a.py, 6).map(y => box(b.px, y))];
  });
}

const overlap = (a, b) =>
  Math.max(0, Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0)) * Math.max(0, Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0));

/* A name that would take more than its share of the width ends in an ellipsis. */
function fitted(pen, name, most) {
  if (pen.measureText(name).width <= most) return name;
  let n = name.length - 1;
  while (n > 1 && pen.measureText(`${name.slice(0, n)}…`).width > most) n--;
  return `${name.slice(0, n)}…`;
}

/* Names one after the other, each at the place around its point where it covers least. */
function placeNames(points, steps, room, font) {
  const pen = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(document.body).fontFamily;
  const taken = points.map(p => ({ x0: p.px - 6, x1: p.px + 6, y0: p.py - 6, y1: p.py + 6 }));
  for (const p of [...points].sort((a, b) => b.front - a.front || a.px - b.px)) {
    pen.font = `${p.front ? 600 : 400} ${font}px ${family}`;
    p.said = fitted(pen, p.m.name, 0.45 * (room.x1 - room.x0));
    const w = pen.measureText(p.said).width + 2, h = font + 2;
    let best = null;
    for (const far of [9, 16, 26, 40, 58, 80])
      for (const angle of [0, 180, -40, 40, -140, 140, -90, 90, -65, 65, -115, 115]) {
        const dx = Math.cos((angle * Math.PI) / 180), dy = Math.sin((angle * Math.PI) / 180);
        const x = p.px + far * dx, y = p.py + far * dy;
        const side = Math.abs(dx) < 0.5 ? 0.5 : dx > 0 ? 0 : 1;
        const box = { x0: x - side * w, x1: x + (1 - side) * w, y0: y - h / 2, y1: y + h / 2 };
        const out = Math.max(0, room.x0 - box.x0) + Math.max(0, box.x1 - room.x1) + Math.max(0, room.y0 - box.y0) + Math.max(0, box.y1 - room.y1);
        const cost = d3.sum(taken, t => overlap(t, box)) * 8 + d3.sum(steps, t => overlap(t, box)) + out * 60 + far + Math.abs(angle) / 30;
        if (!best || cost < best.cost) best = { cost, x, y, side, box, far };
      }
    taken.push(best.box);
    p.at = best;
  }
}

function front(study) {
  return (width, box) => {
    const { placed, exact } = pointsOf(study);
    if (placed.length === 0)
      return el("p", { class: "note" }, "No times were kept: evaluate without --no-times to see quality against time.");
    const height = Math.max(320, Math.min(520, width * 0.5));
    const narrow = width < 560;
    const best = placed.filter(p => p.front).sort((a, b) => a.time - b.time);
    const exists = kind => placed.some(p => isPolicy(p.m) === kind);
    const mark = (kind, isFront) => Plot.dot(placed.filter(p => isPolicy(p.m) === kind && p.front === isFront), {
      x: "time", y: "lost", symbol: kind ? "triangle" : "circle", r: kind ? 6 : 5,
      fill: isFront ? (kind ? "var(--policy)" : "var(--solver)") : "var(--surface)", stroke: kind ? "var(--policy)" : "var(--solver)", strokeWidth: 1.8,
    });
    const svg = plot(width, "Quality against time of every method; the table has the numbers", {
      height, marginLeft: 66, marginRight: 20, marginBottom: 44, marginTop: 14,
      x: {
        type: "log", grid: true, label: "median time of a drop, one thread", labelAnchor: "center", labelArrow: "none",
        domain: [d3.min(placed, p => p.time) * 0.6, d3.max(placed, p => p.time) * 1.8],
        ticks: d3.range(-3, 9).map(e => 10 ** e).filter(t => t >= d3.min(placed, p => p.time) * 0.6 && t <= d3.max(placed, p => p.time) * 1.8), tickFormat: decade,
      },
      y: ninesAxis(d3.min(placed, p => p.lost), d3.max(placed, p => p.lost), exact),
      marks: [
        Plot.line(best, { x: "time", y: "lost", curve: "step-after", stroke: "var(--rule)", strokeWidth: 2 }),
        mark(false, false), mark(true, false), mark(false, true), mark(true, true),
        Plot.tip(placed, Plot.pointer({ x: "time", y: "lost", maxRadius: 24, title: p => `${p.m.name}\n${share(p.m.of_best)} ${measureOf(study)}\n${time(p.time)} a drop` })),
      ],
    });
    const root = svg.tagName === "svg" ? svg : svg.querySelector("svg");
    const sx = svg.scale("x"), sy = svg.scale("y");
    for (const p of placed) p.px = sx.apply(p.time), p.py = sy.apply(p.lost);
    const named = narrow ? placed.filter(p => p.front) : placed;
    const font = narrow ? 10.5 : 11.5;
    placeNames(named, alongSteps(best), { x0: 68, x1: width - 4, y0: 8, y1: height - 46 }, font);
    const names = el("svg:g", { class: "names", "font-size": font });
    for (const p of named) {
      if (p.at.far > 16) names.append(el("svg:line", { x1: p.px, y1: p.py, x2: p.at.x, y2: p.at.y }));
      names.append(el("svg:text", { x: p.at.x, y: p.at.y, dy: "0.34em", "text-anchor": ["start", "middle", "end"][2 * p.at.side], class: p.front ? "front" : null }, p.said));
    }
    root.insertBefore(names, root.lastElementChild);
    const symbol = (kind, full) => el("svg:svg", { viewBox: "0 0 14 14", width: 14, height: 14, "aria-hidden": "true" },
      el(kind ? "svg:path" : "svg:circle", kind ? { d: "M7 1.5 13 12.5 1 12.5Z" } : { cx: 7, cy: 7, r: 5 }));
    const item = (kind, full, said) => { const s = symbol(kind, full); s.classList.add(kind ? "policy" : "solver", full ? "full" : "hollow"); return el("li", {}, s, said); };
    const keys = el("ul", { class: "keys" },
      exists(false) ? item(false, true, "solver") : null,
      exists(true) ? item(true, true, "network, alone or with a solver after it") : null,
      item(false, false, "hollow: something else is as fast and as good"),
      el("li", {}, el("span", { class: "step", "aria-hidden": "true" }), "the front"));
    return el("div", {}, svg, keys, narrow ? el("p", { class: "note" }, "Names at the front alone on a narrow screen; touch a point for the others.") : null);
  };
}
