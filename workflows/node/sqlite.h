#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace voxprior {

/// A connection to an SQLite database, of the process and thread that opened it. It must not be open when the process
/// forks: SQLite's locks and shared memory do not survive that. What was written is on the disk when the function
/// returns. Errors are Error(ExitCode::output) that names the file.
class Sqlite {
 public:
  enum class Open { existing, or_make };
  explicit Sqlite(const std::filesystem::path& file, Open how = Open::existing);
  ~Sqlite();
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;

  /// Runs statements without values or results.
  void run(const std::string& sql);
  /// Runs `work` in one transaction that nobody else writes in; rolled back when it throws.
  void transaction(const std::function<void()>& work);
  std::int64_t last_id() const;
  std::int64_t changes() const;

  [[noreturn]] void refuse() const;
  sqlite3* handle() { return database_; }

 private:
  std::filesystem::path file_;
  sqlite3* database_ = nullptr;
};

/// One statement: values in the order of its question marks, then rows.
class Statement {
 public:
  Statement(Sqlite& database, const std::string& sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::int64_t value);
  Statement& bind(int value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(double value);
  Statement& bind(const std::string& value);

  /// The next row; false at the end.
  bool step();
  void run() {
    while (step()) {
    }
  }

  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;

 private:
  Sqlite& database_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

}  // namespace voxprior
