/* How each method looks: a colour and a dash, which together differ for 35 methods, so that nobody
 * needs the colour alone. Colours are in page.css, for light and dark. */

const DASHES = [null, "7 3", "2 2.5", "9 3 2 3", "4 2"];
const COLOURS = 7;

const colourOf = i => `var(--c${i % COLOURS})`;
const dashOf = i => DASHES[i % DASHES.length];
const isPolicy = m => m.name.startsWith("policy");
const isDrawn = m => m.name.startsWith("random"); // its number is a mean over draws

/* Text may break after : + and commas, where there is little room. */
const breakable = text => text.split(/(?<=[:+,])/).flatMap((part, i) => (i ? [document.createElement("wbr"), part] : [part]));
const nameOf = m => breakable(m.name);

/* What the ratio "of best" is to. */
function measureOf(study) {
  if (study.methods.some(m => m.proven_share >= 1)) return "of optimum";
  return study.certified ? "of bound" : "of best";
}

const measureSaid = {
  "of optimum": "of the proven optimum",
  "of bound": "of a proven bound",
  "of best": "of the best answer in this file",
};

const goalOf = study =>
  ({
    ee: "energy efficiency",
    "sum-rate": "sum rate",
    "min-rate": "least user rate",
    proportional: "proportional fairness",
  })[study.objective];

/* On the front nothing else is both as fast and as good. */
function onFront(study, m) {
  if (!known(m.p50_us) || !known(m.of_best)) return false;
  return !study.methods.some(
    o => o !== m && o.p50_us <= m.p50_us && o.of_best >= m.of_best && (o.p50_us < m.p50_us || o.of_best > m.of_best),
  );
}

/* Methods that charts begin with: all of a few, or else the front's, the best and the worst. */
function firstChosen(study) {
  const most = 8;
  const all = study.methods.map((m, i) => i);
  if (all.length <= most) return new Set(all);
  const quality = i => study.methods[i].of_best ?? -1;
  const by = [...all].sort((a, b) => quality(b) - quality(a));
  const worth = i => (onFront(study, study.methods[i]) ? 2 : 0) + (isPolicy(study.methods[i]) ? 1 : 0);
  const first = [by[0], by[by.length - 1], ...[...by].sort((a, b) => worth(b) - worth(a))];
  return new Set([...new Set(first)].slice(0, most));
}
