#pragma once

#include <string>
#include <vector>

#include "workflows/cli/run_command.h"

namespace voxprior {

// One function, one command, in the file of that name: info.cpp, convert.cpp, ... Each answers an Invocation with an
// exit code.
int info_command(const Invocation& invocation);
int convert_command(const Invocation& invocation);
int deidentify_command(const Invocation& invocation);
int denoise_command(const Invocation& invocation);
int batch_command(const Invocation& invocation);
int synth_command(const Invocation& invocation);
int encode_command(const Invocation& invocation);
int decode_command(const Invocation& invocation);
int interpolate_command(const Invocation& invocation);
int loglik_command(const Invocation& invocation);
int train_denoiser_command(const Invocation& invocation);
int train_diffusion_command(const Invocation& invocation);
int train_cascade_command(const Invocation& invocation);
int train_autoencoder_command(const Invocation& invocation);
int train_distill_command(const Invocation& invocation);
int train_bridge_command(const Invocation& invocation);
int train_gan_command(const Invocation& invocation);
int prepare_command(const Invocation& invocation);
int recon_mri_command(const Invocation& invocation);
int recon_ct_command(const Invocation& invocation);
int recon_superres_command(const Invocation& invocation);
int recon_inpaint_command(const Invocation& invocation);
int simulate_mri_command(const Invocation& invocation);
int simulate_ct_command(const Invocation& invocation);
int simulate_modes_command(const Invocation& invocation);
int compare_command(const Invocation& invocation);
int evaluate_command(const Invocation& invocation);
int report_scan_command(const Invocation& invocation);
int report_batch_command(const Invocation& invocation);
int add_noise_command(const Invocation& invocation);
int send_command(const Invocation& invocation);
int fetch_command(const Invocation& invocation);
int node_command(const Invocation& invocation);
int docs_command(const Invocation& invocation);

struct Command {
  std::string name;  ///< one word or two: "denoise", "train denoiser"
  int (*answer)(const Invocation& invocation);
  bool hidden = false;  ///< for those who change the program, not for those who use it
};

/// Every command, in the order in which `voxprior --help` lists them.
std::vector<Command> all_commands();

}  // namespace voxprior
