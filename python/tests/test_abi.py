"""The structures that Python declares are those of the headers."""
import ctypes
import os
import re
import shutil
import subprocess

import pytest
from conftest import ROOT

import cellfree as cf
from cellfree import _library


def test_structures_are_those_of_the_headers(tmp_path):
    compiler = shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler")
    lines = ["#include <cellfree/cellfree.h>", "#include <stddef.h>"]
    for name, structure in _library.STRUCTURES.items():
        lines.append(f'_Static_assert(sizeof({name}) == {ctypes.sizeof(structure)}, "{name}");')
        for field, _ in structure._fields_:
            at, size = getattr(structure, field).offset, getattr(structure, field).size
            lines.append(f'_Static_assert(offsetof({name}, {field}) == {at} && '
                         f'sizeof((({name} *)0)->{field}) == {size}, "{name}.{field}");')
    source = tmp_path / "abi.c"
    source.write_text("\n".join(lines))
    subprocess.run([compiler, "-fsyntax-only", "-I", os.path.join(ROOT, "include"), source],
                   check=True)


LETTERS = {"int32_t": "i", "cf_status": "i", "cf_task": "i", "cf_power_objective": "i",
           "cf_power_limit": "i", "int64_t": "l", "uint64_t": "u", "size_t": "z", "double": "d",
           "void": "v", "cf_violations": "V", "cf_power_violations": "W"}


def letter(declaration):
    words = declaration.replace("*", " * ").split()
    if "*" in words:
        return "s" if words[:3] == ["const", "char", "*"] and words.count("*") == 1 else "p"
    return LETTERS[words[0]]


def test_functions_are_those_of_the_headers():
    text = ""
    for header in os.listdir(os.path.join(ROOT, "include", "cellfree")):
        with open(os.path.join(ROOT, "include", "cellfree", header)) as file:
            text += re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    for name, letters in _library.FUNCTIONS.items():
        result, arguments = re.search(rf"CF_API ([\w *]+)\b{name}\(([^)]*)\);", text).groups()
        declared = [] if arguments == "void" else arguments.split(",")
        assert letter(result) + "".join(map(letter, declared)) == letters, name


def test_statuses_are_those_of_the_headers():
    for status in cf.Status:
        assert _library.library.cf_status_str(status) != _library.library.cf_status_str(99)
    assert cf.Status.STOP == 7
