# Every dependency is a Debian 12 package; scripts/deps installs them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(date REQUIRED)
find_package(leveldb REQUIRED)
# Debian's LevelDB is a shared library that finds Snappy itself; its CMake file would ask for libsnappy-dev all the same.
set_target_properties(leveldb::leveldb PROPERTIES INTERFACE_LINK_LIBRARIES Threads::Threads)
find_package(Protobuf REQUIRED)
find_package(nlohmann_json REQUIRED)
# 1.0.18-1+deb12u1 carries the fix of CVE-2025-69277 (see docs/threats.md); scripts/deps checks the package version.
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd>=1.5.4)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
find_path(ASIO_INCLUDE_DIR asio.hpp REQUIRED)
add_library(attune_asio INTERFACE)
target_include_directories(attune_asio SYSTEM INTERFACE ${ASIO_INCLUDE_DIR})
target_compile_definitions(attune_asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED ASIO_NO_TS_EXECUTORS)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Asio 1.22 looks for coroutines in clang only under their old name; docs/decisions/0003-clang-and-coroutines.md.
  target_compile_definitions(attune_asio INTERFACE ASIO_HAS_CO_AWAIT=1)
endif()
target_link_libraries(attune_asio INTERFACE Threads::Threads)
# GCC 12 takes the frame allocator of Asio's coroutines for a mismatched pair once it inlines one half of it.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(attune_asio INTERFACE -Wno-mismatched-new-delete)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
