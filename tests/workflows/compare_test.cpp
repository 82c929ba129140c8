// voxprior compare, on a set of modes that tiny networks do not learn in the steps that they get.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::Process;
using test::put_bytes;
using test::voxprior_run;
using testing::HasSubstr;
namespace fs = std::filesystem;

class Compare : public test::WorkflowTest {
 protected:
  void SetUp() override {
    for (const auto& [name, seed] : {std::pair{"train", "0"}, std::pair{"holdout", "1"}})
      ASSERT_EQ(voxprior_run({"simulate", "modes", file(name), "--count", "26", "--frequencies", "rare", "--size", "16",
                              "--seed", seed, "--progress", "none"})
                    .exit_code,
                0);
    put_bytes(scratch_ / "tiny.toml",
              "[model]\nname = \"tiny\"\nchannels = [8, 16]\nblocks = [1, 1]\nheads = 2\n[training]\nbatch = 2\n");
  }

  /// A configuration with `contenders`; `budget` are more lines of [budget].
  std::string config(const std::string& contenders, const std::string& budget = "") {
    put_bytes(scratch_ / "compare.toml", "[data]\ntrain = \"train\"\nholdout = \"holdout\"\n[budget]\nsamples = 26\n" +
                                             budget + (budget.empty() ? "steps = 2\n" : "") + contenders);
    return file("compare.toml");
  }
  static std::string tiny(const std::string& name) {
    return "[contender." + name + "]\ntrain = \"diffusion\"\nrecipe = \"tiny.toml\"\nsynth = [\"--steps\", \"2\"]\n";
  }
  std::vector<std::string> words(const std::string& config_file, const std::vector<std::string>& more = {}) {
    std::vector<std::string> all{"compare", config_file, "--out", file("out"), "--threads", "1", "--progress", "none"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  /// A report without what another run of the same takes or is called.
  static nlohmann::json without_times(nlohmann::json report) {
    report.erase("command_line");
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& r : report["rows"]) {
      const std::string metric = r["metric"];
      const bool of_time = metric.find(" / s") != std::string::npos || metric.find("CPU s") != std::string::npos ||
                           metric.find("memory") != std::string::npos;
      if (!of_time) rows.push_back(r);
    }
    report["rows"] = rows;
    for (auto& course : report["while_training"])
      for (auto& line : course["lines"]) line.erase("training_cpu_seconds");
    for (auto& run : report["runs"])
      for (auto& step : run)
        if (step.is_object())
          for (const char* key : {"seconds", "cpu_seconds", "peak_bytes"}) step.erase(key);
    return report;
  }
  const nlohmann::json row(const nlohmann::json& report, const std::string& metric, const std::string& features = "") {
    for (const auto& r : report["rows"])
      if (r["metric"].get<std::string>().rfind(metric, 0) == 0 && (features.empty() || r["features"] == features))
        return r;
    ADD_FAILURE() << "no row " << metric;
    return {};
  }
};

TEST_F(Compare, EverySectionIsInTheReport) {
  const Outcome outcome = voxprior_run(words(config(tiny("diffusion"),
                                                    "steps = 2\nseeds = [0, 1]\ndownstream = "
                                                    "\"tissue\"\ndownstream_steps = 2\n")));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json report = json("out/report.json");
  EXPECT_EQ(report["runs"].size(), 2u);
  for (const char* metric : {"KID", "recall", "coverage", "modes found", "p: nearer", "share of seeds that collapsed",
                             "training / CPU s", "network calls", "Dice"}) {
    const nlohmann::json found = row(report, metric);
    EXPECT_EQ(found["contenders"]["diffusion"]["seeds"].size(), 2u) << metric;
  }
  EXPECT_FALSE(row(report, "KID")["real_vs_real"].is_null());
  EXPECT_GT(row(report, "training, peak memory")["contenders"]["diffusion"]["value"]["mean"], 10);
  EXPECT_EQ(report["random_networks_sha256"].size(), 3u);
  const std::string page = test::bytes_of(scratch_ / "out" / "report.html");
  EXPECT_THAT(page, HasSubstr("data:image/png;base64,iVBOR"));
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, testing::Not(HasSubstr("http")));
  const std::string csv = test::bytes_of(scratch_ / "out" / "report.csv");
  EXPECT_EQ(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')), report["rows"].size() + 1);
}

TEST_F(Compare, SnapshotsShowTheMetricsWhileContendersTrain) {
  put_bytes(scratch_ / "gan.toml", "[model]\nname = \"tiny\"\nchannels = [8]\nblocks = [1]\n[training]\nbatch = 2\n");
  const Outcome outcome =
      voxprior_run(words(config(tiny("diffusion") + "[contender.gan]\ntrain = \"gan\"\nrecipe = \"gan.toml\"\n",
                                "steps = 4\nsnapshots = 2\nseeds = [0, 1]\n")));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json report = json("out/report.json");
  ASSERT_EQ(report["while_training"].size(), 4u);
  for (const auto& course : report["while_training"]) {
    EXPECT_FALSE(course["real_vs_real"].is_null()) << course;
    ASSERT_EQ(course["lines"].size(), 4u);  // two contenders, two seeds
    for (const auto& line : course["lines"]) {
      EXPECT_EQ(line["steps"], (std::vector<int>{2, 4}));
      EXPECT_FALSE(line.contains("missing")) << line;
      const std::vector<double> spent = line["training_cpu_seconds"];
      EXPECT_GT(spent[0], 0);
      EXPECT_GT(spent[1], spent[0]);
    }
  }
  // The last point is what the table says of the finished model.
  const nlohmann::json kid = row(report, "KID", "random networks")["contenders"]["gan"]["seeds"];
  const nlohmann::json course = report["while_training"][0];
  EXPECT_EQ(course["metric"], "KID");
  EXPECT_EQ(course["lines"][2]["contender"], "gan");
  EXPECT_EQ(course["lines"][2]["values"][1], kid[0]);
  EXPECT_NE(course["lines"][2]["values"][0], kid[0]);
  EXPECT_EQ(course["lines"][3]["values"][1], kid[1]);
  const std::string csv = test::bytes_of(scratch_ / "out" / "report-snapshots.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 4 * 4 * 2);
  EXPECT_THAT(test::bytes_of(scratch_ / "out" / "report.html"), HasSubstr("CPU seconds of training"));
}

TEST_F(Compare, AStoppedComparisonGoesOnWhereItWas) {
  const std::string file_name = config(tiny("a") + tiny("b"));
  {
    std::vector<std::string> all = words(file_name);
    all.back() = "plain";
    Process running("/bin/sh", {"-c", "exec \"$0\" \"$@\" 2>&1", test::program(), all[0], all[1], all[2], all[3],
                                all[4], all[5], all[6], all[7]});
    running.wait_for("a, seed 0: synth");
    running.send(SIGTERM);
    EXPECT_EQ(running.wait().exit_code, 75);
  }
  EXPECT_FALSE(fs::exists(file("out/report.json")));
  const std::string trained = test::bytes_of(scratch_ / "out/a/seed-0/train.done.json");
  expect_refused(voxprior_run(words(file_name)), 5, "compare");
  const Outcome outcome = voxprior_run(words(file_name, {"--resume"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(test::bytes_of(scratch_ / "out/a/seed-0/train.done.json"), trained);
  EXPECT_EQ(json("out/report.json")["runs"].size(), 2u);
}

TEST_F(Compare, KilledAtSeveralMomentsItGoesOnToTheSameReport) {
  const std::string file_name = config(tiny("a"), "steps = 2\nsnapshots = 2\nseeds = [0, 1]\n");
  ASSERT_EQ(voxprior_run(words(file_name)).exit_code, 0);
  fs::rename(file("out"), file("undisturbed"));
  std::vector<std::string> all = words(file_name);
  all.back() = "plain";
  all.insert(all.begin(), {"-c", "exec \"$0\" \"$@\" 2>&1", test::program()});
  for (const char* step : {"train (train)", "synth (synth)", "evaluate (synthesis)", "evaluate (copies)",
                           "synth (snapshot-synth)", "evaluate (snapshot-modes)", "seed 1: train (train)"}) {
    Process running("/bin/sh", all);
    running.wait_for(step);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    running.send(SIGKILL);
    EXPECT_EQ(running.wait().exit_code, 128 + SIGKILL) << step;
    if (all.back() == "plain") all.push_back("--resume");
  }
  const Outcome outcome = voxprior_run(words(file_name, {"--resume"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(without_times(json("out/report.json")), without_times(json("undisturbed/report.json")));
}

TEST_F(Compare, ABudgetOfOperationsBecomesSteps) {
  put_bytes(scratch_ / "one.toml",
            test::bytes_of(scratch_ / "tiny.toml") + "steps = 1\n[data]\ntrain = [\"" + file("train") + "\"]\n");
  ASSERT_EQ(voxprior_run(
                {"train", "diffusion", file("one.toml"), "--out", file("one"), "--threads", "1", "--progress", "none"})
                .exit_code,
            0);
  const double step = json("one/metrics.jsonl")["flop_per_step"];
  EXPECT_GT(step, 1e6);
  put_bytes(scratch_ / "few.toml", "[data]\ntrain = \"train\"\nholdout = \"holdout\"\n[budget]\nsamples = 1\nflop = " +
                                       std::to_string(3.2 * step) + "\n" + tiny("diffusion"));
  const Outcome outcome = voxprior_run(words(file("few.toml")));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json report = json("out/report.json");
  EXPECT_EQ(report["runs"][0]["training_steps"], 3);
  EXPECT_EQ(row(report, "training / FLOP")["contenders"]["diffusion"]["value"]["mean"], 3 * step);
}

TEST_F(Compare, ATrainingThatDivergesIsAResultAndSoIsWhatCameBefore) {
  put_bytes(scratch_ / "wild.toml",
            "[model]\nname = \"wild\"\ngan = \"alpha-wgan-gp\"\nchannels = [8, 8]\nblocks = [1, 1]\n"
            "[gan]\npenalty = 1e6\n[training]\nbatch = 2\nlearning_rate = 1\nwarmup_steps = 0\n");
  const Outcome outcome = voxprior_run(
      words(config("[contender.wild]\ntrain = \"gan\"\nrecipe = \"wild.toml\"\n", "steps = 100\nsnapshots = 100\n")));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json report = json("out/report.json");
  EXPECT_EQ(report["runs"][0]["train"]["exit_code"], 8);
  EXPECT_THAT(report["runs"][0]["train"]["error"].get<std::string>(), HasSubstr("diverged at step"));
  EXPECT_EQ(row(report, "share of seeds whose training ended early")["contenders"]["wild"]["value"]["mean"], 1);
  const nlohmann::json line = report["while_training"][0]["lines"][0];
  EXPECT_GT(line["steps"].size(), 0u);
  EXPECT_LT(line["steps"].size(), 100u);
}

TEST_F(Compare, ATrainingThatFailsIsAResult) {
  // Its network halves volumes more often than they can be.
  put_bytes(scratch_ / "bad.toml",
            "[model]\nname = \"bad\"\nchannels = [8, 8, 8, 8, 8, 8]\nblocks = [1, 1, 1, 1, 1, 1]\n");
  const Outcome outcome =
      voxprior_run(words(config(tiny("good") + "[contender.bad]\ntrain = \"diffusion\"\nrecipe = \"bad.toml\"\n")));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json report = json("out/report.json");
  const nlohmann::json ended = row(report, "share of seeds whose training ended early")["contenders"];
  EXPECT_EQ(ended["good"]["value"]["mean"], 0);
  EXPECT_EQ(ended["bad"]["value"]["mean"], 1);
  EXPECT_TRUE(row(report, "KID")["contenders"]["bad"]["value"].is_null());
  EXPECT_THAT(row(report, "KID")["contenders"]["bad"]["missing"].get<std::string>(), HasSubstr("exit code"));
}

TEST_F(Compare, TooFewSamplesLeaveTheRowEmptyAndSayWhy) {
  put_bytes(scratch_ / "few.toml",
            "[data]\ntrain = \"train\"\nholdout = \"holdout\"\n[budget]\nsamples = 4\nsteps = 2\n" + tiny("diffusion"));
  const Outcome outcome = voxprior_run(words(file("few.toml")));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json cell = row(json("out/report.json"), "all set metrics")["contenders"]["diffusion"];
  EXPECT_TRUE(cell["value"].is_null());
  EXPECT_THAT(cell["missing"].get<std::string>(), HasSubstr("at least 20"));
}

TEST_F(Compare, TrainingOnHeldOutVolumesIsRefused) {
  fs::copy(file("holdout/mode-000003.nii.gz"), file("train/another-name.nii.gz"));
  expect_refused(voxprior_run(words(config(tiny("diffusion")))), 3, "compare");
  fs::remove(file("train/another-name.nii.gz"));
  fs::create_directory(file("model"));
  expect_refused(voxprior_run(words(config("[contender.old]\nmodel = \"model\"\ntrained_on = \"holdout\"\n"))), 3,
                 "compare");
}

TEST_F(Compare, BadConfigurationsAreRefused) {
  expect_refused(voxprior_run(words(config("[contender.a]\ntrain = \"flow\"\nrecipe = \"tiny.toml\"\n"))), 2,
                 "compare");
  expect_refused(voxprior_run(words(config("[contender.a]\ntrain = \"gan\"\n"))), 2, "compare");
  expect_refused(voxprior_run(words(config(tiny("a") + "class = \"ill\"\n"))), 2, "compare");
  expect_refused(voxprior_run(words(config(tiny("a"), "seconds = 5\nsteps = 5\n"))), 2, "compare");
  expect_refused(voxprior_run(words(config(tiny("a"), "flop = 1e9\nsteps = 5\n"))), 2, "compare");
  expect_refused(voxprior_run(words(config(""))), 2, "compare");
  expect_refused(voxprior_run(words(config(tiny("a"), "steps = 2\nseeds = [1, 1]\n"))), 2, "compare");
  EXPECT_FALSE(fs::exists(file("out")));
}

TEST_F(Compare, AFullDiskEndsItAndItGoesOn) {
  const std::string file_name = config(tiny("diffusion"));
  const std::string limited = "trap '' XFSZ; ulimit -f 20; exec \"$0\" \"$@\"";
  std::vector<std::string> all{"-c", limited, test::program()};
  for (const std::string& word : words(file_name)) all.push_back(word);
  expect_refused(Process("/bin/bash", all).wait(), 5, "compare");
  const Outcome outcome = voxprior_run(words(file_name, {"--resume"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
}

}  // namespace
}  // namespace voxprior
