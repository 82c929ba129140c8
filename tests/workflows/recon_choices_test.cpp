#include "workflows/recon_choices.h"

#include <gtest/gtest.h>

#include "pipeline/reconstruction/registry.h"

namespace voxprior {
namespace {

TEST(ReconMethods, AreThoseOfTheRegistry) {
  const auto& known = named_methods();
  ASSERT_EQ(recon_methods().size(), known.size());
  for (std::size_t n = 0; n < known.size(); ++n) {
    EXPECT_EQ(recon_methods()[n].name, known[n].name);
    EXPECT_EQ(recon_methods()[n].needs_model, known[n].needs_denoiser) << known[n].name;
    EXPECT_EQ(recon_methods()[n].draws, known[n].draws_noise) << known[n].name;
  }
}

}  // namespace
}  // namespace voxprior
