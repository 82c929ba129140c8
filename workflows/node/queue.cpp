#include "workflows/node/queue.h"

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
CREATE TABLE IF NOT EXISTS first_image(
  series INTEGER NOT NULL, association INTEGER NOT NULL, image TEXT NOT NULL, PRIMARY KEY(series, association))
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS boot(id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS processed(
  series TEXT NOT NULL, instance TEXT NOT NULL, PRIMARY KEY(series, instance)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery(
  id INTEGER PRIMARY KEY, series INTEGER NOT NULL, folder TEXT NOT NULL, destination TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0, created_s REAL NOT NULL,
  next_s REAL NOT NULL DEFAULT 0, transaction_uid TEXT NOT NULL DEFAULT '', UNIQUE(series, folder, destination));
)";

constexpr const char* kNoOpenAssociation =
    " AND NOT EXISTS(SELECT 1 FROM touched JOIN association ON association.id = touched.association"
    " WHERE touched.series = series.id AND association.ended IS NULL)";

}  // namespace

Queue::Queue(const std::filesystem::path& file) : database_(file) {}

void Queue::begin(const std::filesystem::path& file) {
  Sqlite database(file, Sqlite::Open::or_make);
  database.run("PRAGMA journal_mode=WAL");
  database.run(kTables);
  database.run("UPDATE series SET state = 'ready' WHERE state = 'processing'");
}

std::vector<QueuedSeries> Queue::in_state(const std::string& state) {
  Statement rows(database_, std::string("SELECT ") + kSeriesColumns + " FROM series WHERE state = ? ORDER BY id");
  rows.bind(state);
  std::vector<QueuedSeries> found;
  while (rows.step()) found.push_back(read_series(rows));
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

bool Queue::retry_at(const QueuedSeries& series, const char* state, double next_s, const std::string& reason) {
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
  return database_.changes() == 1;
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

bool Queue::compute_again(std::int64_t series) {
  Statement(database_,
            "UPDATE series SET state = 'ready', state_s = ?, attempts = 0 WHERE id = ? AND state = 'delivering'")
      .bind(now_s())
      .bind(series)
      .run();
  return database_.changes() == 1;
}

std::vector<std::string> Queue::first_before_power_failed(const QueuedSeries& series) {
  Statement rows(database_,
                 "SELECT image FROM first_image JOIN association ON association.id = first_image.association "
                 "WHERE first_image.series = ? AND association.ended = 'power failed' "
                 "AND image NOT IN (SELECT instance FROM processed WHERE processed.series = ?)");
  rows.bind(series.id).bind(series.key);
  std::vector<std::string> images;
  while (rows.step()) images.push_back(rows.text(0));
  return images;
}

void Queue::forget_images(const QueuedSeries& series) {
  database_.transaction([&] {
    Statement(database_, "UPDATE series SET wiped = 1 WHERE id = ?").bind(series.id).run();
    Statement(database_, "DELETE FROM first_image WHERE series = ?").bind(series.id).run();
  });
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

}  // namespace voxprior
