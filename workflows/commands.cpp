#include "workflows/commands.h"

namespace voxprior {

std::vector<Command> all_commands() {
  return {
      {"info", info_command},
      {"convert", convert_command},
      {"deidentify", deidentify_command},
      {"denoise", denoise_command},
      {"batch", batch_command},
      {"synth", synth_command},
      {"encode", encode_command},
      {"decode", decode_command},
      {"interpolate", interpolate_command},
      {"loglik", loglik_command},
      {"train denoiser", train_denoiser_command},
      {"train diffusion", train_diffusion_command},
      {"train cascade", train_cascade_command},
      {"train autoencoder", train_autoencoder_command},
      {"train distill", train_distill_command},
      {"train bridge", train_bridge_command},
      {"train gan", train_gan_command},
      {"prepare", prepare_command},
      {"recon mri", recon_mri_command},
      {"recon ct", recon_ct_command},
      {"recon superres", recon_superres_command},
      {"recon inpaint", recon_inpaint_command},
      {"simulate mri", simulate_mri_command},
      {"simulate ct", simulate_ct_command},
      {"simulate modes", simulate_modes_command},
      {"evaluate", evaluate_command},
      {"compare", compare_command},
      {"report scan", report_scan_command},
      {"report batch", report_batch_command},
      {"add-noise", add_noise_command},
      {"send", send_command},
      {"fetch", fetch_command},
      {"node", node_command},
      {"docs", docs_command, true},
  };
}

}  // namespace voxprior
