#include <gmock/gmock.h>
#include <ismrmrd/xml.h>

#include <filesystem>

#include "io/raw/ismrmrd_file.h"
#include "io/raw/ismrmrd_handle.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::Contains;
using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pointwise;
using Complex = std::complex<float>;
namespace fs = std::filesystem;

/// Oblique, of odd and unequal sizes, with some lines missing, no two samples alike.
KSpace awkward_kspace() {
  KSpace kspace;
  kspace.coils = 3;
  kspace.grid.size = {8, 5, 3};
  kspace.shown = {4, 5, 3};
  kspace.grid.spacing_mm = {0.75, 1.25, 3};
  kspace.grid.origin_mm = {-12.5, 7.25, 100};
  const double c = std::cos(0.3), s = std::sin(0.3);
  kspace.grid.lps_from_index = {c, -s, 0, s, c, 0, 0, 0, 1};
  kspace.placed = true;
  const std::int64_t positions = kspace.positions();
  kspace.sampled.resize(static_cast<std::size_t>(positions));
  kspace.samples.resize(static_cast<std::size_t>(3 * positions));
  for (std::int64_t n = 0; n < 3 * positions; ++n) {
    const std::int64_t line = n % positions / 8;
    if (line % 3 == 1) continue;
    kspace.sampled[static_cast<std::size_t>(n % positions)] = 1;
    kspace.samples[static_cast<std::size_t>(n)] = {static_cast<float>(n + 1), -0.5f * static_cast<float>(n)};
  }
  for (int n = 0; n < 3 * 70; ++n) kspace.noise.emplace_back(n, 1);
  return kspace;
}

/// One readout after the other, as a scanner's converter would write them.
class ScannerFile {
 public:
  explicit ScannerFile(fs::path path) : path_(std::move(path)) {
    encoding_.trajectory = ISMRMRD::TrajectoryType::CARTESIAN;
    encoding_.encodedSpace.matrixSize = {4, 3, 1};
    encoding_.encodedSpace.fieldOfView_mm = encoding_.reconSpace.fieldOfView_mm = {8, 9, 5};
    encoding_.encodingLimits.kspace_encoding_step_1 = ISMRMRD::Limit(0, 2, 1);
  }
  ISMRMRD::Encoding& encoding() { return encoding_; }

  /// A readout of `samples` values `value`, value + 1 .. in each coil; `edit` may change its header.
  template <typename Edit>
  void add(int line, float value, Edit edit, int samples = 4, int coils = 2) {
    ISMRMRD::ISMRMRD_Acquisition readout;
    ISMRMRD::ismrmrd_init_acquisition(&readout);
    readout.head.number_of_samples = static_cast<std::uint16_t>(samples);
    readout.head.active_channels = static_cast<std::uint16_t>(coils);
    readout.head.center_sample = static_cast<std::uint16_t>(samples / 2);
    readout.head.idx.kspace_encode_step_1 = static_cast<std::uint16_t>(line);
    readout.head.read_dir[0] = readout.head.phase_dir[1] = readout.head.slice_dir[2] = 1;
    edit(readout.head);
    ISMRMRD::ismrmrd_make_consistent_acquisition(&readout);
    for (int n = 0; n < samples && readout.head.trajectory_dimensions > 0; ++n)
      readout.traj[n * readout.head.trajectory_dimensions] = static_cast<float>(n - samples / 2) / 4;
    for (int n = 0; n < samples * coils; ++n) readout.data[n] = value + static_cast<float>(n);
    ISMRMRD::ismrmrd_append_acquisition(file_.get(), &readout);
    ISMRMRD::ismrmrd_cleanup_acquisition(&readout);
  }
  void add(int line, float value) {
    add(line, value, [](auto&) {});
  }
  void finish() {
    ISMRMRD::IsmrmrdHeader header;
    header.experimentalConditions.H1resonanceFrequency_Hz = 0;
    header.encoding.push_back(encoding_);
    std::ostringstream text;
    ISMRMRD::serialize(header, text);
    ISMRMRD::ismrmrd_write_header(file_.get(), text.str().c_str());
    test::put_bytes(path_, file_.bytes());
  }

