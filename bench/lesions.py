#!/usr/bin/python3
"""Do small lesions survive denoising, and does none appear? Prints a Markdown table on stdout.

usage: bench/lesions.py [--build FOLDER] [--levels "5 9"] [--methods "voxprior ..."] [--model NAME|FILE] [--out FOLDER] [VOLUME...]

Balls of known diameter and contrast, bright and dark in turn, are implanted at random places inside the brain of each
clean volume (default: the one of testdata/), far apart from each other. The same Rician noise is added to the volume
with and without them, and both are denoised. The difference of the two results holds nothing but the lesions:

  recovery        its mean over the inner voxels of a lesion over the contrast implanted, in percent; mean over the lesions
  false contrast  of the result without lesions, at the same places: root mean square of (mean error in the ball less mean
                  error in the shell around it) over sigma. What averaging the ball's voxels would leave of the noise is the row "noisy".

Contrast is given as contrast-to-noise, over sigma. voxprior is told nothing of the noise, the peers are given its sigma.
FOLDER is a build with VOXPRIOR_BENCH (default: build/bench, made by bench/build.sh); the peers are those of bench/denoise.sh.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

import nibabel
import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent
DIAMETERS_MM = (2.5, 4, 6, 8)
CONTRASTS = (1.5, 3, 5)
EACH = 6  # lesions of every diameter and contrast in a volume
APART_MM = 16
NAMES = {"noisy": "noisy", "voxprior": "**voxprior**", "itk-median": "ITK median", "dipy-nlmeans": "DIPY NLMEANS", "dipy-ascm": "DIPY ASCM",
         "itk-curvature-anisotropic-diffusion": "ITK curvature anisotropic diffusion", "itk-curvature-flow": "ITK curvature flow",
         "itk-patch-based": "ITK patch-based (bounded)", "itk-bilateral": "ITK bilateral"}


def places(brain, spacing, count, random):
    """Voxels inside the brain, at least APART_MM from each other and 8 mm from its edge."""
    from scipy import ndimage
    deep = numpy.argwhere(ndimage.distance_transform_edt(brain, sampling=spacing) > 8)
    random.shuffle(deep)
    chosen = numpy.empty((0, 3))
    for place in deep:
        if len(chosen) == count:
            break
        if len(chosen) == 0 or (numpy.linalg.norm((chosen - place) * spacing, axis=1) > APART_MM).all():
            chosen = numpy.vstack([chosen, place])
    return chosen


class Lesion:
    """A ball; voxels on its surface in proportion to what of them lies inside, from 5^3 points."""

    def __init__(self, centre, diameter, contrast, shape, spacing):
        self.diameter, self.contrast = diameter, contrast
        reach = numpy.ceil((diameter / 2 + 4) / spacing).astype(int)
        low = numpy.maximum(centre.astype(int) - reach, 0)
        high = numpy.minimum(centre.astype(int) + reach + 1, shape)
        self.box = tuple(slice(a, b) for a, b in zip(low, high))
        axes = [numpy.arange(a, b) for a, b in zip(low, high)]
        steps = (numpy.arange(5) - 2) / 5
        fine = [((axis[:, None] + steps - c) * s).ravel() for axis, c, s in zip(axes, centre, spacing)]
        distance = numpy.sqrt(fine[0][:, None, None] ** 2 + fine[1][None, :, None] ** 2 + fine[2][None, None, :] ** 2)
        inside = (distance <= diameter / 2).reshape(len(axes[0]), 5, len(axes[1]), 5, len(axes[2]), 5).mean((1, 3, 5))
        self.share = inside
        middle = distance[2::5, 2::5, 2::5]
        self.shell = (middle > diameter / 2 + 1) & (middle <= diameter / 2 + 3)

    def inner(self):
        return self.share >= min(1, self.share.max())


def implant(clean, sigma, spacing, random):
    kinds = [(d, c) for d in DIAMETERS_MM for c in CONTRASTS] * EACH
    random.shuffle(kinds)
    found = places(clean > 0, spacing, len(kinds), random)
    if len(found) < len(kinds):
        print(f"lesions.py: room for {len(found)} of {len(kinds)} lesions", file=sys.stderr)
    with_lesions, lesions = clean.copy(), []
    for n, (place, (diameter, contrast)) in enumerate(zip(found, kinds)):
        sign = 1 if n % 2 == 0 else -1
        if sign < 0 and clean[tuple(place.astype(int))] < 2 * contrast * sigma:
            sign = 1  # a dark lesion must not go below 0
        lesion = Lesion(place, diameter, sign * contrast, clean.shape, spacing)
        with_lesions[lesion.box] += lesion.share * lesion.contrast * sigma
        lesions.append(lesion)
    return with_lesions, lesions


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"lesions.py: failed: {' '.join(map(str, command))}\n{done.stderr[-500:]}")


def denoise(method, build, model, source, target, sigma):
    if method == "noisy":
        shutil.copy(source, target)
    elif method == "voxprior":
        run([build / "bin/voxprior", "denoise", source, target, "--model", model, "--progress", "none", "--overwrite"])
    elif method.startswith("itk-"):
        run([build / "bin/itk_denoise", method[4:], source, target, sigma, "rician"])
    elif method.startswith("dipy-"):
        run([ROOT / "bench/dipy_nlmeans.py", method[5:], source, target, sigma, "rician"])
    else:
        sys.exit(f"lesions.py: no method is called '{method}'")


def volume_of(path):
    return nibabel.load(path).get_fdata(dtype=numpy.float32)


def measure(clean, plain, lesioned, lesions, sigma):
    """Of one method: recovery of each lesion, false contrast at each place, squared error."""
    rows = []
    for lesion in lesions:
        change = (lesioned - plain)[lesion.box]
        error = (plain - clean)[lesion.box]
        core = lesion.inner()
        rows.append((lesion.diameter, abs(lesion.contrast), 100 * change[core].mean() / (lesion.contrast * sigma),
                     (error[core].mean() - error[lesion.shell].mean()) / sigma))
    brain = clean > 0
    peak = numpy.percentile(clean[brain], 99.5)
    return rows, 10 * numpy.log10(peak ** 2 / numpy.mean((plain - clean)[brain] ** 2))


def one_volume(path, level, options, folder, results):
    image = nibabel.load(path)
    spacing = numpy.array(image.header.get_zooms()[:3], dtype=float)
    clean = image.get_fdata(dtype=numpy.float32)
    sigma = level / 100 * numpy.percentile(clean[clean != 0], 99.5)
    with_lesions, lesions = implant(clean, sigma, spacing, numpy.random.default_rng(1))
    for name, voxels in (("plain", clean), ("lesioned", with_lesions)):
        nibabel.save(nibabel.Nifti1Image(voxels, image.affine), folder / f"{name}.nii")
        run([options.build / "bin/voxprior", "add-noise", folder / f"{name}.nii", folder / f"{name}-noisy.nii", "--kind", "rician",
             "--sigma", sigma, "--seed", 1, "--overwrite"])
    for method in ["noisy"] + options.methods:
        for name in ("plain", "lesioned"):
            denoise(method, options.build, options.model, folder / f"{name}-noisy.nii", folder / f"{name}-out.nii", sigma)
        rows, psnr = measure(clean, volume_of(folder / "plain-out.nii"), volume_of(folder / "lesioned-out.nii"), lesions, sigma)
        print(f"lesions.py: {pathlib.Path(path).name} {level} % {method}: {psnr:.2f} dB", file=sys.stderr)
        kept = results.setdefault((level, method), ([], []))
        kept[0].extend(rows)
        kept[1].append(psnr)


def print_table(level, methods, results):
    print(f"\nRician {level:g} %: recovery in percent by diameter and contrast-to-noise; false contrast in sigma\n")
    columns = [(d, c) for d in DIAMETERS_MM for c in CONTRASTS]
    print("| | PSNR dB | " + " | ".join(f"{d:g} mm, {c:g}" for d, c in columns) + " | " +
          " | ".join(f"false, {d:g} mm" for d in DIAMETERS_MM) + " |")
    print("|---|" + "---:|" * (1 + len(columns) + len(DIAMETERS_MM)))
    for method in ["noisy"] + methods:
        rows, psnr = results[(level, method)]
        rows = numpy.array(rows)
        recovered = [rows[(rows[:, 0] == d) & (rows[:, 1] == c), 2].mean() for d, c in columns]
        false = [numpy.sqrt((rows[rows[:, 0] == d, 3] ** 2).mean()) for d in DIAMETERS_MM]
        print(f"| {NAMES[method]} | {numpy.mean(psnr):.2f} | " + " | ".join(f"{r:.0f}" for r in recovered) + " | " +
              " | ".join(f"{f:.2f}" for f in false) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("volumes", nargs="*", default=[ROOT / "testdata/brain_t1_sub-41.nii.gz"], metavar="VOLUME")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/bench")
    parser.add_argument("--levels", default="5 9")
    parser.add_argument("--methods", default="voxprior itk-curvature-anisotropic-diffusion itk-median dipy-nlmeans dipy-ascm")
    parser.add_argument("--model", default=str(ROOT / "models/pretrained/mri-t1.safetensors"))
    parser.add_argument("--out", type=pathlib.Path, help="keep the volumes here instead of in a temporary folder")
    options = parser.parse_args()
    options.methods = options.methods.split()
    if not (options.build / "bin/voxprior").exists():
        sys.exit(f"lesions.py: {options.build}: no build with bin/voxprior; run bench/build.sh or give --build")
    results = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.out or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for level in map(float, options.levels.split()):
            for path in options.volumes:
                one_volume(path, level, options, folder, results)
    made_by = f'bench/lesions.py --levels "{options.levels}" --methods "{" ".join(options.methods)}"'
    made_by += "".join(f" {pathlib.Path(path).name}" for path in options.volumes)  # no folders of this machine
    print(subprocess.run([ROOT / "bench/made_by.py", made_by, options.build / "bin/voxprior", options.model],
                         capture_output=True, text=True).stdout.strip())
    for level in map(float, options.levels.split()):
        print_table(level, options.methods, results)


if __name__ == "__main__":
    main()
