// as cli/example.cc
// Calls of C that write without knowing the room that there is, or give a line to a shell.
#include <cstdlib>
#include <cstring>

namespace attune::cli {

void copies(char* room, const char* name) {
  std::strcpy(room, name);            // BAD: unbounded
  strcat(room, name);                 // BAD: unbounded
  char* end = stpcpy(room, name);     // BAD: unbounded
  ::sprintf(room, "%s.new", name);    // BAD: unbounded
  for (char* part = strtok(room, "/"); part != nullptr;) part = std::strtok(nullptr, "/");  // BAD: unbounded
}

void reads(char* room, const char* name, FILE* in, std::va_list more) {
  gets(room);                         // BAD: unbounded
  scanf("%s", room);                  // BAD: unbounded
  std::fscanf(in, "%s", room);        // BAD: unbounded
  std::sscanf(name, "%s", room);      // BAD: unbounded
  std::vscanf("%s", more);            // BAD: unbounded
  vfscanf(in, "%s", more);            // BAD: unbounded
  std::vsscanf(name, "%s", more);     // BAD: unbounded
  std::vsprintf(room, "%s", more);    // BAD: unbounded
}

// Each takes what is no number for 0.
void counts(const char* text) {
  const int number = std::atoi(text);       // BAD: unbounded
  const long longer = atol(text);           // BAD: unbounded
  const long long longest = ::atoll(text);  // BAD: unbounded
  const double broken = std::atof(text);    // BAD: unbounded
}

bool same(const char* name, const char* other) {
  return std::strcmp(name, other) == 0 &&  // BAD: memcmp
         strncmp(name, other, 3) == 0 &&   // BAD: memcmp
         bcmp(name, other, 3) == 0;        // BAD: memcmp
}

void runs(const std::string& editor, int digits) {
  std::system(editor.c_str());        // BAD: unbounded
  FILE* out = ::popen(editor.c_str(), "r");  // BAD: unbounded
  char* room = static_cast<char*>(alloca(digits));  // BAD: unbounded
  const char* name = tmpnam(room);    // BAD: unbounded
  const char* other = ::tempnam("/tmp", "attune");  // BAD: unbounded
  mktemp(room);                       // BAD: unbounded
}

}  // namespace attune::cli
