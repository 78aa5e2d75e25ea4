# What `cmake --install build/release --prefix P` puts where. The prefix may be chosen at install
# time, so the pkg-config files find theirs from where they lie.
include(CMakePackageConfigHelpers)

install(TARGETS cellfree_run_shared EXPORT cellfree LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/cellfree DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY policies DESTINATION ${CMAKE_INSTALL_DATADIR}/cellfree
  FILES_MATCHING PATTERN "*.safetensors")
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The archives that users link hold one object, in which all names but cf_ are local: what we call
# text_add or file_read is no concern of a program's own. (Our tests link the plain archives.)
function(cf_archive name)
  set(folder ${PROJECT_BINARY_DIR}/archive)
  file(MAKE_DIRECTORY ${folder})
  set(objects ${ARGN})
  list(TRANSFORM objects REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>")
  add_custom_command(OUTPUT ${folder}/${name}.a DEPENDS ${objects} WORKING_DIRECTORY ${folder}
    COMMAND ${CMAKE_LINKER} -r -o ${name}.o ${objects}
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${name}.o
    COMMAND ${CMAKE_COMMAND} -E rm -f ${name}.a
    COMMAND ${CMAKE_AR} qcs ${name}.a ${name}.o
    COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(archive_${name} ALL DEPENDS ${folder}/${name}.a)
  install(FILES ${folder}/${name}.a DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()
cf_archive(libcellfree-run cf_run_objects)

# pkg-config: cellfree, and cellfree-run for a radio unit. Static linking asks for what is private.
function(cf_pkg_config PC_NAME PC_DESCRIPTION PC_LIBS_PRIVATE PC_REQUIRES_PRIVATE)
  file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  string(REGEX REPLACE "/$" "" up "${up}")
  set(PC_PREFIX "\${pcfiledir}/${up}")
  configure_file(cmake/cellfree.pc.in ${PC_NAME}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${PC_NAME}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()
cf_pkg_config(cellfree-run "Runs trained cellfree policies; needs libc and libm alone" "-lm" "")

# find_package(cellfree): targets cellfree::cellfree and cellfree::run, the shared libraries.
set_target_properties(cellfree_run_shared PROPERTIES EXPORT_NAME run)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/cellfree)
install(EXPORT cellfree FILE cellfreeConfig.cmake NAMESPACE cellfree:: DESTINATION ${package})
write_basic_package_version_file(cellfreeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cellfreeConfigVersion.cmake DESTINATION ${package})

if(NOT CF_RUN_ONLY)
  install(TARGETS cellfree_shared EXPORT cellfree LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  set_target_properties(cellfree_shared PROPERTIES EXPORT_NAME cellfree)
  cf_archive(libcellfree cf_run_objects cf_rest_objects)
  cf_pkg_config(cellfree "Cell-free massive MIMO: assignment and power, by solvers and trained policies"
    "-lm ${OpenMP_C_FLAGS}" "hdf5 matio sqlite3 yaml-0.1 zlib")
endif()

# The program, and the manual and completion that it writes about itself.
if(TARGET cellfree)
  install(TARGETS cellfree RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  set(manual ${PROJECT_BINARY_DIR}/manual)
  file(MAKE_DIRECTORY ${manual}/man1 ${manual}/bash)
  add_custom_command(OUTPUT ${manual}/man1/cellfree.1 ${manual}/bash/cellfree DEPENDS cellfree
    COMMAND cellfree man --all man1
    COMMAND sh -c "\"$0\" completion bash >bash/cellfree" $<TARGET_FILE:cellfree>
    WORKING_DIRECTORY ${manual} VERBATIM)
  add_custom_target(manual ALL DEPENDS ${manual}/man1/cellfree.1)
  install(DIRECTORY ${manual}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
  install(FILES ${manual}/bash/cellfree
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
endif()
