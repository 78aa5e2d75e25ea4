# The page of `cellfree report`: each file of report/ as bytes between two symbols, and a table of
# them by name for src/report/assets.h. An assembler reads the files as they are; nothing else is
# needed to build.
enable_language(ASM)
set(PAGE html=page.html css=page.css d3=vendor/d3.min.js plot=vendor/plot.umd.min.js
  licence_d3=vendor/LICENSE.d3 licence_plot=vendor/LICENSE.plot)
foreach(script format names table charts front network browser sections page)
  list(APPEND PAGE ${script}=js/${script}.js)
endforeach()

set(bytes "    .section .rodata\n")
set(declared)
set(rows)
set(files)
foreach(part ${PAGE})
  string(REGEX MATCH "^([^=]+)=(.+)$" part ${part})
  set(symbol report_page_${CMAKE_MATCH_1})
  set(file ${PROJECT_SOURCE_DIR}/report/${CMAKE_MATCH_2})
  list(APPEND files ${file})
  string(APPEND bytes "    .globl ${symbol}, ${symbol}_end\n    .hidden ${symbol}, ${symbol}_end\n"
    "${symbol}:\n    .incbin \"${file}\"\n${symbol}_end:\n    .byte 0\n")
  string(APPEND declared "extern const char ${symbol}[], ${symbol}_end[];\n")
  string(APPEND rows "    {\"${CMAKE_MATCH_1}\", ${symbol}, ${symbol}_end},\n")
endforeach()
string(APPEND bytes "    .section .note.GNU-stack,\"\",%progbits\n")
set(table "${declared}static const struct part {\n    const char *name, *start, *end;\n} PART[] = {\n${rows}};\n")
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/page/page_bytes.S CONTENT "${bytes}")
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/page/page_parts.h CONTENT "${table}")
set_source_files_properties(${PROJECT_BINARY_DIR}/page/page_bytes.S PROPERTIES OBJECT_DEPENDS "${files}")
set_source_files_properties(src/report/assets.c PROPERTIES INCLUDE_DIRECTORIES ${PROJECT_BINARY_DIR}/page)
set(PAGE_SOURCES ${PROJECT_BINARY_DIR}/page/page_bytes.S)
