#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/workflows/process.h"

namespace voxprior::test {

/// A real archive: Orthanc, started for the test on free ports of this machine.
class Orthanc {
 public:
  /// An application that the archive knows: by C-MOVE it sends there, and it takes calls from there.
  struct Modality {
    std::string ae_title;
    int port = 0;
  };

  /// Whether it is installed.
  static bool available();

  /// `folder` holds its database and need not exist. Waits until it answers.
  Orthanc(const std::filesystem::path& folder, const std::vector<Modality>& modalities);

  int dicom_port() const { return dicom_port_; }
  /// "ORTHANC@127.0.0.1:PORT", as commands take it.
  std::string endpoint() const { return "ORTHANC@127.0.0.1:" + std::to_string(dicom_port_); }

  nlohmann::json get(const std::string& path) const;
  nlohmann::json post(const std::string& path, const std::string& body) const;
  std::string get_bytes(const std::string& path) const;

  /// Puts every file of a folder into the archive by HTTP.
  void add_folder(const std::filesystem::path& folder) const;
  /// The tags of every series, as in /series/{id}, with "SOP" added: the UIDs of its instances.
  std::vector<nlohmann::json> series() const;
  /// Writes the instances of a series into a new folder.
  void save_series(const std::string& id, const std::filesystem::path& folder) const;
  /// Sends what has this id to a modality by C-STORE, and waits.
  void send_to(const std::string& ae_title, const std::string& id) const;

  void stop();
  void start();
  pid_t process_id() const { return process_->id(); }

 private:
  std::filesystem::path config_;
  int dicom_port_, http_port_;
  std::unique_ptr<Process> process_;
};

}  // namespace voxprior::test
