#!/usr/bin/python3
"""Does the truth lie where `voxprior denoise --uncertainty` says it does? Prints a Markdown table on stdout.

usage: bench/calibration.py [--build FOLDER] [--rows "NAME ..."] [--box I,J,K] [--samples N] [--model NAME|FILE] [VOLUME...]

Noise of known kind is added to clean volumes (default: the one of testdata/), and the noise-free scan is kept. voxprior is told
sigma, its map or its spectrum, so that what is tested is the prior; of CT (rows ct-..., for volumes in HU) it is told nothing. With N samples, a calibrated spread s and the result x of the one
evaluation, the truth lies within x +- t s with the probability that Student's t with N degrees of freedom gives; the table says how
often it did, over all voxels of the brain (truth above 0; CT: above -500 HU):

  50 80 90 95 %   the share of voxels in the interval of that probability
  edges, flat     at 90 %: the tenth of the voxels with the strongest edges of the truth, and the half with the weakest
  error / s       root mean square error of x over that of s: 1 if calibrated, above 1 if the spread is too small
  mean            root mean square of (mean of the samples - x) over s / sqrt(N): 1 if the samples are spread around x
  share           how much of a small change over 5 mm comes through: median over cubes inside the brain
  5 mm            root mean square error of the mean over such a cube, over what the share says of white noise: sigma sqrt(share / voxels)

FOLDER is a build with bin/voxprior (default: build/bench, made by bench/build.sh). --box takes the middle of each volume, to save time.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import nibabel
import numpy
from scipy import stats

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROWS = {  # options of add-noise, and what denoise is told besides sigma
    "gaussian-3": ("--kind gaussian --percent 3", ""),
    "gaussian-5": ("--kind gaussian --percent 5", ""),
    "gaussian-9": ("--kind gaussian --percent 9", ""),
    "gaussian-15": ("--kind gaussian --percent 15", ""),
    "rician-5": ("--kind rician --percent 5", ""),
    "rician-9": ("--kind rician --percent 9", ""),
    "zero-filled": ("--kind gaussian --percent 9 --kept 0.7,0.7,1", "--spectrum 0.7,0.7,1"),
    "hamming": ("--kind gaussian --percent 9 --kept 0.7,0.7,1 --window hamming", "--spectrum 0.7,0.7,1/0.46"),
    "side": ("--kind gaussian --percent 9 --spread side --range 4", "--sigma-map MAP"),
}
CT_ROWS = {f"ct-{kernel}": (f"--kind ct --photons 2e4 --kernel {kernel}", "") for kernel in ("ram-lak", "hann")}
NOMINAL = (50, 80, 90, 95)
TISSUE_HU = -500
CUBE_MM = 5


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"calibration.py: failed: {' '.join(map(str, command))}\n{done.stderr[-500:]}")


def volume_of(path):
    return nibabel.load(path).get_fdata(dtype=numpy.float32)


def middle_of(path, box, target):
    image = nibabel.load(path)
    size = [min(b, s) for b, s in zip(box, image.shape)] if box else image.shape
    start = [(s - b) // 2 for s, b in zip(image.shape, size)]
    nibabel.save(image.slicer[tuple(slice(a, a + b) for a, b in zip(start, size))], target)


def cube_numbers(shape, spacing):
    """The number of its cube for every voxel, as pipeline/noise/data_share.h cuts them."""
    number = numpy.zeros(shape, dtype=int)
    for axis in range(3):
        cubes = min(max(int(shape[axis] * spacing[axis] / CUBE_MM + 0.5), 1), shape[axis])
        along = numpy.arange(shape[axis]) * cubes // shape[axis]
        number = number * cubes + along.reshape([-1 if a == axis else 1 for a in range(3)])
    return number


def cubes_inside(values, number, inside):
    """Mean over each cube that lies wholly inside, and its voxels."""
    count = numpy.bincount(number.ravel())
    whole = numpy.bincount(number.ravel(), weights=inside.ravel()) == count
    return (numpy.bincount(number.ravel(), weights=values.ravel()) / count)[whole], count[whole]


def measure(folder, spacing, samples, ct):
    truth, x, s, share = (volume_of(folder / f"{name}.nii") for name in ("truth", "out", "spread", "share"))
    record = json.loads((folder / "out.voxprior.json").read_text())
    brain = truth > (TISSUE_HU if ct else 0)
    error = (x - truth)[brain].astype(float)
    spread = s[brain].astype(float)
    edge = numpy.sqrt(sum(g ** 2 for g in numpy.gradient(truth)))[brain]
    strong, weak = edge >= numpy.percentile(edge, 90), edge <= numpy.percentile(edge, 50)

    def covered(percent, where=slice(None)):
        reach = stats.t.ppf(0.5 + percent / 200, samples)
        return 100 * numpy.mean(numpy.abs(error[where]) <= reach * spread[where])

    number = cube_numbers(truth.shape, spacing)
    mean_error, voxels = cubes_inside(x - truth, number, brain)
    cube_share, _ = cubes_inside(share, number, brain)
    of_cubes = numpy.nan
    if not ct and record["noise"]["spectrum"] is None:  # else the noise of a mean is not sigma / sqrt(voxels)
        variance, _ = cubes_inside(volume_of(folder / "map.nii") ** 2, number, brain)
        predicted = numpy.sqrt(variance * numpy.maximum(cube_share, 0) / voxels)
        of_cubes = numpy.sqrt(numpy.mean(mean_error ** 2) / numpy.mean(predicted ** 2))
    found = record["uncertainty"]
    return [covered(p) for p in NOMINAL] + [
        covered(90, strong), covered(90, weak), numpy.sqrt(numpy.mean(error ** 2) / numpy.mean(spread ** 2)),
        found["rms_of_mean_less_result"] / (found["rms_deviation"] / numpy.sqrt(samples)), numpy.median(cube_share),
        of_cubes]


def add_noise(options, folder, source, made, *more):
    run([options.build / "bin/voxprior", "add-noise", source, folder / "noisy.nii", *made, "--seed", 1, "--overwrite",
         "--reference", folder / "truth.nii", *more])


def noisy_mr(path, row, options, folder):
    """Leaves a noisy box and its truth; returns what voxprior is told."""
    middle_of(path, options.box, folder / "clean.nii")
    made, told = (words.split() for words in ROWS[row])
    add_noise(options, folder, folder / "clean.nii", made, "--noise-map", folder / "map.nii")
    if "MAP" in told:
        told[told.index("MAP")] = folder / "map.nii"
    else:
        told += ["--sigma", json.loads((folder / "noisy.voxprior.json").read_text())["noise"]["sigma"]]
    for option, value in (("--sigma-map", "none"), ("--spectrum", "white"), ("--noise", made[made.index("--kind") + 1])):
        if option not in told:
            told += [option, value]
    return told


def noisy_ct(path, row, options, folder):
    """The same; rays go through the whole body, so that the box is cut afterwards."""
    add_noise(options, folder, path, CT_ROWS[row][0].split())
    for name in ("noisy", "truth"):
        middle_of(folder / f"{name}.nii", options.box, folder / "box.nii")
        (folder / "box.nii").replace(folder / f"{name}.nii")
    return []


def one_volume(path, row, options, folder):
    ct = row in CT_ROWS
    told = (noisy_ct if ct else noisy_mr)(path, row, options, folder)
    spacing = nibabel.load(folder / "noisy.nii").header.get_zooms()[:3]
    run([options.build / "bin/voxprior", "denoise", folder / "noisy.nii", folder / "out.nii", "--model", options.model, "--progress", "none",
         "--overwrite", "--uncertainty", folder / "spread.nii", "--samples", options.samples, "--data-share", folder / "share.nii", *told])
    return measure(folder, spacing, options.samples, ct)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("volumes", nargs="*", default=[ROOT / "testdata/brain_t1_sub-41.nii.gz"], metavar="VOLUME")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/bench")
    parser.add_argument("--rows", default=" ".join(ROWS), help="of: " + " ".join([*ROWS, *CT_ROWS]) + " (default: those of MR)")
    parser.add_argument("--box", default="64,64,48", help="voxels along i, j, k; all: the whole volume (default: %(default)s)")
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--model", default=str(ROOT / "models/pretrained/mri-t1.safetensors"))
    options = parser.parse_args()
    made_by = f'bench/calibration.py --rows "{options.rows}" --box {options.box} --samples {options.samples}'
    made_by += "".join(f" {pathlib.Path(path).name}" for path in options.volumes)  # no folders of this machine
    unknown = set(options.rows.split()) - set(ROWS) - set(CT_ROWS)
    if unknown:
        sys.exit(f"calibration.py: no row is called {', '.join(sorted(unknown))}; there are {', '.join([*ROWS, *CT_ROWS])}")
    options.box = None if options.box == "all" else [int(n) for n in options.box.split(",")]
    if not (options.build / "bin/voxprior").exists():
        sys.exit(f"calibration.py: {options.build}: no build with bin/voxprior; run bench/build.sh or give --build")
    results = {}
    with tempfile.TemporaryDirectory() as scratch:
        for row in options.rows.split():
            measured = []
            for path in options.volumes:
                measured.append(one_volume(path, row, options, pathlib.Path(scratch)))
                print(f"calibration.py: {pathlib.Path(path).name} {row}: " + " ".join(f"{v:.3g}" for v in measured[-1]), file=sys.stderr)
            results[row] = numpy.mean(measured, axis=0)
    print(subprocess.run([ROOT / "bench/made_by.py", made_by, options.build / "bin/voxprior", options.model],
                         capture_output=True, text=True).stdout.strip())
    print("\n| noise | made by `add-noise` and | " + " | ".join(f"{p} %" for p in NOMINAL) +
          " | 90 % at edges | 90 % in flat parts | error / s | mean | share | 5 mm |")
    print("|---|---|" + "---:|" * (len(NOMINAL) + 6))
    for row, v in results.items():
        coverage = " | ".join(f"**{c:.1f}**" if p == 90 else f"{c:.1f}" for p, c in zip(NOMINAL, v))
        print(f"| {row} | `{ {**ROWS, **CT_ROWS}[row][0] }` | {coverage} | {v[4]:.1f} | {v[5]:.1f} | " + " | ".join("" if numpy.isnan(n) else f"{n:.2f}" for n in v[6:]) + " |")


if __name__ == "__main__":
    main()
