#include "io/itk/register_rigid.h"

#include <itkCenteredTransformInitializer.h>
#include <itkCorrelationImageToImageMetricv4.h>
#include <itkEuler3DTransform.h>
#include <itkImageRegistrationMethodv4.h>
#include <itkMattesMutualInformationImageToImageMetricv4.h>
#include <itkRegistrationParameterScalesFromPhysicalShift.h>
#include <itkRegularStepGradientDescentOptimizerv4.h>

#include "base/error.h"
#include "io/itk/volume_image.h"

namespace voxprior {
namespace {

using Rigid = itk::Euler3DTransform<double>;
using Metric = itk::ImageToImageMetricv4<ItkImage, ItkImage, ItkImage, double>;
using Correlation = itk::CorrelationImageToImageMetricv4<ItkImage, ItkImage, ItkImage, double>;
using MutualInformation = itk::MattesMutualInformationImageToImageMetricv4<ItkImage, ItkImage, ItkImage, double>;
using Optimizer = itk::RegularStepGradientDescentOptimizerv4<double>;
using Scales = itk::RegistrationParameterScalesFromPhysicalShift<Metric>;
using Method = itk::ImageRegistrationMethodv4<ItkImage, ItkImage, Rigid>;

constexpr int kHistogramBins = 48;
constexpr int kMostSteps = 300;
// Step lengths are in mm where the image shifts and in radians where it only turns: the last one is small as an angle.
constexpr double kFirstStep_voxels = 1, kLastStep = 1e-4;
constexpr double kShorter = 0.6;       // a step after the gradient has turned
constexpr double kSampledShare = 0.3;  // of the voxels of a level

Rigid::Pointer itk_rigid(const Affine& affine, const ItkImage::PointType& centre) {
  const auto transform = Rigid::New();
  Rigid::MatrixType matrix;
  for (unsigned row = 0; row < 3; ++row)
    for (unsigned n = 0; n < 3; ++n) matrix(row, n) = affine[4 * row + n];
  transform->SetCenter(centre);
  transform->SetMatrix(matrix, 1e-6);
  Rigid::OutputVectorType translation;  // of the centre: the rotation is about it
  for (unsigned row = 0; row < 3; ++row) {
    translation[row] = affine[4 * row + 3] - centre[row];
    for (unsigned n = 0; n < 3; ++n) translation[row] += affine[4 * row + n] * centre[n];
  }
  transform->SetTranslation(translation);
  return transform;
}

Affine affine_of(const Rigid& transform) {
  Affine affine{};
  for (unsigned row = 0; row < 3; ++row) {
    for (unsigned n = 0; n < 3; ++n) affine[4 * row + n] = transform.GetMatrix()(row, n);
    affine[4 * row + 3] = transform.GetOffset()[row];
  }
  return affine;
}

ItkImage::PointType centre_of(const Geometry& grid) {
  const Affine place = affine_of(grid);
  ItkImage::PointType centre;
  for (int row = 0; row < 3; ++row) {
    centre[row] = place[4 * row + 3];
    for (int n = 0; n < 3; ++n) centre[row] += place[4 * row + n] * static_cast<double>(grid.size[n] - 1) / 2;
  }
  return centre;
}

Metric::Pointer metric_for(Similarity similarity) {
  if (similarity == Similarity::correlation) return Correlation::New().GetPointer();
  const auto mutual_information = MutualInformation::New();
  mutual_information->SetNumberOfHistogramBins(kHistogramBins);
  return mutual_information.GetPointer();
}

/// Angles and millimetres in proportion to how far they move the image.
Optimizer::Pointer optimizer_for(Metric* metric, double voxel_mm) {
  const auto scales = Scales::New();
  scales->SetMetric(metric);
  const auto optimizer = Optimizer::New();
  optimizer->SetScalesEstimator(scales);
  optimizer->SetDoEstimateLearningRateOnce(false);
  optimizer->SetDoEstimateLearningRateAtEachIteration(false);
  optimizer->SetLearningRate(kFirstStep_voxels * voxel_mm);
  optimizer->SetMinimumStepLength(kLastStep);
  optimizer->SetRelaxationFactor(kShorter);
  optimizer->SetGradientMagnitudeTolerance(1e-9);
  optimizer->SetNumberOfIterations(kMostSteps);
  optimizer->SetNumberOfWorkUnits(1);
  return optimizer;
}

Method::Pointer method_for(const RegistrationOptions& options) {
  const auto count = static_cast<unsigned>(options.levels.size());
  Method::ShrinkFactorsArrayType shrink(count);
  Method::SmoothingSigmasArrayType sigmas(count);
  for (unsigned n = 0; n < count; ++n) {
    shrink[n] = static_cast<Method::ShrinkFactorsArrayType::ValueType>(options.levels[n]);
    sigmas[n] = options.levels[n] > 1 ? options.levels[n] / 2.0 : 0;
  }
  const auto method = Method::New();
  method->SetNumberOfLevels(count);
  method->SetShrinkFactorsPerLevel(shrink);
  method->SetSmoothingSigmasPerLevel(sigmas);
  method->SetSmoothingSigmasAreSpecifiedInPhysicalUnits(false);
  method->SetMetricSamplingStrategy(Method::MetricSamplingStrategyEnum::REGULAR);
  method->SetMetricSamplingPercentage(kSampledShare);
  method->MetricSamplingReinitializeSeed(1);
  method->SetNumberOfWorkUnits(1);
  return method;
}

}  // namespace

Affine register_rigid(const Volume& fixed, const Volume& moving, const Affine& start,
                      const RegistrationOptions& options) {
  const auto fixed_import = itk_import(fixed.geometry, fixed.voxels);
  const auto moving_import = itk_import(moving.geometry, moving.voxels);
  const Metric::Pointer metric = metric_for(options.similarity);
  metric->SetMaximumNumberOfWorkUnits(1);
  const auto method = method_for(options);
  const Rigid::Pointer transform = itk_rigid(start, centre_of(fixed.geometry));
  method->SetFixedImage(fixed_import->GetOutput());
  method->SetMovingImage(moving_import->GetOutput());
  method->SetMetric(metric);
  method->SetOptimizer(optimizer_for(metric, fixed.geometry.spacing_mm[0]));
  method->SetInitialTransform(transform);
  method->InPlaceOn();
  try {
    fixed_import->Update();
    moving_import->Update();
    method->Update();
  } catch (const itk::ExceptionObject&) {
    fail(ExitCode::input, "the images to be aligned do not overlap or hold nothing to align by");
  }
  return affine_of(*transform);
}

Affine centres_of_mass_matched(const Volume& fixed, const Volume& moving) {
  const auto fixed_import = itk_import(fixed.geometry, fixed.voxels);
  const auto moving_import = itk_import(moving.geometry, moving.voxels);
  fixed_import->Update();
  moving_import->Update();
  const auto transform = Rigid::New();
  const auto initializer = itk::CenteredTransformInitializer<Rigid, ItkImage, ItkImage>::New();
  initializer->SetTransform(transform);
  initializer->SetFixedImage(fixed_import->GetOutput());
  initializer->SetMovingImage(moving_import->GetOutput());
  initializer->MomentsOn();
  try {
    initializer->InitializeTransform();
  } catch (const itk::ExceptionObject&) {
    fail(ExitCode::input, "an image to be aligned is empty");
  }
  return affine_of(*transform);
}

}  // namespace voxprior
