#include "io/dicom/stacks.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "io/dicom/split_traits.h"
#include "tests/io/dicom/frames.h"

namespace voxprior {
namespace {

using test::axial_frames;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// `count` volumes of 4 planes each, told apart by `name` = 1, 2, ...
std::vector<FrameHeader> volumes_told_apart_by(const char* name, int count) {
  std::vector<FrameHeader> all;
  for (int v = 1; v <= count; ++v) {
    for (FrameHeader frame : axial_frames(4, 2, "1." + std::to_string(v) + ".")) {
      frame.traits[name] = std::to_string(v);
      all.push_back(frame);
    }
  }
  return all;
}

std::vector<std::string> labels(const SplitSeries& series) {
  std::vector<std::string> found;
  for (const DicomStack& stack : series.stacks) found.push_back(stack.label);
  return found;
}

class EveryTrait : public testing::TestWithParam<const char*> {};

TEST_P(EveryTrait, SeparatesVolumesAtOnePosition) {
  const SplitSeries series = split_into_stacks(volumes_told_apart_by(GetParam(), 2));
  const std::string name = GetParam();
  EXPECT_THAT(labels(series), ElementsAre(name + " 1", name + " 2"));
  EXPECT_THAT(series.problems, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Always, EveryTrait, testing::ValuesIn(trait::kAlways));
INSTANTIATE_TEST_SUITE_P(WhenNeeded, EveryTrait, testing::ValuesIn(trait::kWhenNeeded));

TEST(Stacks, ManyVolumesComeInTheOrderOfNumbers) {
  const SplitSeries series = split_into_stacks(volumes_told_apart_by(trait::kTime, 11));
  ASSERT_EQ(series.stacks.size(), 11u);
  EXPECT_EQ(series.stacks[1].label, "time 2");
  EXPECT_EQ(series.stacks[10].label, "time 11");
}

// GE CT counts acquisitions from slice to slice.
TEST(Stacks, WhatVariesWithinAVolumeDoesNotCutIt) {
  std::vector<FrameHeader> frames = axial_frames(6, 2);
  for (std::size_t n = 0; n < frames.size(); ++n) frames[n].traits[trait::kAcquisition] = std::to_string(n / 2);
  const SplitSeries series = split_into_stacks(frames);
  EXPECT_THAT(labels(series), ElementsAre(""));
  EXPECT_EQ(series.stacks[0].frames.size(), 6u);
}

TEST(Stacks, TwoTraitsTogetherSeparateWhatNeitherDoesAlone) {
  std::vector<FrameHeader> frames;
  for (const char* time : {"1", "2"}) {
    for (const char* direction : {"a", "b"}) {
      for (FrameHeader frame : axial_frames(3, 2, std::string("1.") + time + direction)) {
        frame.traits[trait::kTime] = time;
        frame.traits[trait::kDirection] = direction;
        frames.push_back(frame);
      }
    }
  }
  EXPECT_THAT(labels(split_into_stacks(frames)),
              ElementsAre("time 1, direction a", "time 1, direction b", "time 2, direction a", "time 2, direction b"));
}

TEST(Stacks, AStraySliceOfAnotherOrientationIsNamedNotLoaded) {
  std::vector<FrameHeader> frames = axial_frames(5, 2);
  FrameHeader stray = test::frame_at({0, 0, 0}, "1.77");
  stray.row_direction = {0, 1, 0};
  stray.column_direction = {0, 0, -1};
  frames.insert(frames.begin(), stray);
  const SplitSeries series = split_into_stacks(frames);
  ASSERT_EQ(series.stacks.size(), 1u);
  EXPECT_EQ(series.stacks[0].frames.size(), 5u);
  EXPECT_THAT(series.problems, ElementsAre(HasSubstr("1.77.dcm\" stands alone")));
}

TEST(Stacks, AStraySliceOfAnotherSizeOrSpacingIsNamedNotLoaded) {
  std::vector<FrameHeader> frames = axial_frames(5, 2);
  frames[1].size = {5, 3};
  frames[2].spacing_mm = {0.5, 0.8};
  const SplitSeries series = split_into_stacks(frames);
  ASSERT_EQ(series.stacks.size(), 1u);
  EXPECT_EQ(series.stacks[0].frames.size(), 3u);
  EXPECT_EQ(series.problems.size(), 2u);
  EXPECT_THAT(series.stacks[0].irregular, HasSubstr("not equally spaced"));  // planes are missing where the two were
}

TEST(Stacks, RepeatsThatNothingExplainsAreRefused) {
  std::vector<FrameHeader> frames = axial_frames(4, 2, "1.1.");
  for (const FrameHeader& frame : axial_frames(4, 2, "1.2.")) frames.push_back(frame);
  const SplitSeries series = split_into_stacks(frames);
  EXPECT_THAT(series.stacks, IsEmpty());
  EXPECT_THAT(series.problems, ElementsAre(HasSubstr("nothing in their headers tells the volumes apart")));
}

TEST(Stacks, ImagesWithAProblemAreCountedByReason) {
  std::vector<FrameHeader> frames = axial_frames(5, 2);
  frames[3].problem = frames[4].problem = "no ImagePositionPatient";
  const SplitSeries series = split_into_stacks(frames);
  EXPECT_EQ(series.stacks.at(0).frames.size(), 3u);
  EXPECT_THAT(series.problems, ElementsAre(HasSubstr("2 images left out: no ImagePositionPatient")));
}

TEST(Stacks, OrderAndNamesOfFilesDoNotMatter) {
  std::vector<FrameHeader> frames = volumes_told_apart_by(trait::kEcho, 3);
  const SplitSeries expected = split_into_stacks(frames);
  for (unsigned seed = 0; seed < 5; ++seed) {
    std::shuffle(frames.begin(), frames.end(), std::mt19937(seed));
    for (std::size_t n = 0; n < frames.size(); ++n) frames[n].frame.file = std::to_string(n);
    const SplitSeries found = split_into_stacks(frames);
    ASSERT_EQ(labels(found), labels(expected));
    for (std::size_t s = 0; s < found.stacks.size(); ++s) {
      for (std::size_t k = 0; k < 4; ++k)
        EXPECT_EQ(found.stacks[s].frames[k].sop_instance_uid, expected.stacks[s].frames[k].sop_instance_uid);
    }
  }
}

}  // namespace
}  // namespace voxprior
