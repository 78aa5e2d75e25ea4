# One kernel source per instruction set; nn/kernel.c picks one when a plan is made.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  foreach(level 2 3 4)
    set_source_files_properties(src/nn/kernel_v${level}.c PROPERTIES COMPILE_OPTIONS "-march=x86-64-v${level}")
  endforeach()
  set_source_files_properties(src/nn/kernel_v4.c PROPERTIES
    COMPILE_OPTIONS "-march=x86-64-v4;-mprefer-vector-width=512")
endif()
