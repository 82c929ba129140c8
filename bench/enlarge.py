#!/usr/bin/python3
"""Grows a volume to a given size by mirroring it at its borders, so that every voxel stays real tissue or background.

usage: enlarge.py IN OUT I J K
"""
import sys

import nibabel
import numpy


def main(arguments):
    if len(arguments) != 5:
        sys.exit(__doc__)
    image = nibabel.load(arguments[0])
    grow = [int(size) - old for size, old in zip(arguments[2:], image.shape)]
    if min(grow) < 0:
        sys.exit(f"enlarge.py: {arguments[0]}: is larger than {' x '.join(arguments[2:])} already")
    voxels = numpy.pad(numpy.asarray(image.dataobj), [(0, axis) for axis in grow], mode="symmetric")
    nibabel.save(nibabel.Nifti1Image(voxels.astype(image.get_data_dtype()), image.affine, image.header), arguments[1])


if __name__ == "__main__":
    main(sys.argv[1:])
