# One kernel source per instruction set; nn/kernel.c picks one when a plan is made, and so do the
# methods of power allocation.
# ISO C forbids the compiler to make one instruction of a product and a sum; networks and solvers want
# it to.
set_source_files_properties(src/nn/kernel_portable.c PROPERTIES COMPILE_OPTIONS "-ffp-contract=fast")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  # Loops on boundaries of their own: where else they lie hangs on the rest of the program, and costs
  # up to a tenth.
  foreach(level 2 3 4)
    set_source_files_properties(src/nn/kernel_v${level}.c PROPERTIES
      COMPILE_OPTIONS "-march=x86-64-v${level};-ffp-contract=fast;-falign-functions=64;-falign-loops=32")
  endforeach()
  set(POWER problem/power_kernel solver/power_sets)
  foreach(kernel ${POWER})
    set_source_files_properties(src/${kernel}_v3.c PROPERTIES
      COMPILE_OPTIONS "-march=x86-64-v3;-ffp-contract=fast")
  endforeach()
  list(TRANSFORM POWER REPLACE "(.+)" "src/\\1_v4.c" OUTPUT_VARIABLE POWER_V4)
  set_source_files_properties(${POWER_V4} PROPERTIES
    COMPILE_OPTIONS "-march=x86-64-v4;-mprefer-vector-width=512;-ffp-contract=fast")
  set_property(SOURCE src/nn/kernel_v4.c APPEND PROPERTY COMPILE_OPTIONS "-mprefer-vector-width=512")
endif()

# The peak that speeds are shares of: multiply-adds as one instruction where there is one.
file(GLOB PEAK ${PROJECT_SOURCE_DIR}/src/bench/peak_*.c)
set_property(SOURCE ${PEAK} APPEND PROPERTY COMPILE_OPTIONS "-ffp-contract=fast")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  foreach(level 2 3 4)
    set_property(SOURCE ${PROJECT_SOURCE_DIR}/src/bench/peak_v${level}.c APPEND PROPERTY
      COMPILE_OPTIONS "-march=x86-64-v${level}")
  endforeach()
endif()

# Channels are the same bits on every machine: no multiply and add becomes one where there is one.
set(NORMALS src/channel/normals_portable.c src/channel/normals_v3.c src/channel/normals_v4.c)
set_source_files_properties(${NORMALS} src/channel/functions.c src/channel/gains.c PROPERTIES
  COMPILE_OPTIONS "-ffp-contract=off")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  foreach(level 3 4)
    set_property(SOURCE src/channel/normals_v${level}.c APPEND PROPERTY COMPILE_OPTIONS
      "-march=x86-64-v${level}")
  endforeach()
  set_property(SOURCE src/channel/normals_v4.c APPEND PROPERTY COMPILE_OPTIONS
    "-mprefer-vector-width=512")
endif()
