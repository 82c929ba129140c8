#include "io/dicom/write/decimal_string.h"

#include <locale>
#include <sstream>

namespace voxprior {
namespace {

constexpr std::size_t kLongest = 16;

std::string with_digits(double value, int digits) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(digits);
  text << value;
  return text.str();
}

}  // namespace

std::string decimal_string(double value) {
  if (value == 0) return "0";  // and no "-0"
  std::string text;
  for (int digits = 15; digits > 0; --digits) {
    text = with_digits(value, digits);
    if (text.size() <= kLongest) break;
  }
  return text;
}

double rounded_to_decimal_string(double value) {
  std::istringstream text(decimal_string(value));
  text.imbue(std::locale::classic());
  double rounded = 0;
  text >> rounded;
  return rounded;
}

}  // namespace voxprior
