#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "workflows/node/sqlite.h"

namespace voxprior {

/// One result on its way to one destination.
struct Delivery {
  std::int64_t id = 0, series = 0, attempts = 0;
  std::string folder, destination, state, transaction;  ///< state: pending, sent (until commitment), delivered, failed
  double created_s = 0, next_s = 0;
};

/// The queue's results and where they must go. Queue::computed() adds to them.
class Deliveries {
 public:
  explicit Deliveries(const std::filesystem::path& queue_file);

  std::vector<Delivery> in_state(const std::string& state);
  std::vector<Delivery> of(std::int64_t series);
  void set(const Delivery& delivery, const char* state, double next_s, const std::string& reason);
  void set_transaction(std::int64_t delivery, const std::string& transaction);
  /// An archive keeps what was sent in this transaction, or not all of it; false: the transaction is unknown.
  bool commitment(const std::string& transaction, bool all);
  std::int64_t open();

 private:
  Sqlite database_;
};

}  // namespace voxprior
