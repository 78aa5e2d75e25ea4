"""cf.report writes what `cellfree report` writes."""
import pytest

import cellfree as cf


def test_a_page_is_that_of_the_program(cellfree, small, power, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cf.evaluate(small, ["gsd", "exact"], times=False).save("a.h5", command="c")
    cf.evaluate(power, ["equal", "search"], times=False).save("p.h5", command="c")
    (tmp_path / "m.jsonl").write_text('{"step":1,"loss":2}\n{"step":2,"loss":1.5}\n')
    cellfree("report", "a.h5", "p.h5", "--metrics", "m.jsonl", "--drops", 5, "--title", "Two",
             "--out", "said.html")
    line = "cellfree report a.h5 p.h5 --metrics m.jsonl --drops 5 --title Two --out report.html"
    cf.report(["a.h5", tmp_path.joinpath("p.h5").name], "ours.html", metrics="m.jsonl", drops=5,
              title="Two", command=line)
    assert (tmp_path / "ours.html").read_bytes() == (tmp_path / "said.html").read_bytes()


def test_what_cannot_be_shown_is_an_error(small, tmp_path):
    with pytest.raises(cf.CellfreeError, match="missing.h5"):
        cf.report(tmp_path / "missing.h5", tmp_path / "out.html")
    small.save(tmp_path / "d.h5")
    with pytest.raises(cf.CellfreeError, match="cellfree.drops"):
        cf.report(tmp_path / "d.h5", tmp_path / "out.html")
    cf.evaluate(small, ["gsd"]).save(tmp_path / "r.h5")
    with pytest.raises(cf.CellfreeError, match="-1 drops"):
        cf.report(tmp_path / "r.h5", tmp_path / "out.html", drops=-1)
    with pytest.raises(cf.CellfreeError, match="at least one result"):
        cf.report([], tmp_path / "out.html")
    assert not (tmp_path / "out.html").exists()
