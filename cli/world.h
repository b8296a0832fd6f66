// Everything outside that a command touches, in one place: main.cc hands in the real things, tests their own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/when.h"
#include "core/clock.h"
#include "node/client.h"
#include "node/daemon.h"
#include "node/passphrase.h"
#include "node/setup.h"
#include "node/words.h"

namespace attune::cli {

// The floor below, function by function; its promises are those of node/setup.h, node/client.h and node/daemon.h.
class Homes {
 public:
  virtual ~Homes() = default;
  [[nodiscard]] virtual bool exists(const std::string& home) = 0;
  [[nodiscard]] virtual node::Created init(const node::NewHome& wanted, BytesView passphrase) = 0;
  [[nodiscard]] virtual node::Restored restore(const node::Restore& wanted, const crypto::Entropy& entropy,
                                               BytesView passphrase, const node::Progress& progress) = 0;
  virtual void wipe(const std::string& home) = 0;
  virtual void change_passphrase(const std::string& home, BytesView current,
                                 const std::function<crypto::SecretBytes()>& ask_new,
                                 const std::optional<crypto::PassphraseCost>& cost) = 0;
  [[nodiscard]] virtual node::BackupFacts verify_backup(const std::string& file, const crypto::Entropy& entropy,
                                                        const node::Progress& progress) = 0;
  [[nodiscard]] virtual crypto::SecretBytes backup_identity(const crypto::Entropy& entropy) = 0;

  [[nodiscard]] virtual node::SignedRevoke sign_revoke(const api::v1::DeviceRevokePlan& plan,
                                                       const crypto::Entropy& entropy) = 0;
  [[nodiscard]] virtual crypto::SecretBytes derive_self_keys(const api::v1::SelfKeysPlan& plan,
                                                             const crypto::Entropy& entropy) = 0;

  [[nodiscard]] virtual std::unique_ptr<node::Client> connect(const std::string& home) = 0;
  [[nodiscard]] virtual std::unique_ptr<node::Client> open(const std::string& home, BytesView passphrase) = 0;

  virtual void run_node(const node::NodeOptions& options, crypto::SecretBytes passphrase,
                        const node::NodeEvent& event) = 0;
  [[nodiscard]] virtual std::string start_node(const node::NodeOptions& options, BytesView passphrase) = 0;
  virtual int run_started_node(const node::NodeOptions& options) = 0;
  virtual bool stop_node(const std::string& home) = 0;
};
[[nodiscard]] std::unique_ptr<Homes> real_homes();

using Environment = std::function<std::optional<std::string>(const char* name)>;  // nullopt: unset or empty

struct World {
  Console& console;
  Homes& homes;
  const Clock& clock;
  const Zone& zone;
  Environment environment;
  std::function<std::string(const std::string&)> edit;      // cli/editor.h
  std::function<std::vector<std::string>()> own_addresses;  // cli/addresses.h
};

}  // namespace attune::cli
