#include "io/dicom/network/dcmtk_network.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmnet/dul.h>
#include <dcmtk/oflog/oflog.h>

#include <cstdlib>

#include "base/error.h"

namespace voxprior {
namespace {

bool prepare() {
  ::setenv("TCP_NODELAY", "1", 0);
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);
  dcmDisableGethostbyaddr.set(OFTrue);
  return true;
}

}  // namespace

void prepare_dcmtk_network() {
  static const bool prepared = prepare();
  static_cast<void>(prepared);
  if (!dcmDataDict.isDictionaryLoaded())
    fail(ExitCode::resources, "DCMTK's data dictionary is missing; install DCMTK again or set DCMDICTPATH");
}

}  // namespace voxprior
