// Published and generated Noise vectors, byte for byte, as writer and as reader.
#include <gtest/gtest.h>

#include "crypto/noise_pair.h"

namespace attune::crypto {
namespace {

using nlohmann::json;
using test::unhex;

std::string text_of(const json& vector, const std::string& name) { return vector.at(name).get<std::string>(); }

Handshake end_of(const json& vector, NoiseRole role) {
  const std::string side = role == NoiseRole::initiator ? "init" : "resp";
  std::optional<NoisePsk> psk;
  if (!vector.at(side + "_psks").empty()) {
    psk = test::secret_of<NoisePsk>(unhex(vector.at(side + "_psks").at(0).get<std::string>()));
  }
  return Handshake{{.role = role,
                    .prologue = unhex(text_of(vector, side + "_prologue")),
                    .own = test::secret_of<DeviceSecret>(unhex(text_of(vector, side + "_static"))),
                    .psk = std::move(psk),
                    .ephemeral = test::secret_of<EphemeralSecret>(unhex(text_of(vector, side + "_ephemeral")))}};
}

void check_handshake_message(Handshake& writer, Handshake& reader, const json& message) {
  const auto payload = unhex(text_of(message, "payload"));
  const auto ciphertext = unhex(text_of(message, "ciphertext"));
  EXPECT_EQ(to_hex(writer.write(payload)), to_hex(ciphertext));
  EXPECT_EQ(to_hex(reader.read(ciphertext)), to_hex(payload));
}

void check_transport_message(Transport& writer, Transport& reader, const json& message) {
  const auto payload = unhex(text_of(message, "payload"));
  const auto ciphertext = unhex(text_of(message, "ciphertext"));
  EXPECT_EQ(to_hex(test::sealed_by(writer.send, payload)), to_hex(ciphertext));
  EXPECT_EQ(to_hex(test::opened_by(reader.receive, ciphertext)), to_hex(payload));
}

// Rekey() is not part of attune's channel: a vector is followed up to its first use.
bool rekeys(const json& message) { return message.value("rekey", false); }

void check_vector(const json& vector) {
  auto initiator = end_of(vector, NoiseRole::initiator);
  auto responder = end_of(vector, NoiseRole::responder);
  const auto& messages = vector.at("messages");
  for (std::size_t i = 0; i < 3; ++i) {
    const bool from_initiator = messages.at(i).at("from") == "init";
    check_handshake_message(from_initiator ? initiator : responder, from_initiator ? responder : initiator,
                            messages.at(i));
  }
  ASSERT_TRUE(initiator.finished() && responder.finished());
  auto ours = std::move(initiator).split();
  auto theirs = std::move(responder).split();
  EXPECT_EQ(to_hex(ours.hash), text_of(vector, "handshake_hash"));
  EXPECT_EQ(to_hex(theirs.hash), text_of(vector, "handshake_hash"));
  EXPECT_EQ(theirs.peer, x25519_public(test::key_of(unhex(text_of(vector, "init_static")))));
  EXPECT_EQ(ours.peer, x25519_public(test::key_of(unhex(text_of(vector, "resp_static")))));
  for (std::size_t i = 3; i < messages.size() && !rekeys(messages.at(i)); ++i) {
    const bool from_initiator = messages.at(i).at("from") == "init";
    check_transport_message(from_initiator ? ours : theirs, from_initiator ? theirs : ours, messages.at(i));
  }
}

TEST(NoiseVectors, EveryVectorOfXxAndXxpsk0IsReproduced) {
  const auto vectors = test::vector_json("noise/noise_25519_chachapoly_blake2b.json");
  ATTUNE_NEEDS_VECTORS(vectors);
  std::size_t plain = 0;
  std::size_t psk = 0;
  for (const auto& vector : vectors->at("vectors")) {
    const auto name = text_of(vector, "protocol_name");
    if (name == "Noise_XX_25519_ChaChaPoly_BLAKE2b") {
      ++plain;
    } else if (name == "Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b") {
      ++psk;
    } else {
      continue;
    }
    SCOPED_TRACE(vector.at("id").dump());
    check_vector(vector);
  }
  EXPECT_EQ(test::ran("noise XX, XXpsk0", plain + psk), 9U);
  EXPECT_EQ(plain, 5U);
  EXPECT_EQ(psk, 4U);
}

}  // namespace
}  // namespace attune::crypto
