// Words that people type or say: the 24, the three of a pairing, lengths of time. docs/protocol.md, sections 2.1, 4.
#include "core/duration.h"
#include "crypto/bip39.h"
#include "crypto/spoken.h"
#include "fuzz/target.h"

namespace attune::fuzz {
namespace {

constexpr std::size_t kLongestPhrase = 512;  // twice 24 of the longest words

void phrase(BytesView input) {
  input = input.first(std::min(input.size(), kLongestPhrase));
  crypto::SecretBytes entropy;
  const auto refused = refusal({Errc::wrong_words}, [&] { entropy = crypto::bip39_decode(input); });
  if (!refused) {
    promise(entropy.bytes().size() >= 16 && entropy.bytes().size() <= 32, "words are 128 to 256 bits");
    const auto words = crypto::bip39_encode(entropy.bytes());
    promise(equal(crypto::bip39_decode(words.bytes()).bytes(), entropy.bytes()), "bits become their words again");
  }
  const auto of_person = refusal({Errc::wrong_words}, [&] {
    const auto bits = crypto::entropy_of(input);
    promise(!refused && equal(bits.bytes(), entropy.bytes()), "both read the same");
    promise(equal(crypto::words_of(bits).bytes(), crypto::bip39_encode(bits.bytes()).bytes()), "and write the same");
  });
  promise(of_person.has_value() == (refused || entropy.bytes().size() != 32), "a person is 24 good words");
  if (input.size() > 32 || input.size() < 16 || input.size() % 4 != 0) return;
  promise(equal(crypto::bip39_decode(crypto::bip39_encode(input).bytes()).bytes(), input), "any bits have words");
}

std::vector<Bytes> phrase_seeds() {
  std::vector<Bytes> all;
  for (const std::size_t size : {16U, 20U, 24U, 28U, 32U}) {
    const Bytes bits(size, static_cast<std::byte>(size * 37));
    all.push_back(bits);
    all.push_back(to_bytes(crypto::bip39_encode(bits).bytes()));
  }
  std::string loud;
  for (const char c : as_text(all.back()))
    loud += c == ' ' ? std::string{" \xc2\xa0\t"} : std::string(1, static_cast<char>(c >= 'a' ? c - 32 : c));
  all.push_back(to_bytes(as_bytes(loud)));
  return all;
}

void spoken(BytesView input) {
  const std::string_view typed = as_text(input);
  crypto::SecretBytes code;
  const auto refused = refusal({Errc::usage}, [&] { code = crypto::canonical_code(typed); });
  if (!refused) {
    promise(equal(crypto::canonical_code(as_text(code.bytes())).bytes(), code.bytes()), "a code has one form");
  }
  if (input.size() == 64) {
    const std::string check = crypto::check_words(input);
    const auto words = crypto::canonical_code(check);
    std::string hyphens = check;
    std::ranges::replace(hyphens, ' ', '-');
    promise(as_text(words.bytes()) == hyphens, "check words are words of the list");
  }
  if (const auto length = parse_duration(typed)) {
    promise(length->count() > 0 && *length <= std::chrono::days{30}, "a length of time is in range");
    promise(parse_duration(written_duration(*length)) == length, "a length of time has a form of its own");
  }
}

std::vector<Bytes> spoken_seeds() {
  std::vector<Bytes> all{to_bytes(crypto::draw_code().bytes()), to_bytes(crypto::draw_code().bytes()), Bytes(64)};
  for (const char* text : {"45s", "20m", "1h", "2d", "30d", "31d", "0s", "amber  CABIN\xe2\x80\x94river", "a b c d"})
    all.push_back(to_bytes(as_bytes(text)));
  return all;
}

const Registration registration_phrase{{"phrase", Weight::light, phrase, phrase_seeds}};
const Registration registration_spoken{{"spoken", Weight::light, spoken, spoken_seeds}};

}  // namespace
}  // namespace attune::fuzz
