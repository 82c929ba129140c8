// Fifty senders at a time, a hundred idle connections, aborted transfers, and kill -9 of whatever runs: every series
// that was acknowledged comes out exactly once.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <signal.h>

#include <atomic>
#include <random>
#include <thread>

#include "tests/io/dicom/write/series_support.h"
#include "tests/workflows/network/node_fixture.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::wait_until;

constexpr int kSeries = 50, kBlocks = 10, kImages = 4 * kBlocks, kIdle = 100, kKills = 20;

struct NodeSoak : test::NodeTest {
  /// A CT series of 40 slices: those of the test data again and again, each time further along the patient.
  fs::path make_series(int number) const {
    const fs::path folder = scratch_ / ("series" + std::to_string(number));
    const double height_mm = 4 * spacing_mm();
    fs::create_directory(folder);
    for (int block = 0; block < kBlocks; ++block) {
      test::copy_changed(ct(), folder / "block", [&](DcmDataset& dataset, int slice) {
        const std::string uid = "1.2.826.0.1." + std::to_string(1000 + number);
        dataset.putAndInsertString(DCM_SeriesInstanceUID, uid.c_str());
        dataset.putAndInsertString(DCM_SOPInstanceUID, (uid + "." + std::to_string(1 + 4 * block + slice)).c_str());
        OFString x, y;
        Float64 z = 0;
        dataset.findAndGetOFString(DCM_ImagePositionPatient, x, 0);
        dataset.findAndGetOFString(DCM_ImagePositionPatient, y, 1);
        dataset.findAndGetFloat64(DCM_ImagePositionPatient, z, 2);
        const std::string position =
            std::string(x.c_str()) + "\\" + y.c_str() + "\\" + std::to_string(z + block * height_mm);
        dataset.putAndInsertString(DCM_ImagePositionPatient, position.c_str());
      });
      for (const auto& entry : fs::directory_iterator(folder / "block"))
        fs::rename(entry.path(), folder / (std::to_string(block) + entry.path().filename().string()));
      fs::remove(folder / "block");
    }
    return folder;
  }

  static double spacing_mm() {
    const DicomStack stack = test::only_series(ct()).stacks.at(0);
    return std::abs(stack.frames.at(1).position_mm[2] - stack.frames.at(0).position_mm[2]);
  }

  /// An honest sender: every third one is cut off at first; each tries until all is acknowledged.
  void send(int number, const fs::path& folder) {
    if (number % 3 == 0) node_->store(folder, {"--abort"});
    if (wait_until([&] { return node_->store(folder).exit_code == 0; }, 600)) ++acknowledged_;
  }

  void kill_something(unsigned which) const {
    const pid_t victim = which % 2 == 0 ? node_->listener_id() : node_->worker_id();
    if (victim > 0) ::kill(victim, SIGKILL);
  }

  std::atomic<int> acknowledged_{0};
};

TEST_F(NodeSoak, EveryAcknowledgedSeriesComesOutExactlyOnce) {
  start({{"series", "settle_s = 1\nwait_s = 3600\nflush = \"association\""},
         {"worker", "attempts = 100"},
         {"limits", "disk_percent = 100\ndisk_free_mb = 0\nassociations = 100"}});
  std::vector<fs::path> folders;
  for (int n = 0; n < kSeries; ++n) folders.push_back(make_series(n));
  std::vector<std::unique_ptr<test::IdleConnection>> idle;
  for (int n = 0; n < kIdle; ++n) idle.push_back(std::make_unique<test::IdleConnection>(node_->port()));

  std::vector<std::thread> senders;
  for (int n = 0; n < kSeries; ++n) senders.emplace_back([this, n, &folders] { send(n, folders[n]); });
  std::mt19937 random(11);
  for (int kill = 0; kill < kKills; ++kill) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200 + random() % 2000));
    kill_something(random());
  }
  for (std::thread& sender : senders) sender.join();
  ASSERT_EQ(acknowledged_, kSeries);

  EXPECT_TRUE(wait_until([&] { return node_->metric("series{state=\"done\"}") == kSeries; }, 1800));
  EXPECT_TRUE(arrived(kSeries, kImages));
  EXPECT_EQ(node_->stop(), 0);
  std::cout << "restarts " << node_->events("computing is tried again") << " of workers; " << kSeries << " series, "
            << kSeries * kImages << " images, each once\n";
}

}  // namespace
}  // namespace voxprior
