# What every target of ours is compiled and linked with. `iamlocal_library` and `iamlocal_executable` are the only
# ways in which the folders declare targets, so a flag is written once.

find_program(CCACHE ccache)
if(CCACHE)
  # Without this it passes over everything that is compiled with precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_library(iamlocal_flags INTERFACE)
target_compile_options(iamlocal_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror)
# g++ 12 sees overlapping copies where a string is put behind a literal; there are none (gcc bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(iamlocal_flags INTERFACE -Wno-restrict)
endif()
target_compile_definitions(iamlocal_flags INTERFACE _GLIBCXX_ASSERTIONS)
target_include_directories(iamlocal_flags INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(iamlocal_flags INTERFACE fmt::fmt Threads::Threads)

# For what is never hot, tests among it: optimizing less takes two thirds of the time.
add_library(iamlocal_cold INTERFACE)
target_compile_options(iamlocal_cold INTERFACE $<$<CONFIG:Release>:-O1>)

if(IAMLOCAL_SANITIZE)
  target_compile_options(iamlocal_flags INTERFACE -fsanitize=${IAMLOCAL_SANITIZE} -fno-omit-frame-pointer
                                                  -fno-sanitize-recover=all)
  target_link_options(iamlocal_flags INTERFACE -fsanitize=${IAMLOCAL_SANITIZE})
  # clang 14 puts what its check of function pointers needs before each function, where coroutines cannot have it.
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(iamlocal_flags INTERFACE -fno-sanitize=function)
  endif()
endif()

# mold links in a fraction of the time; sanitized builds keep the default linker, whose runtimes are known to work.
find_program(MOLD mold)
if(MOLD AND NOT IAMLOCAL_SANITIZE)
  target_link_options(iamlocal_flags INTERFACE -fuse-ld=mold)
endif()

# iamlocal_library(name [COLD] SOURCES a.cpp ... LINKS other ...): one folder of src/, its LINKS are its arrows in the
# dependency rule of docs/architecture.md.
function(iamlocal_library name)
  cmake_parse_arguments(arg "COLD" "" "SOURCES;LINKS" ${ARGN})
  add_library(iamlocal_${name} STATIC ${arg_SOURCES})
  target_link_libraries(iamlocal_${name} PUBLIC iamlocal_flags)
  if(arg_COLD)
    target_link_libraries(iamlocal_${name} PRIVATE iamlocal_cold)
  endif()
  foreach(link ${arg_LINKS})
    if(TARGET iamlocal_${link})
      target_link_libraries(iamlocal_${name} PUBLIC iamlocal_${link})
    else()
      target_link_libraries(iamlocal_${name} PUBLIC ${link})
    endif()
  endforeach()
endfunction()

# The headers that every test reads, read once.
if(IAMLOCAL_TESTS)
  find_package(GTest REQUIRED)
  file(WRITE ${CMAKE_BINARY_DIR}/test_headers.cpp "")
  add_library(iamlocal_test_headers OBJECT ${CMAKE_BINARY_DIR}/test_headers.cpp)
  target_link_libraries(iamlocal_test_headers PRIVATE iamlocal_flags iamlocal_cold GTest::gtest GTest::gmock)
  target_precompile_headers(iamlocal_test_headers PRIVATE
    <gmock/gmock.h> <gtest/gtest.h> <fmt/format.h> <optional> <string> <string_view> <variant> <vector>)
endif()

# iamlocal_test(name SOURCES a.cpp ... LINKS other ...): a GoogleTest program whose cases ctest knows one by one.
function(iamlocal_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(test_${name} ${arg_SOURCES})
  target_link_libraries(test_${name} PRIVATE iamlocal_flags iamlocal_cold GTest::gtest GTest::gmock GTest::gtest_main)
  target_precompile_headers(test_${name} REUSE_FROM iamlocal_test_headers)
  foreach(link ${arg_LINKS})
    if(TARGET iamlocal_${link})
      target_link_libraries(test_${name} PRIVATE iamlocal_${link})
    else()
      target_link_libraries(test_${name} PRIVATE ${link})
    endif()
  endforeach()
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(test_${name} PRIVATE IAMLOCAL_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(test_${name} DISCOVERY_MODE PRE_TEST)
endfunction()
