# cmake -DBUILD=… -DSOURCE=… -DWORK=… -DCOMPILER=… -P run.cmake
#
# Installs the library from a build directory to a fresh prefix, builds the example against that, runs it, and holds what
# it prints against what it should.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN} ended with ${status}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --component library --prefix ${WORK}/prefix)
run(${CMAKE_COMMAND} -G Ninja -S ${SOURCE} -B ${WORK}/build -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_CXX_COMPILER=${COMPILER}
    -DCMAKE_BUILD_TYPE=Release)
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/example)

# The installed files are all that a program sees: nothing may lead back to the build directory.
file(GLOB_RECURSE installed ${WORK}/prefix/*.cmake ${WORK}/prefix/*.hpp)
list(LENGTH installed count)
if(count LESS 4)
  message(FATAL_ERROR "too few files were installed: ${installed}")
endif()
foreach(file ${installed})
  file(READ ${file} text)
  string(FIND "${text}" "${BUILD}" at)
  if(NOT at EQUAL -1)
    message(FATAL_ERROR "${file} names ${BUILD}")
  endif()
endforeach()

foreach(line "arn:aws:s3:::dev/alice/notes: allowed" "arn:aws:s3:::dev/bob/notes: implicitDeny" "OwnBucket")
  string(FIND "${output}" "${line}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "the example does not print '${line}' but:\n${output}")
  endif()
endforeach()