 private:
  fs::path path_;
  IsmrmrdHandle file_;
  ISMRMRD::Encoding encoding_;
};

class Ismrmrd : public testing::Test {
 protected:
  fs::path path() const { return scratch_ / "a.h5"; }
  KSpace read(const KSpaceSelection& selection = {}) { return read_ismrmrd(path(), selection, {}); }
  std::string refusal(const KSpaceSelection& selection = {}, ExitCode code = ExitCode::input) {
    return test::refusal(code, [&] { read(selection); });
  }
  test::ScratchFolder scratch_;
};

TEST_F(Ismrmrd, WhatIsWrittenComesBack) {
  const KSpace before = awkward_kspace();
  write_ismrmrd(path(), before, Overwrite::no);
  const KSpace after = read();
  EXPECT_EQ(after.coils, 3);
  EXPECT_EQ(after.samples, before.samples);
  EXPECT_EQ(after.sampled, before.sampled);
  EXPECT_EQ(after.noise, before.noise);
  EXPECT_EQ(after.shown, before.shown);
  EXPECT_TRUE(after.calibration.empty());
  EXPECT_EQ(after.grid.size, before.grid.size);
  EXPECT_THAT(after.grid.spacing_mm, Pointwise(DoubleNear(1e-6), before.grid.spacing_mm));
  EXPECT_THAT(after.grid.origin_mm, Pointwise(DoubleNear(1e-4), before.grid.origin_mm));  // ISMRMRD keeps floats
  EXPECT_THAT(after.grid.lps_from_index, Pointwise(DoubleNear(1e-6), before.grid.lps_from_index));
  EXPECT_EQ(scratch_.names(), std::set<std::string>{"a.h5"});
}

TEST_F(Ismrmrd, ATrajectoryComesBack) {
  KSpace before = awkward_kspace();
  before.shown = before.grid.size;
  before.sampled.clear();
  before.samples.resize(3 * 4 * 5);  // four readouts of five samples
  before.readout_length = 5;
  for (int n = 0; n < 20; ++n) {
    const auto share = static_cast<float>(n - 10) / 10;
    before.trajectory.insert(before.trajectory.end(), {4 * share, -2.5F * share, 1.5F * share});
  }
  write_ismrmrd(path(), before, Overwrite::no);
  const KSpace after = read();
  EXPECT_FALSE(after.on_grid());
  EXPECT_EQ(after.samples, before.samples);
  EXPECT_EQ(after.trajectory, before.trajectory);
  EXPECT_EQ(after.readout_length, 5);
  EXPECT_EQ(after.noise, before.noise);
  EXPECT_EQ(after.grid.size, before.grid.size);
  EXPECT_THAT(after.notices, Contains(HasSubstr("numbers up to 4 taken as cycles per field of view")));
}

TEST_F(Ismrmrd, AStackOfStarsTakesItsPartitionFromTheCounter) {
  ScannerFile file(path());
  file.encoding().trajectory = ISMRMRD::TrajectoryType::RADIAL;
  file.encoding().encodedSpace.matrixSize = {4, 4, 6};
  file.encoding().encodingLimits.kspace_encoding_step_2 = ISMRMRD::Limit(0, 5, 3);
  for (const int partition : {0, 5})
    file.add(0, 1, [&](auto& head) {
      head.trajectory_dimensions = 2;
      head.discard_pre = 1;
      head.idx.kspace_encode_step_2 = static_cast<std::uint16_t>(partition);
    });
  file.finish();
  const KSpace kspace = read();
  EXPECT_EQ(kspace.positions(), 6);  // the first of four samples is discarded
  EXPECT_EQ(kspace.samples[0], Complex(2));
  std::vector<float> k;
  for (std::size_t n = 2; n < kspace.trajectory.size(); n += 3) k.push_back(kspace.trajectory[n]);
  EXPECT_THAT(k, ElementsAre(-3, -3, -3, 2, 2, 2));
  EXPECT_FLOAT_EQ(kspace.trajectory[0], -1);  // the second of -0.5, -0.25, 0, 0.25 cycles per voxel
}

