# Every third-party package, found in one place. What a module links it names itself.
find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(Torch REQUIRED)

# LibTorch behind one target.
add_library(voxprior_torch INTERFACE)
add_library(voxprior::torch ALIAS voxprior_torch)
target_link_libraries(voxprior_torch INTERFACE ${TORCH_LIBRARIES})
# LibTorch says which C++ ABI it was built with. What is linked with it must agree, used LibTorch or not.
separate_arguments(voxprior_torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:${voxprior_torch_flags}>")

# The tensor headers take 5 to 10 s to parse: they are precompiled once and shared. <torch/types.h> alone and not <torch/nn.h> or
# <torch/torch.h>: every file that has those before it, precompiled or not, compiles longer. Files that need more include it by its own header.
add_library(voxprior_torch_pch OBJECT cmake/pch.cpp)
target_link_libraries(voxprior_torch_pch PRIVATE voxprior::torch)
target_include_directories(voxprior_torch_pch PRIVATE ${PROJECT_SOURCE_DIR})
target_precompile_headers(voxprior_torch_pch PRIVATE <torch/types.h>)

# voxprior_use_torch(<target> [<scope>]): link LibTorch and reuse its precompiled header.
function(voxprior_use_torch target)
  target_link_libraries(${target} ${ARGN} voxprior::torch)
  target_precompile_headers(${target} REUSE_FROM voxprior_torch_pch)
endfunction()

if(VOXPRIOR_IO)
  find_package(ZLIB REQUIRED)
  find_package(Eigen3 3.4 REQUIRED NO_MODULE)
  find_package(ITK 5.2 REQUIRED COMPONENTS ITKCommon ITKImageFunction ITKImageGrid ITKIOImageBase ITKIONRRD ITKIOMeta ITKRegistrationMethodsv4 ITKSmoothing ITKTransform)
  # ITK knows only the compiler that it was built with, GCC, and stops others.
  set(voxprior_itk_options "$<$<CXX_COMPILER_ID:Clang>:SHELL:-include ${PROJECT_SOURCE_DIR}/cmake/itk_with_clang.h>")
  find_package(DCMTK REQUIRED)
  find_package(PkgConfig REQUIRED)  # OpenJPEG's own CMake files fail where its command-line tools are not installed
  pkg_check_modules(OpenJPEG REQUIRED IMPORTED_TARGET libopenjp2)
  pkg_check_modules(HttpLib REQUIRED IMPORTED_TARGET cpp-httplib)
  find_package(SQLite3 REQUIRED)
  find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
  find_package(PNG REQUIRED)
  find_package(ISMRMRD REQUIRED)
  find_package(pugixml REQUIRED)
endif()
if(VOXPRIOR_TESTS)
  find_package(GTest REQUIRED)
endif()
