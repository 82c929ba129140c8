#include "workflows/report/html.h"

#include <gtest/gtest.h>

namespace voxprior {
namespace {

TEST(Html, EscapesWhatCouldEndTextOrAnAttribute) {
  EXPECT_EQ(escaped("<script>alert(\"a\" & 'b')</script>"),
            "&lt;script&gt;alert(&quot;a&quot; &amp; &#39;b&#39;)&lt;/script&gt;");
  EXPECT_EQ(escaped("sub-01_T1w.nii.gz"), "sub-01_T1w.nii.gz");
}

// The test vectors of RFC 4648.
TEST(Html, WritesBase64WithPadding) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe\xfd"), "//79");
}

TEST(Html, HashesAScriptAsPoliciesWantIt) {
  EXPECT_EQ(csp_hash(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
}

TEST(Html, KeepsJsonInsideItsScriptElement) {
  EXPECT_EQ(json_in_script(R"({"name": "</script><script>"})"), R"({"name": "\u003c/script>\u003cscript>"})");
}

}  // namespace
}  // namespace voxprior
