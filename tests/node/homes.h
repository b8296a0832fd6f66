// Homes in a folder of their own on the real disk, and nodes on one io_context.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "crypto/bip39.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "node/node.h"
#include "node/setup.h"
#include "support/manual_clock.h"

namespace attune::test {

inline constexpr std::string_view kPassphrase = "correct horse battery";

// A folder that goes when the test ends. The control socket is inside the home, whatever the machine's settings say.
class Folder {
 public:
  Folder() {
    ::unsetenv("XDG_RUNTIME_DIR");
    std::string pattern = (std::filesystem::temp_directory_path() / "attune-node-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string at(std::string_view name) const { return joined(path_, name); }
  [[nodiscard]] std::vector<std::string> names() const { return PosixFiles{}.children(path_); }

 private:
  std::string path_;
};

inline node::NewHome wanted_home(const std::string& at, const std::string& name = "Ada") {
  return {.home = at, .name = name, .device = "laptop", .cost = crypto::kInteractive};
}
inline crypto::Entropy make_home(const std::string& at, const std::string& name = "Ada") {
  const node::Created created = node::init_home(wanted_home(at, name), as_bytes(kPassphrase));
  return crypto::entropy_of(created.words.bytes());
}
inline std::unique_ptr<node::Home> open_home(const std::string& at, const Clock& clock) {
  return std::make_unique<node::Home>(at, as_bytes(kPassphrase), std::chrono::milliseconds{0}, clock);
}

inline std::vector<std::string> bodies(node::Home& home) {
  book::Filter all;
  all.limit = 0;
  std::vector<std::string> seen;
  for (const journal::Entry& entry : home.book().list(all)) seen.push_back(entry.current->content.body);
  return seen;
}
inline ObjectId write(node::Home& home, const std::string& body, bool shared = false) {
  book::Draft draft;
  draft.shared = shared;
  draft.content.body = body;
  draft.content.at = draft.content.written_at = {home.clock().now(), std::chrono::minutes{0}};
  return home.book().write(draft);
}

// A new device of a person, without passphrase and vault file: what most tests need.
inline std::unique_ptr<node::Home> bare_home(const std::string& at, const identity::Root& root, const Clock& clock) {
  std::vector<identity::SelfKey> keys;
  keys.push_back(identity::self_key_from(root.self_seed, nullptr));
  PosixFiles files;
  files.make_directory(at);
  auto home = std::make_unique<node::Home>(
      at,
      identity::Vault{root.id, root.backup_recipient, crypto::random_secret<crypto::DeviceSecret>(),
                      crypto::random_secret<identity::StoreSecret>(), std::move(keys), false},
      clock);
  const identity::Admit admit{home->vault().device_id(), 1};
  home->people().add(root.id, {identity::sign_statement(root.signing, admit).wire});
  home->book().set_name("Ada");
  return home;
}
inline identity::Root drawn_person() { return identity::root_from(crypto::random_secret<crypto::Entropy>()); }

// Two devices of one person that know of each other, as after a first sync.
inline void introduce(node::Home& one, node::Home& other) {
  const auto tell = [](node::Home& at, node::Home& of) {
    at.people().add(at.vault().root, {of.people().own().admit_of(of.vault().device_id())->wire});
  };
  tell(one, other);
  tell(other, one);
}

// As both sides store it when three words were exchanged and a first session was held.
inline void pair(node::Home& one, node::Home& other) {
  const identity::CoupleKey key{crypto::random_secret<identity::CoupleKeySecret>(), 0};
  const auto keep = [&key](node::Home& at, node::Home& partner) {
    at.book().pair({partner.vault().root, "Partner", "able amber apple"}, key);
    at.people().reload();
    const auto* admit = partner.people().own().admit_of(partner.vault().device_id());
    at.people().add(partner.vault().root, {admit->wire});
  };
  keep(one, other);
  keep(other, one);
}

// What a coroutine gave, once it has ended.
template <class T>
struct Ran {
  bool done = false;
  std::exception_ptr fault;
  std::unique_ptr<T> value;
  T get() {
    if (fault) std::rethrow_exception(fault);
    return std::move(*value);
  }
};
template <class T>
std::shared_ptr<Ran<T>> start(asio::io_context& io, asio::awaitable<T> task) {
  auto ran = std::make_shared<Ran<T>>();
  asio::co_spawn(io, std::move(task), [ran](std::exception_ptr fault, T value) {
    ran->fault = fault;
    ran->value = std::make_unique<T>(std::move(value));
    ran->done = true;
  });
  return ran;
}
inline std::shared_ptr<Ran<bool>> start(asio::io_context& io, asio::awaitable<void> task) {
  auto ran = std::make_shared<Ran<bool>>();
  asio::co_spawn(io, std::move(task), [ran](std::exception_ptr fault) {
    ran->fault = fault;
    ran->value = std::make_unique<bool>(true);
    ran->done = true;
  });
  return ran;
}
template <class Until>
void run_until(asio::io_context& io, Until until) {
  io.restart();
  while (!until()) ASSERT_GT(io.run_one(), 0U) << "nothing is left to do";
}

// One request to a node, answered in-process; a secret goes beside some.
inline api::v1::Response ask(asio::io_context& io, node::Node& node, api::v1::Request request,
                             std::vector<api::v1::Response>* events = nullptr, const crypto::SecretBytes& secret = {}) {
  node::Call call{io, [events](const api::v1::Response& event) {
                    if (events != nullptr) events->push_back(event);
                  }};
  call.carry(secret.clone());
  const auto ran = start(io, node.service().answer(std::move(request), call));
  run_until(io, [&] { return ran->done; });
  return ran->get();
}

}  // namespace attune::test
