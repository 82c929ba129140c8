#pragma once

#include <c10/util/Exception.h>

#include <new>
#include <string>

#include "base/error.h"

namespace voxprior {

/// Calls `work` and turns LibTorch's ways of saying that memory ran out into Error(ExitCode::resources). Its other
/// exceptions are bugs of ours and pass as they are.
template <typename Work>
auto with_resource_errors(const Work& work) {
  constexpr const char* kAdvice = "out of memory; use smaller tiles (--memory, --tile) or a machine with more of it";
  try {
    return work();
  } catch (const std::bad_alloc&) {
    fail(ExitCode::resources, kAdvice);
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    for (const char* sign : {"allocate memory", "not enough memory", "out of memory"}) {
      if (text.find(sign) != std::string::npos) fail(ExitCode::resources, kAdvice);
    }
    throw;
  }
}

}  // namespace voxprior
