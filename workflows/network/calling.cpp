#include "workflows/network/calling.h"

#include <boost/program_options.hpp>

#include "base/error.h"
#include "io/dicom/network/endpoint.h"

namespace voxprior {
namespace po = boost::program_options;

void CallingChoices::add_to(Arguments& arguments) {
  arguments
      .option("as", po::value(&title_)->value_name("AE")->default_value("VOXPRIOR"),
              "our own AE title; the peer may take calls from titles that it knows alone")
      .option("tls-key", po::value(&key_)->value_name("FILE"), "encrypt: our private key (PEM)")
      .option("tls-certificate", po::value(&certificate_)->value_name("FILE"), "encrypt: our certificate (PEM)")
      .option("tls-trust", po::value(&trusted_)->value_name("FILE"),
              "encrypt: a certificate that the peer's must be or be signed by (PEM); may be repeated")
      .option("timeout", at_least(1, &answer_s_, "--timeout")->value_name("S")->default_value(60),
              "wait so many seconds for an answer");
}

CallOptions CallingChoices::options(ExitCode failure) const {
  check_ae_title("--as", title_);
  const bool any = !key_.empty() || !certificate_.empty() || !trusted_.empty();
  if (any && (key_.empty() || certificate_.empty() || trusted_.empty()))
    fail(ExitCode::usage, "--tls-key, --tls-certificate and --tls-trust are needed together");
  CallOptions options;
  options.calling_title = title_;
  options.answer_s = static_cast<int>(answer_s_);
  options.tls = {key_, certificate_, trusted_, true};
  options.failure = failure;
  return options;
}

}  // namespace voxprior
