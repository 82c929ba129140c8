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

constexpr int kSeries = 20, kBlocks = 25, kImages = 4 * kBlocks, kIdle = 100, kKills = 20;
constexpr int kShares = 4;  // of every second series, each sent by an association of its own: 50 associations in all

/// What one association sends.
struct Parcel {
  fs::path folder;
  bool is_cut_off_first = false;
};

struct NodeSoak : test::NodeTest {
  /// A CT series of 100 slices: those of the test data again and again, each time further along the patient. Its images
  /// are shared out at random, so that no shares but all of them together make a volume without gaps.
  void make_series(int number, int shares) {
    std::vector<fs::path> folders;
    for (int n = 0; n < shares; ++n) {
      folders.push_back(scratch_ / ("series" + std::to_string(number) + "-" + std::to_string(n)));
      fs::create_directory(folders.back());
      parcels_.push_back({folders.back(), parcels_.size() % 3 == 0});
    }
    for (int block = 0; block < kBlocks; ++block) {
      make_block(number, block);
      for (const auto& entry : fs::directory_iterator(scratch_ / "block"))
        fs::rename(entry.path(),
                   folders[random_() % folders.size()] / (std::to_string(block) + entry.path().filename().string()));
      fs::remove(scratch_ / "block");
    }
  }

  void make_block(int number, int block) const {
    const double height_mm = 4 * spacing_mm_;
    test::copy_changed(ct(), scratch_ / "block", [&](DcmDataset& dataset, int slice) {
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
  }

  static double spacing_mm() {
    const DicomStack stack = test::only_series(ct()).stacks.at(0);
    return std::abs(stack.frames.at(1).position_mm[2] - stack.frames.at(0).position_mm[2]);
  }

  /// An honest sender: it tries until all is acknowledged.
  void send(const Parcel& parcel) {
    if (parcel.is_cut_off_first) node_->store(parcel.folder, {"--abort"});
    if (wait_until([&] { return node_->store(parcel.folder).exit_code == 0; }, 600)) ++acknowledged_;
  }

  bool all_is_done() const { return node_->metric("series{state=\"done\"}") == kSeries; }

  /// Opens all idle connections anew: those that there were died with the process that listened.
  void stand_idle() {
    idle_.clear();
    for (int n = 0; n < kIdle; ++n) idle_.push_back(std::make_unique<test::IdleConnection>(node_->port()));
  }

  /// Whether there was something to kill.
  bool kill_one(bool worker) const {
    const pid_t victim = worker ? node_->worker_id() : node_->listener_id();
    return victim > 0 && ::kill(victim, SIGKILL) == 0;
  }

  /// The listener while images come, the worker at any moment of a computation.
  void kill_at_random_moments() {
    for (int kills = 0; kills < kKills && !all_is_done();) {
      std::this_thread::sleep_for(std::chrono::milliseconds(random_() % 1500));
      const bool worker = acknowledged_ == static_cast<int>(parcels_.size()) || random_() % 2 == 0;
      if (!kill_one(worker)) continue;
      if (!worker) stand_idle();
      ++(worker ? killed_workers_ : killed_listeners_);
      ++kills;
    }
  }

  const double spacing_mm_ = spacing_mm();
  std::mt19937 random_{11};
  std::vector<Parcel> parcels_;
  std::vector<std::unique_ptr<test::IdleConnection>> idle_;
  std::atomic<int> acknowledged_{0};
  int killed_workers_ = 0, killed_listeners_ = 0;
};

TEST_F(NodeSoak, EveryAcknowledgedSeriesComesOutExactlyOnce) {
  start({{"series", "settle_s = 1\nwait_s = 3600"},
         {"worker", "attempts = 100"},
         {"delivery", "retry_s = 0.1\nlongest_retry_s = 0.5"},
         {"limits",
          "disk_percent = 100\ndisk_free_mb = 0\nassociations = 100\nrequest_s = 120\n"
          "connections_per_host_and_second = 1000"}});
  for (int n = 0; n < kSeries; ++n) make_series(n, n % 2 == 0 ? kShares : 1);
  ASSERT_EQ(parcels_.size(), 50u);
  stand_idle();
  std::vector<std::thread> senders;
  for (const Parcel& parcel : parcels_) senders.emplace_back([this, &parcel] { send(parcel); });
  kill_at_random_moments();
  for (std::thread& sender : senders) sender.join();
  ASSERT_EQ(acknowledged_, static_cast<int>(parcels_.size()));

  EXPECT_TRUE(wait_until([&] { return all_is_done(); }, 1800));
  EXPECT_TRUE(arrived(kSeries, kImages));
  EXPECT_EQ(killed_workers_ + killed_listeners_, kKills);
  EXPECT_EQ(node_->stop(), 0);
  std::cout << killed_listeners_ << " kills of the listener, " << killed_workers_ << " of workers; " << kSeries
            << " series, " << kSeries * kImages << " images, each once\n";
}

}  // namespace
}  // namespace voxprior