TEST_F(Ismrmrd, AnInputIsNotTouched) {
  write_ismrmrd(path(), awkward_kspace(), Overwrite::no);
  const std::string before = test::bytes_of(path());
  fs::permissions(path(), fs::perms::owner_read);
  read();
  EXPECT_EQ(test::bytes_of(path()), before);
}

TEST_F(Ismrmrd, PlacesLinesAveragesThemAndKeepsOtherScansApart) {
  ScannerFile file(path());
  file.add(0, 10);
  file.add(0, 20);  // a second average
  file.add(2, 30);
  file.add(1, 40, [](auto& head) { head.flags = 1ull << (ISMRMRD::ISMRMRD_ACQ_IS_PARALLEL_CALIBRATION - 1); });
  file.add(1, 50, [](auto& head) { head.flags = 1ull << (ISMRMRD::ISMRMRD_ACQ_IS_NAVIGATION_DATA - 1); });
  file.add(
      0, 60, [](auto& head) { head.flags = 1ull << (ISMRMRD::ISMRMRD_ACQ_IS_NOISE_MEASUREMENT - 1); }, 7);
  file.finish();
  const KSpace kspace = read();
  EXPECT_EQ(kspace.coils, 2);
  EXPECT_EQ(kspace.samples[0], Complex(15));       // line 0, first coil: the mean of 10 and 20
  EXPECT_EQ(kspace.samples[8], Complex(30));       // line 2
  EXPECT_EQ(kspace.samples[12 + 0], Complex(19));  // second coil
  EXPECT_THAT(kspace.sampled, ElementsAre(1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1));
  EXPECT_EQ(kspace.calibration[4], Complex(40));
  EXPECT_EQ(kspace.calibration[0], Complex(0));
  EXPECT_EQ(kspace.noise_samples(), 7);
  EXPECT_EQ(kspace.noise[7], Complex(67));
  EXPECT_THAT(kspace.grid.spacing_mm, ElementsAre(2, 3, 5));
  EXPECT_THAT(kspace.grid.origin_mm, ElementsAre(-4, -3, 0));  // voxel (2, 1, 0) is at the position, 0
}

TEST_F(Ismrmrd, PartialEchoDiscardedSamplesAndReversedReadoutsLieWhereTheyBelong) {
  ScannerFile file(path());
  file.add(
      0, 1, [](auto& head) { head.center_sample = 1; }, 3);  // samples -1, 0, 1 of -2 .. 1
  file.add(
      1, 1, [](auto& head) { head.discard_pre = 1, head.discard_post = 1, head.center_sample = 3; }, 6);
  file.add(2, 1, [](auto& head) { head.flags = 1ull << (ISMRMRD::ISMRMRD_ACQ_IS_REVERSE - 1); });
  file.finish();
  const KSpace kspace = read();
  const std::vector<Complex> coil(kspace.samples.begin(), kspace.samples.begin() + 12);
  EXPECT_THAT(coil, ElementsAre(0, 1, 2, 3, 2, 3, 4, 5, 4, 3, 2, 1));
}

TEST_F(Ismrmrd, OversamplingIsToldByTheFieldsOfView) {
  ScannerFile file(path());
  file.encoding().encodedSpace.matrixSize = {8, 3, 1};
  file.encoding().encodedSpace.fieldOfView_mm = {16, 9, 5};
  file.add(
      1, 1, [](auto&) {}, 8);
  file.finish();
  EXPECT_THAT(read().shown, ElementsAre(4, 3, 1));
}

TEST_F(Ismrmrd, OneOfSeveralSlicesIsChosen) {
  ScannerFile file(path());
  for (int slice = 0; slice < 3; ++slice)
    file.add(1, 100.f * slice, [&](auto& head) { head.idx.slice = slice, head.position[2] = 5.f * slice; });
  file.finish();
  EXPECT_THAT(refusal(), HasSubstr("3 values of \"slice\" (0 to 2); choose one with --select slice=0"));
  const KSpace kspace = read({{"slice", 2}});
  EXPECT_EQ(kspace.samples[4], Complex(200));
  EXPECT_EQ(kspace.grid.origin_mm[2], 10);
  EXPECT_THAT(refusal({{"slice", 3}}, ExitCode::usage), HasSubstr("no readout with slice = 3"));
  EXPECT_THAT(refusal({{"flavour", 3}}, ExitCode::usage), HasSubstr("'flavour' is not one of"));
}

