"""Runs the code of the pages as a reader would type it: python3 docs_code.py PAGE.md ...

A page's blocks run in order in one fresh folder, in which the repository's bench, examples, policies and
python can be reached. What a block is:

    ```sh        `sh -eu`. So is an indented block with a line that begins with a command (COMMAND)
    ```python    in one Python for the page: later blocks see what earlier ones made
    ```c         /* NAME.c: ... */ first: saved under this name, compiled with warnings as errors
    ```yaml      # NAME.yaml first: saved under this name. `task:` or `name:` first: a whole scenario, which
                 is read. Else lines that each stand for a section of one, and are read in its place
    ```matlab    octave-cli
    ```text      output: every line of it must come out of the block before it, whatever its numbers are
    other indented blocks: output or formulas

<!-- not run: REASON --> on the line before a block leaves it out. What takes long is shortened by LESS, and
what other tests run, or a reader runs for hours, is left out by ELSEWHERE. Everything else must succeed.

With CF_WHOLE=1 in the environment nothing is shortened, and output that now has other numbers is printed: for
whoever brings the pages up to date."""
import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import traceback

import numpy as np

WHOLE = bool(os.environ.get("CF_WHOLE"))
ROOT = os.environ["CF_SOURCE_DIR"]
LANGUAGES = "sh", "python", "c", "yaml", "matlab", "octave", "text"
COMMAND = re.compile(r"(cellfree|make|ctest|python3|PYTHONPATH=\S+|for|cc|bench/\S+)( |$)")

# Commands that are not run here: pattern, and why.
ELSEWHERE = [
    (r"(sudo )?make\b", "builds and tests everything; a test cannot build what it is run by"),
    (r"ctest\b", "is what runs this"),
    (r"bench/", "minutes to hours of measuring"),
    (r"cellfree reproduce\b", "tests/reproduce_test.sh and tests/reproduce_power_test.sh run it"),
    (r"python3 -m pip\b", "tests/python_test.sh makes and installs the wheel"),
    (r"tensorboard\b", "a server, of another package"),
]

# Long commands made short: pattern, and what is put in its place. Only how long is trained and timed, and how
# many drops there are, changes.
FEW = "--steps 20 --set valid_every=10 --set valid_count=16"
LESS = {
    "sh": [
        (r" --(steps|minutes) [\d.]+", ""),
        (r"(cellfree train (?!.*print-config).*--task assignment)", rf"\1 {FEW}"),
        (r"(cellfree train (?!.*print-config).*--task power)", rf"\1 {FEW} --set pool=32 --set chunk=0"),
        (r"(?<=--count )\d{5,}", "500"),
        (r" --seconds [\d.]+", ""),
        (r"cellfree bench (?!.*--list)", "cellfree bench --seconds 0.01 "),
    ],
    "python": [
        (r"\bminutes=[\d.]+", "steps=20, valid_every=10, valid_count=16"),
    ],
}


def shortened(text, language):
    for pattern, less in [] if WHOLE else LESS[language]:
        text = re.sub(pattern, less, text)
    return text


def blocks(text):
    """(line number, language, text, reason not to run) of every block."""
    lines, i, found = text.split("\n"), 0, []
    while i < len(lines):
        fence, at = re.match(r"\s*```(.*)$", lines[i]), i
        if fence:
            i += lines[i + 1:].index("```") + 2
            code, language = lines[at + 1:i - 1], fence[1] or "text"
        elif lines[i].startswith("    ") and not (i and lines[i - 1].strip()):
            while i < len(lines) and (lines[i].startswith("    ") or not lines[i]):
                i += 1
            code = [line[4:] for line in lines[at:i]]
            language = "sh" if any(map(COMMAND.match, code)) else "formula"
        else:
            i += 1
            continue
        before = "\n".join(lines[max(0, at - 2):at]).strip()
        mark = re.search(r"<!-- not run: (.+) -->$", before)
        found.append((at + 1 + bool(fence), language, "\n".join(code) + "\n", mark and mark[1]))
    return found


def form(line):
    """A line of output without its numbers, and without widths of columns."""
    line = re.sub(r"\b[0-9a-f]{16}\b|[-+]?\b\d[\d,]*(\.\d+)?(e[-+]?\d+)?", "#", line)
    return re.sub(r"\s+", " ", re.sub(r"-{2,}", "--", line)).strip()


