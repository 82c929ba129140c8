#include "models/training/config.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/error.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::HasSubstr;

class TrainingConfigFile : public testing::Test {
 protected:
  TrainingConfig read(const std::string& text) {
    const auto path = scratch_ / "recipe.toml";
    std::ofstream(path) << text;
    return read_training_config(path, ModelKind::denoiser);
  }

  // The message with which `text` is refused; fails the test when it is accepted or the exit code is not "usage".
  std::string refusal(const std::string& text) {
    try {
      read(text);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ExitCode::usage);
      return e.what();
    }
    ADD_FAILURE() << "accepted: " << text;
    return "";
  }

  test::ScratchFolder scratch_;
  const std::string data_ = "[data]\ntrain = [\"scans\"]\n";
};

TEST_F(TrainingConfigFile, ReadsWhatIsThereAndKeepsDefaultsForTheRest) {
  const auto config =
      read(data_ + "[model]\nname = \"m\"\nchannels = [16, 32]\nblocks = [1, 2]\n[training]\nsteps = 7\n");
  EXPECT_EQ(config.model.name, "m");
  EXPECT_EQ(config.model.widths.channels, (std::vector<std::int64_t>{16, 32}));
  EXPECT_EQ(config.training.steps, 7);
  EXPECT_EQ(config.training.batch, TrainingConfig().training.batch);
}

TEST_F(TrainingConfigFile, NamesLineKeyAndRangeOfAValueOutOfRange) {
  const std::string message = refusal(data_ + "[training]\nlearning_rate = 7\n");
  EXPECT_THAT(message, HasSubstr("recipe.toml:4: key 'training.learning_rate' must be between 1e-07 and 1"));
}

TEST_F(TrainingConfigFile, NamesAnUnknownKeyAndTheKnownOnes) {
  const std::string message = refusal(data_ + "[training]\nlearning_rat = 0.1\n");
  EXPECT_THAT(message, HasSubstr("recipe.toml:4: key 'training.learning_rat' is not known"));
  EXPECT_THAT(message, HasSubstr("learning_rate"));
}

TEST_F(TrainingConfigFile, RefusesWrongTypesUnknownSectionsAndBadToml) {
  EXPECT_THAT(refusal(data_ + "[training]\nsteps = \"many\"\n"), HasSubstr("whole number"));
  EXPECT_THAT(refusal(data_ + "[training]\nsteps = 1.5\n"), HasSubstr("whole number"));
  EXPECT_THAT(refusal(data_ + "[noise]\ntypical = nan\n"), HasSubstr("between"));
  EXPECT_THAT(refusal(data_ + "[trainning]\nsteps = 1\n"), HasSubstr("'trainning' is not a section"));
  EXPECT_THAT(refusal("[data\n"), HasSubstr("recipe.toml:1: not valid TOML"));
  EXPECT_THAT(refusal(data_ + "[training]\nprecision = \"half\"\n"),
              HasSubstr("must be one of auto, float32, bfloat16"));
}

TEST_F(TrainingConfigFile, RefusesValuesThatDoNotFitTogether) {
  EXPECT_THAT(refusal("[model]\nname = \"m\"\n"), HasSubstr("data.train"));
  EXPECT_THAT(refusal(data_ + "[model]\nchannels = [8]\n"), HasSubstr("as many entries"));
  EXPECT_THAT(refusal(data_ + "[training]\npatch = 60\n"), HasSubstr("multiple of 8"));
  EXPECT_THAT(refusal(data_ + "[noise]\nsigma_min = 0.5\nsigma_max = 0.4\n"), HasSubstr("sigma_min"));
}

TEST_F(TrainingConfigFile, OtherContrastsAreForMrDenoisers) {
  const auto config = read("[data]\nlabel_maps = [\"labels\"]\n[augment]\ncontrast = 0.5\nslices = 0.25\n");
  EXPECT_EQ(config.data.label_maps, (std::vector<std::string>{"labels"}));
  EXPECT_EQ(config.augment.contrast, 0.5);
  EXPECT_EQ(config.augment.slices, 0.25);
  EXPECT_THAT(refusal(data_ + "[model]\nmodality = \"ct\"\n[augment]\ncontrast = 0.5\n"), HasSubstr("Hounsfield"));
  EXPECT_THAT(refusal("[data]\nvalidate = [\"a\"]\n"), HasSubstr("names what to train on"));
}

