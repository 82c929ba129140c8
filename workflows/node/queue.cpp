#include "workflows/node/queue.h"

#include <unistd.h>

#include <chrono>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr const char* kTables = R"(
CREATE TABLE IF NOT EXISTS series(
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, study TEXT NOT NULL, calling TEXT NOT NULL, rule TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', expected INTEGER NOT NULL DEFAULT 0,
  generation INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, first_s REAL NOT NULL,
  state_s REAL NOT NULL, next_s REAL NOT NULL DEFAULT 0, cut_off_s REAL NOT NULL DEFAULT 0,
  wiped INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS series_by_state ON series(state);
CREATE TABLE IF NOT EXISTS association(
  id INTEGER PRIMARY KEY, process INTEGER NOT NULL, calling TEXT NOT NULL, host TEXT NOT NULL, opened_s REAL NOT NULL,
  ended TEXT);
CREATE INDEX IF NOT EXISTS association_open ON association(process) WHERE ended IS NULL;
CREATE TABLE IF NOT EXISTS touched(
  series INTEGER NOT NULL, association INTEGER NOT NULL, PRIMARY KEY(series, association)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS touched_by_association ON touched(association);
CREATE TABLE IF NOT EXISTS processed(
  series TEXT NOT NULL, instance TEXT NOT NULL, PRIMARY KEY(series, instance)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery(
  id INTEGER PRIMARY KEY, series INTEGER NOT NULL, folder TEXT NOT NULL, destination TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0, created_s REAL NOT NULL,
  next_s REAL NOT NULL DEFAULT 0, transaction_uid TEXT NOT NULL DEFAULT '', UNIQUE(series, folder, destination));
)";

constexpr const char* kSeriesColumns =
    "id, key, study, calling, rule, state, reason, expected, generation, attempts, first_s, state_s, next_s, cut_off_s";
constexpr const char* kDeliveryColumns =
    "id, series, attempts, folder, destination, state, transaction_uid, created_s, next_s";

constexpr const char* kNoOpenAssociation =
    " AND NOT EXISTS(SELECT 1 FROM touched JOIN association ON association.id = touched.association"
    " WHERE touched.series = series.id AND association.ended IS NULL)";

std::vector<Delivery> read_deliveries(Statement& rows) {
  std::vector<Delivery> found;
  while (rows.step()) {
    found.push_back({rows.integer(0), rows.integer(1), rows.integer(2), rows.text(3), rows.text(4), rows.text(5),
                     rows.text(6), rows.real(7), rows.real(8)});
  }
  return found;
}

}  // namespace

double now_s() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

Queue::Queue(const std::filesystem::path& file) : database_(file) { database_.run("PRAGMA synchronous=FULL"); }

void Queue::begin() {
  database_.run("PRAGMA journal_mode=WAL");
  database_.run(kTables);
  associations_lost();
  database_.run("UPDATE series SET state = 'ready' WHERE state = 'processing'");
}

void Queue::associations_lost() {
  std::map<std::int64_t, double> open;
  database_.transaction([&] {
    Statement rows(database_, "SELECT id, opened_s FROM association WHERE ended IS NULL");
    while (rows.step()) open[rows.integer(0)] = rows.real(1);
    for (const auto& [association, opened_s] : open) cut_off(association, opened_s);
  });
}

void Queue::cut_off(std::int64_t association, double opened_s) {
  // The end of an association is noted late on a busy machine, when its sender may long have begun anew, or be done.
  Statement(
      database_,
      "UPDATE series SET cut_off_s = MAX(cut_off_s, ?) WHERE id IN (SELECT series FROM touched WHERE "
      "association = ?) AND NOT EXISTS(SELECT 1 FROM touched JOIN association ON association.id = touched.association "
      "WHERE touched.series = series.id AND ended = 'released' AND opened_s > ?)")
      .bind(opened_s)
      .bind(association)
      .bind(opened_s)
      .run();
  Statement(database_, "UPDATE association SET ended = 'aborted' WHERE id = ?").bind(association).run();
}

QueuedSeries Queue::series_of(Statement& row) const {
  QueuedSeries one;
  one.id = row.integer(0);
  one.key = row.text(1), one.study = row.text(2), one.calling = row.text(3), one.rule = row.text(4);
  one.state = row.text(5), one.reason = row.text(6);
  one.expected = row.integer(7), one.generation = row.integer(8), one.attempts = row.integer(9);
  one.first_s = row.real(10), one.state_s = row.real(11), one.next_s = row.real(12), one.cut_off_s = row.real(13);
  return one;
}

QueuedSeries Queue::touch(const std::string& key, const std::string& study, const std::string& calling,
                          const std::string& host, const std::string& rule, std::int64_t expected, double opened_s) {
  QueuedSeries series;
  database_.transaction([&] {
    const double now = now_s();
    Statement open(database_, "SELECT id FROM association WHERE process = ? AND ended IS NULL");
    std::int64_t association = open.bind(static_cast<std::int64_t>(::getpid())).step() ? open.integer(0) : 0;
    if (association == 0) {
      Statement(database_, "INSERT INTO association(process, calling, host, opened_s) VALUES(?, ?, ?, ?)")
          .bind(static_cast<std::int64_t>(::getpid()))
          .bind(calling)
          .bind(host)
          .bind(opened_s)
          .run();
      association = database_.last_id();
    }
    Statement(database_,
              "INSERT INTO series(key, study, calling, rule, state, expected, first_s, state_s) "
              "VALUES(?, ?, ?, ?, 'receiving', ?, ?, ?) ON CONFLICT(key) DO NOTHING")
        .bind(key)
        .bind(study)
        .bind(calling)
        .bind(rule)
        .bind(expected)
        .bind(now)
        .bind(now)
        .run();
    Statement(database_,
              "UPDATE series SET state = 'receiving', state_s = ?, attempts = 0, reason = '' "
              "WHERE key = ? AND state IN ('quarantined', 'failed') AND wiped = 0")
        .bind(now)
        .bind(key)
        .run();
    Statement found(database_, std::string("SELECT ") + kSeriesColumns + " FROM series WHERE key = ?");
    found.bind(key).step();
    series = series_of(found);
    Statement(database_, "INSERT OR IGNORE INTO touched(series, association) VALUES(?, ?)")
        .bind(series.id)
        .bind(association)
        .run();
  });
  return series;
}

void Queue::reopen(std::int64_t series) {
  Statement(database_,
            "UPDATE series SET state = 'receiving', state_s = ?, generation = generation + 1, attempts = 0, "
            "reason = '', wiped = 0 WHERE id = ? AND state <> 'receiving'")
      .bind(now_s())
      .bind(series)
      .run();
}

void Queue::released(double opened_s) {
  database_.transaction([&] {
    const auto process = static_cast<std::int64_t>(::getpid());
    Statement(database_,
              "UPDATE series SET cut_off_s = 0 WHERE cut_off_s < ? AND id IN (SELECT series FROM touched "
              "JOIN association ON association.id = association WHERE process = ? AND ended IS NULL)")
        .bind(opened_s)
        .bind(process)
        .run();
    Statement(database_, "UPDATE association SET ended = 'released' WHERE process = ? AND ended IS NULL")
        .bind(process)
        .run();
  });
}

bool Queue::was_processed(const std::string& key, const std::string& instance) {
  Statement found(database_, "SELECT 1 FROM processed WHERE series = ? AND instance = ?");
  return found.bind(key).bind(instance).step();
}

std::string Queue::process_ended(std::int64_t process) {
  std::int64_t association = 0;
  double opened_s = 0;
  std::string caller;
  {
    Statement open(database_,
                   "SELECT id, opened_s, calling, host FROM association WHERE process = ? AND ended IS NULL");
    if (!open.bind(process).step()) return "";
    association = open.integer(0);
    opened_s = open.real(1);
    caller = open.text(2) + "@" + open.text(3);
  }
  database_.transaction([&] { cut_off(association, opened_s); });
  return caller;
}

std::vector<QueuedSeries> Queue::in_state(const std::string& state) {
  Statement rows(database_, std::string("SELECT ") + kSeriesColumns + " FROM series WHERE state = ? ORDER BY id");
  rows.bind(state);
  std::vector<QueuedSeries> found;
  while (rows.step()) found.push_back(series_of(rows));
  return found;
}

bool Queue::advance(const QueuedSeries& series, const char* to, const std::string& reason) {
  Statement(database_, std::string("UPDATE series SET state = ?, state_s = ?, reason = ? WHERE id = ? AND state = ? "
                                   "AND generation = ?") +
                           kNoOpenAssociation)
      .bind(std::string(to))
      .bind(now_s())
      .bind(reason)
      .bind(series.id)
      .bind(series.state)
      .bind(series.generation)
      .run();
  return database_.changes() == 1;
}

void Queue::retry_at(const QueuedSeries& series, const char* state, double next_s, const std::string& reason) {
  Statement(database_,
            "UPDATE series SET state = ?, state_s = ?, attempts = attempts + 1, next_s = ?, reason = ? "
            "WHERE id = ? AND generation = ? AND state = 'processing'")
      .bind(std::string(state))
      .bind(now_s())
      .bind(next_s)
      .bind(reason)
      .bind(series.id)
      .bind(series.generation)
      .run();
}

bool Queue::computed(const QueuedSeries& series, const std::vector<std::string>& folders,
                     const std::vector<std::string>& destinations, const std::vector<std::string>& instances) {
  bool current = false;
  database_.transaction([&] {
    Statement(database_,
              "UPDATE series SET state = 'delivering', state_s = ?, reason = '' WHERE id = ? AND "
              "generation = ? AND state = 'processing'")
        .bind(now_s())
        .bind(series.id)
        .bind(series.generation)
        .run();
    current = database_.changes() == 1;
    if (!current) return;
    for (const std::string& folder : folders) {
      for (const std::string& destination : destinations) {
        Statement(database_,
                  "INSERT OR IGNORE INTO delivery(series, folder, destination, state, created_s) "
                  "VALUES(?, ?, ?, 'pending', ?)")
            .bind(series.id)
            .bind(folder)
            .bind(destination)
            .bind(now_s())
            .run();
      }
    }
    for (const std::string& instance : instances) {
      Statement(database_, "INSERT OR IGNORE INTO processed(series, instance) VALUES(?, ?)")
          .bind(series.key)
          .bind(instance)
          .run();
    }
  });
  return current;
}

std::vector<Delivery> Queue::deliveries(const std::string& state) {
  Statement rows(database_, std::string("SELECT ") + kDeliveryColumns + " FROM delivery WHERE state = ? ORDER BY id");
  rows.bind(state);
  return read_deliveries(rows);
}

std::vector<Delivery> Queue::deliveries_of(std::int64_t series) {
  Statement rows(database_, std::string("SELECT ") + kDeliveryColumns + " FROM delivery WHERE series = ? ORDER BY id");
  rows.bind(series);
  return read_deliveries(rows);
}

void Queue::set_delivery(const Delivery& delivery, const char* state, double next_s, const std::string& reason) {
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

void Queue::set_transaction(std::int64_t delivery, const std::string& transaction) {
  Statement(database_, "UPDATE delivery SET transaction_uid = ? WHERE id = ?").bind(transaction).bind(delivery).run();
}

bool Queue::commitment(const std::string& transaction, bool all) {
  Statement(database_,
            "UPDATE delivery SET state = ?, next_s = 0, reason = ? WHERE transaction_uid = ? AND "
            "state IN ('pending', 'sent')")
      .bind(std::string(all ? "delivered" : "pending"))
      .bind(std::string(all ? "" : "the archive does not keep all of it"))
      .bind(transaction)
      .run();
  return database_.changes() > 0;
}

void Queue::forget_images(const QueuedSeries& series) {
  Statement(database_, "UPDATE series SET wiped = 1 WHERE id = ?").bind(series.id).run();
}

bool Queue::images_forgotten(const QueuedSeries& series) {
  Statement row(database_, "SELECT wiped FROM series WHERE id = ?");
  return row.bind(series.id).step() && row.integer(0) != 0;
}

std::map<std::string, std::int64_t> Queue::count_by_state() {
  Statement rows(database_, "SELECT state, COUNT(*) FROM series GROUP BY state");
  std::map<std::string, std::int64_t> counts;
  while (rows.step()) counts[rows.text(0)] = rows.integer(1);
  return counts;
}

std::int64_t Queue::open_deliveries() {
  Statement row(database_, "SELECT COUNT(*) FROM delivery WHERE state IN ('pending', 'sent')");
  row.step();
  return row.integer(0);
}

}  // namespace voxprior
