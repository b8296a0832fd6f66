#include "pairing/messages.h"

#include <attune/pairing.pb.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "net/padding.h"
#include "pairing/people.h"
#include "support/error_matcher.h"

namespace attune::pairing {
namespace {

class Hello : public ::testing::Test {
 protected:
  [[nodiscard]] OwnHello written() const { return write_hello(ada.own(), crypto::random_secret<Contribution>()); }
  // As Ben reads it.
  [[nodiscard]] Heard read(const Bytes& payload) const { return read_hello(payload, ada.id(), ben.root.id); }
  // One that Ada's program would not write.
  template <class Change>
  [[nodiscard]] Bytes changed(Change change) const {
    v1::Hello hello;
    const Bytes payload = written().payload;
    hello.ParseFromString(std::string{as_text(*net::unpadded(payload))});
    change(hello);
    const std::string bytes = hello.SerializeAsString();
    return net::padded(as_bytes(bytes), std::max(kHelloPayload, bytes.size() + 2));
  }

  test::Person ada{"Ada"};
  test::Person ben{"Ben"};
};

TEST_F(Hello, ComesBackAsItWentIn) {
  const auto contribution = crypto::random_secret<Contribution>();
  const OwnHello hello = write_hello(ada.own(), contribution);
  const Heard heard = read(hello.payload);
  EXPECT_EQ(heard.root, ada.root.id);
  EXPECT_EQ(heard.name, "Ada");
  EXPECT_EQ(heard.admit, ada.statements.front());
  EXPECT_TRUE(crypto::equal_secrets(heard.contribution.bytes(), contribution.bytes()));
}

TEST_F(Hello, HasOneSizeWhateverItSays) {
  EXPECT_EQ(written().payload.size(), kHelloPayload);
  ada.name = std::string(kMaxNameSize, 'a');
  for (std::uint64_t i = 1; i < 200; ++i) ada.statements.push_back(ada.revoke(crypto::random_id<DeviceId>(), i));
  EXPECT_EQ(written().payload.size(), kHelloPayload);
}

TEST_F(Hello, TakesTheNewestRevokesWhereNotAllFindRoom) {
  for (std::uint64_t i = 1; i <= 100; ++i) ada.statements.push_back(ada.revoke(crypto::random_id<DeviceId>(), i));
  const OwnHello hello = written();
  const Heard heard = read(hello.payload);
  EXPECT_EQ(identity::hash_of_revokes(heard.revokes), identity::hash_of_revokes(hello.revokes));
  ASSERT_GT(heard.statements.size(), 5U);
  EXPECT_EQ(std::get<identity::Revoke>(heard.statements[1].says).number, 100U);
  EXPECT_EQ(std::get<identity::Revoke>(heard.statements[2].says).number, 99U);
}

TEST_F(Hello, KeepsCutOffsOfOwnLogsToItself) {
  const auto secret = identity::sign_statement(
      ada.root.signing, identity::OwnCutOffs{.revoke = crypto::random_id<identity::StatementHash>(), .cut_offs = {}});
  ada.statements.push_back(secret.wire);
  const Heard heard = read(written().payload);
  EXPECT_EQ(heard.statements.size(), 1U);
  const auto telling = changed([&](v1::Hello& hello) { hello.add_roster(secret.wire); });
  EXPECT_ERROR(Errc::peer_misbehaved, read(telling));
}

TEST_F(Hello, CountsAStatementOnceHoweverOftenItIsNamed) {
  const std::string revoke = ada.revoke(crypto::random_id<DeviceId>(), 1);
  ada.statements.push_back(revoke);
  ada.statements.push_back(revoke);
  EXPECT_EQ(written().revokes.size(), 1U);
  const auto twice = changed([&](v1::Hello& hello) { hello.add_roster(revoke); });
  EXPECT_EQ(read(twice).revokes.size(), 1U);
}

TEST_F(Hello, IsRefusedWhereAFieldIsNotWhatItShouldBe) {
  const auto refused = [&](auto change) { EXPECT_ERROR(Errc::peer_misbehaved, read(changed(change))); };
  refused([](v1::Hello& hello) { hello.clear_root(); });
  refused([](v1::Hello& hello) { hello.mutable_root()->pop_back(); });
  refused([](v1::Hello& hello) { hello.mutable_root()->assign(32, '\0'); });  // a small-order point
  refused([&](v1::Hello& hello) { hello.set_root(std::string{test::Person{"other"}.root.id.raw()}); });
  refused([](v1::Hello& hello) { hello.clear_admit(); });
  refused([&](v1::Hello& hello) { hello.set_admit(ada.revoke(ben.id(), 1)); });
  refused([&](v1::Hello& hello) { hello.set_admit(ben.statements.front()); });
  refused([](v1::Hello& hello) { hello.mutable_admit()->back() ^= 1; });
  refused([](v1::Hello& hello) { hello.mutable_contribution()->push_back('x'); });
  refused([](v1::Hello& hello) { hello.clear_contribution(); });
  refused([](v1::Hello& hello) { hello.mutable_name()->assign(kMaxNameSize + 1, 'n'); });
  refused([&](v1::Hello& hello) { hello.add_roster(ben.statements.front()); });
  refused([](v1::Hello& hello) {
    for (std::size_t i = 0; i <= kMaxStatementsSent; ++i) hello.add_roster("x");
  });
  refused([](v1::Hello& hello) { hello.mutable_name()->assign(kHelloPayload, 'n'); });  // larger than its payload
}

TEST_F(Hello, IsRefusedWhereItsNameIsNoText) {
  Bytes payload = written().payload;
  const std::string_view text = as_text(payload);
  payload[text.find("Ada")] = std::byte{0xFF};
  EXPECT_ERROR(Errc::peer_misbehaved, read(payload));
}

TEST_F(Hello, IsRefusedOfAnotherDeviceAndOfOurOwnRoot) {
  const OwnHello hello = written();
  EXPECT_ERROR(Errc::peer_misbehaved, read_hello(hello.payload, ben.id(), ben.root.id));
  EXPECT_ERROR(Errc::refused, read_hello(hello.payload, ada.id(), ada.root.id));
}

TEST_F(Hello, OfAnotherSizeIsRefused) {
  Bytes payload = written().payload;
  payload.push_back(std::byte{});
  EXPECT_ERROR(Errc::peer_misbehaved, read(payload));
  EXPECT_ERROR(Errc::peer_misbehaved, read(Bytes{}));
  EXPECT_ERROR(Errc::peer_misbehaved, read(Bytes(kHelloPayload)));
}

TEST_F(Hello, IsNotWrittenWithANameThatIsTooLong) {
  ada.name = std::string(kMaxNameSize + 1, 'a');
  EXPECT_ERROR(Errc::usage, written());
}

TEST(Stored, TellsWhetherItIsOrWasRefused) {
  read_stored(write_stored(false));
  EXPECT_ERROR(Errc::refused, read_stored(write_stored(true)));
  EXPECT_ERROR(Errc::peer_misbehaved, read_stored("\xFF"));
  EXPECT_ERROR(Errc::peer_misbehaved, read_stored(std::string(kMaxClear + 1, '\0')));
}

}  // namespace
}  // namespace attune::pairing
