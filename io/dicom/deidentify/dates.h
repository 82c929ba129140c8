#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace voxprior {

/// A DICOM date or several (VR DA: "20040119", also "2004.01.19" as before 1993, values separated by a backslash) moved
/// by whole days in the Gregorian calendar. Nothing if a value is no complete date or the result leaves the years 1 to
/// 9999.
std::optional<std::string> shifted_date(std::string_view dates, int days);

/// The same for VR DT: the date moves, time of day and offset from UTC stay. A DT without a day cannot be moved by
/// days.
std::optional<std::string> shifted_datetime(std::string_view datetimes, int days);

/// Whether a value of VR TM holds nothing but times (digits, points, colons), and a TimezoneOffsetFromUTC nothing but
/// "+HHMM".
bool is_time(std::string_view times);
bool is_offset_from_utc(std::string_view offset);

}  // namespace voxprior
