"""The code of docs/python.md runs, block by block, as a reader would type it."""
import os
import re

from conftest import ROOT


def test_the_tour_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open(os.path.join(ROOT, "docs", "python.md")) as page:
        text = page.read()
    blocks = [(m.start(), m[1]) for m in re.finditer(r"```python\n(.*?)```", text, re.S)]
    assert len(blocks) >= 5
    names = {"__name__": "tour"}
    for at, block in blocks:
        line = text[:at].count("\n") + 1
        exec(compile("\n" * line + block, "docs/python.md", "exec"), names)
