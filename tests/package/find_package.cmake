# Installs the build into an empty folder, then configures, builds and runs a project that finds it there.
# cmake -DBUILD=... -DCONSUMER=... -DVOLUME=... -DWORK=... -P find_package.cmake
file(REMOVE_RECURSE ${WORK})
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "failed (${result}): ${ARGN}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed)
run(${CMAKE_COMMAND} -G Ninja -S ${CONSUMER} -B ${WORK}/build -DCMAKE_PREFIX_PATH=${WORK}/installed -DCMAKE_BUILD_TYPE=Release)
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/consumer ${VOLUME})
if(NOT output MATCHES "^0\\.1\\.[0-9]+ 74333 ")  # 49 x 41 x 37 voxels
  message(FATAL_ERROR "unexpected output: ${output}")
endif()

# The installed program finds its compute module and the shipped models.
run(${WORK}/installed/bin/voxprior denoise ${VOLUME} ${WORK}/out.nii.gz --sigma 50 --progress none)
