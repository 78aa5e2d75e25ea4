/* The page: a study at a time, its sections, the theme. */

const data = JSON.parse(document.getElementById("data").textContent);
const main = document.getElementById("main");

function section(id, title, said, ...content) {
  return el("section", { id, "aria-labelledby": `${id}-title` }, el("h2", { id: `${id}-title` }, title), said ? el("p", { class: "lead" }, said) : null, content);
}

/* Which methods the distributions show. */
function chooser(study, chosen, changed) {
  const box = (m, i) => {
    const input = el("input", { type: "checkbox", checked: chosen.has(i), onchange: () => { if (input.checked) chosen.add(i); else chosen.delete(i); changed(); } });
    return el("label", { class: "chip" }, input, swatch(i), nameOf(m));
  };
  return el("fieldset", { class: "chips" }, el("legend", {}, "Methods shown"), study.methods.map(box));
}

function distributions(study) {
  const chosen = firstChosen(study);
  const rates = study.methods.some(m => m.rate_curve);
  const goal = `${goalOf(study)} of a drop [${study.unit}]`;
  return section("distributions", "Distributions", "How the drops, and the users, are spread.",
    chooser(study, chosen, () => redraw(true)),
    study.methods.some(m => m.lost_curve) ? chart(`Share of drops that reach at least so much ${measureOf(study).replace("of ", "of the ")}`, "Drop by drop; a curve further up is better", reached(study, chosen)) : null,
    el("div", { class: "pair" },
      chart(goal[0].toUpperCase() + goal.slice(1), `Share of ${several(study.n, "drop")} at or below a value; further right is better`, distribution(study, "objective_curve", goal, chosen)),
      rates
        ? chart("Rate of a user [bit/s/Hz]", `Share of the ${count(study.n * study.users)} users of all drops; further right is better`, distribution(study, "rate_curve", "rate of a user [bit/s/Hz]", chosen))
        : el("figure", { class: "chart" }, el("figcaption", {}, el("h3", {}, "Rate of a user")), el("p", { class: "note" }, `Needs the drops. ${study.drops_missing}`))));
}

function training() {
  if (data.metrics.length === 0) return null;
  let axis = "step";
  const grid = el("div", { class: "grid" });
  const fill = () => { grid.replaceChildren(...trainingCharts(data.metrics, axis)); redraw(false); };
  const radio = (value, text) => el("label", { class: "chip" }, el("input", { type: "radio", name: "axis", value, checked: value === axis, onchange: () => { axis = value; fill(); } }), text);
  const keys = el("ul", { class: "keys" }, data.metrics.map((m, i) => el("li", {}, swatch(i), m.file)));
  const out = section("training", "Training", "How the networks came about. Validation is on drops that training never sees.",
    el("div", { class: "row" }, keys, el("fieldset", { class: "chips" }, el("legend", {}, "Along"), radio("step", "batches"), radio("seconds", "seconds"))), grid);
  fill();
  return out;
}

function show(index) {
  charts.clear();
  const study = data.studies[index];
  const title = data.title || study.scenario;
  const parts = [
    el("section", { id: "top", class: "hero" },
      el("p", { class: "eyebrow" }, study.task === "power" ? "Power allocation" : "User assignment", " · cell-free massive MIMO"),
      el("h1", {}, title), picker(index), finding(study),
      el("p", { class: "lead" }, problemSaid(study), data.title ? ` Scenario ${study.scenario}.` : ""), tiles(study)),
    section("methods-section", "Methods", null, methodTable(study)),
    section("front", "Quality against time", `Every method by the time it takes and by how close it comes ${measureOf(study).replace("of ", "to the ")}. Up and to the left is better; each step up is ten times closer.`, chart("", null, front(study))),
    distributions(study),
    section("broken", "Broken constraints", "How often an answer, or what a network said before it was repaired, broke a rule.", violations(study)),
    section("drops", "Drop by drop", `Two methods on the same network, and the links of the ${study.methods.some(m => m.proven_share > 0) ? "proven optimum" : "best answer"} beneath.`, browser(study)),
    training(),
    section("again", "Making the numbers again", null, again(study, data)),
  ].filter(Boolean);
  main.replaceChildren(...parts);
  document.getElementById("contents").replaceChildren(...parts.slice(1).map(p => el("a", { href: `#${p.id}` }, p.querySelector("h2").textContent)));
  redraw(true);
}

function picker(index) {
  if (data.studies.length < 2) return null;
  const label = s => `${s.scenario}, ${s.aps} × ${s.users}`;
  const labels = data.studies.map(label);
  const twice = labels.some((l, i) => labels.indexOf(l) !== i);
  const select = el("select", { id: "study", onchange: () => { location.hash = `study=${select.value}`; show(Number(select.value)); document.getElementById("study").focus(); } },
    data.studies.map((s, i) => el("option", { value: i, selected: i === index }, twice ? `${label(s)} – ${s.file}` : label(s))));
  return el("p", { class: "picker" }, el("label", { for: "study" }, `Result (${data.studies.length})`), select);
}

/* The system's theme, or the one that the button chose last. */
function theme() {
  const button = document.getElementById("theme");
  const dark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const name = () => {
    button.textContent = dark() ? "☀" : "☾";
    button.setAttribute("aria-label", dark() ? "Light colours" : "Dark colours");
    button.title = button.getAttribute("aria-label");
  };
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    name();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
  name();
}

theme();
const asked = Number(/study=(\d+)/.exec(location.hash)?.[1] ?? 0);
show(asked < data.studies.length ? asked : 0);
let pending = 0;
new ResizeObserver(() => {
  cancelAnimationFrame(pending);
  pending = requestAnimationFrame(() => redraw(false));
}).observe(main);
addEventListener("beforeprint", () => redraw(false));
