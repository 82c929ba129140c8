#include "io/dicom/network/endpoint.h"

#include "base/error.h"

namespace voxprior {
namespace {

using testing::HasSubstr;

std::string refusal_of(const std::string& text) {
  try {
    parse_endpoint("TO", text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    return error.what();
  }
  return "";
}

TEST(ParseEndpoint, TakesTitleHostAndPortApart) {
  const DicomEndpoint endpoint = parse_endpoint("TO", "MY PACS@archive.example.org:11112");
  EXPECT_EQ(endpoint.ae_title, "MY PACS");
  EXPECT_EQ(endpoint.host, "archive.example.org");
  EXPECT_EQ(endpoint.port, 11112);
  EXPECT_EQ(in_words(endpoint), "MY PACS@archive.example.org:11112");
}

TEST(ParseEndpoint, RefusesWhatIsNoneWithTheReason) {
  EXPECT_THAT(refusal_of("PACS:104"), HasSubstr("AE@HOST:PORT"));
  EXPECT_THAT(refusal_of("PACS@host"), HasSubstr("AE@HOST:PORT"));
  EXPECT_THAT(refusal_of("PACS@:104"), HasSubstr("AE@HOST:PORT"));
  EXPECT_THAT(refusal_of("PACS@host:0"), HasSubstr("between 1 and 65535"));
  EXPECT_THAT(refusal_of("PACS@host:65536"), HasSubstr("between 1 and 65535"));
  EXPECT_THAT(refusal_of("PACS@host:1x"), HasSubstr("between 1 and 65535"));
  EXPECT_THAT(refusal_of("@host:104"), HasSubstr("1 to 16"));
  EXPECT_THAT(refusal_of("SEVENTEEN-LETTERS@host:104"), HasSubstr("1 to 16"));
  EXPECT_THAT(refusal_of("A\\B@host:104"), HasSubstr("backslash"));
}

TEST(PrintableName, CarriesNoControlCharactersIntoALog) {
  EXPECT_EQ(printable_name("GOOD_1"), "GOOD_1");
  EXPECT_EQ(printable_name("../..\n$(x)\x1b\""), "../..?$(x)??");
  EXPECT_EQ(printable_name(std::string(200, 'A')).size(), 64u);
}

}  // namespace
}  // namespace voxprior
