// itk_denoise METHOD IN OUT [SIGMA gaussian|rician]: one of ITK's denoising filters on a NIfTI volume, multithreaded as
// ITK does it by itself. The settings are fixed here, so that a number in the table names its setting.
//
// SIGMA, in the units of IN, and the kind of noise are for the methods that use them: bilateral and patch-based.
#include <itkBilateralImageFilter.h>
#include <itkCurvatureAnisotropicDiffusionImageFilter.h>
#include <itkCurvatureFlowImageFilter.h>
#include <itkGaussianRandomSpatialNeighborSubsampler.h>
#include <itkImageFileReader.h>
#include <itkImageFileWriter.h>
#include <itkMedianImageFilter.h>
#include <itkNiftiImageIO.h>
#include <itkPatchBasedDenoisingImageFilter.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>

namespace {

using Image = itk::Image<float, 3>;

/// What is known of the noise; the programs that estimate it themselves need none of this.
struct Noise {
  double sigma = 0;  ///< standard deviation in each real channel, in the volume's units
  bool rician = false;
};

double least_spacing_mm(const Image& image) {
  const auto& spacing_mm = image.GetSpacing();
  return std::min({spacing_mm[0], spacing_mm[1], spacing_mm[2]});
}

template <typename Filter>
Image::Pointer result_of(Filter& filter, const Image::Pointer& noisy) {
  filter.SetInput(noisy);
  filter.Update();
  return filter.GetOutput();
}

// Derivatives are taken in mm, so the greatest stable step shrinks with the voxels: 2^-(dimension + 1) of the least
// spacing, above which ITK warns.
Image::Pointer curvature_anisotropic_diffusion(const Image::Pointer& noisy, const Noise&) {
  const auto filter = itk::CurvatureAnisotropicDiffusionImageFilter<Image, Image>::New();
  filter->SetNumberOfIterations(5);
  filter->SetConductanceParameter(3);
  filter->SetTimeStep(least_spacing_mm(*noisy) / 16);
  return result_of(*filter, noisy);
}

// A second derivative in mm against the first: the stable step goes with the square of the spacing.
Image::Pointer curvature_flow(const Image::Pointer& noisy, const Noise&) {
  const auto filter = itk::CurvatureFlowImageFilter<Image, Image>::New();
  filter->SetNumberOfIterations(10);
  filter->SetTimeStep(least_spacing_mm(*noisy) * least_spacing_mm(*noisy) / 16);
  return result_of(*filter, noisy);
}

Image::Pointer median(const Image::Pointer& noisy, const Noise&) {
  const auto filter = itk::MedianImageFilter<Image, Image>::New();
  filter->SetRadius(1);
  return result_of(*filter, noisy);
}

Image::Pointer bilateral(const Image::Pointer& noisy, const Noise& noise) {
  const auto filter = itk::BilateralImageFilter<Image, Image>::New();
  filter->SetDomainSigma(1);  // mm
  filter->SetRangeSigma(2.2 * noise.sigma);
  return result_of(*filter, noisy);
}

// Awate & Whitaker, IEEE TPAMI 2006; 28:364-376. ITK's defaults (patches of radius 4, 1000 of them a voxel in its
// example) take hours, so the setting is bounded: 4 iterations, each of which goes a fifth of the way to the weighted
// mean of 20 patches of radius 1 drawn around the voxel. The bandwidth was chosen for the best PSNR at 9 % noise.
Image::Pointer patch_based(const Image::Pointer& noisy, const Noise& noise) {
  using Filter = itk::PatchBasedDenoisingImageFilter<Image, Image>;
  using Sampler = itk::Statistics::GaussianRandomSpatialNeighborSubsampler<Filter::PatchSampleType, Image::RegionType>;

  const auto sampler = Sampler::New();
  sampler->SetSeed(0);
  sampler->SetVariance(9);  // voxels squared
  sampler->SetRadius(7);    // 2.5 standard deviations
  sampler->SetNumberOfResultsRequested(20);

  const auto filter = Filter::New();
  filter->SetInput(noisy);
  filter->SetSampler(sampler);
  filter->SetNumberOfIterations(4);
  filter->SetPatchRadius(1);
  // Equal weights: the disc that ITK 5.2 weights patches with by itself fails its own check on voxels that are no
  // cubes.
  filter->UseSmoothDiscPatchWeightsOff();
  Filter::PatchWeightsType weights(filter->GetPatchLengthInVoxels());
  weights.Fill(1);
  filter->SetPatchWeights(weights);

  Filter::RealArrayType bandwidth(1);
  bandwidth[0] = 5.5 * noise.sigma;  // about sigma for each of the 27 voxels of a patch
  filter->KernelBandwidthEstimationOff();
  filter->SetKernelBandwidthSigma(bandwidth);
  filter->SetNoiseModel(noise.rician ? Filter::NoiseModelEnum::RICIAN : Filter::NoiseModelEnum::GAUSSIAN);
  filter->SetNoiseSigma(noise.sigma);
  filter->SetSmoothingWeight(1);
  filter->SetNoiseModelFidelityWeight(0.1);
  return result_of(*filter, noisy);
}

using Method = std::function<Image::Pointer(const Image::Pointer&, const Noise&)>;

const std::map<std::string, Method>& methods() {
  static const std::map<std::string, Method> all{{"curvature-anisotropic-diffusion", curvature_anisotropic_diffusion},
                                                 {"curvature-flow", curvature_flow},
                                                 {"median", median},
                                                 {"bilateral", bilateral},
                                                 {"patch-based", patch_based}};
  return all;
}

// The readers and writers are named, so that no factory is searched and no other format is linked.
Image::Pointer read(const std::string& path) {
  const auto reader = itk::ImageFileReader<Image>::New();
  reader->SetImageIO(itk::NiftiImageIO::New());
  reader->SetFileName(path);
  reader->Update();
  return reader->GetOutput();
}

void write(const Image::Pointer& image, const std::string& path) {
  const auto writer = itk::ImageFileWriter<Image>::New();
  writer->SetImageIO(itk::NiftiImageIO::New());
  writer->SetFileName(path);
  writer->SetInput(image);
  writer->Update();
}

Noise parse_noise(int count, char** words) {
  if (count == 0) return {};
  if (count != 2) throw std::runtime_error("SIGMA is followed by gaussian or rician");
  const std::string kind = words[1];
  if (kind != "gaussian" && kind != "rician") throw std::runtime_error("'" + kind + "' is not gaussian or rician");
  return {std::stod(words[0]), kind == "rician"};
}

void denoise(int argc, char** argv) {
  const auto method = methods().find(argv[1]);
  if (method == methods().end()) throw std::runtime_error("no method is called '" + std::string(argv[1]) + "'");
  const Noise noise = parse_noise(argc - 4, argv + 4);
  const bool needs_sigma = method->first == "bilateral" || method->first == "patch-based";
  if (needs_sigma && !(noise.sigma > 0)) throw std::runtime_error(method->first + " needs SIGMA > 0");
  write(method->second(read(argv[2]), noise), argv[3]);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: itk_denoise METHOD IN.nii OUT.nii [SIGMA gaussian|rician]\nmethods:";
    for (const auto& method : methods()) std::cerr << ' ' << method.first;
    std::cerr << '\n';
    return 2;
  }
  try {
    denoise(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "itk_denoise: " << argv[2] << ": " << error.what() << '\n';
    return 1;
  }
}
