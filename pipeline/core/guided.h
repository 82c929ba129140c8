#pragma once

#include "pipeline/core/denoiser.h"

namespace voxprior {

/// Classifier-free guidance (Ho and Salimans 2022, arXiv:2207.12598): what a condition changes, `weight` times over.
///
///   D_w(x, sigma) = D_u(x, sigma) + w (D_c(x, sigma) - D_u(x, sigma))
///
/// D_c is told the condition, D_u is not. w = 1 is D_c itself and costs nothing more; above 1 samples are more typical
/// of the condition and vary less. For Gaussian data of one variance, with the means m_c and m_u, D_w is the denoiser
/// of the mean m_u + w (m_c - m_u). Two evaluations for one.
Denoiser guided(Denoiser conditional, Denoiser unconditional, double weight);

}  // namespace voxprior