TEST_F(TrainingConfigFile, RefusesAMissingFile) {
  EXPECT_THROW(read_training_config(scratch_ / "nowhere.toml", ModelKind::denoiser), Error);
}

TEST_F(TrainingConfigFile, AKindHasItsOwnKeysAndDefaults) {
  const auto path = scratch_ / "recipe.toml";
  std::ofstream(path)
      << data_
      << "halvings = 1\n[model]\nheads = 2\nmean_volume = true\nweights = \"float16\"\n[augment]\nwarp_voxels = 0.5\n";
  const TrainingConfig diffusion = read_training_config(path, ModelKind::diffusion);
  EXPECT_EQ(diffusion.data.halvings, 1);
  EXPECT_TRUE(diffusion.model.mean_volume);
  EXPECT_EQ(diffusion.model.widths.heads, 2);
  EXPECT_TRUE(diffusion.model.widths.shifts);
  EXPECT_EQ(diffusion.model.weights, "float16");
  EXPECT_GT(diffusion.noise.sigma_max, 10);
  EXPECT_EQ(diffusion.augment.rician, 0);
  for (const ModelKind kind : {ModelKind::denoiser, ModelKind::detail})
    EXPECT_THROW(read_training_config(path, kind), Error);

  std::ofstream(path) << data_ << "[training]\nsnapshots = 4\n";
  EXPECT_EQ(read_training_config(path, ModelKind::diffusion).training.snapshots, 4);
  EXPECT_EQ(read_gan_config(path).training.snapshots, 4);
  EXPECT_THROW(read_training_config(path, ModelKind::denoiser), Error);

  const std::string target = "[training]\nstable_target = true\n";
  const std::string still =
      "[augment]\nmirror = 0\nrescale = 0\nrotation_degrees = 0\nscaling = 0\nshift_voxels = 0\nwarp_voxels = 0\n";
  std::ofstream(path) << data_ << still << target;
  EXPECT_TRUE(read_training_config(path, ModelKind::diffusion).training.stable_target);
  EXPECT_THROW(read_training_config(path, ModelKind::detail), Error);
  for (const char* more : {"", "[noise]\nschedule = \"learned\"\n", "[noise]\nlearned_variance = true\n",
                           "[conditioning]\non = [\"class\"]\n"}) {
    std::ofstream(path) << data_ << (*more ? still : "") << more << target;
    EXPECT_THROW(read_training_config(path, ModelKind::diffusion), Error) << more;
  }

  std::ofstream(path) << data_ << "[augment]\nrician = 0.5\n";
  EXPECT_THROW(read_training_config(path, ModelKind::detail), Error);
  EXPECT_EQ(read_training_config(path, ModelKind::denoiser).augment.rician, 0.5);
}

TEST_F(TrainingConfigFile, SaysHowASynthesisModelIsBestSampled) {
  const auto path = scratch_ / "recipe.toml";
  std::ofstream(path) << data_ << "[sampling]\nsampler = \"ddpm\"\nlast_sigma = 0.03\nautoguidance = 1.4\n";
  const TrainingConfig config = read_training_config(path, ModelKind::detail);
  ASSERT_TRUE(config.sampling);
  EXPECT_EQ(config.sampling->sampler, "ddpm");
  EXPECT_EQ(config.sampling->steps, 8);
  EXPECT_EQ(config.sampling->last_sigma, 0.03);
  EXPECT_EQ(config.sampling->autoguidance, 1.4);
  EXPECT_THROW(read_training_config(path, ModelKind::denoiser), Error);
  std::ofstream(path) << data_ << "[sampling]\nsampler = \"magic\"\n";
  EXPECT_THROW(read_training_config(path, ModelKind::diffusion), Error);
}

