// A world for the command line: a console that remembers, homes that are only told of, a clock that stands still.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/run.h"
#include "core/error.h"
#include "support/manual_clock.h"

namespace attune::cli::test {

class FakeConsole final : public Console {
 public:
  void out(std::string_view text) override {
    const bool full = full_after && printed.find(*full_after) != std::string::npos;
    if (closed || full) throw Error{Errc::disk, "the result could not be written"};
    printed += text;
  }
  void err(std::string_view text) noexcept override { told += text; }
  [[nodiscard]] bool in_is_terminal() const override { return terminal; }
  [[nodiscard]] bool out_is_terminal() const override { return terminal; }
  [[nodiscard]] bool err_is_terminal() const override { return terminal; }
  [[nodiscard]] int columns() const override { return width; }
  [[nodiscard]] bool reader_gone() const override { return closed; }
  [[nodiscard]] std::string ask(std::string_view prompt) override { return next(prompt); }
  [[nodiscard]] crypto::SecretBytes ask_secret(std::string_view prompt) override {
    return crypto::SecretBytes::copied(as_bytes(next(prompt)));
  }
  [[nodiscard]] std::string read_in(std::size_t limit) override {
    if (piped.size() > limit) throw Error{Errc::usage, "too long"};
    return std::exchange(piped, "");
  }
  [[nodiscard]] crypto::SecretBytes read_secret_in(SecretPart part) override {
    const auto size = part == SecretPart::first_line ? piped.find('\n') : std::string::npos;
    return crypto::SecretBytes::copied(as_bytes(std::string_view{piped}.substr(0, size)));
  }

  bool terminal = false;
  bool closed = false;
  std::optional<std::string> full_after;  // takes no more once this was printed; "": takes nothing
  int width = 80;
  std::string piped;                // standard input
  std::deque<std::string> answers;  // what the person types, in order
  std::string printed;              // standard output
  std::string told;                 // standard error
  std::vector<std::string> questions;

 private:
  std::string next(std::string_view prompt) {
    if (!terminal) ADD_FAILURE() << "asked without a terminal: " << prompt;
    questions.emplace_back(prompt);
    if (answers.empty()) throw Error{Errc::refused, "no answer was given"};
    std::string answer = answers.front();
    answers.pop_front();
    return answer;
  }
};

// What a home answers; requests are kept as they came.
struct Story {
  std::function<api::v1::Response(const api::v1::Request&)> answer = [](const api::v1::Request&) {
    return api::v1::Response{};
  };
  std::vector<api::v1::Response> events;  // told before the answer
  std::vector<api::v1::Request> requests;
  std::vector<std::string> secrets;  // that came beside some of them
};

class FakeClient final : public node::Client {
 public:
  FakeClient(Story& story, bool running) : story_{story}, running_{running} {}
  api::v1::Response call(const api::v1::Request& request,
                         const std::function<void(const api::v1::Response&)>& on_event) override {
    story_.requests.push_back(request);
    for (const auto& event : story_.events) on_event(event);
    return story_.answer(request);
  }
  api::v1::Response call_with(const api::v1::Request& request, const crypto::SecretBytes& secret,
                              const std::function<void(const api::v1::Response&)>& on_event) override {
    story_.secrets.emplace_back(as_text(secret.bytes()));
    return call(request, on_event);
  }
  [[nodiscard]] bool node_runs() const override { return running_; }

