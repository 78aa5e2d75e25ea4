/* A drop as a drawing: access points, users, and who serves whom. */

/* Are positions known, and not all the same (as where every distance is set to one value)? */
function hasPlaces({ shown }) {
  if (!shown.ap || !shown.ue) return false;
  const all = [...shown.ap, ...shown.ue].flat();
  return all.some((v, j) => v !== all[j % 2]);
}

/* Where things stand, in a unit of the drawing: the same for all drops, so that nothing jumps. */
function layoutOf(study) {
  const { shown, aps, users } = study;
  const size = 400, pad = 26;
  if (!hasPlaces(study)) {
    const rowOf = (n, y) => Array.from({ length: n }, (_, i) => [pad + ((size - 2 * pad) * (i + 0.5)) / n, y]);
    return { size, height: 260, ap: () => rowOf(aps, 50), ue: () => rowOf(users, 210), scale: null };
  }
  const pairs = flat => d3.range(flat.length / 2).map(i => [flat[2 * i], flat[2 * i + 1]]);
  const all = [...shown.ap, ...shown.ue].flatMap(pairs);
  const [x0, x1] = d3.extent(all, p => p[0]), [y0, y1] = d3.extent(all, p => p[1]);
  const span = Math.max(x1 - x0, y1 - y0);
  const zoom = (size - 2 * pad) / span;
  const height = Math.max(200, (y1 - y0) * zoom + 2 * pad + 18);
  const put = p => [pad + (p[0] - x0) * zoom + (span - (x1 - x0)) * zoom / 2, height - pad - 18 - (p[1] - y0) * zoom];
  const of = list => i => pairs(list[Math.min(i, list.length - 1)]).map(put);
  return { size, height, ap: of(shown.ap), ue: of(shown.ue), scale: { zoom, x: pad, y: height - 10 } };
}

/* Links of a method in drop i: { link, strength 0..1, watts }. Strength is the SNR for an assignment,
 * and for power the watts, over three decades below the strongest. */
function linksOf(study, method, i) {
  const drawn = study.shown.methods[method], snr = study.shown.snr_db?.[i];
  if (drawn.watts) {
    const flat = drawn.watts[i], most = d3.max(flat.filter((_, j) => j % 2 === 1)) || 1;
    return d3.range(flat.length / 2).map(j => ({ link: flat[2 * j], watts: flat[2 * j + 1] }))
      .map(l => ({ ...l, strength: Math.max(0, 1 + Math.log10(l.watts / most) / 3) })).filter(l => l.strength > 0);
  }
  const on = d3.range(study.aps * study.users).filter(j => bit(drawn.x[i], j));
  const top = snr ? d3.max(snr.filter(known)) : 0;
  return on.map(link => ({ link, strength: snr && known(snr[link]) ? Math.max(0.15, 1 + (snr[link] - top) / 40) : 0.7 }));
}

/* The method that the others are held against in drop i: one that proved it, or the best feasible. */
function referenceOf(study, i) {
  const drawn = study.shown.methods;
  const proven = drawn.findIndex(m => bit(m.proven, i));
  if (proven >= 0) return { method: proven, proven: true };
  const fair = d3.range(drawn.length).filter(m => bit(drawn[m].feasible, i) && !isDrawn(study.methods[m]) && known(drawn[m].objective[i]));
  if (fair.length === 0) return null;
  return { method: fair.reduce((a, b) => (drawn[b].objective[i] > drawn[a].objective[i] ? b : a)), proven: false };
}

const roundMetres = most => [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].filter(m => m <= most).pop() || 1;

function ruler(layout) {
  const metres = roundMetres(130 / layout.scale.zoom), length = metres * layout.scale.zoom;
  const { x, y } = layout.scale;
  return el("svg:g", { class: "ruler" },
    el("svg:path", { d: `M${x} ${y - 4}v4h${length}v-4` }), el("svg:text", { x: x + length + 6, y }, `${metres} m`));
}

