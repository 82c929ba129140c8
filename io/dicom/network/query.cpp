#include "io/dicom/network/query.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "base/error.h"
#include "io/dicom/attributes.h"
#include "io/dicom/network/dcmtk_network.h"
#include "io/dicom/network/requester.h"
#include "io/dicom/network/storage_classes.h"

namespace voxprior {
namespace {

/// Keys of patients and studies (PS3.4 C.6.2.1); all others are taken for keys of series.
const std::set<std::string> kStudyKeywords{"PatientID",        "PatientName",       "PatientBirthDate",
                                           "PatientSex",       "StudyDate",         "StudyTime",
                                           "AccessionNumber",  "StudyID",           "StudyInstanceUID",
                                           "StudyDescription", "ModalitiesInStudy", "ReferringPhysicianName"};

using Responses = OFList<QRResponse*>;

/// DCMTK's answers, which are the caller's to delete.
class Answers {
 public:
  ~Answers() {
    for (QRResponse* response : list) delete response;
  }
  Responses list;
};

void set_key(DcmDataset& keys, const std::string& keyword, const std::string& value) {
  DcmTag tag;
  if (DcmTag::findTagFromName(keyword.c_str(), tag).bad() || tag.getEVR() == EVR_SQ)
    fail(ExitCode::usage, "'", keyword, "' is no attribute to ask for; use keywords such as PatientID or Modality");
  keys.putAndInsertString(tag, value.c_str());
}

std::vector<DcmDataset*> find(Requester& call, DcmDataset& keys, Answers& answers) {
  const auto context = call.context(UID_FINDStudyRootQueryRetrieveInformationModel);
  call.check(call.sendFINDRequest(context, &keys, &answers.list), "the query was not answered");
  std::vector<DcmDataset*> found;
  for (QRResponse* response : answers.list) {
    if (response->m_dataset != nullptr) found.push_back(response->m_dataset);
    if (DICOM_PENDING_STATUS(response->m_status) || response->m_status == STATUS_Success) continue;
    call.check(makeOFCondition(OFM_dcmnet, 1, OF_error, "the archive refused it"), "the query failed");
  }
  return found;
}

std::vector<std::string> find_studies(Requester& call, const SeriesQuery& query) {
  DcmDataset keys;
  keys.putAndInsertString(DCM_QueryRetrieveLevel, "STUDY");
  keys.insertEmptyElement(DCM_StudyInstanceUID);
  for (const auto& [keyword, value] : query)
    if (kStudyKeywords.count(keyword) > 0) set_key(keys, keyword, value);
  Answers answers;
  std::vector<std::string> studies;
  for (DcmDataset* found : find(call, keys, answers)) {
    const std::string uid = text_of(*found, DCM_StudyInstanceUID);
    if (!uid.empty()) studies.push_back(uid);
  }
  return studies;
}

RemoteSeries series_of(DcmDataset& found, const std::string& study) {
  RemoteSeries series;
  series.study_uid = study.empty() ? text_of(found, DCM_StudyInstanceUID) : study;
  series.series_uid = text_of(found, DCM_SeriesInstanceUID);
  series.modality = text_of(found, DCM_Modality);
  series.description = text_of(found, DCM_SeriesDescription);
  series.number = integer_of(found, DCM_SeriesNumber).value_or(0);
  series.instances = integer_of(found, DCM_NumberOfSeriesRelatedInstances).value_or(-1);
  return series;
}

void find_series_of(Requester& call, const std::string& study, const SeriesQuery& query,
                    std::vector<RemoteSeries>& all) {
  DcmDataset keys;
  keys.putAndInsertString(DCM_QueryRetrieveLevel, "SERIES");
  keys.putAndInsertString(DCM_StudyInstanceUID, study.c_str());
  for (const DcmTagKey& tag : {DCM_SeriesInstanceUID, DCM_Modality, DCM_SeriesDescription, DCM_SeriesNumber,
                               DCM_NumberOfSeriesRelatedInstances})
    keys.insertEmptyElement(tag);
  for (const auto& [keyword, value] : query)
    if (kStudyKeywords.count(keyword) == 0) set_key(keys, keyword, value);
  Answers answers;
  for (DcmDataset* found : find(call, keys, answers)) {
    RemoteSeries series = series_of(*found, study);
    if (!series.series_uid.empty() && !series.study_uid.empty()) all.push_back(std::move(series));
  }
}

}  // namespace

std::vector<RemoteSeries> query_series(const DicomEndpoint& peer, const CallOptions& options,
                                       const SeriesQuery& query) {
  prepare_dcmtk_network();
  DcmDataset probe;
  for (const auto& [keyword, value] : query) set_key(probe, keyword, value);  // before anybody is called

  Requester call(peer, options);
  call.propose(UID_FINDStudyRootQueryRetrieveInformationModel,
               {kInterchangeableSyntaxes.begin(), kInterchangeableSyntaxes.end()});
  call.open();
  const bool by_study =
      std::any_of(query.begin(), query.end(), [](const auto& key) { return kStudyKeywords.count(key.first) > 0; });
  std::vector<RemoteSeries> all;
  for (const std::string& study : by_study ? find_studies(call, query) : std::vector<std::string>{""})
    find_series_of(call, study, query, all);
  call.close();
  std::sort(all.begin(), all.end(), [](const RemoteSeries& a, const RemoteSeries& b) {
    return std::tie(a.study_uid, a.number, a.series_uid) < std::tie(b.study_uid, b.number, b.series_uid);
  });
  return all;
}

}  // namespace voxprior
