// as cli/example.cc
// Calls of C that write without knowing the room that there is, or give a line to a shell.
#include <cstdlib>
#include <cstring>

namespace attune::cli {

void copies(char* room, const char* name) {
  std::strcpy(room, name);            // BAD: unbounded
  strcat(room, name);                 // BAD: unbounded
  ::sprintf(room, "%s.new", name);    // BAD: unbounded
  std::sscanf(name, "%s", room);      // BAD: unbounded
  for (char* part = strtok(room, "/"); part != nullptr;) part = std::strtok(nullptr, "/");  // BAD: unbounded
}

void runs(const std::string& editor, int digits) {
  std::system(editor.c_str());        // BAD: unbounded
  FILE* out = ::popen(editor.c_str(), "r");  // BAD: unbounded
  char* room = static_cast<char*>(alloca(digits));  // BAD: unbounded
  const int number = std::atoi(room);  // BAD: unbounded
  const char* name = tmpnam(room);    // BAD: unbounded
}

}  // namespace attune::cli
