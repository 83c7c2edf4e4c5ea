# cmake -DPROGRAM=… -DSEEDS=… -DWORK=… [-DDICTIONARY=…] [-DRUNS=2500] [-DSECONDS=30] [-DSEED=1] -P run.cmake: so many
# inputs in a scratch corpus, so that the seeds in the source tree stay as they are. The same seed makes the same inputs;
# the seconds only keep a slow machine from waiting. scripts/fuzz is for other seeds.
if(NOT EXISTS ${PROGRAM})
  message(FATAL_ERROR "${PROGRAM} is not built: scripts/test --fuzz")
endif()
foreach(setting RUNS=2500 SECONDS=30 SEED=1)
  string(REPLACE "=" ";" setting ${setting})
  list(GET setting 0 name)
  if(NOT ${name})
    list(GET setting 1 ${name})
  endif()
endforeach()
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK}/corpus)
set(arguments -seed=${SEED} -runs=${RUNS} -max_total_time=${SECONDS} -rss_limit_mb=2048 -timeout=10 -verbosity=0
              -print_final_stats=1 -artifact_prefix=${WORK}/)
if(EXISTS "${DICTIONARY}")
  list(APPEND arguments -dict=${DICTIONARY})
endif()
execute_process(COMMAND ${PROGRAM} ${arguments} ${WORK}/corpus ${SEEDS} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${result}; the input is in ${WORK}")
endif()
