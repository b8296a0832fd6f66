// status, sync and doctor as people read them.
#pragma once

#include <string>
#include <vector>

#include "attune/api.pb.h"
#include "cli/paint.h"
#include "core/clock.h"

namespace attune::cli {

// `own`: this device's addresses, for where the node listens on all of them.
[[nodiscard]] std::string render_status(const api::v1::StatusResponse& status, Instant now, const Paint& paint,
                                        const std::vector<std::string>& own = {});
[[nodiscard]] std::string render_sync(const api::v1::SyncResponse& done, const Paint& paint);
// `written`: the file, as it was typed; empty: one was read.
[[nodiscard]] std::string render_sync_by_file(const api::v1::SyncResponse& done, const std::string& written,
                                              const Paint& paint);
[[nodiscard]] std::string render_doctor(const api::v1::DoctorResponse& found, const Paint& paint);
[[nodiscard]] std::string render_network_check(const api::v1::NetworkCheckResponse& found, const Paint& paint);

}  // namespace attune::cli
