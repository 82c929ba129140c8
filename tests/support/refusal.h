#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"

namespace voxprior::test {

/// Runs `action`, which must throw Error with `code` and a message of one line; returns the message.
template <typename Action>
std::string refusal(ExitCode code, Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    const std::string message = error.what();
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    return message;
  }
  ADD_FAILURE() << "nothing was refused";
  return "";
}

}  // namespace voxprior::test