TEST_F(TrainingConfigFile, AnAutoencoderHasALossAndNoNoise) {
  const auto path = scratch_ / "recipe.toml";
  const auto refused = [&](const std::string& more) {
    std::ofstream(path) << data_ << more;
    try {
      read_training_config(path, ModelKind::autoencoder);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ExitCode::usage);
      return std::string(e.what());
    }
    return std::string("was accepted");
  };
  std::ofstream(path) << data_ << "[model]\nlatent_channels = 3\n[loss]\nkl = 0.01\ngradient = 0\n";
  const TrainingConfig config = read_training_config(path, ModelKind::autoencoder);
  EXPECT_EQ(config.model.latent_channels, 3);
  EXPECT_EQ(config.loss.kl, 0.01);
  EXPECT_EQ(config.model.widths.channels, (std::vector<std::int64_t>{32, 64}));
  EXPECT_THAT(refused("[loss]\nkl = -1\n"), HasSubstr("'loss.kl' must be between 0 and 1"));
  EXPECT_THAT(refused("[model]\nlatent_channels = 9\n"),
              HasSubstr("'model.latent_channels' must be a whole number; must be between 1 and 8"));
  EXPECT_THAT(refused("[noise]\ntypical = 1\n"), HasSubstr("'noise' is not a section"));
  EXPECT_THAT(refused("[model]\nembedding = 8\n"), HasSubstr("'model.embedding' is not known"));
  std::ofstream(path) << data_ << "[loss]\nkl = 0.01\n";
  EXPECT_THROW(read_training_config(path, ModelKind::diffusion), Error);
}

TEST_F(TrainingConfigFile, ConditionsAreNamedAndClassesBelongToThem) {
  const auto path = scratch_ / "recipe.toml";
  const auto refusal_of = [&](const std::string& text, ModelKind kind) -> std::string {
    std::ofstream(path) << data_ << text;
    try {
      read_training_config(path, kind);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ExitCode::usage);
      return e.what();
    }
    return "was accepted";
  };
  const std::string classes = "[data.classes]\nt1 = [\"*_T1w.*\"]\nt2 = [\"scans/t2\"]\n";
  const std::string on = "[conditioning]\non = [\"class\"]\ndrop = 0.2\n";
  for (const ModelKind kind : {ModelKind::detail, ModelKind::diffusion}) {
    std::ofstream(path) << data_ << classes << on;
    const TrainingConfig config = read_training_config(path, kind);
    EXPECT_TRUE(config.conditioning.on("class"));
    EXPECT_EQ(config.conditioning.drop, 0.2);
    EXPECT_EQ(config.data.classes.at("t2"), std::vector<std::string>{"scans/t2"});
    EXPECT_THAT(refusal_of(classes, kind), HasSubstr("conditioning.on does not name \"class\""));
    EXPECT_THAT(refusal_of("[data.classes]\nt1 = \"scans\"\n" + on, kind), HasSubstr("list of strings"));
    EXPECT_THAT(refusal_of("[conditioning]\non = [\"colour\"]\n", kind),
                HasSubstr("must hold words among class, spacing, mask"));
    EXPECT_THAT(refusal_of("[conditioning]\ndrop = 0\n", kind), HasSubstr("must be between 0.01 and 0.9"));
  }
  const std::string mask = "[conditioning]\non = [\"mask\", \"spacing\"]\n",
                    labels = "[labels]\n17 = \"hippocampus\"\n";
  std::ofstream(path) << data_ << "labels = [\"segmented\"]\n" << mask << labels;
  const TrainingConfig config = read_training_config(path, ModelKind::diffusion);
  EXPECT_EQ(config.labels, (Labels{{17, "hippocampus"}}));
  EXPECT_EQ(config.data.labels, std::vector<std::string>{"segmented"});
  EXPECT_THAT(refusal_of(mask, ModelKind::detail), HasSubstr("go together"));
  EXPECT_THAT(refusal_of(labels, ModelKind::detail), HasSubstr("go together"));
  EXPECT_THAT(refusal_of("labels = [\"segmented\"]\n", ModelKind::detail), HasSubstr("does not name \"mask\""));
  EXPECT_THAT(refusal_of(mask + "[labels]\n0 = \"air\"\n", ModelKind::detail), HasSubstr("whole number from 1"));
  const std::string draws = "[model]\ndraws = \"labels\"\n";
  std::ofstream(path) << data_ << draws << labels;
  EXPECT_TRUE(read_training_config(path, ModelKind::diffusion).draws_labels());
  EXPECT_EQ(read_training_config(path, ModelKind::diffusion).augment.rescale, 0);
  EXPECT_THAT(refusal_of(draws, ModelKind::diffusion), HasSubstr("needs [labels]"));
  EXPECT_THAT(refusal_of(draws + labels, ModelKind::detail), HasSubstr("'model.draws' is not known"));
  EXPECT_THAT(refusal_of(draws + mask + labels, ModelKind::diffusion), HasSubstr("is told no mask"));
  EXPECT_THAT(refusal_of("labels = [\"x\"]\n" + draws + labels, ModelKind::diffusion), HasSubstr("are data.train"));
  EXPECT_THAT(refusal_of(draws + labels + "[augment]\nrescale = 0.1\n", ModelKind::diffusion),
              HasSubstr("'augment.rescale' is not known"));
  EXPECT_THAT(refusal_of(on, ModelKind::denoiser), HasSubstr("'conditioning' is not a section"));
}

