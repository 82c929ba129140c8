// dicom_read FOLDER: reads the first volume of the only series in it, as every command does, and writes nothing.
#include <exception>
#include <iostream>

#include "base/error.h"
#include "io/dicom/find_series.h"
#include "io/dicom/read_volume.h"

int main(int argc, char** argv) {
  using namespace voxprior;
  try {
    if (argc != 2) fail(ExitCode::usage, "usage: dicom_read FOLDER");
    const DicomSurvey survey = survey_dicom({argv[1]});
    if (survey.series.size() != 1) fail(ExitCode::input, argv[1], ": holds ", survey.series.size(), " series, not one");
    const Volume volume = read_dicom_volume(survey.series[0], 0);
    std::cout << volume.voxels.size() << " voxels\n";
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
