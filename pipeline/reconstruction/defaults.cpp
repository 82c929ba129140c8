#include "pipeline/reconstruction/defaults.h"

#include <c10/util/Exception.h>

#include <array>
#include <map>

namespace voxprior {
namespace {

struct Row {
  int iterations;
  double tolerance, lambda, step, sigma_start, sigma_end, zeta;
  int cg_iterations, levels;
};

// Rows in the order of ProblemKind: mri, ct, superres, inpaint.
const std::map<std::string, std::array<Row, 4>>& table() {
  //  iterations tolerance lambda step sigma_start sigma_end zeta cg levels
  static const std::map<std::string, std::array<Row, 4>> rows{{"adjoint",
                                                               {{{1, 0, 0, 0, 0, 0, 0, 0, 0},
                                                                 {1, 0, 0, 0, 0, 0, 0, 0, 0},
                                                                 {1, 0, 0, 0, 0, 0, 0, 0, 0},
                                                                 {1, 0, 0, 0, 0, 0, 0, 0, 0}}}},
                                                              {"cg",
                                                               {{{20, 1e-4, 1e-3, 0, 0, 0, 0, 0, 0},
                                                                 {30, 1e-4, 1e-3, 0, 0, 0, 0, 0, 0},
                                                                 {30, 1e-4, 1e-3, 0, 0, 0, 0, 0, 0},
                                                                 {30, 1e-4, 1e-3, 0, 0, 0, 0, 0, 0}}}},
                                                              {"wavelet",
                                                               {{{60, 1e-3, 0.005, 0, 0, 0, 0, 0, 4},
                                                                 {100, 1e-3, 0.001, 0, 0, 0, 0, 0, 4},
                                                                 {60, 1e-3, 0.002, 0, 0, 0, 0, 0, 4},
                                                                 {100, 1e-3, 0.002, 0, 0, 0, 0, 0, 4}}}},
                                                              {"tv",
                                                               {{{60, 1e-3, 0.005, 0, 0, 0, 0, 0, 0},
                                                                 {100, 1e-3, 0.001, 0, 0, 0, 0, 0, 0},
                                                                 {60, 1e-3, 0.002, 0, 0, 0, 0, 0, 0},
                                                                 {100, 1e-3, 0.002, 0, 0, 0, 0, 0, 0}}}},
                                                              {"pnp-hqs",
                                                               {{{8, 0, 0.3, 0, 0.2, 0.02, 0, 5, 0},
                                                                 {12, 0, 0.3, 0, 0.2, 0.02, 0, 12, 0},
                                                                 {12, 0, 0.3, 0, 0.2, 0.01, 0, 10, 0},
                                                                 {16, 0, 0.3, 0, 0.5, 0.01, 0, 10, 0}}}},
                                                              {"pnp-admm",
                                                               {{{16, 1e-3, 0.5, 0, 0.2, 0.02, 0, 5, 0},
                                                                 {20, 1e-3, 0.5, 0, 0.2, 0.02, 0, 12, 0},
                                                                 {20, 1e-3, 0.5, 0, 0.2, 0.01, 0, 10, 0},
                                                                 {30, 1e-3, 0.5, 0, 0.5, 0.01, 0, 10, 0}}}},
                                                              {"pnp-pgd",
                                                               {{{24, 1e-3, 0, 1, 0.1, 0.02, 0, 0, 0},
                                                                 {40, 1e-3, 0, 1, 0.1, 0.01, 0, 0, 0},
                                                                 {40, 1e-3, 0, 1, 0.1, 0.01, 0, 0, 0},
                                                                 {40, 1e-3, 0, 1, 0.5, 0.01, 0, 0, 0}}}},
                                                              {"red",
                                                               {{{16, 1e-3, 0.5, 0, 0.2, 0.02, 0, 5, 0},
                                                                 {20, 1e-3, 0.5, 0, 0.2, 0.02, 0, 12, 0},
                                                                 {20, 1e-3, 0.5, 0, 0.2, 0.01, 0, 10, 0},
                                                                 {30, 1e-3, 0.5, 0, 0.5, 0.01, 0, 10, 0}}}},
                                                              {"diffpir",
                                                               {{{20, 0, 3, 0, 0.3, 0.015, 0.3, 5, 0},
                                                                 {20, 0, 3, 0, 0.3, 0.015, 0.3, 12, 0},
                                                                 {20, 0, 3, 0, 0.3, 0.01, 0.3, 10, 0},
                                                                 {30, 0, 3, 0, 0.7, 0.01, 1, 10, 0}}}},
                                                              {"dds",
                                                               {{{20, 0, 0.1, 0, 0.3, 0.015, 0.7, 5, 0},
                                                                 {20, 0, 0.03, 0, 0.3, 0.015, 0.7, 10, 0},
                                                                 {20, 0, 0.03, 0, 0.3, 0.01, 0.7, 10, 0},
                                                                 {30, 0, 0.01, 0, 0.7, 0.01, 0.7, 10, 0}}}},
                                                              {"dps",
                                                               {{{50, 0, 0, 1, 0.3, 0.01, 0, 0, 0},
                                                                 {50, 0, 0, 1, 0.3, 0.01, 0, 0, 0},
                                                                 {50, 0, 0, 1, 0.3, 0.01, 0, 0, 0},
                                                                 {50, 0, 0, 1, 0.7, 0.01, 0, 0, 0}}}}};
  return rows;
}

}  // namespace

MethodOptions default_options(const std::string& method, ProblemKind kind) {
  const auto found = table().find(method);
  TORCH_CHECK(found != table().end(), "no defaults for ", method);
  const Row& row = found->second[static_cast<std::size_t>(kind)];
  MethodOptions options;
  options.iterations = row.iterations;
  options.tolerance = row.tolerance;
  options.lambda = row.lambda;
  options.step = row.step;
  options.sigma_start = row.sigma_start;
  options.sigma_end = row.sigma_end;
  options.zeta = row.zeta;
  options.cg_iterations = row.cg_iterations;
  options.levels = row.levels;
  return options;
}

}  // namespace voxprior
