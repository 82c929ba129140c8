#pragma once

#include <vector>

#include "pipeline/noise/detail_blocks.h"

namespace voxprior {

/// Noise seen in blocks of wavelet detail; `degrees` is the number of positions in a block. See estimate.h.

/// Standard deviation of white noise from e = sigma^2 + beta (a - sigma^2), e the energy of the finest band and a that
/// of the coarser detail, fitted over the half of the blocks with the smallest a. A plain median for few blocks.
double gaussian_sigma(const std::vector<DetailBlock>& blocks, int degrees);

/// The same for magnitudes, which vary less than sigma where the signal is weak: each block is corrected by the Rician
/// variance at its own mean, which depends on the sigma sought.
double rician_sigma(const std::vector<DetailBlock>& blocks, int degrees);

/// Correlation of neighbours from the energies that the two kinds of band keep: for noise with correlation r along each
/// axis the Haar bands hold (1 + r)^2 (1 - r) and (1 - r)^3. `detail` > 0.
double neighbour_correlation(double activity, double detail);

/// The noise floor of the activity, or 0 when there is none: where anatomy rules, the quietest blocks are far quieter
/// than the typical one; where noise rules, they differ as chi-squared variables do.
double activity_floor(std::vector<DetailBlock> blocks, int degrees);

/// The median of a chi-squared variable over its degrees of freedom.
double chi_squared_median(int degrees);

/// The medians over the blocks, corrected for the skewness of chi-squared variables.
DetailBlock median_block(const std::vector<DetailBlock>& blocks, int degrees);

}  // namespace voxprior
