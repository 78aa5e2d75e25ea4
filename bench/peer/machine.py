"""What a comparison ran on."""

import glob
import os
import platform
import re
import subprocess


def said(*command, env=None):
    try:
        return subprocess.run(command, env=env, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def blas_folders():
    return [os.path.dirname(path) for path in sorted(glob.glob("/usr/lib/*/*/libblas.so.3"))]


def caches():
    found = []
    for index in sorted(glob.glob("/sys/devices/system/cpu/cpu0/cache/index*")):
        level, kind, size = (open(os.path.join(index, name)).read().strip() for name in ("level", "type", "size"))
        if kind != "Instruction": found.append(f"L{level} {size}")
    return ", ".join(found)


def cpu():
    """Model, number of processors, and the vectors that it has."""
    text = open("/proc/cpuinfo").read()
    model = re.search(r"^model name\s*: (.*)", text, re.M)
    flags = set((re.search(r"^flags\s*: (.*)", text, re.M) or [0, ""])[1].split())
    vectors = [name for name in ("avx512f", "avx512_vnni", "avx2", "fma", "sse4_2") if name in flags]
    return (model[1] if model else platform.machine()), os.cpu_count(), " ".join(vectors)


def compiler(program):
    """Of the build that the program stands in."""
    cache = os.path.join(os.path.dirname(os.path.realpath(program)), "CMakeCache.txt")
    name = re.search(r"^CMAKE_C_COMPILER:\w+=(.*)", open(cache).read(), re.M) if os.path.exists(cache) else None
    return said(name[1], "--version").split("\n")[0] if name else "unknown"


def describe(program, peer_env, blas):
    model, processors, vectors = cpu()
    torch = said("/usr/bin/python3", "-c", "import torch; print(torch.__version__); print(torch.__config__.show())",
                 env=peer_env)
    capability = re.search(r"CPU capability usage: (\S+)", torch)
    package = said("dpkg-query", "-W", "-f=${Version}", "python3-torch")
    chosen = {key: peer_env[key] for key in ("OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY", "CELLFREE_KERNELS")
              if key in peer_env}
    return {"cpu": model, "processors": processors, "vectors": vectors, "caches": caches(),
            "system": f"{platform.system()} {platform.machine()}, {' '.join(platform.libc_ver())}", "compiler": compiler(program), "cellfree": said(program, "--version"),
            "torch": package or torch.split("\n")[0], "torch_capability": capability[1] if capability else "unknown",
            "blas": blas, "environment": chosen, "load_before": os.getloadavg()[0]}
