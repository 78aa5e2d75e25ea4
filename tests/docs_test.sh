# What the pages say is there: the files they link to and name, and the commands with their options.
cat > check.py << 'PY'
import glob, os, re, subprocess

root, program = os.environ["CF_SOURCE_DIR"], os.environ["CELLFREE"]
os.chdir(root)
pages = ["README.md", "CONTRIBUTING.md"] + sorted(glob.glob("docs/*.md") + glob.glob("*/README.md"))
sources = sorted(glob.glob("src/*/*.[ch]") + glob.glob("include/cellfree/*.h") + glob.glob("cli/*.[ch]"))
wrong, seen = [], {"link": 0, "anchor": 0, "path": 0, "option": 0, "mention": 0}

def check(kind, page, good, what):
    seen[kind] += 1
    if not good: wrong.append(f"{page}: {kind} {what} is not there")

# `NAME` and the like stand for a name of the reader's own; demo/ and build/ are made.
def is_path(text):
    top = r"(src|include|cli|docs|tests|tools|cmake|policies|examples|bench|" + "|".join(os.listdir("src")) + ")"
    return re.fullmatch(top + r"/[\w./*{},-]*", text) and not re.search(r"(^|[/_])[A-Z]+([._/]|$)", text)

def is_there(path):
    return any(glob.glob(at + path) for at in ("", "src/", "include/"))

# The anchors of a page, as GitHub makes them of its headings.
def anchors(path):
    text = re.sub(r"^```.*?^```", "", open(path).read(), flags=re.M | re.S)
    heads = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}

help_of = {}
def options_of(command):
    if command not in help_of:
        run = subprocess.run([program, command, "--help"], capture_output=True, text=True)
        help_of[command] = set(re.findall(r"--[a-z][a-z-]*", run.stdout)) if run.returncode == 0 else None
    return help_of[command]

for page in pages:
    text = open(page).read()
    for target, anchor in re.findall(r"\]\(([^)#\s]*)#?([^)\s]*)\)", text):
        if re.match(r"[a-z]+:", target): continue
        there = os.path.normpath(os.path.join(os.path.dirname(page), target)) if target else page
        check("link", page, os.path.exists(there), target)
        if anchor:
            check("anchor", page, os.path.exists(there) and anchor in anchors(there), f"{target}#{anchor}")
    for span in re.findall(r"`([^`\n]+)`", text):
        for word in span.split():
            if is_path(word): check("path", page, is_there(word), word)
    joined = text.replace("\\\n", " ")
    for command, rest in re.findall(r"\bcellfree ([a-z]+)((?: +[^`|#\n]*)?)", joined):
        options = re.findall(r"(?<=\s)--[a-z][a-z-]*", rest)
        if options:
            known = options_of(command)
            for option in options:
                check("option", page, known is not None and option in known, f"cellfree {command} {option}")

# Pages and headers that comments send the reader to.
for source in sources:
    for path in re.findall(r"\bdocs/\w+\.md|\b(?:%s)/\w+\.[ch]\b" % "|".join(os.listdir("src")), open(source).read()):
        check("mention", source, is_there(path), path)

print(seen)
print("\n".join(wrong))
assert not wrong and all(seen.values())
PY
/usr/bin/python3 check.py > said || { cat said; exit 1; }
