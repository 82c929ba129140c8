#!/usr/bin/python3
"""Replaces one table of docs/benchmarks.md by what comes on stdin.

usage: bench/denoise.sh ... | bench/update_page.py denoise
       bench/speed.sh ...   | bench/update_page.py speed
       bench/dicom_read.sh ... | bench/update_page.py dicom-read
       bench/lesions.py ... | bench/update_page.py lesions
       bench/batch.sh ...   | bench/update_page.py batch
       bench/noise_kinds.sh ... | bench/update_page.py noise-kinds
       bench/calibration.py ... | bench/update_page.py calibration

The text between `<!-- table NAME -->` and `<!-- /table NAME -->` is replaced; all else stays as it is.
"""
import pathlib
import sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    begin, end = f"<!-- table {arguments[0]} -->", f"<!-- /table {arguments[0]} -->"
    table = sys.stdin.read().strip()
    page = PAGE.read_text()
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        sys.exit(f"update_page.py: {PAGE}: needs {begin} and, after it, {end}, once each")
    if "|" not in table:
        sys.exit("update_page.py: stdin: holds no table; did the command before the pipe fail?")
    before, after = page.split(begin)[0], page.split(end)[1]
    PAGE.write_text(f"{before}{begin}\n{table}\n{end}{after}")


if __name__ == "__main__":
    main(sys.argv[1:])