struct BadScan {
  const char* name;
  void (*fill)(ScannerFile&);
  const char* message;
};
class IsmrmrdRefusal : public testing::TestWithParam<BadScan> {};

TEST_P(IsmrmrdRefusal, SaysWhy) {
  const test::ScratchFolder scratch;
  ScannerFile file(scratch / "a.h5");
  GetParam().fill(file);
  file.finish();
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { read_ismrmrd(scratch / "a.h5", {}, {}); }),
              HasSubstr(GetParam().message));
}

const BadScan kBadScans[] = {
    {"NoCoil",
     [](auto& f) {
       f.add(
           1, 1, [](auto&) {}, 4, 0);
     },
     "no coil"},
    {"CoilsChange",
     [](auto& f) {
       f.add(1, 1), f.add(
                        2, 1, [](auto&) {}, 4, 3);
     },
     "with 2 and with 3 coils"},
    {"Outside", [](auto& f) { f.add(3, 1); }, "outside the encoded matrix 4 x 3 x 1"},
    {"TooLong",
     [](auto& f) {
       f.add(
           1, 1, [](auto&) {}, 6);
     },
     "outside the encoded matrix"},
    {"OnlyNoise", [](auto& f) { f.add(1, 1, [](auto& h) { h.flags = 1ull << 18; }); }, "no readout of an image"},
    {"Spiral",
     [](auto& f) {
       f.encoding().trajectory = ISMRMRD::TrajectoryType::SPIRAL;
       f.add(1, 1);
     },
     "not sampled on a Cartesian grid"},
    {"Nan", [](auto& f) { f.add(1, std::numeric_limits<float>::quiet_NaN()); }, "NaN or infinite"},
    {"Moved", [](auto& f) { f.add(1, 1), f.add(2, 1, [](auto& h) { h.position[0] = 3; }); }, "lies at another place"},
    {"NoFieldOfView",
     [](auto& f) {
       f.encoding().encodedSpace.fieldOfView_mm = {0, 9, 5};
       f.add(1, 1);
     },
     "field of view is not positive"},
    {"Encoding", [](auto& f) { f.add(1, 1, [](auto& h) { h.encoding_space_ref = 2; }); }, "an encoding that"},
    {"Sheared", [](auto& f) { f.add(1, 1, [](auto& h) { h.phase_dir[0] = 0.5; }); }, "not perpendicular"},
};
INSTANTIATE_TEST_SUITE_P(, IsmrmrdRefusal, testing::ValuesIn(kBadScans),
                         [](const auto& info) { return info.param.name; });

TEST_F(Ismrmrd, CutFilesAndOtherFilesAreRefused) {
  write_ismrmrd(path(), awkward_kspace(), Overwrite::no);
  const std::string whole = test::bytes_of(path());
  for (const double share : {0.05, 0.3, 0.6, 0.9, 0.999}) {
    test::put_bytes(path(), whole.substr(0, static_cast<std::size_t>(share * static_cast<double>(whole.size()))));
    EXPECT_THAT(refusal(), HasSubstr("cut or damaged")) << share;
  }
  test::put_bytes(path(), "Dear colleague, here are the data");
  EXPECT_THAT(refusal(), HasSubstr("no HDF5 file"));
  fs::remove(path());
  EXPECT_THAT(refusal(), HasSubstr("no such file"));
}

TEST_F(Ismrmrd, AnotherHdf5FileIsRefused) {
  test::put_bytes(path(), IsmrmrdHandle().bytes());
  EXPECT_THAT(refusal(), HasSubstr("no ISMRMRD data"));
}

TEST_F(Ismrmrd, AFullDiskLeavesNoFile) {
  KSpace kspace = awkward_kspace();
  kspace.noise.resize(3 * 100'000);
  const test::FileSizeLimit limit(100'000);
  EXPECT_THAT(test::refusal(ExitCode::output, [&] { write_ismrmrd(path(), kspace, Overwrite::no); }),
              HasSubstr("cannot write"));
  EXPECT_THAT(scratch_.names(), testing::IsEmpty());
}

}  // namespace
}  // namespace voxprior
