"""Averages a NIfTI-1 volume of int16 over blocks of 2x2x2 voxels: halve.py IN.nii.gz OUT.nii.gz"""
import array
import gzip
import struct
import sys

source, target = sys.argv[1:]
with gzip.open(source) as file:
    data = bytearray(file.read())
size = struct.unpack_from("<8h", data, 40)[1:4]
if struct.unpack_from("<ih", data, 0)[0] != 348 or struct.unpack_from("<h", data, 70)[0] != 4:
    sys.exit(f"{source}: not a little-endian NIfTI-1 volume of int16")
offset = int(struct.unpack_from("<f", data, 108)[0])
voxels = array.array("h", bytes(data[offset:offset + 2 * size[0] * size[1] * size[2]]))
half = [n // 2 for n in size]
means = array.array("h")
for k in range(half[2]):
    for j in range(half[1]):
        rows = [voxels[((2 * k + c) * size[1] + 2 * j + b) * size[0]:][:2 * half[0]] for c in (0, 1) for b in (0, 1)]
        columns = [sum(column) for column in zip(*rows)]
        means.extend(round((columns[2 * i] + columns[2 * i + 1]) / 8) for i in range(half[0]))

head = data[:offset]
struct.pack_into("<3h", head, 42, *half)
for axis in range(3):
    spacing, = struct.unpack_from("<f", head, 80 + 4 * axis)
    struct.pack_into("<f", head, 80 + 4 * axis, 2 * spacing)
# The first voxel of the result lies between the first two of the source.
shifts = [0.0, 0.0, 0.0]
for row in range(3):
    *columns, origin = struct.unpack_from("<4f", head, 280 + 16 * row)
    shifts[row] = sum(columns) / 2
    struct.pack_into("<4f", head, 280 + 16 * row, *(2 * value for value in columns), origin + shifts[row])
for row in range(3):
    place, = struct.unpack_from("<f", head, 268 + 4 * row)
    struct.pack_into("<f", head, 268 + 4 * row, place + shifts[row])
with gzip.open(target, "wb") as file:
    file.write(bytes(head) + means.tobytes())
