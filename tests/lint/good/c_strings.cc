// as cli/example.cc
// What knows its room, and names that only look like the others.
#include <charconv>

namespace attune::cli {

void good(const std::string& name, Disk& disk) {
  const std::string path = fmt::format("{}.new", name);
  int number = 0;
  std::from_chars(name.data(), name.data() + name.size(), number);
  disk.system("attune");  // a member of somebody's
  const auto file_system = posix_files();
  std::snprintf(path_, sizeof path_, "%s", name.c_str());
}

}  // namespace attune::cli
