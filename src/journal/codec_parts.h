// What the two halves of the codec share; for nobody else.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "attune/journal.pb.h"
#include "core/error.h"
#include "journal/op.h"
#include "journal/wire.h"

namespace attune::journal {

namespace pb = attune::journal::v1;

[[noreturn]] inline void damaged(std::string_view what) { throw Error{Errc::damaged, std::string{what}}; }

inline std::int64_t number(Instant when) { return when.time_since_epoch().count(); }
inline std::int32_t number(std::chrono::minutes offset) { return static_cast<std::int32_t>(offset.count()); }
inline std::int32_t number(Day day) { return static_cast<std::int32_t>(day.time_since_epoch().count()); }
inline Instant moment(std::int64_t ms) {
  return std::clamp(Instant{std::chrono::milliseconds{ms}}, kEarliestMoment, kLatestInstant);
}
inline Instant instant(std::int64_t ms) {
  return std::clamp(Instant{std::chrono::milliseconds{ms}}, Instant{}, kLatestInstant);
}
inline Day day(std::int32_t days) { return Day{std::chrono::days{days}}; }

template <class AnyId>
AnyId id_of(std::string_view bytes) {
  const auto id = AnyId::from(bytes);
  if (!id) damaged("a record holds an id of the wrong size");
  return *id;
}
inline std::vector<OpId> ids_of(const google::protobuf::RepeatedPtrField<std::string>& from) {
  std::vector<OpId> ids;
  ids.reserve(static_cast<std::size_t>(from.size()));
  for (const std::string& id : from) ids.push_back(id_of<OpId>(id));
  return ids;
}

// No act nests deep, so the parser's own limit of depth (100, for unknown groups alone) is enough.
template <class Message>
Message parsed(std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) damaged("a record cannot be read");
  return message;
}

// The acts of acts.h.
void put(pb::Op& op, const Response& act);
void put(pb::Op& op, const BoundaryStated& act);
void put(pb::Op& op, const BoundaryAcknowledged& act);
void put(pb::Op& op, const BoundaryAsked& act);
void put(pb::Op& op, const BoundaryLifted& act);
void put(pb::Op& op, const Proposed& act);
void put(pb::Op& op, const Accepted& act);
void put(pb::Op& op, const Declined& act);
void put(pb::Op& op, const Withdrawn& act);
void put(pb::Op& op, const Marked& act);
void put(pb::Op& op, const Committed& act);
void put(pb::Op& op, const Answered& act);
void put(pb::Op& op, const Opened& act);
void put(pb::Op& op, const Paused& act);
void put(pb::Op& op, const Resumed& act);
[[nodiscard]] Act shared_act_of(const Frame& frame);  // Unknown: none of them. Throws Errc::damaged.

}  // namespace attune::journal
