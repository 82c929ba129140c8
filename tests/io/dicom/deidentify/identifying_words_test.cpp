#include "io/dicom/deidentify/identifying_words.h"

#include <gtest/gtest.h>

namespace voxprior {
namespace {

IdentifyingWords words() {
  IdentifyingWords words;
  words.add_name("Plantagenet^Rose^Li=ignored^ideographic");
  words.add_text("PAT-4711");
  words.add_text("St. Elsewhere Hospital");
  return words;
}

TEST(IdentifyingWords, DescriptionsWithoutAnyStayAsTheyAre) {
  for (const char* text :
       {"t1_mprage_sag_p2_iso", "THORAX 1.0 B40f", "AX T2 FLAIR + C", "Head (without)", "MR of the limbs"}) {
    EXPECT_EQ(words().without_words(text), text);
  }
  EXPECT_EQ(words().cleaned("t1_mprage_sag_p2_iso"), "t1_mprage_sag_p2_iso");
  EXPECT_EQ(words().cleaned("THORAX 1.0 B40f"), "THORAX 1.0 B40f");
}

TEST(IdentifyingWords, RemovesNamesIdsAndPlacesWhateverTheirCase) {
  EXPECT_EQ(words().cleaned("brain PLANTAGENET axial"), "brain axial");
  EXPECT_EQ(words().cleaned("brain_rose_axial"), "brain__axial");
  EXPECT_EQ(words().cleaned("MrsPlantagenet2 brain"), "brain");
  EXPECT_EQ(words().cleaned("Li: knee"), "knee");
  EXPECT_EQ(words().cleaned("knee 4711"), "knee");
  EXPECT_EQ(words().cleaned("elsewhere protocol"), "protocol");
}

TEST(IdentifyingWords, ShortNamesAreNotFoundInsideWords) { EXPECT_EQ(words().cleaned("limbs"), "limbs"); }

TEST(IdentifyingWords, CleanedHasNoDatesNumbersTitlesOrAddresses) {
  EXPECT_EQ(words().cleaned("knee 19.01.2004"), "knee");
  EXPECT_EQ(words().cleaned("knee 2004-01-19 left"), "knee left");
  EXPECT_EQ(words().cleaned("knee Jan 2004"), "knee");
  EXPECT_EQ(words().cleaned("knee 20040119"), "knee");
  EXPECT_EQ(words().cleaned("knee, call Dr. Jones"), "knee, call");
  EXPECT_EQ(words().cleaned("knee jones@example.org"), "knee");
  EXPECT_EQ(words().cleaned("Rose Plantagenet"), "");
}

}  // namespace
}  // namespace voxprior
