#include "io/dicom/deidentify/dates.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace voxprior {
namespace {

struct Date {
  int year, month, day;
};

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// Days from 1 January of the year 1 to 1 January of `year`.
std::int64_t days_before_year(std::int64_t year) {
  const std::int64_t past = year - 1;
  return 365 * past + past / 4 - past / 100 + past / 400;
}

std::int64_t day_number(const Date& date) {
  std::int64_t days = days_before_year(date.year) + date.day - 1;
  for (int month = 1; month < date.month; ++month) days += days_in_month(date.year, month);
  return days;
}

Date date_of(std::int64_t number) {
  Date date{static_cast<int>(number / 366) + 1, 1, 1};  // never too late
  while (days_before_year(date.year + 1) <= number) ++date.year;
  number -= days_before_year(date.year);
  for (; number >= days_in_month(date.year, date.month); ++date.month) number -= days_in_month(date.year, date.month);
  date.day = static_cast<int>(number) + 1;
  return date;
}

/// "YYYYMMDD", and nothing else, as a date of the calendar.
std::optional<Date> parse_date(std::string_view text) {
  if (text.size() != 8 || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return {};
  const auto number = [&](std::size_t begin, std::size_t count) {
    return std::stoi(std::string(text.substr(begin, count)));
  };
  const Date date{number(0, 4), number(4, 2), number(6, 2)};
  if (date.year < 1 || date.month < 1 || date.month > 12) return {};
  if (date.day < 1 || date.day > days_in_month(date.year, date.month)) return {};
  return date;
}

std::optional<std::string> shifted_day(std::string_view text, int days) {
  const std::optional<Date> date = parse_date(text);
  if (!date) return {};
  const std::int64_t moved = day_number(*date) + days;
  if (moved < 0 || moved >= days_before_year(10000)) return {};
  const Date result = date_of(moved);
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%04d%02d%02d", result.year, result.month, result.day);
  return digits.data();
}

/// Applies `shift` to each of the values between backslashes; nothing if it has no answer for one of them.
template <typename Shift>
std::optional<std::string> for_each_value(std::string_view values, const Shift& shift) {
  std::string result;
  for (bool more = true; more;) {
    const std::size_t end = std::min(values.find('\\'), values.size());
    std::string_view value = values.substr(0, end);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\0')) value.remove_suffix(1);
    const std::optional<std::string> shifted = value.empty() ? std::string() : shift(value);
    if (!shifted) return {};
    result += *shifted;
    more = end < values.size();
    if (more) {
      result += '\\';
      values.remove_prefix(end + 1);
    }
  }
  return result;
}

bool holds_only(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

}  // namespace

std::optional<std::string> shifted_date(std::string_view dates, int days) {
  return for_each_value(dates, [days](std::string_view value) {
    std::string plain(value);
    if (plain.size() == 10 && plain[4] == '.' && plain[7] == '.')
      plain = plain.substr(0, 4) + plain.substr(5, 2) + plain.substr(8);
    return shifted_day(plain, days);
  });
}

std::optional<std::string> shifted_datetime(std::string_view datetimes, int days) {
  return for_each_value(datetimes, [days](std::string_view value) {
    const std::optional<std::string> day = shifted_day(value.substr(0, 8), days);
    const std::string_view rest = value.substr(std::min<std::size_t>(8, value.size()));
    if (!day || !holds_only(rest, "0123456789.+-")) return std::optional<std::string>();
    return std::optional<std::string>(*day + std::string(rest));
  });
}

bool is_time(std::string_view times) { return holds_only(times, "0123456789.:\\ "); }

bool is_offset_from_utc(std::string_view offset) {
  while (!offset.empty() && offset.back() == ' ') offset.remove_suffix(1);
  return offset.size() == 5 && (offset[0] == '+' || offset[0] == '-') && holds_only(offset.substr(1), "0123456789");
}

}  // namespace voxprior
