# src/ROOM/X_test.c becomes ctest "ROOM.X", after CF_TEST_PREFIX, with which `make test` tells the
# builds apart. A test named X_grad_test.c is built over double (CF_REAL_DOUBLE), with the networks
# and losses compiled the same way.
set(CF_TEST_PREFIX "" CACHE STRING "What the names of this build's tests start with")

add_library(cf_f64 STATIC EXCLUDE_FROM_ALL ${RUN})
target_compile_definitions(cf_f64 PUBLIC CF_REAL_DOUBLE)
file(GLOB LOSSES CONFIGURE_DEPENDS src/train/loss*.c)
list(FILTER LOSSES EXCLUDE REGEX "_test\\.c$")
target_sources(cf_f64 PRIVATE ${LOSSES})
target_link_libraries(cf_f64 PUBLIC cf_flags m)

# X_cbc_test.c holds ours against another solver, CBC, where that is installed.
find_library(CBC_LIBRARY CbcSolver)

# X_nlopt_test.c the same with NLopt.
find_library(NLOPT_LIBRARY nlopt)

file(GLOB TESTS CONFIGURE_DEPENDS src/*/*_test.c)
set(TESTED cellfree_static OpenMP::OpenMP_C PkgConfig::HDF5 ZLIB::ZLIB)
if(CF_RUN_ONLY)
  list(FILTER TESTS INCLUDE REGEX "/src/(base|problem|nn|policy)/")
  set(TESTED cellfree_run_static)
endif()
foreach(source ${TESTS})
  get_filename_component(room ${source} DIRECTORY)
  get_filename_component(room ${room} NAME)
  get_filename_component(stem ${source} NAME_WE)
  string(REGEX REPLACE "_test$" "" stem ${stem})
  if((stem MATCHES "_cbc$" AND NOT CBC_LIBRARY) OR (stem MATCHES "_nlopt$" AND NOT NLOPT_LIBRARY))
    continue()
  endif()
  set(target ${room}_${stem}_test)
  set(test ${CF_TEST_PREFIX}${room}.${stem})
  add_executable(${target} ${source})
  target_include_directories(${target} PRIVATE tests)
  if(stem MATCHES "_grad$")
    target_link_libraries(${target} PRIVATE cf_f64)
  else()
    target_link_libraries(${target} PRIVATE cf_flags ${TESTED})
  endif()
  if(stem MATCHES "_cbc$")
    target_link_libraries(${target} PRIVATE ${CBC_LIBRARY})
  endif()
  if(stem MATCHES "_nlopt$")
    target_link_libraries(${target} PRIVATE ${NLOPT_LIBRARY})
  endif()
  if(target MATCHES "^(nn_plan|policy_alloc|solver_power_alloc|evaluate_power_alloc)_test$") # makes allocations fail, one after the other
    target_link_options(${target} PRIVATE
      LINKER:--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc,--wrap=free)
  endif()
  add_test(NAME ${test} COMMAND ${target})
  set_tests_properties(${test} PROPERTIES TIMEOUT 300 LABELS unit
    ENVIRONMENT "CF_SOURCE_DIR=${PROJECT_SOURCE_DIR};OMP_WAIT_POLICY=passive") # no spinning on busy machines
endforeach()

# What bench/ccsaq runs: sca against NLopt's CCSAQ.
if(NLOPT_LIBRARY AND TARGET cellfree)
  add_executable(ccsaq EXCLUDE_FROM_ALL bench/ccsaq.c)
  target_link_libraries(ccsaq PRIVATE cf_flags ${TESTED} ${NLOPT_LIBRARY})
endif()

# Sanitizers put their own runtime into every library, and want it first in a program: what users
# link is looked at without them.
if("${CMAKE_C_FLAGS}" MATCHES "-fsanitize")
  set(SANITIZED TRUE)
endif()

# Whole-program tests: each script gets the program and a fresh folder.
if(TARGET cellfree)
  file(GLOB SCRIPTS CONFIGURE_DEPENDS tests/*_test.sh)
  if(SANITIZED)
    list(FILTER SCRIPTS EXCLUDE REGEX "/(install|python|docs_code)_test\\.sh$")
  endif()
endif()
foreach(script ${SCRIPTS})
  get_filename_component(stem ${script} NAME_WE)
  string(REGEX REPLACE "_test$" "" stem ${stem})
  set(test ${CF_TEST_PREFIX}program.${stem})
  add_test(NAME ${test} COMMAND ${PROJECT_SOURCE_DIR}/tests/run.sh ${script} $<TARGET_FILE:cellfree>)
  set_tests_properties(${test} PROPERTIES TIMEOUT 600 LABELS program
    ENVIRONMENT "CF_SOURCE_DIR=${PROJECT_SOURCE_DIR};CF_BUILD_DIR=${PROJECT_BINARY_DIR}")
endforeach()

# The rules of the house that a machine can hold.
if(CF_RUN_ONLY)
  return()
endif()
file(GLOB EVERY RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS src/*/*.[ch] cli/*.[ch])
add_test(NAME ${CF_TEST_PREFIX}house.floors WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  COMMAND awk -f tools/floors.awk ${EVERY})
add_test(NAME ${CF_TEST_PREFIX}house.format WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  COMMAND make --no-print-directory check-format)
if(NOT SANITIZED)
  add_test(NAME ${CF_TEST_PREFIX}house.library WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    COMMAND tools/check-library $<TARGET_FILE:cellfree_shared>)
  add_test(NAME ${CF_TEST_PREFIX}house.library_run WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    COMMAND tools/check-library $<TARGET_FILE:cellfree_run_shared> libc libm)
endif()
