// What the store says of records and logs. docs/store-format.md, sections 4.2 and 4.3.
#include "log/codec.h"

#include "fuzz/target.h"

namespace attune::fuzz {
namespace {

log::LogName log_of(bool couple) {
  log::LogName name;
  name.id = *LogId::from(BytesView{Bytes(32, std::byte{1})});
  name.author = *RootId::from(BytesView{Bytes(32, std::byte{2})});
  if (couple) name.couple = *CoupleId::from(BytesView{Bytes(32, std::byte{3})});
  return name;
}

void check_record(const log::LogName& name, std::string_view value) {
  const auto record = log::parse_record(name, value);
  const auto refused = refusal({Errc::damaged}, [&] { static_cast<void>(log::read_record(name, value)); });
  promise(refused.has_value() != record.has_value(), "both readers say the same");
  if (!record) return;
  promise(record->payload.has_value() != record->hash.has_value(), "there is a payload, or its hash");
  promise(!record->payload || record->payload->size() >= log::kPayloadRandom, "a payload begins with its random bytes");
  const OpId hash = log::op_of(*record);
  std::string again;
  log::write_record(name, record->object, record->link, hash, record->payload.value_or(""), again);
  const auto reread = log::parse_record(name, again);
  promise(reread && reread->object == record->object && reread->link == record->link &&
              reread->payload == record->payload && reread->hash == record->hash,
          "a record is written and read again");
  promise(again.size() <= value.size(), "the shortest form is always written");
}

void check_held(std::string_view value) {
  log::Held held;
  if (refusal({Errc::damaged}, [&] { held = log::read_held(7, value); })) return;
  promise(held.open() <= held.n, "a log is open up to where it is held at most");
  std::string again;
  log::write_held(held, again);
  promise(again == value, "what is known of a log has one form");
}

void fuzz(BytesView input) {
  Draw draw{input};
  const unsigned how = draw.byte();
  const std::string_view value = as_text(draw.rest());
  check_record(log_of((how & 1U) != 0), value);
  check_held(value);
  static_cast<void>(refusal({Errc::damaged}, [&] {
    const log::Place place = log::place_in(value);
    std::string key = log::record_key(place).str();
    promise(key.substr(1) == value.substr(1), "a key names one place");
  }));
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> all;
  for (const bool couple : {false, true}) {
    const log::LogName name = log_of(couple);
    for (const RootId& creator :
         {name.author, RootId{name.couple.bytes()}, *RootId::from(BytesView{Bytes(32, std::byte{9})})}) {
      for (const char* payload : {"", "thirty-two random bytes, and text"}) {
        std::string value;
        log::write_record(name, {creator, {}}, first_link(name), {}, payload, value);
        all.push_back(InputBuilder{}.byte(couple).raw(as_bytes(value)).take());
      }
    }
  }
  log::Held held;
  held.name = log_of(true);
  held.n = 9;
  held.closed = 4;
  held.seal = identity::Seal{};
  std::string value;
  log::write_held(held, value);
  all.push_back(InputBuilder{}.byte(0).raw(as_bytes(value)).take());
  all.push_back(InputBuilder{}.byte(0).raw(as_bytes(log::record_key({3, 4}).str())).take());
  return all;
}

const Registration registration{{"record", Weight::light, fuzz, seeds}};

}  // namespace
}  // namespace attune::fuzz
