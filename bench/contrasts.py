#!/usr/bin/python3
"""Scans of other contrasts, out of T1-weighted ones: for measuring a model on contrasts of which no clean scan is at hand.

usage: contrasts.py OUT_FOLDER IN.nii.gz [IN.nii.gz ...]

Each tissue gets the brightness that it has in that contrast, by a curve over the T1 intensity (0 stays 0, 1 is the 99.5th
percentile of the foreground). Edges, texture and noise stay those of the T1 scan: no measured scan looks quite like this.
"""
import pathlib
import sys

import nibabel
import numpy

# T1 intensity of background, fluid, cortex, white matter, fat; brightness in the contrast
AT = [0.0, 0.25, 0.55, 0.85, 1.2]
CURVES = {"t2": [0.0, 1.0, 0.6, 0.4, 0.35], "flair": [0.0, 0.15, 0.95, 0.7, 0.65], "pd": [0.0, 0.75, 1.0, 0.8, 0.75]}


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:]:
        image = nibabel.load(name)
        scan = numpy.asarray(image.dataobj, dtype=numpy.float32)
        unit = numpy.percentile(scan[scan > 0], 99.5)
        stem = pathlib.Path(name).name.split(".")[0]
        for contrast, curve in CURVES.items():
            remapped = 1000 * numpy.interp(scan / unit, AT, curve)
            header = image.header.copy()
            header.set_slope_inter(1, 0)
            volume = nibabel.Nifti1Image(numpy.round(remapped).astype(numpy.int16), image.affine, header)
            volume.set_data_dtype(numpy.int16)
            nibabel.save(volume, out / f"{stem}_{contrast}.nii.gz")


if __name__ == "__main__":
    main()
