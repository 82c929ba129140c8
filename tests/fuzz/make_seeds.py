#!/usr/bin/env python3
"""Seeds for the fuzz targets out of testdata/: make_seeds.py TESTDATA OUT"""
import gzip
import os
import shutil
import struct
import sys

LARGEST = 65536  # bytes; larger files teach a fuzzer little


def put(folder, name, data):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def nifti(dims, data_type, bytes_per_voxel):
    """The header of NIfTI-1 (348 bytes and 4 of no extension) and voxels that count up."""
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, len(dims), *dims, *([1] * (7 - len(dims))))
    struct.pack_into("<2h", header, 70, data_type, 8 * bytes_per_voxel)
    struct.pack_into("<8f", header, 76, 1, 1, 2, 3, 1, 1, 1, 1)
    struct.pack_into("<3f", header, 108, 352, 1, 0)
    struct.pack_into("<2h", header, 252, 0, 1)
    struct.pack_into("<12f", header, 280, 1, 0, 0, -5, 0, 2, 0, -6, 0, 0, 3, -7)
    header[123] = 2
    header[344:348] = b"n+1\0"
    count = bytes_per_voxel
    for size in dims:
        count *= size
    return bytes(header) + bytes(i % 251 for i in range(count))


def text_headers():
    voxels = bytes(range(120))
    yield "plain.nrrd", (b"NRRD0004\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: 4 5 6\n"
                         b"space directions: (1,0,0) (0,2,0) (0,0,3)\nspace origin: (1,2,3)\nencoding: raw\n\n" + voxels)
    yield "gzip.nrrd", (b"NRRD0005\ntype: short\ndimension: 3\nsizes: 3 4 5\nspacings: 1 1 2\nendian: big\n"
                        b"encoding: gzip\nkey:=value\n\n" + gzip.compress(voxels, mtime=0))
    yield "plain.mha", (b"ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
                        b"CompressedData = False\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 1 2 3\n"
                        b"ElementSpacing = 1 2 3\nDimSize = 4 5 6\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n" + voxels)


def raw_arrays():
    """.npy files as they are; a pair of BART files as raw_array_fuzz.cpp takes it: the text after a '#', a zero, the data."""
    for version, length in ((1, "<H"), (2, "<I"), (3, "<I")):
        text = b"{'descr': '<c8', 'fortran_order': %s, 'shape': (2, 3), }\n" % (b"True" if version == 2 else b"False")
        yield "v%d.npy" % version, b"\x93NUMPY" + bytes((version, 0)) + struct.pack(length, len(text)) + text + bytes(48)
    yield "pair.cfl", b"# Dimensions\n3 2 1 1\n\0" + bytes(48)


def safetensors(testdata):
    """Two bytes with the length of the data, as safetensors_fuzz.cpp takes them, and a header."""
    small = b'{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}'
    yield "small", struct.pack("<H", 24) + small
    model = os.path.join(testdata, "../models/pretrained/mri-t1.safetensors")
    with open(model, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        yield "model", struct.pack("<H", 0) + file.read(length)


def main():
    testdata, out = sys.argv[1:]
    shutil.rmtree(out, ignore_errors=True)
    for name, data in (("short.nii", nifti((4, 5, 6), 4, 2)), ("float.nii", nifti((3, 4, 5), 16, 4)),
                       ("four.nii", nifti((3, 4, 5, 2), 2, 1)), ("short.nii.gz", gzip.compress(nifti((4, 5, 6), 4, 2), mtime=0))):
        put(out + "/nifti", name, data)
    for name, data in text_headers():
        put(out + "/text_header", name, data)
    for name, data in raw_arrays():
        put(out + "/raw_array", name, data)
    for name, data in safetensors(testdata):
        put(out + "/safetensors", name, data)
    for folder, _, names in os.walk(os.path.join(testdata, "dicom")):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.getsize(path) <= LARGEST and (name.endswith(".dcm") or "DICOMDIR" in name):
                for target in ("dicom", "series"):
                    put(out + "/" + target, name, open(path, "rb").read())


main()
