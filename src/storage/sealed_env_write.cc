// SealedEnv's writing half: logs, manifests, tables and CURRENT as LevelDB writes them.
#include <utility>

#include "storage/sealed_env.h"

namespace attune::storage {
namespace {

using leveldb::Slice;
using leveldb::Status;

BytesView bytes_of(const Slice& slice) noexcept { return as_bytes(std::string_view{slice.data(), slice.size()}); }

}  // namespace

// A log or a manifest being written. LevelDB destroys it without Close() at a switch and at the end.
class SealedEnv::Frames final : public leveldb::WritableFile {
 public:
  Frames(SealedEnv& env, const FileName& name, FrameWriter writer)
      : env_{env}, name_{name}, writer_{std::move(writer)} {
    tell();
  }
  ~Frames() override {
    if (!closed_) Close();  // ignored: a fault is kept by the env, which then refuses every later change
  }
  Status Append(const Slice& data) noexcept override {
    return env_.changing([&] { writer_.append(bytes_of(data)); });
  }
  Status Flush() noexcept override {
    return env_.changing([&] {
      // What a manifest says may reach the disk by itself, so the tables it speaks of must be in the directory first.
      if (name_.type == FileType::manifest) env_.sync_names();
      writer_.flush();
    });
  }
  Status Sync() noexcept override {
    return env_.changing([&] {
      env_.sync_names();  // what is saved in a new file must not vanish with its name
      writer_.sync();
      tell();
    });
  }
  Status Close() noexcept override {
    closed_ = true;
    return env_.changing([&] { writer_.finish(env_.vouched_by(name_.type)); });
  }

 private:
  void tell() { env_.set_extent(name_.type, {name_.number, writer_.id(), writer_.durable()}); }
  SealedEnv& env_;
  FileName name_;
  FrameWriter writer_;
  bool closed_ = false;
};

// A table or CURRENT being written.
class SealedEnv::Pages final : public leveldb::WritableFile {
 public:
  Pages(SealedEnv& env, PageWriter writer) : env_{env}, writer_{std::move(writer)} {}
  Status Append(const Slice& data) noexcept override {
    return env_.changing([&] { writer_.append(bytes_of(data)); });
  }
  Status Flush() noexcept override { return env_.status(); }  // pages are cut at their size
  Status Sync() noexcept override {
    return env_.changing([&] { writer_.finish(); });
  }
  Status Close() noexcept override { return Sync(); }

 private:
  SealedEnv& env_;
  PageWriter writer_;
};

std::unique_ptr<WriteFile> SealedEnv::create(const std::string& path) {
  const std::lock_guard lock{names_mutex_};
  names_changed_ = true;
  return files_.create(path);
}

void SealedEnv::rename(const std::string& from, const std::string& to) {
  {
    const std::lock_guard lock{names_mutex_};
    names_changed_ = true;
    files_.rename(from, to);
  }
  sync_names();
}

void SealedEnv::sync_names() {
  const std::lock_guard lock{names_mutex_};  // held: another thread must not go on before the names are there
  if (!names_changed_) return;
  // Whoever waited here while that failed must not try it again: the kernel tells of it only once.
  if (const auto fault = first_fault()) throw Error{*fault};
  try {
    files_.sync_directory(directory_);
  } catch (const Error& fault) {
    static_cast<void>(keep(fault));
    throw;
  }
  names_changed_ = false;
}

Status SealedEnv::sync_removals() noexcept {
  return changing([&] {
    {
      const std::lock_guard lock{names_mutex_};
      names_changed_ = true;
    }
    sync_names();
  });
}

std::vector<Extent> SealedEnv::vouched_by(FileType type) const {
  const std::lock_guard lock{mutex_};
  if (type == FileType::log) return {manifest_};
  std::vector<Extent> logs;
  for (const auto& [number, log] : logs_) {
    if (log.upto != 0) logs.push_back(log);
  }
  return logs;
}

void SealedEnv::set_extent(FileType type, const Extent& extent) {
  const std::lock_guard lock{mutex_};
  if (type == FileType::log) {
    logs_[extent.number] = extent;
  } else if (extent.number == manifest_.number) {
    manifest_ = extent;
  } else {
    fresh_manifest_ = extent;
  }
}

Status SealedEnv::NewWritableFile(const std::string& path, leveldb::WritableFile** result) noexcept {
  *result = nullptr;
  const auto name = file_name(path);
  if (!name) return Status::NotSupported(path);
  return changing([&] {
    auto file = create(path);
    auto seal = new_seal(key_, *name);
    file->append(header_of(key_, *name, seal.id));
    if (name->type == FileType::log || name->type == FileType::manifest) {
      *result = new Frames{*this, *name, FrameWriter{std::move(file), std::move(seal), name->type}};
    } else {
      *result = new Pages{*this, PageWriter{std::move(file), std::move(seal)}};
    }
  });
}

}  // namespace attune::storage
