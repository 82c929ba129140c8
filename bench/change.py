#!/usr/bin/python3
"""How far a volume was changed, with nothing of voxprior: JSON with the greatest, the 99.9th percentile and the root
mean square of |AFTER - BEFORE| over all voxels, in percent of BEFORE's range (greatest value less the least).

usage: change.py BEFORE.nii AFTER.nii
"""
import json
import sys

import nibabel
import numpy


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    before, after = (nibabel.load(path).get_fdata() for path in arguments)
    percent = 100 * numpy.abs(after - before) / (before.max() - before.min())
    print(json.dumps({
        "greatest_percent": percent.max(),
        "p99_9_percent": numpy.percentile(percent, 99.9),
        "rms_percent": numpy.sqrt(numpy.mean(percent ** 2)),
        "range": before.max() - before.min(),
        "p99_5_of_nonzero": numpy.percentile(before[before != 0], 99.5),
    }))


if __name__ == "__main__":
    main(sys.argv[1:])
