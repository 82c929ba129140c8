# `cmake --install`: libraries, headers, shipped models and find_package(voxprior). workflows/ installs the program itself.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(voxprior_libraries voxprior_base voxprior_torch voxprior_noise voxprior_intensity voxprior_metrics voxprior_sampling voxprior_pipeline
                       voxprior_safetensors_header voxprior_weights voxprior_dataset voxprior_shards voxprior_toml_section voxprior_models)
if(VOXPRIOR_IO)
  list(APPEND voxprior_libraries voxprior_set_metrics voxprior_io voxprior_raw voxprior_dicom voxprior_dicom_network voxprior_deidentify)
endif()

# Inside the installed package a target is voxprior::NAME, as in the build.
foreach(library ${voxprior_libraries})
  string(REPLACE "voxprior_" "" short ${library})
  set_target_properties(${library} PROPERTIES EXPORT_NAME ${short})
endforeach()
install(TARGETS ${voxprior_libraries} EXPORT voxprior ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT voxprior FILE voxprior-targets.cmake NAMESPACE voxprior:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/voxprior)

set(voxprior_header_folders base pipeline models)
if(VOXPRIOR_IO)
  list(APPEND voxprior_header_folders io)
endif()
install(DIRECTORY ${voxprior_header_folders} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/voxprior FILES_MATCHING PATTERN "*.h")
install(DIRECTORY models/pretrained/ DESTINATION ${CMAKE_INSTALL_DATADIR}/voxprior/models)

configure_package_config_file(cmake/voxprior-config.cmake.in ${PROJECT_BINARY_DIR}/voxprior-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/voxprior)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/voxprior-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/voxprior-config.cmake ${PROJECT_BINARY_DIR}/voxprior-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/voxprior)

if(VOXPRIOR_IO)
  configure_file(workflows/node/voxprior-node.service.in ${PROJECT_BINARY_DIR}/voxprior-node.service @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/voxprior-node.service DESTINATION lib/systemd/system)
  install(FILES workflows/node/node.example.toml DESTINATION ${CMAKE_INSTALL_DATADIR}/voxprior)
  install(FILES docs/clinical-node.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()
