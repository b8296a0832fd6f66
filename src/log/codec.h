// Within log only: the values of the tables that are the log's. docs/store-format.md, section 4.
// Writing goes into buffers that the caller reuses; reading throws Errc::damaged.
#pragma once

#include <string>
#include <string_view>

#include "log/logs.h"

namespace attune::log {

[[nodiscard]] storage::Key log_key(LogNumber log);
[[nodiscard]] storage::Key record_key(Place place);
[[nodiscard]] storage::Key seal_key(Place place);
[[nodiscard]] storage::Key lacking_key(Place place);
// Of a key of one of the last three tables.
[[nodiscard]] Place place_in(std::string_view key);

void write_held(const Held& held, std::string& into);
[[nodiscard]] Held read_held(LogNumber number, std::string_view value);

// `payload` empty: missing, and `hash` is written in its place.
void write_record(const LogName& log, const ObjectId& object, const Link& link, const OpId& hash,
                  std::string_view payload, std::string& into);
// nullopt: not a record. The view lives as long as `value`.
[[nodiscard]] std::optional<RecordView> parse_record(const LogName& log, std::string_view value);
[[nodiscard]] RecordView read_record(const LogName& log, std::string_view value);
[[nodiscard]] OpId op_of(const RecordView& record);

}  // namespace attune::log
