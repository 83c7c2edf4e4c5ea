# cmake -DPROGRAM=… -DSEEDS=… -DWORK=… [-DDICTIONARY=…] [-DSECONDS=4] -P run.cmake: a few seconds of fuzzing in a
# scratch corpus, so that the seeds in the source tree stay as they are.
if(NOT EXISTS ${PROGRAM})
  message(FATAL_ERROR "${PROGRAM} is not built: cmake --preset fuzz && cmake --build build/fuzz --target fuzzers")
endif()
if(NOT SECONDS)
  set(SECONDS 4)
endif()
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK}/corpus)
set(arguments -max_total_time=${SECONDS} -rss_limit_mb=2048 -timeout=10 -verbosity=0 -print_final_stats=1
              -artifact_prefix=${WORK}/)
if(EXISTS "${DICTIONARY}")
  list(APPEND arguments -dict=${DICTIONARY})
endif()
execute_process(COMMAND ${PROGRAM} ${arguments} ${WORK}/corpus ${SEEDS} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${result}; the input is in ${WORK}")
endif()
