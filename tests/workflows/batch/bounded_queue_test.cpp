#include "workflows/batch/bounded_queue.h"

#include <atomic>
#include <stdexcept>
#include <thread>

namespace voxprior {
namespace {

const auto kNothing = [] {};

TEST(BoundedQueue, HandsOverInOrderAndNeverHoldsMoreThanItsCapacity) {
  constexpr int kThings = 200;
  BoundedQueue<int> queue(2);
  std::atomic<int> pushed{0};
  std::thread producer([&] {
    for (int n = 0; n < kThings; ++n) {
      ASSERT_TRUE(queue.push(n));
      ++pushed;
    }
    queue.close();
  });
  int taken = 0;
  while (const auto thing = queue.pop(kNothing)) {
    EXPECT_EQ(*thing, taken);
    ++taken;
    EXPECT_LE(pushed.load(), taken + 3);  // two wait, one may just have been let in
  }
  producer.join();
  EXPECT_EQ(taken, kThings);
}

TEST(BoundedQueue, ClosedItStillGivesWhatWaitsAndTakesNothing) {
  BoundedQueue<int> queue(2);
  queue.push(1);
  queue.close();
  EXPECT_FALSE(queue.push(2));
  EXPECT_EQ(queue.pop(kNothing), 1);
  EXPECT_EQ(queue.pop(kNothing), std::nullopt);
}

TEST(BoundedQueue, AbandonedItLetsGoOfAProducerThatWaitsForRoom) {
  BoundedQueue<int> queue(1);
  queue.push(1);
  std::thread producer([&] { EXPECT_FALSE(queue.push(2)); });
  queue.abandon();
  producer.join();
  EXPECT_EQ(queue.pop(kNothing), std::nullopt);
}

TEST(BoundedQueue, WhoWaitsCanBeInterrupted) {
  BoundedQueue<int> queue(1);
  EXPECT_THROW(queue.pop([] { throw std::runtime_error("enough"); }), std::runtime_error);
}

}  // namespace
}  // namespace voxprior
