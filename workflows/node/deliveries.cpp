#include "workflows/node/deliveries.h"

namespace voxprior {
namespace {

constexpr const char* kDeliveryColumns =
    "id, series, attempts, folder, destination, state, transaction_uid, created_s, next_s";

std::vector<Delivery> read_deliveries(Statement& rows) {
  std::vector<Delivery> found;
  while (rows.step()) {
    found.push_back({rows.integer(0), rows.integer(1), rows.integer(2), rows.text(3), rows.text(4), rows.text(5),
                     rows.text(6), rows.real(7), rows.real(8)});
  }
  return found;
}

}  // namespace

Deliveries::Deliveries(const std::filesystem::path& queue_file) : database_(queue_file) {}

std::vector<Delivery> Deliveries::in_state(const std::string& state) {
  Statement rows(database_, std::string("SELECT ") + kDeliveryColumns + " FROM delivery WHERE state = ? ORDER BY id");
  rows.bind(state);
  return read_deliveries(rows);
}

std::vector<Delivery> Deliveries::of(std::int64_t series) {
  Statement rows(database_, std::string("SELECT ") + kDeliveryColumns + " FROM delivery WHERE series = ? ORDER BY id");
  rows.bind(series);
  return read_deliveries(rows);
}

void Deliveries::set(const Delivery& delivery, const char* state, double next_s, const std::string& reason) {
  // A commitment that came in between stands: it is the archive's word.
  Statement(database_,
            "UPDATE delivery SET state = ?, next_s = ?, reason = ?, attempts = attempts + 1 "
            "WHERE id = ? AND state <> 'delivered'")
      .bind(std::string(state))
      .bind(next_s)
      .bind(reason)
      .bind(delivery.id)
      .run();
}

void Deliveries::set_transaction(std::int64_t delivery, const std::string& transaction) {
  Statement(database_, "UPDATE delivery SET transaction_uid = ? WHERE id = ?").bind(transaction).bind(delivery).run();
}

bool Deliveries::commitment(const std::string& transaction, bool all) {
  Statement(database_,
            "UPDATE delivery SET state = ?, next_s = 0, reason = ? WHERE transaction_uid = ? AND "
            "state IN ('pending', 'sent')")
      .bind(std::string(all ? "delivered" : "pending"))
      .bind(std::string(all ? "" : "the archive does not keep all of it"))
      .bind(transaction)
      .run();
  return database_.changes() > 0;
}

std::int64_t Deliveries::open() {
  Statement row(database_, "SELECT COUNT(*) FROM delivery WHERE state IN ('pending', 'sent')");
  row.step();
  return row.integer(0);
}

}  // namespace voxprior
