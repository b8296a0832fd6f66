#include "crypto/hash.h"

#include <gtest/gtest.h>

#include "crypto/keys.h"
#include "crypto/random.h"

namespace attune::crypto {
namespace {

using test::unhex;

Bytes plain_blake2b(BytesView key, BytesView message, std::size_t size) {
  Bytes digest(size);
  blake2b(key, {message}, digest);
  return digest;
}

Bytes tagged(std::string_view tag, BytesView fields) {
  auto all = to_bytes(as_bytes(tag));
  all.push_back(std::byte{0});
  append(all, fields);
  return all;
}

TEST(Blake2b, EqualsTheKnownAnswers) {
  const auto vectors = test::vector_json("blake2b/blake2b_kat.json");
  ATTUNE_NEEDS_VECTORS(vectors);
  ASSERT_EQ(test::ran("blake2b", vectors->at("vectors").size()), 256U);
  for (const auto& vector : vectors->at("vectors")) {
    const auto key = unhex(vector.at("key").get<std::string>());
    const auto message = unhex(vector.at("in").get<std::string>());
    EXPECT_EQ(to_hex(plain_blake2b(key, message, 64)), vector.at("out").get<std::string>()) << vector.at("in");
    // In pieces it is the same.
    const auto half = message.size() / 2;
    Bytes digest(64);
    blake2b(key, {BytesView{message}.first(half), {}, BytesView{message}.subspan(half)}, digest);
    EXPECT_EQ(to_hex(digest), vector.at("out").get<std::string>());
  }
}

TEST(Hasher, HashesTagZeroAndFieldsInOrder) {
  const auto fields = to_bytes(as_bytes("abcdefgh"));
  const auto expected = to_hex(plain_blake2b({}, tagged("tag", fields), 32));
  EXPECT_EQ(to_hex(Hasher{"tag"}.add(fields).finish()), expected);
  EXPECT_EQ(to_hex(Hasher{"tag"}.add(as_bytes("abc")).add({}).add(as_bytes("defgh")).finish()), expected);
  EXPECT_EQ(to_hex(Hasher{"tag"}.add_u64(0x6162636465666768U).finish()), expected);
  EXPECT_EQ(Hasher{"tag"}.add(fields).finish_as<Link>().hex(), expected);
}

TEST(Hasher, AKeyMakesItAMac) {
  const auto key = random_secret<Secret<struct MacKeyTag, 32>>();
  const auto fields = to_bytes(as_bytes("fields"));
  EXPECT_EQ(to_hex(Hasher("tag", key.bytes()).add(fields).finish()),
            to_hex(plain_blake2b(key.bytes(), tagged("tag", fields), 32)));
  EXPECT_NE(Hasher("tag", key.bytes()).add(fields).finish(), Hasher("tag").add(fields).finish());
}

TEST(Hasher, ACopyGoesOnFromTheSamePlace) {
  Hasher common{"tag"};
  common.add(Bytes(300, std::byte{1}));
  Hasher one{common};
  Hasher other{"another"};
  other = common;
  EXPECT_EQ(one.add(as_bytes("x")).finish(), other.add(as_bytes("x")).finish());
  EXPECT_EQ(common.add(as_bytes("x")).finish(),
            Hasher{"tag"}.add(Bytes(300, std::byte{1})).add(as_bytes("x")).finish());
}

TEST(Hasher, TagsKeepUsesApart) {
  EXPECT_NE(Hasher{"a"}.add(as_bytes("b")).finish(), Hasher{"ab"}.finish());
  EXPECT_NE(Hasher{"a"}.finish(), Hasher{"b"}.finish());
}

TEST(Hasher, IsFinishedOnce) {
  Hasher hasher{"tag"};
  static_cast<void>(hasher.finish());
  EXPECT_DEATH(static_cast<void>(hasher.finish()), "final");
}

TEST(Hash128, IsBlake2bOf128Bits) {
  const auto fields = to_bytes(as_bytes("fields"));
  EXPECT_EQ(to_hex(hash128("tag", fields)), to_hex(plain_blake2b({}, tagged("tag", fields), 16)));
}

TEST(PrintedId, DependsOnCreatorAndNumber) {
  const auto creator = random_id<RootId>();
  const auto number = random_id<ObjectNumber>();
  const auto printed = printed_id({creator, number});
  EXPECT_EQ(printed, printed_id({creator, number}));
  EXPECT_NE(printed, printed_id({random_id<RootId>(), number}));
  EXPECT_NE(printed, printed_id({creator, random_id<ObjectNumber>()}));
  auto fields = to_bytes(creator.bytes());
  append(fields, number.bytes());
  EXPECT_EQ(printed.hex(), to_hex(plain_blake2b({}, tagged("attune printed id v1", fields), 16)));
}

}  // namespace
}  // namespace attune::crypto
