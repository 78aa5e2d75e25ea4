"""The comparison's section of docs/benchmarks.md, between two marks; the rest of the page stays as it is."""

import re

BEGIN, END = "<!-- comparison: written by make bench -->", "<!-- end of comparison -->"
FORMS = ("plain", "tuned", "folded")


def time(us):
    if us < 1e3: return f"{us:.3g} us"
    if us < 1e6: return f"{us / 1e3:.3g} ms"
    return f"{us / 1e6:.3g} s"


def ratio(x):
    return f"{x:.0f}x" if x >= 20 else f"{x:.1f}x"


def table(results):
    yield "| row | cellfree | of peak | PyTorch, plain | tuned | folded | against plain | tuned | folded | at the peak |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for r in results:
        ours, share = r["cellfree"]["us_min"], r["cellfree"]["peak_share"]
        cells = [r["row"], time(ours), f"{100 * share:.0f} %"] + [time(r[form]["us_min"]) for form in FORMS]
        cells += [ratio(r[form]["us_min"] / ours) for form in FORMS]
        cells += [" / ".join(ratio(r[form]["us_min"] / (ours * share)) for form in ("plain", "tuned"))]
        yield f"| {' | '.join(cells)} |"


def memory(results):
    yield "| row | cellfree | PyTorch, plain | tuned | folded |"
    yield "|---|---|---|---|---|"
    for r in (r for r in results if "-train-" in r["row"]):
        ours = r["cellfree"].get("bytes")
        cells = [r["row"], f"{ours / 1e6:.1f} MB" if ours else "-"]
        cells += [f"{r[form]['peak_mb']:.0f} MB" for form in FORMS]
        yield f"| {' | '.join(cells)} |"


def about(a):
    environment = " ".join(f"{key}={value}" for key, value in a["environment"].items())
    yield f"- processor: {a['cpu']}, {a['processors']} of it; {a['vectors']}; {a['caches']}"
    yield f"- system: {a['system']}; load {a['load_before']:.1f} before, {a['load_after']:.1f} after"
    yield f"- {a['cellfree']}, built by {a['compiler']}"
    yield f"- PyTorch: Debian's python3-torch {a['torch']}, kernels for {a['torch_capability']}, products by {a['blas']}"
    yield f"- set by hand: {environment or 'nothing'}"


def section(a, results):
    return "\n".join([BEGIN, *about(a), "", "The smallest time of all turns:", "", *table(results), "",
                      "Memory that training takes beyond the program and its libraries, at most:", "",
                      *memory(results), END])


def write(path, a, results):
    with open(path) as f: text = f.read()
    new, found = re.subn(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: section(a, results), text, flags=re.S)
    if found != 1: raise SystemExit(f"{path}: no place for the comparison between {BEGIN} and {END}")
    with open(path, "w") as f: f.write(new)
