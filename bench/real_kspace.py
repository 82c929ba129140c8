#!/usr/bin/python3
"""Reconstructs real k-space that has no ground truth with four methods, and lays the images side by side.

usage: real_kspace.py KSPACE OUT.png

KSPACE is what `voxprior recon mri` reads, of one slice. From left to right: zero-filled, CG-SENSE, L1-wavelet, PnP with
the T1 denoiser; below each, its middle enlarged. One grey scale for all, from 0 to the 99.7th percentile of the last.
Prints the data consistency of each. docs/images/real_kspace.png is cartesian_ksp.npy of github.com/mikgroup/sigpy-mri-tutorial (BSD-3).
Packages: python3-nibabel, python3-pil.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import nibabel
import numpy
from PIL import Image

METHODS = ["adjoint", "cg", "wavelet", "pnp-hqs"]
PROGRAM = pathlib.Path(__file__).resolve().parent.parent / "build/release/bin/voxprior"


def reconstruct(kspace, folder, method):
    """The magnitude [row, column], the front of the head up, and the record of the command."""
    out = pathlib.Path(folder) / f"{method}.nii.gz"
    subprocess.run([PROGRAM, "recon", "mri", kspace, out, "--method", method, "--progress", "none"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    image = numpy.asarray(nibabel.load(out).dataobj)[:, :, 0].T
    return image, json.loads((out.parent / f"{method}.voxprior.json").read_text())["reconstruction"]


def enlarged(picture):
    """The middle third of the height and half of the width, twice as large."""
    height, width = picture.size[1], picture.size[0]
    left, top = width // 4, height // 3
    part = picture.crop((left, top, left + width // 2, top + height // 3))
    return part.resize((width // 2 * 2, height // 3 * 2), Image.BICUBIC)


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        found = [reconstruct(arguments[0], folder, method) for method in METHODS]
    white = numpy.percentile(found[-1][0], 99.7)
    height, width = found[0][0].shape
    sheet = Image.new("L", (len(METHODS) * (width + 2) - 2, height + 2 + height // 3 * 2))
    print("| method | iterations | data residual | over noise | seconds |\n|---|---:|---:|---:|---:|")
    for n, (method, (image, record)) in enumerate(zip(METHODS, found)):
        picture = Image.fromarray((255 * numpy.clip(image / white, 0, 1)).astype(numpy.uint8))
        sheet.paste(picture, (n * (width + 2), 0))
        sheet.paste(enlarged(picture), (n * (width + 2), height + 2))
        over_noise = record["residual_over_noise"]
        print(f"| `{method}` | {record['iterations']} | {record['data_residual']:.3f} |",
              f"{'' if over_noise is None else f'{over_noise:.2f}'} | {record['compute_seconds']:.0f} |")
    sheet.save(arguments[1], optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
