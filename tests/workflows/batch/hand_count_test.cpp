#include "workflows/batch/hand_count.h"

#include <gtest/gtest.h>

#include <future>

namespace voxprior {
namespace {

constexpr auto kAWhile = std::chrono::milliseconds(50);

TEST(HandCount, WaitsUntilOthersAreDone) {
  HandCount hands;
  hands.take_up();
  hands.take_up();
  EXPECT_TRUE(hands.wait_for(2));
  auto waiting = std::async(std::launch::async, [&] { return hands.wait_for(1); });
  EXPECT_EQ(waiting.wait_for(kAWhile), std::future_status::timeout);
  hands.put_down();
  EXPECT_TRUE(waiting.get());
}

TEST(HandCount, NobodyWaitsForWhatEnds) {
  HandCount hands;
  hands.take_up();
  auto waiting = std::async(std::launch::async, [&] { return hands.wait_for(0); });
  EXPECT_EQ(waiting.wait_for(kAWhile), std::future_status::timeout);
  hands.end();
  EXPECT_FALSE(waiting.get());
}

}  // namespace
}  // namespace voxprior
