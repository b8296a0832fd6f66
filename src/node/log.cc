#include "node/log.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

namespace attune::node {
namespace {
constexpr std::size_t kMaxSize = 1U << 20U;
}

Log::Log(const Clock& clock) : clock_{clock}, started_{clock.steady()} {}

Log::Log(const Clock& clock, const std::string& path) : clock_{clock}, started_{clock.steady()} {
  // The process's umask is 077, so the file is born with mode 0600.
  auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_st>(path, kMaxSize, 1);
  sink->set_pattern("%v");
  logger_ = std::make_shared<spdlog::logger>("node", std::move(sink));
  logger_->flush_on(spdlog::level::info);
}

Log::~Log() = default;

void Log::info(std::string_view what) const {
  if (!logger_) return;
  const std::chrono::duration<double> since = clock_.steady() - started_;
  logger_->info("{:.3f} {}", since.count(), what);
}

}  // namespace attune::node
