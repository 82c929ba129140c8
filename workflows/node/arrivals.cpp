#include "workflows/node/arrivals.h"

#include <unistd.h>

#include <fstream>
#include <map>

namespace voxprior {
namespace {

std::int64_t this_process() { return ::getpid(); }

/// Differs after every start of the machine.
std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

/// The open association of this process that began at `opened_s`; 0 if there is none. By both, because the end of
/// another process of that number may not have been noted yet.
std::int64_t open_association(Sqlite& database, double opened_s) {
  Statement open(database, "SELECT id FROM association WHERE process = ? AND opened_s = ? AND ended IS NULL");
  return open.bind(this_process()).bind(opened_s).step() ? open.integer(0) : 0;
}

/// All that are open, and when each began.
std::map<std::int64_t, double> open_associations(Sqlite& database) {
  Statement rows(database, "SELECT id, opened_s FROM association WHERE ended IS NULL");
  std::map<std::int64_t, double> open;
  while (rows.step()) open[rows.integer(0)] = rows.real(1);
  return open;
}

/// The machine's start in which the node ran before; that of now for the first time.
std::string boot_before(Sqlite& database) {
  Statement last(database, "SELECT id FROM boot");
  return last.step() ? last.text(0) : boot_id();
}

std::int64_t begin_association(Sqlite& database, const Arrival& arrival) {
  Statement(database, "INSERT INTO association(process, calling, host, opened_s) VALUES(?, ?, ?, ?)")
      .bind(this_process())
      .bind(arrival.calling)
      .bind(arrival.host)
      .bind(arrival.opened_s)
      .run();
  return database.last_id();
}

/// Makes the series, or opens it again if it was given up and its images are still there.
QueuedSeries open_series(Sqlite& database, const Arrival& arrival) {
  const double now = now_s();
  Statement(database,
            "INSERT INTO series(key, study, calling, rule, state, expected, first_s, state_s) "
            "VALUES(?, ?, ?, ?, 'receiving', ?, ?, ?) ON CONFLICT(key) DO NOTHING")
      .bind(arrival.key)
      .bind(arrival.study)
      .bind(arrival.calling)
      .bind(arrival.rule)
      .bind(arrival.expected)
      .bind(now)
      .bind(now)
      .run();
  Statement(database,
            "UPDATE series SET state = 'receiving', state_s = ?, attempts = 0, reason = '' "
            "WHERE key = ? AND state IN ('quarantined', 'failed') AND wiped = 0")
      .bind(now)
      .bind(arrival.key)
      .run();
  Statement found(database, std::string("SELECT ") + kSeriesColumns + " FROM series WHERE key = ?");
  found.bind(arrival.key).step();
  return read_series(found);
}

}  // namespace

Arrivals::Arrivals(const std::filesystem::path& queue_file) : database_(queue_file) {}

QueuedSeries Arrivals::touch(const Arrival& arrival) {
  QueuedSeries series;
  database_.transaction([&] {
    std::int64_t association = open_association(database_, arrival.opened_s);
    if (association == 0) association = begin_association(database_, arrival);
    series = open_series(database_, arrival);
    Statement(database_, "INSERT OR IGNORE INTO touched(series, association) VALUES(?, ?)")
        .bind(series.id)
        .bind(association)
        .run();
    Statement(database_, "INSERT OR IGNORE INTO first_image(series, association, image) VALUES(?, ?, ?)")
        .bind(series.id)
        .bind(association)
        .bind(arrival.first_image)
        .run();
  });
  return series;
}

void Arrivals::reopen(std::int64_t series) {
  Statement(database_,
            "UPDATE series SET state = 'receiving', state_s = ?, generation = generation + 1, attempts = 0, "
            "reason = '', wiped = 0 WHERE id = ? AND state <> 'receiving'")
      .bind(now_s())
      .bind(series)
      .run();
}

void Arrivals::released(double opened_s) {
  database_.transaction([&] {
    const std::int64_t association = open_association(database_, opened_s);
    Statement(database_,
              "UPDATE series SET cut_off_s = 0 WHERE cut_off_s < ? AND id IN (SELECT series FROM touched "
              "WHERE association = ?)")
        .bind(opened_s)
        .bind(association)
        .run();
    Statement(database_, "UPDATE association SET ended = 'released' WHERE id = ?").bind(association).run();
  });
}

bool Arrivals::was_processed(const std::string& key, const std::string& instance) {
  Statement found(database_, "SELECT 1 FROM processed WHERE series = ? AND instance = ?");
  return found.bind(key).bind(instance).step();
}

bool Arrivals::has_processed(const std::string& key) {
  Statement found(database_, "SELECT 1 FROM processed WHERE series = ? LIMIT 1");
  return found.bind(key).step();
}

bool Arrivals::has_open(std::int64_t process) {
  Statement open(database_, "SELECT 1 FROM association WHERE process = ? AND ended IS NULL");
  return open.bind(process).step();
}

std::string Arrivals::process_ended(std::int64_t process) {
  std::int64_t association = 0;
  double opened_s = 0;
  std::string caller;
  {
    Statement open(database_,
                   "SELECT id, opened_s, calling, host FROM association WHERE process = ? AND ended IS NULL "
                   "ORDER BY id LIMIT 1");
    if (!open.bind(process).step()) return "";
    association = open.integer(0);
    opened_s = open.real(1);
    caller = open.text(2) + "@" + open.text(3);
  }
  database_.transaction([&] { cut_off(association, opened_s, "aborted"); });
  return caller;
}

void Arrivals::all_lost() {
  database_.transaction([&] {
    const std::string boot = boot_id();
    const char* const how = boot_before(database_) == boot ? "aborted" : "power failed";
    for (const auto& [association, opened_s] : open_associations(database_)) cut_off(association, opened_s, how);
    database_.run("DELETE FROM boot");
    Statement(database_, "INSERT INTO boot(id) VALUES(?)").bind(boot).run();
  });
}

void Arrivals::cut_off(std::int64_t association, double opened_s, const char* how) {
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
  Statement(database_, "UPDATE association SET ended = ? WHERE id = ?").bind(std::string(how)).bind(association).run();
}

}  // namespace voxprior
