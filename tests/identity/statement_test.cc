#include "identity/statement.h"

#include <gtest/gtest.h>

#include "identity/known.h"
#include "identity/roster.h"
#include "identity/signed_by_hand.h"
#include "support/error_matcher.h"

namespace attune::identity {
namespace {

using test::field;
using test::id_of;
using test::known;
using test::person;
using test::raw;
using test::signed_wire;
using test::text_to_sign;

std::string bytes(std::size_t size, char value = 'x') { return std::string(size, value); }

const std::string kAdmitBody = field(1, field(1, bytes(32)) + field(2, 7));
std::string revoke_body(const std::string& device, std::uint64_t number, const std::string& random,
                        const std::string& cut_offs = {}) {
  return field(2, field(1, device) + field(2, number) + field(3, random) + cut_offs);
}
std::string cut_off(char log, std::size_t link_size = 32) {
  return field(4, field(1, bytes(32, log)) + field(2, 5) + field(3, bytes(link_size, 'l')));
}

Revoke a_revoke() {
  Revoke revoke;
  revoke.device = DeviceId{*DeviceId::from(raw(known()["admit"]["body"]).substr(4, 32))};
  revoke.number = 1;
  for (std::size_t i = 0; i < 32; ++i) revoke.random[i] = static_cast<std::byte>(50 + i);
  revoke.cut_offs = {{*LogId::from(raw(known()["own_cut_offs"]["body"]).substr(40, 32)), 300, {}}};
  std::array<std::byte, 32> link;
  for (std::size_t i = 0; i < 32; ++i) link[i] = static_cast<std::byte>(180 + i);
  revoke.cut_offs[0].link = Link{link};
  return revoke;
}

TEST(Statement, ReadsWhatAnIndependentProgramSigned) {
  const RootId root = person(0).id;
  const Statement admit = check_statement(root, raw(known()["admit"]["wire"]));
  EXPECT_EQ(admit.hash.hex(), known()["admit"]["hash"]);
  EXPECT_EQ(std::get<Admit>(admit.says).serial, 7U);
  const Statement revoke = check_statement(root, raw(known()["revoke"]["wire"]));
  EXPECT_EQ(revoke.hash.hex(), known()["revoke"]["hash"]);
  const Revoke& says = std::get<Revoke>(revoke.says);
  EXPECT_EQ(says.device, std::get<Admit>(admit.says).device);
  EXPECT_EQ(says.number, 1U);
  ASSERT_EQ(says.cut_offs.size(), 1U);
  EXPECT_EQ(says.cut_offs[0].n, 300U);
  const Statement own = check_statement(root, raw(known()["own_cut_offs"]["wire"]));
  EXPECT_EQ(std::get<OwnCutOffs>(own.says).revoke, revoke.hash);
}

TEST(Statement, SignsToTheByteWhatAnIndependentProgramSigns) {
  const Root root = person(0);
  const Revoke revoke = a_revoke();
  EXPECT_EQ(sign_statement(root.signing, Admit{revoke.device, 7}).wire, raw(known()["admit"]["wire"]));
  const Statement signed_revoke = sign_statement(root.signing, revoke);
  EXPECT_EQ(signed_revoke.wire, raw(known()["revoke"]["wire"]));
  EXPECT_EQ(body_of(signed_revoke), raw(known()["revoke"]["body"]));
  EXPECT_EQ(sign_statement(root.signing, OwnCutOffs{signed_revoke.hash, revoke.cut_offs}).wire,
            raw(known()["own_cut_offs"]["wire"]));
}

TEST(Statement, KeepsTheBytesThatWereReceived) {
  // The fields of the body in another order: other bytes, another statement, and as well signed.
  const std::string turned = field(1, field(2, 7) + field(1, bytes(32)));
  const Root root = person(0);
  const Statement statement = check_statement(root.id, signed_wire(root, turned));
  EXPECT_EQ(statement.wire, signed_wire(root, turned));
  EXPECT_EQ(body_of(statement), turned);
  EXPECT_NE(statement.hash, check_statement(root.id, signed_wire(root, kAdmitBody)).hash);
}

TEST(Statement, IsRefusedWithAnyByteChangedOrMissing) {
  const Root root = person(0);
  const std::string wire = raw(known()["revoke"]["wire"]);
  for (std::size_t i = 0; i < wire.size(); ++i) {
    std::string changed = wire;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    EXPECT_ERROR(Errc::peer_misbehaved, check_statement(root.id, changed));
    EXPECT_ERROR(Errc::peer_misbehaved, check_statement(root.id, wire.substr(0, i)));
  }
  EXPECT_NO_THROW(static_cast<void>(check_statement(root.id, wire)));
}

TEST(Statement, IsOfItsOwnRootAndOfNoOther) {
  const Root ada = person(0);
  const Root ben = person(1);
  const std::string wire = signed_wire(ada, kAdmitBody);
  EXPECT_ERROR(Errc::peer_misbehaved, check_statement(ben.id, wire));
  // Ben's signature over a statement that names Ada's root, and Ada's over one that names Ben's.
  const auto by_ben = crypto::sign(ben.signing, as_bytes(text_to_sign(ada.id, kAdmitBody)));
  const std::string forged = field(1, kAdmitBody) + field(2, as_text(by_ben));
  EXPECT_ERROR(Errc::peer_misbehaved, check_statement(ada.id, forged));
  EXPECT_ERROR(Errc::peer_misbehaved, check_statement(ben.id, forged));
}

TEST(Statement, IsRefusedUnderASignatureForAnotherUse) {
  const Root root = person(0);
  for (const std::string& text : {kAdmitBody, std::string{root.id.raw()} + kAdmitBody,
                                  std::string{"attune other v1"} + '\0' + std::string{root.id.raw()} + kAdmitBody}) {
    const auto signature = crypto::sign(root.signing, as_bytes(text));
    EXPECT_ERROR(Errc::peer_misbehaved, check_statement(root.id, field(1, kAdmitBody) + field(2, as_text(signature))));
  }
}

TEST(Statement, OfAMixedOrderRootIsRefusedThoughItsSignatureVerifies) {
  const auto& mixed = known()["mixed_order"];
  const RootId root = *RootId::from(raw(mixed["root"]));
  const std::string signature = raw(mixed["signature"]);
  ASSERT_TRUE(crypto::verify(root, as_bytes(text_to_sign(root, raw(mixed["body"]))),
                             std::span<const std::byte, 64>{as_bytes(signature)}));
  EXPECT_ERROR(Errc::peer_misbehaved, check_statement(root, raw(mixed["wire"])));
}

TEST(Statement, OfASmallOrderRootIsRefused) {
  std::string wire = signed_wire(person(0), kAdmitBody);
  EXPECT_ERROR(Errc::peer_misbehaved, check_statement(RootId{}, wire));
  const RootId zero;
  std::string identity{zero.raw()};
  identity[0] = 1;
  EXPECT_ERROR(Errc::peer_misbehaved, check_statement(*RootId::from(identity), wire));
}

TEST(Statement, OfANewerKindIsIncompatibleOnlyIfItIsReallySigned) {
  const Root root = person(0);
  std::string wire = raw(known()["newer_kind"]["wire"]);
  EXPECT_ERROR(Errc::incompatible, check_statement(root.id, wire));
  wire.back() = static_cast<char>(wire.back() ^ 1);
  EXPECT_ERROR(Errc::peer_misbehaved, check_statement(root.id, wire));
}

TEST(Statement, MayCarryFieldsOfANewerProgramInsideWhatIsSigned) {
  const Root root = person(0);
  const std::string body = field(1, field(1, bytes(32)) + field(2, 7) + field(15, "later"));
  EXPECT_EQ(std::get<Admit>(check_statement(root.id, signed_wire(root, body)).says).serial, 7U);
}

TEST(Statement, CarriesNothingBesideWhatIsSigned) {
  const Root root = person(0);
  const std::string wire = signed_wire(root, kAdmitBody);
  EXPECT_ERROR(Errc::peer_misbehaved, check_statement(root.id, wire + field(3, "ballast")));
  EXPECT_ERROR(Errc::peer_misbehaved, check_statement(root.id, field(1, "another body") + wire));
  EXPECT_ERROR(Errc::peer_misbehaved, check_statement(root.id, wire + '\0'));
  // The same length written in two bytes instead of one.
  std::string overlong = wire;
  overlong.replace(1, 1, std::string{static_cast<char>(wire[1] | char(0x80)), '\0'});
  EXPECT_ERROR(Errc::peer_misbehaved, check_statement(root.id, overlong));
  // The same two fields, and no byte more: the signature first.
  const std::size_t body_field = wire.size() - 66;
  EXPECT_ERROR(Errc::peer_misbehaved, check_statement(root.id, wire.substr(body_field) + wire.substr(0, body_field)));
  EXPECT_EQ(check_statement(root.id, wire).wire, wire);
}

TEST(Statement, IsRefusedWhereSomethingSignedIsOfTheWrongShape) {
  const Root root = person(0);
  const std::string good = revoke_body(bytes(32), 1, bytes(32), cut_off('a') + cut_off('b'));
  EXPECT_NO_THROW(static_cast<void>(check_statement(root.id, signed_wire(root, good))));
  const std::vector<std::string> bad{
      "",
      "not a message",
      field(1, ""),
      field(1, field(1, bytes(31))),
      field(1, field(1, bytes(33))),
      field(1, field(1, bytes(32, '\0'))),
      revoke_body(bytes(31), 1, bytes(32)),
      revoke_body(bytes(32), 0, bytes(32)),
      revoke_body(bytes(32), Roster::kMaxStatements + 1, bytes(32)),
      revoke_body(bytes(32), UINT64_MAX, bytes(32)),
      revoke_body(bytes(32), 1, bytes(31)),
      revoke_body(bytes(32), 1, ""),
      revoke_body(bytes(32), 1, bytes(32), cut_off('a', 31)),
      revoke_body(bytes(32), 1, bytes(32), cut_off('a') + cut_off('b') + cut_off('a')),
      field(3, field(1, bytes(31))),
      field(3, ""),
  };
  for (const std::string& body : bad) {
    EXPECT_ERROR(Errc::peer_misbehaved, check_statement(root.id, signed_wire(root, body)));
  }
}

TEST(Statement, HasALimit) {
  const Root root = person(0);
  const std::string empty = field(1, field(1, bytes(32)) + field(15, ""));
  const std::string largest = field(1, field(1, bytes(32)) + field(15, bytes(kMaxStatementBody - empty.size() - 4)));
  ASSERT_EQ(largest.size(), kMaxStatementBody);
  EXPECT_NO_THROW(static_cast<void>(check_statement(root.id, signed_wire(root, largest))));
  const std::string larger = field(1, field(1, bytes(32)) + field(15, bytes(kMaxStatementBody - empty.size() - 3)));
  EXPECT_ERROR(Errc::peer_misbehaved, check_statement(root.id, signed_wire(root, larger)));

  Revoke revoke = a_revoke();
  revoke.cut_offs.clear();
  for (std::size_t i = 0; i < 1000; ++i) {
    std::array<std::byte, 32> log{};
    std::ranges::copy(be64(i + 1), log.begin());
    revoke.cut_offs.push_back({LogId{log}, i, id_of<Link>(1)});
  }
  EXPECT_ERROR(Errc::refused, sign_statement(root.signing, revoke));
  revoke.cut_offs.resize(800);
  EXPECT_EQ(std::get<Revoke>(sign_statement(root.signing, revoke).says).cut_offs.size(), 800U);
}

}  // namespace
}  // namespace attune::identity
