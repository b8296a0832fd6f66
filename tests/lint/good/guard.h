// as src/net/example.h
// A header.
#pragma once

int f();
