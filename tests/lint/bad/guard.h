// as src/net/example.h BAD: pragma-once
// A header without its guard.
int f();
