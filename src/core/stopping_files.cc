#include "core/stopping_files.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace attune {

class StoppingFiles::Writing final : public WriteFile {
 public:
  Writing(StoppingFiles& files, std::unique_ptr<WriteFile> file) : files_{files}, file_{std::move(file)} {}
  void append(BytesView bytes) override {
    files_.change([&] { file_->append(bytes); });
  }
  void sync() override {
    files_.change([&] { file_->sync(); });
  }
  void close() override {
    files_.change([&] { file_->close(); });
  }

 private:
  StoppingFiles& files_;
  std::unique_ptr<WriteFile> file_;
};

void StoppingFiles::change(const std::function<void()>& work) {
  {
    const std::lock_guard lock{mutex_};
    if (fault_) throw stopped_by(*fault_);
  }
  try {
    work();
  } catch (const Error& fault) {
    stop(fault);
    throw;
  }
}

void StoppingFiles::stop(const Error& fault) {
  const std::lock_guard lock{mutex_};
  if (!fault_) fault_ = fault;
}

std::unique_ptr<WriteFile> StoppingFiles::create(const std::string& path) {
  std::unique_ptr<WriteFile> file;
  change([&] { file = files_.create(path); });
  return std::make_unique<Writing>(*this, std::move(file));
}

void StoppingFiles::make_directory(const std::string& path) {
  change([&] { files_.make_directory(path); });
}

void StoppingFiles::remove_directory(const std::string& path) {
  change([&] { files_.remove_directory(path); });
}

void StoppingFiles::overwrite(const std::string& path, BytesView bytes) {
  change([&] { files_.overwrite(path, bytes); });
}

bool StoppingFiles::remove(const std::string& path) {
  bool was_there = false;
  change([&] { was_there = files_.remove(path); });
  return was_there;
}

void StoppingFiles::rename(const std::string& from, const std::string& to) {
  change([&] { files_.rename(from, to); });
}

void StoppingFiles::rename_over(const std::string& from, const std::string& to, BytesView over) {
  change([&] { files_.rename_over(from, to, over); });
}

void StoppingFiles::sync_directory(const std::string& path) {
  change([&] { files_.sync_directory(path); });
}

Error stopped_by(const Error& fault) {
  constexpr std::string_view kSince = "nothing is written any more since an earlier fault: ";
  if (std::string_view{fault.what()}.starts_with(kSince)) return fault;
  return Error{fault.code(), fmt::format("{}{}", kSince, fault.what()), std::string{kBeginAnew}};
}

}  // namespace attune
