# What every target of ours is compiled and linked with. `iamlocal_library` and `iamlocal_executable` are the only
# ways in which the folders declare targets, so a flag is written once.

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
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

# iamlocal_library(name SOURCES a.cpp ... LINKS other ...): one folder of src/, its LINKS are its arrows in the
# dependency rule of docs/architecture.md.
function(iamlocal_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_library(iamlocal_${name} STATIC ${arg_SOURCES})
  target_link_libraries(iamlocal_${name} PUBLIC iamlocal_flags)
  foreach(link ${arg_LINKS})
    if(TARGET iamlocal_${link})
      target_link_libraries(iamlocal_${name} PUBLIC iamlocal_${link})
    else()
      target_link_libraries(iamlocal_${name} PUBLIC ${link})
    endif()
  endforeach()
endfunction()

# iamlocal_test(name SOURCES a.cpp ... LINKS other ...): a GoogleTest program whose cases ctest knows one by one.
function(iamlocal_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(test_${name} ${arg_SOURCES})
  target_link_libraries(test_${name} PRIVATE iamlocal_flags GTest::gtest GTest::gmock GTest::gtest_main)
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