 private:
  Story& story_;
  bool running_;
};

inline constexpr std::string_view kWords =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art";

class FakeHomes final : public Homes {
 public:
  bool exists(const std::string&) override { return there; }
  node::Created init(const node::NewHome& wanted, BytesView secret) override {
    made = wanted;
    passphrases.emplace_back(as_text(secret));
    return {wanted.device.empty() ? "laptop" : wanted.device, crypto::SecretBytes::copied(as_bytes(kWords))};
  }
  node::Restored restore(const node::Restore& wanted, const crypto::Entropy&, BytesView secret,
                         const node::Progress& progress) override {
    restored = wanted;
    passphrases.emplace_back(as_text(secret));
    progress("reading", 1, 2);
    return {"Ada", "laptop", 7, false};
  }
  void wipe(const std::string& home) override {
    if (stuck) throw Error{*stuck};
    wiped.push_back(home);
  }
  void change_passphrase(const std::string&, BytesView secret, const std::function<crypto::SecretBytes()>& ask_new,
                         const std::optional<crypto::PassphraseCost>& cost) override {
    passphrases.emplace_back(as_text(secret));
    if (passphrases.back() != right) throw Error{Errc::wrong_passphrase, "the passphrase is wrong"};
    const crypto::SecretBytes wanted = ask_new();
    right = as_text(wanted.bytes());
    new_cost = cost;
  }
  node::BackupFacts verify_backup(const std::string& file, const crypto::Entropy&, const node::Progress&) override {
    verified.push_back(file);
    return {12, 3'000'000'000.0, "2026-11-20T21:00:00.000+00:00"};
  }
  crypto::SecretBytes backup_identity(const crypto::Entropy&) override {
    return crypto::SecretBytes::copied(as_bytes("AGE-SECRET-KEY-1TEST"));
  }
  node::SignedRevoke sign_revoke(const api::v1::DeviceRevokePlan& plan, const crypto::Entropy&) override {
    return {{"signed " + plan.revoke()}, crypto::SecretBytes::copied(as_bytes("new keys"))};
  }
  crypto::SecretBytes derive_self_keys(const api::v1::SelfKeysPlan&, const crypto::Entropy&) override {
    return crypto::SecretBytes::copied(as_bytes("derived keys"));
  }
  std::unique_ptr<node::Client> connect(const std::string&) override {
    if (!there) throw Error{Errc::no_home, "there is no journal"};
    return running ? std::make_unique<FakeClient>(story, true) : nullptr;
  }
  std::unique_ptr<node::Client> open(const std::string&, BytesView secret) override {
    passphrases.emplace_back(as_text(secret));
    if (passphrases.back() != right) throw Error{Errc::wrong_passphrase, "the passphrase is wrong"};
    return std::make_unique<FakeClient>(story, false);
  }
  void run_node(const node::NodeOptions& options, crypto::SecretBytes, const node::NodeEvent& event) override {
    started = options;
    event("listening", listening);
    event("stopped", "");
  }
  std::string start_node(const node::NodeOptions& options, BytesView secret) override {
    started = options;
    passphrases.emplace_back(as_text(secret));
    return listening;
  }
  int run_started_node(const node::NodeOptions& options) override {
    started = options;
    return 0;
  }
  bool stop_node(const std::string&) override { return running; }

  bool there = true;
  bool running = true;
  std::string right = "correct horse";
  Story story;
  std::optional<node::NewHome> made;
  std::optional<node::Restore> restored;
  std::string listening = "127.0.0.1:41234";  // what a node says, here HOST:PORT
  std::optional<node::NodeOptions> started;
  std::optional<crypto::PassphraseCost> new_cost;
  std::optional<Error> stuck;  // why nothing can be wiped
  std::vector<std::string> passphrases, wiped, verified;
};

class FakeWorld {
 public:
  // Arguments as after the program's name; the exit status.
  int run(const std::vector<std::string>& arguments) {
    console.printed.clear();
    console.told.clear();
    World world{console,
                homes,
                clock,
                *zone,
                [this](const char* name) -> std::optional<std::string> {
                  const auto found = environment.find(name);
                  return found == environment.end() ? std::nullopt : std::optional{found->second};
                },
                [this](const std::string& before) {
                  edited_from = before;
                  return editor_leaves;
                },
                [this] { return addresses; }};
    return cli::run(arguments, world);
  }
  [[nodiscard]] const api::v1::Request& asked() const { return homes.story.requests.back(); }

  FakeConsole console;
  FakeHomes homes;
  // Saturday, 21 November 2026, 10:30 in Berlin
  attune::test::ManualClock clock{Instant{std::chrono::milliseconds{1'795'253'400'000}}};
  std::unique_ptr<Zone> zone = zone_named("Europe/Berlin");
  std::map<std::string, std::string> environment{{"HOME", "/home/ada"}};
  std::string editor_leaves = "from the editor\n";
  std::optional<std::string> edited_from;
  std::vector<std::string> addresses{"192.168.1.20"};
};

}  // namespace attune::cli::test
