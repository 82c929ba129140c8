// A page as Chromium shows it: pixels in every canvas, the same place in all of them, and not one request.
#include "tests/workflows/report/browser.h"
#include "tests/workflows/report/report_fixture.h"

namespace voxprior {
namespace {

using test::Browser;
using test::Screenshot;

constexpr double kSomethingToSee = 15;  // grey levels of spread; an empty canvas has 0, text alone about 5

class PageInBrowser : public test::ReportTest {
 protected:
  void SetUp() override {
    ReportTest::SetUp();
    Volume map = read_volume(file("before.nii.gz"));
    map.stored.type = VoxelType::float32;
    for (std::size_t i = 0; i < map.voxels.size(); ++i) map.voxels[i] = 20 + static_cast<float>(i % 49);
    write_volume(file("map.nii.gz"), map);
    const test::Outcome made = report({"--noise-map", file("map.nii.gz")});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }

  void open(Browser& browser) const {
    browser.open_file(file("page.html"));
    browser.wait_for("document.getElementById('viewer').dataset.state !== 'loading'");
    ASSERT_EQ(browser.value_of("document.getElementById('viewer').dataset.state"), "ready")
        << browser.value_of("document.getElementById('viewer-status').textContent");
  }
};

double difference(const Screenshot& a, const Screenshot& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels.at(i));
  return sum / static_cast<double>(a.pixels.size());
}

TEST_F(PageInBrowser, ShowsEveryVolumeAndFollowsTheKeyboardEverywhere) {
  Browser browser(1280, 900);
  open(browser);
  const std::vector<Screenshot> start = browser.pictures_of("canvas");
  ASSERT_EQ(start.size(), 4U);
  for (const Screenshot& shot : start) EXPECT_GT(shot.spread(), kSomethingToSee);

  browser.value_of("document.querySelector('canvas[data-role=before]').focus()");
  for (int n = 0; n < 6; ++n) browser.press("PageUp", "PageUp");
  const std::vector<Screenshot> moved = browser.pictures_of("canvas");
  for (std::size_t n = 0; n < 4; ++n) EXPECT_GT(difference(start[n], moved[n]), 0.3) << "panel " << n;

  browser.value_of("document.getElementById('blink').click()");
  const std::vector<Screenshot> blinked = browser.pictures_of("canvas");
  EXPECT_GT(difference(moved[0], blinked[0]), 2);
  EXPECT_LT(difference(blinked[0], moved[1]), difference(moved[0], moved[1]) / 2) << "not what the second panel shows";
  EXPECT_LT(difference(moved[2], blinked[2]), 0.1);

  browser.value_of("document.querySelector('[data-slices=axial]').click()");
  for (const Screenshot& shot : browser.pictures_of("canvas")) EXPECT_GT(shot.spread(), kSomethingToSee);

  for (const auto& [number, url] : browser.requests())
    EXPECT_TRUE(url.rfind("file:", 0) == 0 || url.rfind("data:", 0) == 0 || url.rfind("blob:", 0) == 0)
        << url.substr(0, 200);
  EXPECT_THAT(browser.complaints(), testing::IsEmpty());
}

TEST_F(PageInBrowser, PicturesComeBeforeTheViewer) {
  Browser browser(1280, 900);
  open(browser);
  for (const Screenshot& shot : browser.pictures_of(".plane")) EXPECT_GT(shot.spread(), kSomethingToSee);
  EXPECT_EQ(browser.value_of("document.querySelectorAll('.plane img').length"), 12);
  EXPECT_EQ(
      browser.value_of("document.querySelector('.plane').compareDocumentPosition(document.getElementById('viewer')) "
                       "& Node.DOCUMENT_POSITION_FOLLOWING"),
      4);
}

TEST_F(PageInBrowser, ThePolicyStopsAScriptThatIsNotOurs) {
  // As if escaping had failed somewhere.
  std::string html = page();
  html.replace(html.find("</main>"), 0,
               "<script>document.title = 'taken over'; fetch('https://example.org/')</script>"
               "<img src=\"https://example.org/pixel.png\">");
  test::put_bytes(scratch_ / "page.html", html);
  Browser browser(800, 600);
  browser.open_file(file("page.html"));
  EXPECT_NE(browser.value_of("document.title"), "taken over");
  EXPECT_THAT(browser.complaints(), testing::Not(testing::IsEmpty()));
  for (const auto& [number, url] : browser.requests()) EXPECT_NE(url.rfind("https:", 0), 0U) << url;
}

}  // namespace
}  // namespace voxprior
