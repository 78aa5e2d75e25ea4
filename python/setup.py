"""The wheel: the package, and beside it the shared library and the shipped policies.

The library is build/release/libcellfree.so, or what CELLFREE_LIBRARY names."""
import os
import re
import shutil
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py
from wheel.bdist_wheel import bdist_wheel

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = Path(os.environ.get("CELLFREE_LIBRARY", ROOT / "build" / "release" / "libcellfree.so"))


def version():
    """The library's own."""
    text = (ROOT / "CMakeLists.txt").read_text()
    return re.search(r"project\(cellfree VERSION ([\d.]+)", text)[1]


class Build(build_py):
    def run(self):
        super().run()
        if not LIBRARY.exists():
            raise SystemExit(f"{LIBRARY} is not there: build it with `make`")
        package = Path(self.build_lib) / "cellfree"
        shutil.copyfile(LIBRARY, package / "libcellfree.so")
        (package / "policies").mkdir(exist_ok=True)
        for policy in (ROOT / "policies").glob("*.safetensors"):
            shutil.copyfile(policy, package / "policies" / policy.name)


class Wheel(bdist_wheel):
    """Any Python 3 of this kind of machine."""

    def get_tag(self):
        return "py3", "none", super().get_tag()[2]


class Binary(Distribution):
    def has_ext_modules(self):
        return True


setup(version=version(), distclass=Binary, cmdclass={"build_py": Build, "bdist_wheel": Wheel})
