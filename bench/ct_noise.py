#!/usr/bin/python3
"""Low-dose CT noise on a real CT volume: what voxprior, ITK's filters and total variation leave of it, in HU.

usage: ct_noise.py [--build FOLDER] [--photons N] [--seed N] VOLUME [VOLUME ...]

Noise of `add-noise --kind ct` (Poisson counts through filtered back-projection, kernels ram-lak and hann) is added once.
voxprior is told nothing. ITK's curvature anisotropic diffusion has its fixed settings. Total variation (scikit-image, on
the volume, anisotropic voxels taken as they are) gets the weight that is best for each volume, by the truth: nobody has that.

error  root mean square over voxels above -500 HU
flat   mean difference, voxprior's result less the truth, over soft tissue (0 to 100 HU) whose neighbourhood of 5 x 5 voxels
       varies by less than 12 HU in the truth
"""
import argparse
import pathlib
import subprocess
import tempfile

import nibabel
import numpy
from scipy.ndimage import uniform_filter
from skimage.restoration import denoise_tv_chambolle

TISSUE_HU, FLATNESS_HU = -500, 12
WEIGHTS_HU = (10, 20, 35, 60, 100, 160, 250)


def load(path):
    return numpy.asarray(nibabel.load(path).dataobj, dtype=numpy.float32)


def error(result, truth):
    tissue = truth > TISSUE_HU
    return float(numpy.sqrt(numpy.mean((result - truth)[tissue] ** 2)))


def flat_bias(result, truth):
    mean = uniform_filter(truth, (5, 5, 1))
    spread = numpy.sqrt(numpy.maximum(uniform_filter(truth**2, (5, 5, 1)) - mean**2, 0))
    flat = (truth > 0) & (truth < 100) & (spread < FLATNESS_HU)
    return float(numpy.mean((result - truth)[flat])) if flat.any() else float("nan")


def total_variation(noisy, truth):
    return min((error(denoise_tv_chambolle(noisy, weight=w), truth), w) for w in WEIGHTS_HU)


def run(*words):
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)


def decibels(error_before, error_after):
    return 20 * numpy.log10(error_before / error_after)


def measure(programs, volume, kernel, options, folder):
    noisy, reference, ours, itk = (folder / f"{name}.nii" for name in ("noisy", "reference", "voxprior", "itk"))
    run(programs / "voxprior", "add-noise", volume, noisy, "--kind", "ct", "--photons", options.photons, "--kernel", kernel,
        "--seed", options.seed, "--reference", reference, "--overwrite")
    run(programs / "voxprior", "denoise", noisy, ours, "--model", options.model, "--overwrite", "--progress", "none")
    run(programs / "itk_denoise", "curvature-anisotropic-diffusion", noisy, itk)
    truth, scan = load(reference), load(noisy)
    tv, weight = total_variation(scan, truth)
    return [error(scan, truth), error(load(ours), truth), error(load(itk), truth), tv, weight, flat_bias(load(ours), truth)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--build", type=pathlib.Path, default=root / "build/bench")
    parser.add_argument("--model", default=root / "models/pretrained/ct.safetensors")
    parser.add_argument("--photons", default=2e4, type=float)
    parser.add_argument("--seed", default=1, type=int)
    parser.add_argument("volumes", nargs="+", metavar="VOLUME")
    options = parser.parse_args()
    print("| volume | kernel | noisy, HU | voxprior, HU | ITK curvature, HU | TV at its best, HU | gain, dB | over ITK | over TV | flat, HU |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as name:
        for volume in options.volumes:
            for kernel in ("ram-lak", "hann"):
                noisy, ours, itk, tv, weight, bias = measure(options.build / "bin", volume, kernel, options, pathlib.Path(name))
                print(f"| {pathlib.Path(volume).name} | {kernel} | {noisy:.1f} | **{ours:.1f}** | {itk:.1f} | {tv:.1f} ({weight}) | "
                      f"{decibels(noisy, ours):.1f} | {decibels(itk, ours):.1f} | {decibels(tv, ours):.1f} | {bias:+.1f} |", flush=True)


if __name__ == "__main__":
    main()
