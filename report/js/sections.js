/* What stands around the charts: the finding, the key numbers, and how to make them again. */

/* The method to speak of: the quickest within 1 % of the best, or else the best. */
function spokesman(study) {
  const fair = study.methods.filter(m => known(m.of_best) && m.feasible_share >= 0.999 && !isDrawn(m));
  if (fair.length === 0) return null;
  const best = fair.reduce((a, b) => (b.of_best > a.of_best ? b : a));
  const timed = fair.filter(m => known(m.p50_us));
  const close = timed.filter(m => m.of_best >= 0.99 * best.of_best);
  const own = close.length ? close.reduce((a, b) => (b.p50_us < a.p50_us ? b : a)) : best;
  const reference = fair.find(m => m.proven_share >= 1) || best;
  return { own, reference, faster: known(own.p50_us) && known(reference.p50_us) ? reference.p50_us / own.p50_us : null };
}

const times = v => (v >= 10 ? `${count(Math.round(Number(v.toPrecision(2))))}` : fixed(v, 1));

function finding(study) {
  const s = spokesman(study);
  const strong = text => el("strong", {}, text);
  if (!s) return el("p", { class: "finding" }, "No method here has an answer that meets every constraint.");
  const { own, reference, faster } = s, measure = measureSaid[measureOf(study)];
  const parts = [strong(own.name)];
  if (own.proven_share >= 1) parts.push(" finds the proven optimum, ", strong(`${short(own.mean)} ${study.unit}`));
  else if (own.of_best === 1 && own === reference) parts.push(` has the best ${goalOf(study)}: `, strong(`${short(own.mean)} ${study.unit}`));
  else parts.push(" reaches ", strong(share(own.of_best)), ` ${measure}`);
  if (known(own.p50_us)) parts.push(" in ", strong(time(own.p50_us)), " a drop");
  if (faster > 1.5 && own !== reference) parts.push(", ", strong(`${times(faster)} times`), " faster than ", el("em", {}, reference.name));
  parts.push(".");
  return el("p", { class: "finding" }, parts);
}

function tiles(study) {
  const order = sorted(study.methods, "of_best", true).map(r => r.m).filter(m => known(m.of_best));
  const quick = study.methods.filter(m => known(m.p50_us));
  const policies = order.filter(isPolicy);
  const infeasible = study.methods.filter(m => m.feasible_share < 1);
  const tile = (head, value, said) => el("div", { class: "tile" }, el("h3", {}, head), el("p", { class: "value" }, value), el("p", { class: "said" }, said));
  const out = [];
  const top = order[0];
  if (top) out.push(tile(`highest ${goalOf(study)}`, [short(top.mean), el("small", {}, ` ${study.unit}`)], top.name));
  if (policies.length) out.push(tile("best network", share(policies[0].of_best), `${measureOf(study)}, ${policies[0].name}`));
  if (quick.length) {
    const fast = quick.reduce((a, b) => (b.p50_us < a.p50_us ? b : a));
    out.push(tile("quickest", time(fast.p50_us), `${fast.name}, ${share(fast.of_best)} ${measureOf(study)}`));
  }
  out.push(tile("feasible", infeasible.length ? `${study.methods.length - infeasible.length} of ${study.methods.length}` : "all", infeasible.length ? `methods; not ${infeasible.map(m => m.name).join(", ")}` : `${several(study.methods.length, "method")} on ${several(study.n, "drop")}`));
  return el("div", { class: "tiles" }, out);
}

function copyable(text, label) {
  const button = el("button", { type: "button", class: "copy", "aria-label": `Copy ${label}` }, "copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "selected";
    }
    setTimeout(() => (button.textContent = "copy"), 1500);
  });
  const code = el("pre", { tabindex: 0, "aria-label": label }, text);
  return el("div", { class: "code" }, code, button);
}

/* Commands that lead from nothing to these numbers. */
function commandsOf(study) {
  const out = [];
  if (study.command.startsWith("cellfree reproduce")) return [`${study.command} --out DIR`];
  if (study.scenario_yaml) out.push(`cellfree generate --scenario scenario.yaml --seed ${study.seed} --first ${study.first} --count ${study.n} --out drops.h5`);
  if (study.command) out.push(study.command.replace(/ --data(=| )('[^']*'|\S+)/, study.scenario_yaml ? " --data drops.h5" : "$&") + (/^cellfree (evaluate|solve)\b/.test(study.command) ? " --out result.h5" : ""));
  return out;
}

/* What was asked of the methods, with the problem's numbers where the drops are there. */
function problemOf(study) {
  const range = ([least, most]) => (least === most ? `${least}` : `${least} to ${most}`);
  const said = [`maximise ${goalOf(study)} [${study.unit}]`];
  if (study.max_users) said.push(`an access point serves at most ${range(study.max_users)} users (A), a user needs ${range(study.min_aps)} access points (U)`, `noise ${fixed(study.noise_dbm, 2)} dBm`);
  if (study.limit) {
    said.push(study.limit === "none" ? "no power limit" : `at most ${watts(study.limit_w)} ${study.limit === "ap" ? "an access point" : "a link"}`);
    said.push(`P_c ${short(study.static_w)} W a user, μ ${short(study.mu)}`, `bandwidth ${hertz(study.bandwidth_hz)}`, `noise ${short(study.noise_w)} W`);
    if (study.antennas) said.push(`${several(study.antennas, "antenna")} an access point`);
  }
  return said.join("; ");
}

function again(study, data) {
  const row = (k, ...v) => el("div", {}, el("dt", {}, k), el("dd", {}, v));
  const code = t => el("code", {}, t);
  const found = study.drops_missing ? study.drops_missing : study.drops_from ? ["read from ", code(study.drops_from)] : "made again from scenario and seed; the checksum is that of the results";
  return el("div", { class: "again" },
    el("dl", { class: "source" },
      row("result file", code(study.file)),
      row("made by", `cellfree ${study.cellfree}: `, code(study.command ? breakable(study.command) : "(no command was kept)")),
      row("scenario", study.scenario, `, seed ${study.seed}, drops ${study.first} to ${BigInt(study.first) + BigInt(study.n - 1)}`),
      row("problem", problemOf(study)),
      row("drops' checksum", code(study.drops_checksum)),
      row("drops", found),
      row("this page", `cellfree ${data.cellfree}: `, code(data.command || "(no command)"))),
    el("h3", {}, "From nothing to these numbers"),
    study.scenario_yaml ? el("p", {}, "Save the scenario below as ", code("scenario.yaml"), ". Drops are the same on every machine, and so is everything but times.") : el("p", {}, "The gains were imported: the drops file is needed."),
    copyable(commandsOf(study).join("\n") || "(no command was kept)", "the commands"),
    study.scenario_yaml ? el("details", {}, el("summary", {}, `Scenario ${study.scenario} as YAML`), copyable(study.scenario_yaml, "the scenario")) : null);
}

function problemSaid(study) {
  const said = [study.task === "power" ? "How much power each access point spends on each user" : "Which access points serve which users",
    `in ${several(study.n, "random network")} of ${study.aps} access points and ${study.users} users.`];
  return said.join(" ");
}
