#include "workflows/bridge_choices.h"

#include <boost/program_options.hpp>

#include "base/error.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

constexpr const char* kAdvised = "model";
constexpr const char* kOneStep = "one-step";
constexpr long long kMostSteps = 100;  // a share of 0.01 is the least that bridges are trained on

bool draws_noise(const std::string& sampler) { return sampler == "indi" || sampler == "i2sb"; }

void refuse(bool given, const char* option, const std::string& why) {
  if (given) fail(ExitCode::usage, option, ": ", why, "; see --help");
}

}  // namespace

void BridgeChoices::add_to(Arguments& arguments) {
  arguments
      .option("sampler",
              choice(&sampler_, "--sampler",
                     {kAdvised, kOneStep, "process", "drift-fixed", "drift-implied", "indi", "i2sb"}),
              "of a bridge (train bridge): how it is followed; model: as its card advises; docs/bridge.md says which "
              "when")
      .option("steps", at_least(1, &steps_, "--steps")->value_name("N"),
              "of a bridge: steps from the scan to the clean volume, 1 to 100; default: what its card advises");
}

void BridgeChoices::check(bool bridge, const NoiseChoice& noise) const {
  if (bridge) {
    const char* const why = "the model is a bridge, which learned from its pairs what is noise";
    refuse(noise.kind != NoiseKind::automatic, "--noise", why);
    refuse(noise.sigma.has_value(), "--sigma", why);
    refuse(noise.spread != NoiseChoice::Spread::automatic, "--sigma-map", why);
    refuse(noise.filter.has_value(), "--spectrum", why);
  } else {
    refuse_given("is for bridges, and the model is none");
  }
  refuse(steps_ > kMostSteps, "--steps", "must be at most 100");
  refuse(sampler_ == kOneStep && steps_ > 1, "--steps", "the sampler one-step takes one");
}

void BridgeChoices::refuse_given(const std::string& why) const {
  refuse(sampler_ != kAdvised, "--sampler", why);
  refuse(steps_ > 0, "--steps", why);
}

BridgeRun BridgeChoices::run(const ModelFacts& model, double strength) const {
  BridgeRun run;
  run.sampler = sampler_ == kAdvised ? model.bridge->sampler : sampler_;
  const bool one = run.sampler == kOneStep;
  refuse(one && steps_ > 1, "--steps", "the sampler one-step, which the model advises, takes one");
  refuse(seed_ && !draws_noise(run.sampler), "--seed", "the sampler " + run.sampler + " draws nothing");
  run.steps = one ? 1 : steps_ > 0 ? static_cast<int>(steps_) : model.bridge->steps;
  run.strength = strength;
  run.draws_noise = draws_noise(run.sampler);
  run.seed = seed_.value_or(0);
  return run;
}

nlohmann::ordered_json BridgeChoices::settings() const {
  nlohmann::ordered_json settings = {{"sampler", sampler_}, {"steps", steps_}};
  if (seed_) settings["seed"] = *seed_;
  return settings;
}

}  // namespace voxprior