TEST_F(TrainingConfigFile, ALearnedScheduleAndVarianceAreForSynthesis) {
  const auto path = scratch_ / "recipe.toml";
  std::ofstream(path) << data_ << "[noise]\nschedule = \"learned\"\nlearned_variance = true\n";
  const TrainingConfig config = read_training_config(path, ModelKind::diffusion);
  EXPECT_EQ(config.noise.schedule, "learned");
  EXPECT_TRUE(config.noise.learned_variance);
  EXPECT_THROW(read_training_config(path, ModelKind::denoiser), Error);
  std::ofstream(path) << data_ << "[noise]\nlearned_variance = 1\n";
  EXPECT_THROW(read_training_config(path, ModelKind::diffusion), Error);
}

TEST_F(TrainingConfigFile, ABridgeLearnsFromRealPairsOrFromSimulatedNoise) {
  const auto path = scratch_ / "recipe.toml";
  const auto read_bridge = [&](const std::string& text) {
    std::ofstream(path) << text;
    return read_training_config(path, ModelKind::bridge);
  };
  const auto refusal_of = [&](const std::string& text) -> std::string {
    try {
      read_bridge(text);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ExitCode::usage);
      return e.what();
    }
    return "was accepted";
  };
  const TrainingConfig simulated = read_bridge(data_ +
                                               "[noise]\nkinds = [\"rician\", \"ncchi\"]\nvarying_share = 0.5\n"
                                               "[bridge]\nsampler = \"i2sb\"\nsteps = 7\nepsilon = 0.1\n");
  EXPECT_FALSE(simulated.has_pairs());
  EXPECT_EQ(simulated.noise.kinds, (std::vector<std::string>{"rician", "ncchi"}));
  EXPECT_EQ(simulated.bridge.sampler, "i2sb");
  EXPECT_EQ(simulated.bridge.steps, 7);
  EXPECT_EQ(read_bridge(data_ + "[model]\nmodality = \"ct\"\n").noise.kinds, std::vector<std::string>{"gaussian"});
  const std::string pairs = "[data]\nclean = [\"c\"]\nnoisy = [\"n\"]\n";
  EXPECT_TRUE(read_bridge(pairs).has_pairs());
  EXPECT_EQ(read_bridge(pairs).augment.resolution, 0);
  EXPECT_THAT(refusal_of("[data]\nclean = [\"c\"]\n"), HasSubstr("give both or none"));
  EXPECT_THAT(refusal_of(pairs + "train = [\"t\"]\n"), HasSubstr("give either"));
  EXPECT_THAT(refusal_of(pairs + "validate = [\"t\"]\n"), HasSubstr("data.validate_clean"));
  EXPECT_THAT(refusal_of(pairs + "[noise]\nsigma_min = 0.1\n"), HasSubstr("names real pairs; leave it out"));
  EXPECT_THAT(refusal_of(pairs + "[augment]\ngamma = 0.1\n"), HasSubstr("'augment.gamma' is not known"));
  EXPECT_THAT(refusal_of(data_ + "[noise]\nkinds = [\"poisson\"]\n"), HasSubstr("gaussian, rician, ncchi"));
  EXPECT_THAT(refusal_of(data_ + "[noise]\nkinds = [\"rician\"]\n[model]\nmodality = \"ct\"\n"),
              HasSubstr("no Hounsfield units"));
  EXPECT_THAT(refusal_of(data_ + "[bridge]\nsampler = \"heun\"\n"), HasSubstr("drift-implied"));
  EXPECT_THAT(refusal_of(data_ + "[bridge]\nsteps = 101\n"), HasSubstr("between 1 and 100"));
  EXPECT_THAT(refusal(data_ + "[bridge]\nsteps = 3\n"), HasSubstr("'bridge' is not a section"));
}

TEST_F(TrainingConfigFile, HeadsMustDivideTheChannelsThatTheyShare) {
  const auto path = scratch_ / "recipe.toml";
  std::ofstream(path) << data_ << "[model]\nheads = 5\n";
  EXPECT_THROW(read_training_config(path, ModelKind::diffusion), Error);
}

}  // namespace
}  // namespace voxprior