class Page:
    def __init__(self, path):
        self.path, self.names, self.out = path, {"__name__": "page"}, None
        self.count = {}

    def call(self, *command):
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert run.returncode == 0, f"exit status {run.returncode}\n{run.stdout}"
        return run.stdout

    def sh(self, text):
        lines = text.replace("\\\n", " ").split("\n")
        for i, line in enumerate(lines):
            for pattern, why in ELSEWHERE:
                if re.match(r"\s*" + pattern, line):
                    lines[i] = ":"
                    self.count["left out"] = self.count.get("left out", 0) + 1
            lines[i] = shortened(lines[i], "sh")
        if all(line in (":", "") or line.startswith("#") for line in lines):
            return None
        return self.call("sh", "-euc", "\n".join(lines))

    def python(self, text):
        text = shortened(text, "python")
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile("\n" * (self.line - 1) + text, self.path, "exec"), self.names)
        return said.getvalue()

    def c(self, text):
        name = re.match(r"/\* (\w+\.c): ", text)
        assert name, "a C block begins with /* NAME.c: what it is"
        with open(name[1], "w") as f:
            f.write(text)
        return self.call("cc", "-std=c17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                         f"-I{ROOT}/include", "-c", "-o", "/dev/null", name[1])

    def yaml(self, text):
        name = re.match(r"# (\w+\.yaml)\b", text)
        if name or re.match(r"task:|name:", text):
            with open(name[1] if name else "whole.yaml", "w") as f:
                f.write(text)
            return None if name else self.call("cellfree", "scenario", "whole.yaml")
        for line in text.splitlines():  # each in the place of its section of a whole scenario
            key = line.split(":")[0]
            tried = []
            for whole in SCENARIOS:
                rest = [other for other in whole if not other.startswith(f"{key}:")]
                with open("section.yaml", "w") as f:
                    f.write("\n".join(rest + [line]) + "\n")
                run = subprocess.run(["cellfree", "scenario", "section.yaml"], capture_output=True,
                                     text=True)
                tried.append(run)
            assert any(run.returncode == 0 for run in tried), f"{line}\n" + "".join(
                run.stderr for run in tried)

    def matlab(self, text):
        return self.call("octave-cli", "--norc", "--quiet", "--eval", text)

    octave = matlab

    def text(self, text):
        if self.out is None:
            return
        said = self.out.split("\n")
        there = {form(line) for line in said}
        for line in text.splitlines():
            assert form(line) in there | {"..."}, f"the block before does not say\n  {line}\n" \
                f"but\n{self.out}"
            if WHOLE and line not in [*said, "..."]:
                print("page:", line, *(f"now:  {s}" for s in said if form(s) == form(line)), sep="\n")

    def run(self):
        with open(os.path.join(ROOT, self.path)) as page:
            text = page.read()
        for self.line, language, code, reason in blocks(text):
            what = "not run" if reason else language
            self.count[what] = self.count.get(what, 0) + 1
            if language == "formula" or reason:
                self.out = None
                continue
            try:
                assert language in LANGUAGES, f"no such language of a block: {language}"
                if language == "text":
                    self.text(code)
                else:
                    self.out = getattr(self, language)(code)
            except (Exception, SystemExit):
                sys.exit(f"{self.path}:{self.line}: {traceback.format_exc(limit=-1)}")


SCENARIOS = [[
    "name: assignment", "area: {width_m: 400, depth_m: 300}", "users: {count: 4}",
    "aps: {layout: positions, positions_m: [[5, 5], [50, 5], [95, 5]]}",
    "path_loss: {model: 3gpp-umi, frequency_hz: 28e9}", "limits: {min_aps: 1}"
], [
    "task: power", "name: power", "area: {width_m: 400, depth_m: 300}", "users: {count: 4}",
    "aps: {layout: positions, positions_m: [[5, 5], [50, 5], [95, 5]]}", "antennas: {count: 4}",
    "path_loss: {model: 3gpp-umi, frequency_hz: 28e9}"
]]


def own_files():
    """What readers are told to have of their own: gains by NumPy and MATLAB, weights by PyTorch."""
    sys.path.insert(0, os.path.join(ROOT, "tests"))
    from data_files import mat5
    rng = np.random.default_rng(1)
    db = rng.uniform(-120, -80, (6, 8, 5))  # (drop, ap, user)
    np.savez("gains.npz", beta=10 ** (db / 10))
    np.savez("measured.npz", beta=10 ** (db / 10))
    np.savez("theirs.npz", channels=db + 30, ue_pos=rng.uniform(0, 100, (6, 5, 2)))
    np.savez("val.npz", gain=10 ** rng.uniform(-3, 3, (4, 7, 7)))
    matlab, serve = (db + 94).transpose(1, 2, 0), np.ones((8, 5, 6))
    mat5("setup.mat", {"gainOverNoisedB": matlab, "beta": 10 ** (matlab / 10 - 9.4), "D": serve})
    mat5("mine.mat", {"h": 1e-5 * rng.normal(size=(8, 5, 4, 6, 2)) @ [1, 1j], "D": serve[:, :, 0]})
    h = 1e-5 * rng.normal(size=(6, 8, 5, 4, 2)) @ [1, 1j]
    np.savez("channels.npz", h=h, D=rng.uniform(size=(6, 8, 5)) < .8)
    vectors = os.path.join(ROOT, "tests", "vectors")
    shutil.copy(os.path.join(vectors, "hpe.npz"), "weights.npz")
    shutil.copy(os.path.join(vectors, "sinrnet.npz"), "ancestor.npz")


def in_fresh_folder(path):
    folder = os.path.realpath(os.path.basename(path)[:-3])
    os.makedirs(folder)
    os.chdir(folder)
    os.environ["CELLFREE_RUNS"] = os.path.join(folder, "runs.sqlite")
    for name in ("bench", "examples", "policies", "python"):
        os.symlink(os.path.join(ROOT, name), name)
    own_files()
    page = Page(path)
    page.run()
    print(path, " ".join(f"{n} {what}" for what, n in sorted(page.count.items())))


if len(sys.argv) == 2:
    in_fresh_folder(sys.argv[1])
else:
    failed = [subprocess.run([sys.executable, __file__, page]).returncode for page in sys.argv[1:]]
    sys.exit(any(failed))
