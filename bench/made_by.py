#!/usr/bin/python3
"""Says how a table was made: the command, the program, the model, the machine, the versions of what is compared.

usage: made_by.py COMMAND VOXPRIOR MODEL.safetensors
"""
import datetime
import hashlib
import os
import pathlib
import subprocess
import sys

PACKAGES = {"LibTorch": "libtorch-dev", "OpenBLAS": "libopenblas0-openmp", "ITK": "libinsighttoolkit5-dev", "DIPY": "python3-dipy"}


def processor():
    with open("/proc/cpuinfo") as file:
        fields = dict(line.split(":", 1) for line in file if ":" in line)
    fields = {key.strip(): value.strip() for key, value in fields.items()}
    instructions = [name for flag, name in (("avx2", "AVX2"), ("avx512f", "AVX-512"), ("avx512_bf16", "AVX-512 BF16"))
                    if flag in fields.get("flags", "").split()]
    return f"{fields.get('model name', 'unknown processor')} (family {fields.get('cpu family')}, model {fields.get('model')}; " + \
        f"{', '.join(instructions) or 'no AVX2'})"


def memory_gib():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2 ** 30


def version(package):
    shown = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
    return shown.stdout.split("+")[0].split("-")[0] if shown.returncode == 0 else "not from Debian"


def main(arguments):
    if len(arguments) != 3:
        sys.exit(__doc__)
    command, voxprior, model = arguments
    program = subprocess.run([voxprior, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    digest = hashlib.sha256(pathlib.Path(model).read_bytes()).hexdigest()[:12]
    versions = ", ".join(f"{name} {version(package)}" for name, package in PACKAGES.items())
    print(f"Made by `{command}` on {datetime.date.today()} with {program}, model `{pathlib.Path(model).name}` (SHA-256 {digest}...).")
    print(f"Machine: {processor()}, {len(os.sched_getaffinity(0))} cores, {memory_gib():.0f} GiB of memory. {versions}.")


if __name__ == "__main__":
    main(sys.argv[1:])
