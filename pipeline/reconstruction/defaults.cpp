#include "pipeline/reconstruction/defaults.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <string>
#include <vector>

namespace voxprior {
namespace {

struct Row {
  std::string method;
  std::vector<ProblemKind> kinds;  // none: all that no row of the method above it names
  int iterations;
  double tolerance, lambda, step, sigma_start, sigma_end, zeta;
  int cg_iterations, levels;
};

const std::vector<Row>& table() {
  constexpr ProblemKind mri = ProblemKind::mri, ct = ProblemKind::ct, thick = ProblemKind::superres,
                        holes = ProblemKind::inpaint;
  // CT needs many steps of CG: rays that a weight or few views leave almost unmeasured are slow to come in.
  // clang-format off
  static const std::vector<Row> rows{
      // method     kinds          iterations tolerance lambda step sigma_start sigma_end zeta cg levels
      {"adjoint",  {},                    1,  0,    0,      0,  0,    0,     0,   0,  0},
      {"cg",       {mri},                20,  1e-4, 1e-3,   0,  0,    0,     0,   0,  0},
      {"cg",       {ct},                 30,  1e-4, 1e-4,   0,  0,    0,     0,   0,  0},
      {"cg",       {},                   30,  1e-4, 1e-3,   0,  0,    0,     0,   0,  0},
      {"wavelet",  {mri},                60,  1e-3, 0.0015, 0,  0,    0,     0,   0,  4},
      {"wavelet",  {ct},                300,  1e-4, 1e-4,   0,  0,    0,     0,   0,  4},
      {"wavelet",  {thick},              60,  1e-3, 0.002,  0,  0,    0,     0,   0,  4},
      {"wavelet",  {holes},             100,  1e-3, 0.002,  0,  0,    0,     0,   0,  4},
      {"tv",       {mri},                60,  1e-3, 0.001,  0,  0,    0,     0,   0,  0},
      {"tv",       {ct},                400,  1e-4, 2e-5,    0,  0,    0,     0,   0,  0},
      {"tv",       {thick},              60,  1e-3, 0.002,  0,  0,    0,     0,   0,  0},
      {"tv",       {holes},             100,  1e-3, 0.002,  0,  0,    0,     0,   0,  0},
      {"pnp-hqs",  {mri},                12,  0,    0.5,    0,  0.2,  0.02,  0,   5,  0},
      {"pnp-hqs",  {ct},                 12,  0,    0.3,    0,  0.2,  0.02,  0,  60,  0},
      {"pnp-hqs",  {thick},              12,  0,    0.3,    0,  0.2,  0.01,  0,  10,  0},
      {"pnp-hqs",  {holes},              16,  0,    0.3,    0,  0.5,  0.01,  0,  10,  0},
      {"pnp-admm", {mri},                16,  1e-3, 0.5,    0,  0.2,  0.02,  0,   5,  0},
      {"pnp-admm", {ct},                 20,  1e-3, 0.5,    0,  0.2,  0.04,  0,  60,  0},
      {"pnp-admm", {thick},              20,  1e-3, 0.5,    0,  0.2,  0.01,  0,  10,  0},
      {"pnp-admm", {holes},              30,  1e-3, 0.5,    0,  0.5,  0.01,  0,  10,  0},
      {"pnp-pgd",  {mri},                24,  1e-3, 0,      1,  0.1,  0.02,  0,   0,  0},
      {"pnp-pgd",  {holes},              40,  1e-3, 0,      1,  0.5,  0.01,  0,   0,  0},
      {"pnp-pgd",  {},                   40,  1e-3, 0,      1,  0.1,  0.01,  0,   0,  0},
      {"red",      {mri},                16,  1e-3, 0.5,    0,  0.2,  0.02,  0,   5,  0},
      {"red",      {ct},                 20,  1e-3, 0.5,    0,  0.2,  0.02,  0,  60,  0},
      {"red",      {thick},              20,  1e-3, 0.5,    0,  0.2,  0.01,  0,  10,  0},
      {"red",      {holes},              30,  1e-3, 0.5,    0,  0.5,  0.01,  0,  10,  0},
      {"diffpir",  {mri},                20,  0,    3,      0,  0.3,  0.015, 0.3, 5,  0},
      {"diffpir",  {ct},                 20,  0,    3,      0,  0.3,  0.015, 0.3, 60, 0},
      {"diffpir",  {thick},              20,  0,    3,      0,  0.3,  0.01,  0.3, 10, 0},
      {"diffpir",  {holes},              30,  0,    3,      0,  0.7,  0.01,  1,   10, 0},
      {"dds",      {mri},                20,  0,    0.1,    0,  0.3,  0.015, 0.7, 5,  0},
      {"dds",      {ct},                 20,  0,    0.03,   0,  0.3,  0.015, 0.7, 10, 0},
      {"dds",      {thick},              20,  0,    0.03,   0,  0.3,  0.01,  0.7, 10, 0},
      {"dds",      {holes},              30,  0,    0.01,   0,  0.7,  0.01,  0.7, 10, 0},
      {"dps",      {holes},              50,  0,    0,      1,  0.7,  0.01,  0,   0,  0},
      {"dps",      {},                   50,  0,    0,      1,  0.3,  0.01,  0,   0,  0},
      {"mmps",     {holes},              40,  0,    0,      0,  0.7,  0.01,  0,   4,  0},
      {"mmps",     {},                   40,  0,    0,      0,  0.3,  0.01,  0,   4,  0},
  };
  // clang-format on
  return rows;
}

}  // namespace

MethodOptions default_options(const std::string& method, ProblemKind kind) {
  const auto serves = [&](const Row& row) {
    return row.method == method &&
           (row.kinds.empty() || std::find(row.kinds.begin(), row.kinds.end(), kind) != row.kinds.end());
  };
  const auto row = std::find_if(table().begin(), table().end(), serves);
  TORCH_CHECK(row != table().end(), "no defaults for ", method);
  MethodOptions options;
  options.iterations = row->iterations;
  options.tolerance = row->tolerance;
  options.lambda = row->lambda;
  options.step = row->step;
  options.sigma_start = row->sigma_start;
  options.sigma_end = row->sigma_end;
  options.zeta = row->zeta;
  options.cg_iterations = row->cg_iterations;
  options.levels = row->levels;
  return options;
}

}  // namespace voxprior
