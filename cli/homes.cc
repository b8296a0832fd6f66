// The real floor below: part of the program, not of attune_cli, so that tests of the commands link without a node.
#include "cli/world.h"

namespace attune::cli {
namespace {

class RealHomes final : public Homes {
 public:
  bool exists(const std::string& home) override { return node::home_exists(home); }
  node::Created init(const node::NewHome& wanted, BytesView passphrase) override {
    return node::init_home(wanted, passphrase);
  }
  node::Restored restore(const node::Restore& wanted, const crypto::Entropy& entropy, BytesView passphrase,
                         const node::Progress& progress) override {
    return node::restore_home(wanted, entropy, passphrase, progress);
  }
  void wipe(const std::string& home) override { node::wipe_home(home); }
  void change_passphrase(const std::string& home, BytesView current,
                         const std::function<crypto::SecretBytes()>& ask_new,
                         const std::optional<crypto::PassphraseCost>& cost) override {
    node::change_passphrase(home, current, ask_new, cost);
  }
  node::BackupFacts verify_backup(const std::string& file, const crypto::Entropy& entropy,
                                  const node::Progress& progress) override {
    return node::verify_backup(file, entropy, progress);
  }
  crypto::SecretBytes backup_identity(const crypto::Entropy& entropy) override {
    return node::backup_identity(entropy);
  }
  node::SignedRevoke sign_revoke(const api::v1::DeviceRevokePlan& plan, const crypto::Entropy& entropy) override {
    return node::sign_revoke(plan, entropy);
  }
  crypto::SecretBytes derive_self_keys(const api::v1::SelfKeysPlan& plan, const crypto::Entropy& entropy) override {
    return node::derive_self_keys(plan, entropy);
  }
  std::unique_ptr<node::Client> connect(const std::string& home) override { return node::connect_to_node(home); }
  std::unique_ptr<node::Client> open(const std::string& home, BytesView passphrase) override {
    return node::open_in_process(home, passphrase);
  }
  void run_node(const node::NodeOptions& options, crypto::SecretBytes passphrase,
                const node::NodeEvent& event) override {
    node::run_node(options, std::move(passphrase), event);
  }
  std::string start_node(const node::NodeOptions& options, BytesView passphrase) override {
    return node::start_node(options, passphrase);
  }
  int run_started_node(const node::NodeOptions& options) override { return node::run_started_node(options); }
  bool stop_node(const std::string& home) override { return node::stop_node(home); }
};

}  // namespace

std::unique_ptr<Homes> real_homes() { return std::make_unique<RealHomes>(); }

}  // namespace attune::cli
