#pragma once

#include <optional>

#include "pipeline/metrics/modes/mode_set.h"

namespace voxprior {

/// How well the mode that explains a volume best does so.
struct ModeFit {
  std::size_t mode = 0;           ///< index into design.modes
  std::array<double, 3> shift{};  ///< voxels, to 1/16
  double residual = 0;            ///< root mean square of what the mode leaves of the tissue, all of it
  double second_shape = 0;        ///< largest part of what is left that looks like any shape: its inner product with a
                                  ///< profile of norm 1
  double contrast_error = 0;      ///< the contrast that fits best, less that of the mode
};

/// Assigns volumes to the modes of a design by least squares, which is maximum likelihood for its white noise, over
/// mode and sub-voxel shift. A volume that its best mode does not explain as well as it explains the design's own
/// volumes is no mode at all.
class ModeAssigner {
 public:
  explicit ModeAssigner(ModeDesign design);

  /// The best mode, however bad. The image is the design's size, in any unit: the frame of the scene is its scale.
  /// Throws Error(ExitCode::input) for another size.
  ModeFit fit(const Image& image) const;

  /// The mode of a volume, or nothing: for one whose contrast is more than a third of the way to the next mode's, that
  /// holds beside its shape more than a third of what the faintest shape would leave (a ghost of a second one, an edge
  /// elsewhere), or whose residual is above 1.5 times the largest that 100 volumes drawn from the design have.
  std::optional<std::size_t> assign(const Image& image) const;

  const ModeDesign& design() const { return design_; }

 private:
  struct Candidate {
    int shape = 0, position = 0;
    std::array<double, 3> shift{};
    double gain = 0;  ///< of squared error, against no shape at all, with the best contrast of the design
    int contrast = 0;
    double best_amplitude = 0;
  };
  struct Coarse {
    int shape, position;
    std::array<double, 3> shift;
    ShapeProfile profile;
  };

  std::vector<float> tissue_of(const Image& image) const;
  Candidate judge(const std::vector<float>& tissue, int shape, int position, const std::array<double, 3>& shift,
                  const ShapeProfile& profile) const;
  Candidate refine(const std::vector<float>& tissue, Candidate from) const;
  void measure_residuals(std::vector<float> rest, const Candidate& best, ModeFit& found) const;
  std::size_t index_of(const Candidate& candidate) const;
  bool explains(const ModeFit& fit) const;

  ModeDesign design_;
  std::vector<std::uint8_t> is_tissue_;
  std::vector<std::size_t> frame_;  // voxels of it
  std::vector<Coarse> coarse_;
  ModeFit limit_;
};

}  // namespace voxprior
