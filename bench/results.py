#!/usr/bin/python3
"""Turns the results of bench/denoise.sh into Markdown tables on stdout and OUT/results.csv."""
import argparse
import csv
import json
import pathlib
import statistics

NAMES = {
    "noisy": "noisy",
    "voxprior": "**voxprior**",
    "itk-curvature-anisotropic-diffusion": "ITK curvature anisotropic diffusion",
    "itk-curvature-flow": "ITK curvature flow",
    "itk-median": "ITK median",
    "itk-bilateral": "ITK bilateral",
    "itk-patch-based": "ITK patch-based (bounded)",
    "dipy-nlmeans": "DIPY NLMEANS",
    "dipy-ascm": "DIPY ASCM",
}
COST = ("wall_s", "cpu_s", "peak_mb", "load_before")


def load(path):
    return json.loads(path.read_text()) if path.exists() else None


def read_row(folder, method, file):
    """What was measured of one method on one noisy volume; None if it was not run."""
    score = load(folder / f"{file}.score.json")
    if score is None:
        return None
    row = {"method": method, **{key: score["cases"][0][key] for key in ("psnr_db", "ssim", "nrmse")}}
    cost = load(folder / f"{file}.cost.json")
    if cost:
        row.update(wall_s=cost["wall_s"], cpu_s=round(cost["user_s"] + cost["system_s"], 2),
                   peak_mb=round(cost["peak_kb"] / 1000), load_before=cost["load_before"])
    noise = load(folder / "noisy.voxprior.json")["noise"]
    row["sigma_true"] = noise["sigma"]
    if method == "voxprior":
        found = load(folder / f"{file}.voxprior.json")["noise"]
        row.update(sigma_found=found["sigma"], kind_found=found["kind"])
    return row


def read_all(choices):
    """All known methods: a slow one may have been run by itself, on fewer volumes."""
    rows = []
    for volume in choices.volumes:
        for kind in choices.kinds:
            for level in choices.levels:
                folder = choices.out / volume / f"{kind}-{level}"
                for method in NAMES:
                    row = read_row(folder, method, f"voxprior-{choices.edition}" if method == "voxprior" else method)
                    if row is not None:
                        rows.append({"volume": volume, "kind": kind, "level_percent": level, **row})
    return rows


def write_csv(path, rows):
    columns = ["volume", "kind", "level_percent", "method", "psnr_db", "ssim", "nrmse", "sigma_true", "sigma_found",
               "kind_found", *COST]
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def mean(rows, key):
    return statistics.fmean(row[key] for row in rows)


def markdown(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---|" + "---:|" * (len(header) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


class Table:
    """Mean over volumes for every setting (kind and level) and method."""

    def __init__(self, rows, choices):
        self.rows, self.volumes = rows, len(choices.volumes)
        measured = {row["method"] for row in rows}
        self.methods = [method for method in NAMES if method in measured]
        done = {(row["kind"], row["level_percent"]) for row in rows if row["method"] != "noisy"}
        self.settings = [(kind, level) for kind in choices.kinds for level in choices.levels if (kind, level) in done]

    def at(self, setting, method):
        return [row for row in self.rows if (row["kind"], row["level_percent"]) == setting and row["method"] == method]

    def quality(self, method):
        cells = []
        for setting in self.settings:
            rows = self.at(setting, method)
            share = "" if len(rows) == self.volumes else f" ({len(rows)} of {self.volumes})"
            cells.append(f"{mean(rows, 'psnr_db'):.2f} / {mean(rows, 'ssim'):.3f}{share}" if rows else "not run")
        return cells

    def cost(self, method):
        rows = [row for row in self.rows if row["method"] == method and "wall_s" in row]
        if not rows:
            return ["", "", ""]
        return [f"{mean(rows, 'cpu_s'):.0f}", f"{mean(rows, 'wall_s'):.0f}", f"{max(row['peak_mb'] for row in rows)}"]

    def margin(self):
        """voxprior less the best peer that was run on all volumes, of PSNR and of SSIM separately."""

        def cell(setting):
            complete = {method: rows for method in self.methods if len(rows := self.at(setting, method)) == self.volumes}
            ours = complete.pop("voxprior", None)
            complete.pop("noisy")
            if not ours or not complete:
                return ""
            lead = {key: mean(ours, key) - max(mean(rows, key) for rows in complete.values()) for key in ("psnr_db", "ssim")}
            return f"{lead['psnr_db']:+.2f} / {lead['ssim']:+.3f}"

        return [cell(setting) for setting in self.settings]

    def sigma(self):
        cells = []
        for setting in self.settings:
            ratios = [row["sigma_found"] / row["sigma_true"] for row in self.at(setting, "voxprior")]
            cells.append(" to ".join(f"{ratio:.3f}" for ratio in sorted({min(ratios), max(ratios)})) if ratios else "")
        return cells

    def kind(self):
        cells = []
        for setting in self.settings:
            rows = self.at(setting, "voxprior")
            cells.append(f"{sum(row['kind_found'] == setting[0] for row in rows)} of {len(rows)}" if rows else "")
        return cells

    def text(self):
        header = ["PSNR in dB / SSIM"] + [f"{kind} {level} %" for kind, level in self.settings] + ["CPU s", "wall s", "peak MB"]
        body = [[NAMES[method]] + self.quality(method) + self.cost(method) for method in self.methods]
        if "voxprior" in self.methods:
            if len(self.methods) > 2:
                body.append(["voxprior less the best peer"] + self.margin() + [""] * 3)
            body.append(["sigma found / true"] + self.sigma() + [""] * 3)
            body.append(["kind of noise found"] + self.kind() + [""] * 3)
        return markdown(header, body)


def load_note(rows):
    busy = [row["load_before"] for row in rows if "load_before" in row]
    if not busy:
        return ""
    note = f"Load average of the machine before the runs: {min(busy):.1f} to {max(busy):.1f}."
    return note + (" It was busy with other work: read the CPU seconds, not the wall seconds." if max(busy) > 2 else "")


def no_harm(choices):
    body = []
    for volume in choices.volumes:
        folder = choices.out / volume / "clean"
        change = load(folder / f"voxprior-{choices.edition}.change.json")
        noise = load(folder / f"voxprior-{choices.edition}.voxprior.json")["noise"]
        body.append([volume, f"{change['greatest_percent']:.2f}", f"{change['p99_9_percent']:.2f}", f"{change['rms_percent']:.3f}",
                     f"{100 * noise['sigma'] / change['p99_5_of_nonzero']:.2f}", f"{change['range'] / change['p99_5_of_nonzero']:.2f}"])
    header = ["clean volume", "greatest change, % of range", "99.9th percentile", "RMS", "sigma found, % of p99.5", "range / p99.5"]
    return markdown(header, body)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--edition", required=True, help="which results of voxprior")
    for name in ("volumes", "kinds", "levels"):
        parser.add_argument(f"--{name}", nargs="+", required=True)
    choices = parser.parse_args()

    rows = read_all(choices)
    write_csv(choices.out / "results.csv", rows)
    count = len(choices.volumes)
    print(f"{'One volume' if count == 1 else f'Mean over {count} volumes'}: {', '.join(choices.volumes)}.\n")
    print(Table(rows, choices).text())
    print(f"\n{load_note(rows)}")
    if (choices.out / choices.volumes[0] / "clean" / f"voxprior-{choices.edition}.change.json").exists():
        print(f"\nThe clean volumes themselves through `voxprior denoise`:\n\n{no_harm(choices)}")


if __name__ == "__main__":
    main()
