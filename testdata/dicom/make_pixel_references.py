#!/usr/bin/env python3
"""SHA-256 of the stored values of DICOM files, by decoders that are not ours.

usage: make_pixel_references.py FILE... > pixels.sha256

Native, RLE, JPEG and JPEG-LS pixel data go through DCMTK's dcmconv, dcmdrle, dcmdjpeg and dcmdjpls, JPEG 2000 through
OpenJPEG's opj_decompress (packages dcmtk and libopenjp2-tools); what they write is interpreted here after PS3.5
section 8.1. Hashed are all frames, row-major, as little-endian 32-bit integers. A line is the hash, columns x rows x
frames and the name; files without greyscale pixels of 8, 16 or 32 bits are left out.
"""
import array
import glob
import hashlib
import os
import re
import subprocess
import sys
import tempfile

DECODERS = {"RLELossless": "dcmdrle", "JPEGLSLossless": "dcmdjpls", "JPEGLSLossy": "dcmdjpls"}


def quiet(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.decode("latin-1")


def attribute(path, tag, default=None):
    """The value at the top level of the data set, as dcmdump prints it."""
    for line in quiet("dcmdump", "-q", path).splitlines():
        match = re.match(r"\(%s\) \S\S (\[(.*?)\]|=(\S+)|(\S+))" % tag, line)
        if match:
            return next(group for group in match.groups()[1:] if group is not None)
    return default


def raw_parts(path, scratch):
    """The pixel data in pieces: an icon's before the image's; the offset table before the fragments."""
    for old in glob.glob(scratch + "/*.raw"):
        os.remove(old)
    quiet("dcmdump", "-q", "+W", scratch, path)
    names = sorted(glob.glob(scratch + "/*.raw"), key=lambda name: int(re.search(r"\.(\d+)\.raw$", name).group(1)))
    return [open(name, "rb").read() for name in names]


def cells(data, byte_count):
    values = array.array({1: "B", 2: "H", 4: "I"}[byte_count])
    values.frombytes(data[: len(data) // byte_count * byte_count])
    return values


def interpret(values, bits_stored, high_bit, signed):
    shift, mask, sign = high_bit + 1 - bits_stored, (1 << bits_stored) - 1, (1 << (bits_stored - 1)) if signed else 0
    return array.array("i", [(((v >> shift) & mask) ^ sign) - sign for v in values])


def jpeg_2000(path, scratch, signed):
    parts = raw_parts(path, scratch)
    codestream, output = scratch + "/frame.j2k", scratch + "/frame.rawl"
    with open(codestream, "wb") as file:
        file.write(b"".join(parts[1:]))
    quiet("opj_decompress", "-i", codestream, "-o", output)
    size = open(codestream, "rb").read()
    precision = (size[size.index(b"\xff\x51") + 40] & 0x7F) + 1  # Ssiz of the SIZ segment
    data = cells(open(output, "rb").read(), 1 if precision <= 8 else 2)
    return interpret(data, precision, precision - 1, signed)


def stored_values(path, scratch):
    syntax = attribute(path, "0002,0010", "")
    signed = attribute(path, "0028,0103") == "1"
    if syntax.startswith("JPEG2000"):
        return jpeg_2000(path, scratch, signed)
    plain = scratch + "/plain.dcm"
    if syntax in DECODERS or syntax.startswith("JPEG"):
        quiet(DECODERS.get(syntax, "dcmdjpeg"), path, plain)
    else:
        quiet("dcmconv", "+te", path, plain)
    allocated, stored, high = (int(attribute(plain, "0028,010" + digit)) for digit in "012")
    return interpret(cells(raw_parts(plain, scratch)[-1], allocated // 8), stored, high, signed)


def main():
    for path in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as scratch:
            try:
                grey = attribute(path, "0028,0004", "").startswith("MONOCHROME") and attribute(path, "0028,0100") in ("8", "16", "32")
                columns, rows, frames = (int(attribute(path, tag, default)) for tag, default in
                                         (("0028,0011", "0"), ("0028,0010", "0"), ("0028,0008", "1")))
                if not grey or columns * rows == 0:
                    continue
                values = stored_values(path, scratch)[: columns * rows * frames]
            except (subprocess.CalledProcessError, ValueError, IndexError, OverflowError) as error:
                print("%s: left out: %s" % (path, error), file=sys.stderr)
                continue
            if len(values) == columns * rows * frames:
                name = os.path.basename(path)
                print(hashlib.sha256(values.tobytes()).hexdigest(), "%dx%dx%d" % (columns, rows, frames), name)


main()