/* One method's drawing of drop i, with the reference's links as a pale band under them. */
function network(study, layout, method, i, reference) {
  const K = study.users, ap = layout.ap(i), ue = layout.ue(i);
  const many = study.aps + K > 60, radius = many ? 3.5 : K > 16 ? 6.5 : 8.5;
  const own = linksOf(study, method, i);
  const under = reference ? linksOf(study, reference.method, i) : [];
  const same = new Set(under.map(l => l.link)), has = new Set(own.map(l => l.link));
  const ends = link => ({ l: Math.floor(link / K), k: link % K });
  const line = (l, attributes) => {
    const e = ends(l.link), a = ap[e.l], u = ue[e.k];
    return el("svg:line", { x1: a[0].toFixed(1), y1: a[1].toFixed(1), x2: u[0].toFixed(1), y2: u[1].toFixed(1), "data-link": l.link, ...attributes });
  };
  const told = l => {
    const e = ends(l.link), snr = study.shown.snr_db?.[i]?.[l.link];
    const strength = l.watts !== undefined ? `, ${watts(l.watts)}` : "";
    const heard = known(snr) ? `, SNR ${fixed(snr, 1)} dB${l.watts !== undefined ? " at 1 W" : ""}` : "";
    return el("svg:title", {}, `AP ${e.l + 1} → user ${e.k + 1}${strength}${heard}${reference && !same.has(l.link) ? "; not in the other" : ""}`);
  };
  const rate = study.shown.methods[method].rate?.slice(i * K, (i + 1) * K);
  const svg = el("svg:svg", { class: "network", viewBox: `0 0 ${layout.size} ${layout.height.toFixed(0)}`, role: "img", "aria-label": drawingSaid(study, method, i, own, under, has, same) });
  svg.append(
    el("svg:g", { class: "under" }, under.map(l => line(l, { class: has.has(l.link) ? null : "missed", "stroke-width": many ? 4 : 8 }))),
    el("svg:g", { class: "links" }, own.map(l => {
      const at = line(l, { class: reference && !same.has(l.link) ? "extra" : null, "stroke-width": ((many ? 0.8 : 1.4) + (many ? 1.4 : 2.4) * l.strength).toFixed(2), "stroke-opacity": (0.45 + 0.55 * l.strength).toFixed(2) });
      at.append(told(l));
      return at;
    })),
    el("svg:g", { class: "ue" }, ue.map(([x, y], k) => el("svg:g", { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` },
      el("svg:circle", { r: radius }), many ? null : el("svg:text", { dy: "0.35em", "font-size": radius * 1.15 }, k + 1),
      el("svg:title", {}, `user ${k + 1}${rate ? `: ${rateSaid(rate[k])} bit/s/Hz` : ""}`)))),
    el("svg:g", { class: "ap" }, ap.map(([x, y], l) => {
      const r = radius * 1.35;
      return el("svg:g", { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` },
        el("svg:path", { d: `M0 ${-r}L${r} ${r * 0.8}L${-r} ${r * 0.8}Z` }), many ? null : el("svg:text", { dy: "0.55em", "font-size": radius * 1.05 }, l + 1),
        el("svg:title", {}, `access point ${l + 1}: ${several(own.filter(o => ends(o.link).l === l).length, "user")}`));
    })));
  if (layout.scale) svg.append(ruler(layout));
  return svg;
}

function drawingSaid(study, method, i, own, under, has, same) {
  const extra = own.filter(l => !same.has(l.link)).length, missed = under.filter(l => !has.has(l.link)).length;
  const against = under.length ? `; ${missed} of the reference's missing, ${extra} others` : "";
  return `${study.methods[method].name} on drop ${i + 1}: ${several(own.length, "link")}${against}`;
}

/* Below 0.001 bit/s/Hz a user counts as off. */
const rateSaid = r => (r > 0 && r < 1e-3 ? "< 0.001" : short(r));

/* Every user's rate as a bar; `most` is common to the drawings side by side. */
function rateBars(study, method, i, most) {
  const rate = study.shown.methods[method].rate?.slice(i * study.users, (i + 1) * study.users);
  if (!rate) return null;
  const width = 400, height = 54, step = width / rate.length;
  return el("div", { class: "rates" },
    el("p", {}, `Rate of each user, least ${rateSaid(d3.min(rate))}, mean ${rateSaid(d3.mean(rate))} bit/s/Hz`),
    el("svg:svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": `Rates of the users in bit/s/Hz: ${rate.map(rateSaid).join(", ")}` },
      rate.map((r, k) => {
        const h = Math.max(0.8, (height * r) / (most || 1));
        return el("svg:rect", { x: (k * step + step * 0.14).toFixed(2), y: (height - h).toFixed(2), width: (step * 0.72).toFixed(2), height: h.toFixed(2) },
          el("svg:title", {}, `user ${k + 1}: ${rateSaid(r)} bit/s/Hz`));
      })));
}
