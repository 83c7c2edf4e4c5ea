# What every target of ours is compiled and linked with. `iamlocal_library` and `iamlocal_test` are the only
# ways in which the folders declare targets, so a flag is written once.

find_program(CCACHE ccache)
if(CCACHE)
  # Without this it passes over everything that is compiled with precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_library(iamlocal_flags INTERFACE)
target_compile_options(iamlocal_flags INTERFACE -Wall -Wextra -Wpedantic -Wnon-virtual-dtor -fno-semantic-interposition)
# Where files are compiled together, a local name may hide one that another file keeps to itself.
if(IAMLOCAL_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(iamlocal_flags INTERFACE -Wshadow=local)
elseif(NOT IAMLOCAL_UNITY)
  target_compile_options(iamlocal_flags INTERFACE -Wshadow)
endif()
if(IAMLOCAL_WERROR)
  target_compile_options(iamlocal_flags INTERFACE -Werror)
endif()
# Garbage is collected once in a file, if at all: a tenth of the time to compile, for a sixth more memory.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(iamlocal_flags INTERFACE --param=ggc-min-heapsize=1000000)
endif()
# g++ 12 sees overlapping copies where a string is put behind a literal; there are none (gcc bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(iamlocal_flags INTERFACE -Wno-restrict)
endif()
target_compile_definitions(iamlocal_flags INTERFACE _GLIBCXX_ASSERTIONS)
target_include_directories(iamlocal_flags INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(iamlocal_flags INTERFACE fmt::fmt Threads::Threads)

# How much is optimized in release builds, by how hot it is: what every request runs through, the rest of the server,
# what runs once or for people, and tests. Cold code is made small, which halves it. Where a template is instantiated
# twice, the linker takes the first: programs name the hot archives first (iamlocal_hot_first).
# CMake's -O3, with no more of inlining than -O2 has: that makes the whole program a thirtieth smaller and costs a request one
# percent of its instructions at most, where -O2 by itself takes eight to nine percent more. Files that are compiled
# together are inlined into each other as if each were alone. What is jumped to within functions is not aligned.
set(hot_options $<$<CXX_COMPILER_ID:GNU>:-fno-align-jumps>)
foreach(parameter large-unit-insns=1000000 max-inline-insns-auto=15 max-inline-insns-single=70 inline-min-speedup=30)
  list(APPEND hot_options $<$<CXX_COMPILER_ID:GNU>:--param=${parameter}>)
endforeach()
# Nor are loops, and functions are not split into a hot and a cold part, with tables of its own: it makes the code smaller.
set(usual_options $<$<CONFIG:Release>:-O2>)
foreach(option -fno-align-jumps -fno-align-loops -fno-reorder-blocks-and-partition)
  list(APPEND usual_options $<$<AND:$<CONFIG:Release>,$<CXX_COMPILER_ID:GNU>>:${option}>)
endforeach()
set(cold_options $<$<CONFIG:Release>:-Os>)
set(test_options $<$<CONFIG:Release>:-O0>)
# What is in a program: a section for each function, so that the linker can leave out what nothing calls, and no path of
# the machine that it was compiled on.
set(program_options $<$<CONFIG:Release>:-ffunction-sections> $<$<CONFIG:Release>:-fdata-sections>
                    -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
foreach(heat hot usual cold)
  list(APPEND ${heat}_options ${program_options})
endforeach()
# How many files are compiled together. Fewer where the compiler works long on each.
set(hot_batch 6)
set(usual_batch 20)
set(cold_batch 24)
# How many files of tests are enough for a program: 45 of them take 1.6 GB of memory to compile.
set(tests_together 40)

if(IAMLOCAL_SANITIZE)
  target_compile_options(iamlocal_flags INTERFACE -fsanitize=${IAMLOCAL_SANITIZE} -fno-omit-frame-pointer
                                                  -fno-sanitize-recover=all)
  target_link_options(iamlocal_flags INTERFACE -fsanitize=${IAMLOCAL_SANITIZE})
  # clang 14 puts what its check of function pointers needs before each function, where coroutines cannot have it.
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(iamlocal_flags INTERFACE -fno-sanitize=function)
  endif()
endif()

# mold links in a fraction of the time. GCC's sanitizers keep the default linker, with which they are known to work; clang's
# work with mold, which saves two seconds a fuzz target.
find_program(MOLD mold)
if(MOLD AND (IAMLOCAL_FUZZ OR NOT IAMLOCAL_SANITIZE))
  target_link_options(iamlocal_flags INTERFACE -fuse-ld=mold)
endif()

# iamlocal_headers(name [OF_LIBRARIES] OPTIONS -O2 ... LINKS other ... HEADERS <a> ...): headers that many files read,
# read once for all that are compiled with the same options.
function(iamlocal_headers name)
  cmake_parse_arguments(arg "OF_LIBRARIES" "" "OPTIONS;LINKS;HEADERS" ${ARGN})
  set(source ${CMAKE_BINARY_DIR}/headers/${name}.cpp)
  if(NOT EXISTS ${source})
    file(WRITE ${source} "")
  endif()
  add_library(iamlocal_headers_${name} OBJECT ${source})
  target_compile_options(iamlocal_headers_${name} PRIVATE ${arg_OPTIONS})
  target_link_libraries(iamlocal_headers_${name} PRIVATE iamlocal_flags ${arg_LINKS})
  target_precompile_headers(iamlocal_headers_${name} PRIVATE ${arg_HEADERS})
  if(arg_OF_LIBRARIES)
    set_target_properties(iamlocal_headers_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  endif()
endfunction()

# First of all what assertions say, which the headers behind it then use.
set(usual_headers ${PROJECT_SOURCE_DIR}/src/base/assertions.hpp <algorithm> <chrono> <cstdint> <fmt/format.h> <functional> <map>
                  <memory> <optional> <span> <string> <string_view> <utility> <variant> <vector>
                  ${PROJECT_SOURCE_DIR}/src/base/instances.hpp)
iamlocal_headers(hot OF_LIBRARIES OPTIONS ${hot_options} HEADERS ${usual_headers})
iamlocal_headers(usual OF_LIBRARIES OPTIONS ${usual_options} HEADERS ${usual_headers})
iamlocal_headers(cold OF_LIBRARIES OPTIONS ${cold_options} HEADERS ${usual_headers})

# What instances.hpp says is elsewhere; by the flags it is in every program.
add_library(iamlocal_instances STATIC ${PROJECT_SOURCE_DIR}/src/base/instances.cpp)
target_include_directories(iamlocal_instances PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(iamlocal_instances PRIVATE ${cold_options})
target_compile_definitions(iamlocal_instances PRIVATE _GLIBCXX_ASSERTIONS)
set_target_properties(iamlocal_instances PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_link_libraries(iamlocal_flags INTERFACE iamlocal_instances)
set_property(GLOBAL APPEND PROPERTY iamlocal_other_archives iamlocal_instances)

# Compiles the files of a target a few at a time, so that what they include and instantiate is read once: half the work of
# a full build. Names that files keep to themselves must then differ within a folder. The debug build compiles each file
# alone, which shows whether it includes what it needs.
function(iamlocal_together target batch)
  get_target_property(sources ${target} SOURCES)
  list(LENGTH sources count)
  if(IAMLOCAL_UNITY AND count GREATER 1)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${batch})
  endif()
endfunction()

# Links folders of ours, and other targets, by their names.
function(iamlocal_link target visibility)
  foreach(link ${ARGN})
    if(TARGET iamlocal_${link})
      target_link_libraries(${target} ${visibility} iamlocal_${link})
    else()
      target_link_libraries(${target} ${visibility} ${link})
    endif()
  endforeach()
endfunction()

# Links the hot archives before all others of a program.
function(iamlocal_hot_first target)
  get_property(hot GLOBAL PROPERTY iamlocal_hot_archives)
  target_link_libraries(${target} PRIVATE ${hot})
endfunction()

# iamlocal_library(name [HOT|COLD] SOURCES a.cpp ... [COLD_SOURCES b.cpp ...] LINKS other ...): one folder of src/, its
# LINKS are its arrows in the dependency rule of docs/architecture.md. COLD_SOURCES are compiled as iamlocal_<name>_cold.
function(iamlocal_library name)
  cmake_parse_arguments(arg "HOT;COLD" "" "SOURCES;COLD_SOURCES;LINKS" ${ARGN})
  set(heat usual)
  if(arg_HOT)
    set(heat hot)
  elseif(arg_COLD)
    set(heat cold)
  endif()
  add_library(iamlocal_${name} STATIC ${arg_SOURCES})
  if(arg_HOT)
    set_property(GLOBAL APPEND PROPERTY iamlocal_hot_archives iamlocal_${name})
  else()
    set_property(GLOBAL APPEND PROPERTY iamlocal_other_archives iamlocal_${name})
  endif()
  iamlocal_compile(iamlocal_${name} ${heat} PUBLIC ${arg_LINKS})
  if(arg_COLD_SOURCES)
    add_library(iamlocal_${name}_cold OBJECT ${arg_COLD_SOURCES})
    iamlocal_compile(iamlocal_${name}_cold cold PRIVATE ${arg_LINKS})
    target_sources(iamlocal_${name} PRIVATE $<TARGET_OBJECTS:iamlocal_${name}_cold>)
  endif()
endfunction()

# iamlocal_replaceable(name a.cpp b.cpp): the standalone program has b.cpp, of iamlocal_<name>_linked, where others have
# a.cpp of the folder. Such a file is compiled alone: an archive's member is not linked where its symbols are there already.
function(iamlocal_replaceable name usual linked)
  set_source_files_properties(${usual} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  add_library(iamlocal_${name}_linked OBJECT EXCLUDE_FROM_ALL ${linked})
  iamlocal_compile(iamlocal_${name}_linked cold PRIVATE)
endfunction()

function(iamlocal_compile target heat visibility)
  target_link_libraries(${target} ${visibility} iamlocal_flags)
  target_compile_options(${target} PRIVATE ${${heat}_options})
  target_precompile_headers(${target} REUSE_FROM iamlocal_headers_${heat})
  # So that shared libraries, among them modules of Python and others, can use the public library, which is made of some
  # of these; the rest reads the same precompiled headers.
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  iamlocal_together(${target} ${${heat}_batch})
  iamlocal_link(${target} ${visibility} ${ARGN})
endfunction()

if(IAMLOCAL_TESTS)
  iamlocal_headers(tests OPTIONS ${test_options} LINKS GTest::gtest GTest::gmock
                   HEADERS ${usual_headers} <gmock/gmock.h> <gtest/gtest.h>)
endif()

# iamlocal_test(name [ON_POSTGRESQL] [LONG] SOURCES a.cpp ... LINKS other ...): a folder's GoogleTest cases, which ctest
# knows one by one. Those that run on PostgreSQL, by their names, share one server, and so are one test to ctest. LONG:
# what itself computes for so long that optimizing it pays. A program of its own for each; but where files are compiled
# together, several folders share one: most of what one folder's tests instantiate, the next one's do too.
function(iamlocal_test name)
  cmake_parse_arguments(arg "ON_POSTGRESQL;LONG" "" "SOURCES;LINKS" ${ARGN})
  if(NOT IAMLOCAL_UNITY OR arg_ON_POSTGRESQL OR arg_LONG)
    iamlocal_test_program(${name} ${ARGN})
    return()
  endif()
  get_property(first GLOBAL PROPERTY iamlocal_shared_first)
  if(NOT first)
    set(first ${name})
  endif()
  list(TRANSFORM arg_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  set_property(GLOBAL PROPERTY iamlocal_shared_first ${first})
  set_property(GLOBAL PROPERTY iamlocal_shared_name ${first}_to_${name})
  set_property(GLOBAL APPEND PROPERTY iamlocal_shared_sources ${arg_SOURCES})
  set_property(GLOBAL APPEND PROPERTY iamlocal_shared_links ${arg_LINKS})
  get_property(sources GLOBAL PROPERTY iamlocal_shared_sources)
  list(LENGTH sources count)
  if(count GREATER_EQUAL tests_together)
    iamlocal_finish_tests()
  endif()
endfunction()

# Makes the program of the folders that wait for one.
function(iamlocal_finish_tests)
  foreach(part first name sources links)
    get_property(${part} GLOBAL PROPERTY iamlocal_shared_${part})
    set_property(GLOBAL PROPERTY iamlocal_shared_${part})
  endforeach()
  if(sources)
    list(REMOVE_DUPLICATES links)
    iamlocal_test_program(${name} SOURCES ${sources} LINKS ${links})
  endif()
endfunction()

function(iamlocal_test_program name)
  cmake_parse_arguments(arg "ON_POSTGRESQL;LONG" "" "SOURCES;LINKS" ${ARGN})
  add_executable(test_${name} ${arg_SOURCES})
  target_link_libraries(test_${name} PRIVATE iamlocal_flags GTest::gtest GTest::gmock GTest::gtest_main)
  if(arg_LONG)
    target_compile_options(test_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  else()
    target_compile_options(test_${name} PRIVATE ${test_options})
    target_precompile_headers(test_${name} REUSE_FROM iamlocal_headers_tests)
  endif()
  iamlocal_together(test_${name} 0)
  iamlocal_link(test_${name} PRIVATE ${arg_LINKS})
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(test_${name} PRIVATE IAMLOCAL_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(arg_ON_POSTGRESQL)
    gtest_discover_tests(test_${name} DISCOVERY_MODE PRE_TEST TEST_FILTER -*/postgresql:Postgres*)
    add_test(NAME postgresql.${name} COMMAND test_${name} --gtest_filter=*/postgresql:Postgres*)
    set_tests_properties(postgresql.${name} PROPERTIES LABELS postgresql TIMEOUT 300)
  else()
    gtest_discover_tests(test_${name} DISCOVERY_MODE PRE_TEST)
  endif()
endfunction()
