#!/usr/bin/python3
"""Non-local means of Debian's DIPY on a NIfTI volume, with the true noise level given.

usage: dipy_nlmeans.py nlmeans|ascm|nlmeans-map IN.nii OUT.nii SIGMA gaussian|rician

nlmeans  blockwise non-local means, patch radius 1, block radius 2 (Coupe et al., IEEE TMI 2008; 27:425-441)
nlmeans-map  voxel by voxel, as only this takes a sigma for each: SIGMA is a volume; patch radius 1, block radius 5
ascm     two of these, with patch radius 1 and 2, mixed by wavelet band (Coupe et al., IET Image Process 2012; 6:558-568)
"""
import sys

import nibabel
import numpy
from dipy.denoise.adaptive_soft_matching import adaptive_soft_matching
from dipy.denoise.nlmeans import nlmeans as nlmeans_by_voxel
from dipy.denoise.non_local_means import non_local_means

ASCM_PEAK = 255  # its mixing has a constant, exp(-0.01 ...), that was chosen for intensities of this range


def nlmeans(noisy, sigma, rician):
    return non_local_means(noisy, sigma=sigma, patch_radius=1, block_radius=2, rician=rician)


def nlmeans_map(noisy, sigma, rician):
    return nlmeans_by_voxel(noisy, sigma=sigma, patch_radius=1, block_radius=5, rician=rician)


def ascm(noisy, sigma, rician):
    scale = ASCM_PEAK / numpy.percentile(noisy[noisy > 0], 99.5)
    noisy, sigma = noisy * scale, sigma * scale
    fine = non_local_means(noisy, sigma=sigma, patch_radius=1, block_radius=1, rician=rician)
    coarse = non_local_means(noisy, sigma=sigma, patch_radius=2, block_radius=1, rician=rician)
    return adaptive_soft_matching(noisy, fine, coarse, sigma) / scale


METHODS = {"nlmeans": nlmeans, "ascm": ascm, "nlmeans-map": nlmeans_map}


def main(arguments):
    if len(arguments) != 5 or arguments[0] not in METHODS or arguments[4] not in ("gaussian", "rician"):
        sys.exit(__doc__)
    method, source, target, sigma, kind = arguments
    image = nibabel.load(source)
    noisy = numpy.ascontiguousarray(image.get_fdata(), dtype=numpy.float64)
    strength = numpy.asarray(nibabel.load(sigma).dataobj, dtype=numpy.float64) if method == "nlmeans-map" else float(sigma)
    clean = METHODS[method](noisy, strength, kind == "rician")
    nibabel.save(nibabel.Nifti1Image(clean.astype(numpy.float32), image.affine, image.header), target)


if __name__ == "__main__":
    main(sys.argv[1:])
