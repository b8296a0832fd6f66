// How a face (the command line, later a local page) talks to a home: over the control socket where a node runs,
// in-process where none does. The same requests and responses either way (proto/attune/api.proto).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "attune/api.pb.h"
#include "core/bytes.h"
#include "crypto/secret.h"

namespace attune::node {

class Client {
 public:
  virtual ~Client() = default;
  // Every response but the last goes to `on_event` (progress, pair_waiting, events); the last one is returned.
  // An error response is thrown as the Error that it describes. watch and pair return only at their end.
  virtual api::v1::Response call(const api::v1::Request& request,
                                 const std::function<void(const api::v1::Response&)>& on_event) = 0;
  // The same with a secret beside the request, as one raw frame: no message ever carries it.
  virtual api::v1::Response call_with(const api::v1::Request& request, const crypto::SecretBytes& secret,
                                      const std::function<void(const api::v1::Response&)>& on_event) = 0;
  [[nodiscard]] virtual bool node_runs() const = 0;  // false: in-process
};

// nullptr: no node runs for this home. Throws Errc::no_home.
[[nodiscard]] std::unique_ptr<Client> connect_to_node(const std::string& home);
// Opens the home in this process; waits up to 10 s for another command to finish, then Errc::busy.
// Throws Errc::no_home, wrong_passphrase, damaged, tampered, incompatible.
[[nodiscard]] std::unique_ptr<Client> open_in_process(const std::string& home, BytesView passphrase);

}  // namespace attune::node
