#include "workflows/node/sqlite.h"

#include <sqlite3.h>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr int kBusy_ms = 30000;

}  // namespace

Sqlite::Sqlite(const std::filesystem::path& file, Open how) : file_(file) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (how == Open::or_make ? SQLITE_OPEN_CREATE : 0);
  if (sqlite3_open_v2(file.c_str(), &database_, flags, nullptr) != SQLITE_OK) {
    const std::string why = database_ != nullptr ? sqlite3_errmsg(database_) : "out of memory";
    sqlite3_close_v2(database_);
    fail(ExitCode::output, file, ": cannot be opened: ", why);
  }
  sqlite3_busy_timeout(database_, kBusy_ms);
  // Connections come and go with every step: none of them shall empty the write-ahead log because it is the last.
  int keep = 1;
  sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_file_control(database_, nullptr, SQLITE_FCNTL_PERSIST_WAL, &keep);
  sqlite3_exec(database_, "PRAGMA synchronous=FULL", nullptr, nullptr, nullptr);
}

Sqlite::~Sqlite() { sqlite3_close_v2(database_); }

void Sqlite::refuse() const {
  fail(ExitCode::output, file_, ": ", sqlite3_errmsg(database_), "; check the disk, or restore the folder");
}

void Sqlite::run(const std::string& sql) {
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) refuse();
}

void Sqlite::transaction(const std::function<void()>& work) {
  run("BEGIN IMMEDIATE");
  try {
    work();
    run("COMMIT");
  } catch (...) {
    sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

std::int64_t Sqlite::last_id() const { return sqlite3_last_insert_rowid(database_); }
std::int64_t Sqlite::changes() const { return sqlite3_changes(database_); }

Statement::Statement(Sqlite& database, const std::string& sql) : database_(database) {
  if (sqlite3_prepare_v2(database.handle(), sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK) database.refuse();
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(std::int64_t value) {
  if (sqlite3_bind_int64(statement_, ++bound_, value) != SQLITE_OK) database_.refuse();
  return *this;
}

Statement& Statement::bind(double value) {
  if (sqlite3_bind_double(statement_, ++bound_, value) != SQLITE_OK) database_.refuse();
  return *this;
}

Statement& Statement::bind(const std::string& value) {
  const int bytes = static_cast<int>(value.size());
  if (sqlite3_bind_text(statement_, ++bound_, value.data(), bytes, SQLITE_TRANSIENT) != SQLITE_OK) database_.refuse();
  return *this;
}

bool Statement::step() {
  const int status = sqlite3_step(statement_);
  if (status != SQLITE_ROW && status != SQLITE_DONE) database_.refuse();
  return status == SQLITE_ROW;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string Statement::text(int column) const {
  const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return text == nullptr ? "" : std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

}  // namespace voxprior
