#include "pipeline/reconstruction/registry.h"

#include "base/error.h"
#include "pipeline/reconstruction/adjoint.h"
#include "pipeline/reconstruction/dds.h"
#include "pipeline/reconstruction/diffpir.h"
#include "pipeline/reconstruction/dps.h"
#include "pipeline/reconstruction/least_squares.h"
#include "pipeline/reconstruction/mmps.h"
#include "pipeline/reconstruction/pnp_admm.h"
#include "pipeline/reconstruction/pnp_hqs.h"
#include "pipeline/reconstruction/pnp_pgd.h"
#include "pipeline/reconstruction/red.h"
#include "pipeline/reconstruction/total_variation.h"
#include "pipeline/reconstruction/wavelet_l1.h"

namespace voxprior {

const std::vector<NamedMethod>& named_methods() {
  static const std::vector<NamedMethod> methods{
      {"adjoint",
       "A^H y, scaled to the data: zero-filled MRI, plain back-projection",
       false,
       false,
       {},
       reconstruct_adjoint},
      {"cg",
       "least squares by conjugate gradients, with Tikhonov regularisation: CG-SENSE",
       false,
       false,
       {"iterations", "tolerance", "lambda"},
       reconstruct_least_squares},
      {"wavelet",
       "L1 norm of the Haar coefficients, by FISTA with random shifts",
       false,
       false,
       {"iterations", "tolerance", "lambda", "levels", "seed"},
       reconstruct_wavelet_l1},
      {"tv",
       "isotropic 3D total variation, by FISTA",
       false,
       false,
       {"iterations", "tolerance", "lambda"},
       reconstruct_total_variation},
      {"pnp-hqs",
       "plug-and-play half-quadratic splitting (DPIR): the safe choice, fast",
       true,
       false,
       {"iterations", "lambda", "sigma_start", "sigma_end", "cg_iterations"},
       reconstruct_pnp_hqs},
      {"pnp-admm",
       "plug-and-play ADMM: iterates to a fixed point",
       true,
       false,
       {"iterations", "tolerance", "lambda", "sigma_start", "sigma_end", "cg_iterations"},
       reconstruct_pnp_admm},
      {"pnp-pgd",
       "plug-and-play proximal gradient with momentum: no inner problem",
       true,
       false,
       {"iterations", "tolerance", "step", "sigma_start", "sigma_end"},
       reconstruct_pnp_pgd},
      {"red",
       "regularisation by denoising, fixed point",
       true,
       false,
       {"iterations", "tolerance", "lambda", "sigma_start", "sigma_end", "cg_iterations"},
       reconstruct_red},
      {"diffpir",
       "DiffPIR: half-quadratic splitting inside a diffusion sampler",
       true,
       true,
       {"iterations", "lambda", "sigma_start", "sigma_end", "zeta", "cg_iterations", "seed"},
       reconstruct_diffpir},
      {"dds",
       "decomposed diffusion sampling: conjugate gradients inside DDIM",
       true,
       true,
       {"iterations", "lambda", "sigma_start", "sigma_end", "zeta", "cg_iterations", "seed"},
       reconstruct_dds},
      {"dps",
       "diffusion posterior sampling: gradient through the denoiser, slow; spread not the posterior's",
       true,
       true,
       {"iterations", "step", "sigma_start", "sigma_end", "seed"},
       reconstruct_dps},
      {"mmps",
       "moment-matching posterior sampling: samples the posterior of a Gaussian prior, very slow",
       true,
       true,
       {"iterations", "sigma_start", "sigma_end", "cg_iterations", "seed"},
       reconstruct_mmps}};
  return methods;
}

const NamedMethod& method_by_name(const std::string& name) {
  std::string names;
  for (const NamedMethod& method : named_methods()) {
    if (method.name == name) return method;
    names += (names.empty() ? "" : ", ") + method.name;
  }
  fail(ExitCode::usage, "no reconstruction method is called \"", name, "\"; there are ", names);
}

}  // namespace voxprior
