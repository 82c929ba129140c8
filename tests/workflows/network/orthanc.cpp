#include "tests/workflows/network/orthanc.h"

#include <httplib.h>
#include <signal.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "tests/support/scratch_folder.h"
#include "tests/workflows/network/ports.h"

namespace voxprior::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "/usr/sbin/Orthanc";

httplib::Client client(int port) {
  httplib::Client made("127.0.0.1", port);
  made.set_read_timeout(60);
  return made;
}

std::string body_of(const httplib::Result& result, const std::string& path) {
  if (!result || result->status != 200) throw std::runtime_error("Orthanc did not answer " + path);
  return result->body;
}

nlohmann::json configuration(const fs::path& folder, int dicom_port, int http_port,
                             const std::vector<Orthanc::Modality>& modalities) {
  nlohmann::json known = nlohmann::json::object();
  for (const Orthanc::Modality& one : modalities) {
    known[one.ae_title] = {{"AET", one.ae_title}, {"Host", "127.0.0.1"}, {"Port", one.port},
                           {"AllowEcho", true},   {"AllowStore", true},  {"AllowFind", true},
                           {"AllowMove", true},   {"AllowGet", true},    {"AllowStorageCommitment", true}};
  }
  return {{"Name", "TEST"},
          {"StorageDirectory", (folder / "db").string()},
          {"IndexDirectory", (folder / "db").string()},
          {"Plugins", nlohmann::json::array()},
          {"HttpPort", http_port},
          {"RemoteAccessAllowed", false},
          {"AuthenticationEnabled", false},
          {"DicomAet", "ORTHANC"},
          {"DicomPort", dicom_port},
          {"DicomCheckCalledAet", true},
          {"DicomAlwaysAllowEcho", true},
          {"DicomAlwaysAllowStore", false},
          {"DicomAlwaysAllowFind", false},
          {"DicomAlwaysAllowGet", false},
          {"DicomModalities", known},
          {"StableAge", 1}};
}

}  // namespace

bool Orthanc::available() { return fs::exists(kProgram); }

Orthanc::Orthanc(const fs::path& folder, const std::vector<Modality>& modalities)
    : config_(folder / "orthanc.json"), dicom_port_(free_port()), http_port_(free_port()) {
  fs::create_directories(folder / "db");
  put_bytes(config_, configuration(folder, dicom_port_, http_port_, modalities).dump(2));
  start();
}

void Orthanc::start() {
  process_ = std::make_unique<Process>(kProgram, std::vector<std::string>{config_.string()},
                                       std::map<std::string, std::string>{{"TCP_NODELAY", "1"}});
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (;;) {
    const auto answer = client(http_port_).Get("/system");
    if (answer && answer->status == 200) return;
    if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("Orthanc did not start");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

void Orthanc::stop() {
  process_->send(SIGKILL);
  process_->wait();
}

std::string Orthanc::get_bytes(const std::string& path) const {
  return body_of(client(http_port_).Get(path.c_str()), path);
}

nlohmann::json Orthanc::get(const std::string& path) const { return nlohmann::json::parse(get_bytes(path)); }

nlohmann::json Orthanc::post(const std::string& path, const std::string& body) const {
  return nlohmann::json::parse(body_of(client(http_port_).Post(path.c_str(), body, "application/json"), path));
}

void Orthanc::add_folder(const fs::path& folder) const {
  for (const auto& entry : fs::directory_iterator(folder))
    body_of(client(http_port_).Post("/instances", bytes_of(entry.path()), "application/dicom"), "/instances");
}

std::vector<nlohmann::json> Orthanc::series() const {
  std::vector<nlohmann::json> all;
  for (const std::string id : get("/series")) {
    nlohmann::json one = get("/series/" + id);
    for (const nlohmann::json& instance : get("/series/" + id + "/instances"))
      one["SOP"].push_back(instance["MainDicomTags"]["SOPInstanceUID"]);
    all.push_back(one);
  }
  return all;
}

void Orthanc::save_series(const std::string& id, const fs::path& folder) const {
  fs::create_directory(folder);
  int number = 0;
  for (const nlohmann::json& instance : get("/series/" + id + "/instances"))
    put_bytes(folder / (std::to_string(++number) + ".dcm"),
              get_bytes("/instances/" + instance["ID"].get<std::string>() + "/file"));
}

void Orthanc::send_to(const std::string& ae_title, const std::string& id) const {
  post("/modalities/" + ae_title + "/store", nlohmann::json{{"Resources", {id}}, {"Synchronous", true}}.dump());
}

}  // namespace voxprior::test
