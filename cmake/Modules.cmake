# attune_module(crypto PUBLIC core PRIVATE PkgConfig::sodium): src/crypto/*.cc as one static library attune_crypto.
# Names of modules stand for their libraries; anything with :: or attune_ is taken as it is.
function(attune_resolve out)
  set(result "")
  foreach(item IN LISTS ARGN)
    if(item MATCHES "::|^attune_|^date|leveldb|protobuf")
      list(APPEND result ${item})
    else()
      list(APPEND result attune_${item})
    endif()
  endforeach()
  set(${out} ${result} PARENT_SCOPE)
endfunction()

# What reads bytes knows nothing of Asio, and what does is a thin skin over it that fuzzers have no use for: half of their
# build goes with it.
function(attune_without_sockets all)
  foreach(source IN LISTS ${all})
    string(REGEX REPLACE "\\.cc$" ".h" header "${source}")
    foreach(file IN ITEMS "${source}" "${header}")
      if(EXISTS "${file}")
        file(STRINGS "${file}" asio REGEX "#include <asio")
        list(FILTER asio EXCLUDE REGEX "asio/ip/address")  # a value like any other
        if(asio)
          list(REMOVE_ITEM ${all} "${source}")
        endif()
      endif()
    endforeach()
  endforeach()
  set(${all} ${${all}} PARENT_SCOPE)
endfunction()

function(attune_module name)
  cmake_parse_arguments(ARG "" "" "PUBLIC;PRIVATE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${name}/*.cc" "${PROJECT_SOURCE_DIR}/src/${name}/*.h")
  if(ATTUNE_FUZZ)
    attune_without_sockets(sources)
  endif()
  add_library(attune_${name} STATIC ${sources})
  set_target_properties(attune_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(attune_${name} PUBLIC "${PROJECT_SOURCE_DIR}/src")
  attune_resolve(public ${ARG_PUBLIC})
  attune_resolve(private ${ARG_PRIVATE})
  target_link_libraries(attune_${name} PUBLIC ${public} PRIVATE attune_options ${private})
endfunction()

# Properties draw from a seed that is the same for everybody, so that a change is judged by what it changed; another is given
# with -DATTUNE_SEED=N, and a test program run by hand draws a new one each time and prints it.
set(ATTUNE_SEED 20261120 CACHE STRING "Seed of the property tests under ctest")

# attune_test(crypto LINK crypto LABELS quick): tests/crypto/*.cc as one program attune_test_crypto. Tests whose suite is
# instantiated under the name Slow are labelled slow instead: the same properties over many more seeds. Those under the
# name Prove are run by scripts/prove alone.
function(attune_test name)
  cmake_parse_arguments(ARG "" "" "LINK;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/${name}/*.cc")
  if(NOT sources)
    return()
  endif()
  add_executable(attune_test_${name} ${sources})
  set_target_properties(attune_test_${name} PROPERTIES UNITY_BUILD OFF)  # helpers of two tests may have the same name
  target_include_directories(attune_test_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests" "${PROJECT_SOURCE_DIR}")
  attune_resolve(link ${ARG_LINK})
  target_link_libraries(attune_test_${name} PRIVATE attune_options attune_test_support ${link} GTest::gtest_main)
  # Compiling tests is most of a build: a third of it goes with less optimisation of the tests themselves, and nothing is
  # lost. Precompiled headers were measured too: they save a twentieth and keep ccache from working.
  target_compile_options(attune_test_${name} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O1 -g1>)
  gtest_discover_tests(attune_test_${name} TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST TEST_FILTER "-Slow/*:Prove/*"
                       PROPERTIES ENVIRONMENT "RC_PARAMS=seed=${ATTUNE_SEED}" LABELS "${ARG_LABELS}" TIMEOUT 300)
  gtest_discover_tests(attune_test_${name} TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST TEST_FILTER "Slow/*"
                       TEST_LIST attune_test_${name}_SLOW PROPERTIES LABELS slow TIMEOUT 600)
endfunction()
