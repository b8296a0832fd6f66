// Handshakes and transport with python3-dissononce, an independent implementation of Noise, in a process of its own.
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "crypto/noise_pair.h"
#include "support/error_matcher.h"
#include "support/needs.h"
#include "support/vectors.h"

namespace attune::crypto {
namespace {

using test::unhex;

const char* const kProtocol = "Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b";
const Bytes kPrologue = to_bytes(as_bytes("attune and dissononce"));

// A child process that answers one line to each line; it ends when this does.
class Child {
 public:
  explicit Child(std::vector<std::string> arguments) {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) throw std::runtime_error{"socketpair"};
    socket_ = ends[0];
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    const int failed = posix_spawn(&process_, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (failed != 0) process_ = -1;
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::close(socket_);  // the end of its input
    if (process_ > 0) waitpid(process_, nullptr, 0);
  }

  // Empty: the child has ended.
  [[nodiscard]] std::string line() {
    for (;;) {
      const auto end = read_.find('\n');
      if (end != std::string::npos) {
        auto line = read_.substr(0, end);
        read_.erase(0, end + 1);
        return line;
      }
      std::array<char, 65536> buffer;
      const auto got = recv(socket_, buffer.data(), buffer.size(), 0);
      if (got <= 0) return {};
      read_.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

  void send_line(std::string line) {
    line += '\n';
    for (std::string_view rest = line; !rest.empty();) {
      const auto sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error{"the peer has ended"};
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

 private:
  int socket_ = -1;
  pid_t process_ = -1;
  std::string read_;
};

class Dissononce {
 public:
  Dissononce(NoiseRole role, BytesView psk)
      : child_{{"/usr/bin/python3", test::project_file("tests/crypto/dissononce_peer.py"),
                role == NoiseRole::initiator ? "initiator" : "responder", to_hex(kPrologue), to_hex(psk)}},
        greeting_{child_.line()} {}

  [[nodiscard]] const std::string& greeting() const { return greeting_; }
  [[nodiscard]] std::string answer(const std::string& command, BytesView argument = {}) {
    child_.send_line(command + ":" + to_hex(argument));
    return child_.line();
  }
  [[nodiscard]] Bytes ask(const std::string& command, BytesView argument = {}) {
    return unhex(answer(command, argument));
  }

 private:
  Child child_;
  std::string greeting_;
};

class DissononcePeer : public testing::TestWithParam<NoiseRole> {
 protected:
  // The parameter is attune's role.
  [[nodiscard]] static NoiseRole theirs() {
    return GetParam() == NoiseRole::initiator ? NoiseRole::responder : NoiseRole::initiator;
  }
  [[nodiscard]] Handshake ours() const {
    return Handshake{{GetParam(), kPrologue, own_.clone(), NoisePsk::copied(psk_.bytes()), std::nullopt}};
  }
  [[nodiscard]] bool we_write(int message) const { return (message % 2 == 0) == (GetParam() == NoiseRole::initiator); }

  Transport shake_hands(Dissononce& peer) {
    auto handshake = ours();
    for (int message = 0; message < 3; ++message) {
      const Bytes payload(static_cast<std::size_t>(message) * 700, std::byte{0x70});
      if (we_write(message)) {
        EXPECT_EQ(peer.ask("read", handshake.write(payload)), payload);
      } else {
        EXPECT_EQ(handshake.read(peer.ask("write", payload)), payload);
      }
    }
    return std::move(handshake).split();
  }

  DeviceSecret own_ = random_secret<DeviceSecret>();
  NoisePsk psk_ = random_secret<NoisePsk>();
};

#define ATTUNE_NEEDS_DISSONONCE(peer) \
  if ((peer).greeting() != kProtocol) ATTUNE_NOT_RUN("python3-dissononce is not here: " + (peer).greeting())

TEST_P(DissononcePeer, ShakesHandsAndTalksBothWays) {
  Dissononce peer{theirs(), psk_.bytes()};
  ATTUNE_NEEDS_DISSONONCE(peer);
  auto transport = shake_hands(peer);
  EXPECT_EQ(to_hex(transport.hash), peer.answer("hash"));
  EXPECT_EQ(to_hex(transport.peer), peer.answer("own"));
  EXPECT_EQ(to_hex(x25519_public(own_.bytes())), peer.answer("peer"));
  for (std::size_t size = 0; size < 300; size += 7) {
    const Bytes text(size, static_cast<std::byte>(size));
    EXPECT_EQ(peer.ask("open", test::sealed_by(transport.send, text)), text);
    EXPECT_EQ(test::opened_by(transport.receive, peer.ask("seal", text)), text);
  }
  const Bytes longest(kMaxNoiseMessage - kTagSize, std::byte{0x4c});
  EXPECT_EQ(peer.ask("open", test::sealed_by(transport.send, longest)), longest);
  EXPECT_EQ(test::opened_by(transport.receive, peer.ask("seal", longest)), longest);
}

TEST_P(DissononcePeer, EachRefusesWhatWasAlteredAndGoesOn) {
  Dissononce peer{theirs(), psk_.bytes()};
  ATTUNE_NEEDS_DISSONONCE(peer);
  auto transport = shake_hands(peer);
  const auto text = to_bytes(as_bytes("text"));
  const auto sent = test::sealed_by(transport.send, text);
  EXPECT_EQ(peer.answer("open", test::with_flipped_bit(sent, 9)), "refused");
  EXPECT_EQ(peer.ask("open", sent), text);
  const auto received = peer.ask("seal", text);
  EXPECT_ERROR(Errc::peer_misbehaved, test::opened_by(transport.receive, test::with_flipped_bit(received, 9)));
  EXPECT_EQ(test::opened_by(transport.receive, received), text);
}

TEST_P(DissononcePeer, EachRefusesTheOtherWithoutThePsk) {
  Dissononce peer{theirs(), random_secret<NoisePsk>().bytes()};
  ATTUNE_NEEDS_DISSONONCE(peer);
  auto handshake = ours();
  if (we_write(0)) {
    EXPECT_EQ(peer.answer("read", handshake.write({})), "refused");
  } else {
    EXPECT_ERROR(Errc::peer_misbehaved, handshake.read(peer.ask("write")));
  }
}

INSTANTIATE_TEST_SUITE_P(BothRoles, DissononcePeer, testing::Values(NoiseRole::initiator, NoiseRole::responder),
                         [](const auto& param_info) {
                           return param_info.param == NoiseRole::initiator ? "attune_initiates" : "attune_responds";
                         });

}  // namespace
}  // namespace attune::crypto
