#include "core/disk_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace attune {

std::string_view disk_hint(int cause) noexcept {
  switch (cause) {
    case ENOSPC:
    case EDQUOT: return "make room on the disk, and try again";
    case EACCES:
    case EPERM: return "check whose it is and who may write there, or name another place";
    case EROFS: return "nothing can be written there; name another place";
    case ENOENT: return "check the name, and that the folder is there";
    case ENOTDIR: return "a part of that name is a file where a folder should be";
    case EISDIR: return "that is a folder; name a file";
    case ELOOP: return "symbolic links are not followed there; name the place itself";
    case ENAMETOOLONG: return "choose a shorter name";
    case EMFILE:
    case ENFILE: return "too many files are open; close other programs, and try again";
    case EPIPE: return "whoever read it has stopped reading";
    default: return {};
  }
}

Error disk_error(std::string_view doing, std::string_view path, int cause) {
  return Error{Errc::disk, fmt::format("cannot {} {}: {}", doing, path, std::generic_category().message(cause)),
               std::string{disk_hint(cause)}};
}

}  // namespace attune
