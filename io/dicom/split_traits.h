#pragma once

#include <array>

namespace voxprior::trait {

// The names double as words of DicomStack::label: "echo 2, time 3".
inline constexpr const char* kType = "type";                ///< ImageType or FrameType from value 3 on
inline constexpr const char* kStack = "stack";              ///< StackID
inline constexpr const char* kEcho = "echo";                ///< EchoNumbers
inline constexpr const char* kBValue = "b";                 ///< DiffusionBValue, s/mm2
inline constexpr const char* kTime = "time";                ///< TemporalPositionIdentifier or -Index
inline constexpr const char* kDirection = "direction";      ///< DiffusionGradientOrientation
inline constexpr const char* kAcquisition = "acquisition";  ///< AcquisitionNumber
inline constexpr const char* kDimension = "dimension";      ///< DimensionIndexValues but for those that count planes
inline constexpr const char* kTrigger = "trigger";          ///< TriggerTime, ms
inline constexpr const char* kEchoTime = "TE";              ///< EchoTime, ms
inline constexpr const char* kInversion = "TI";             ///< InversionTime, ms
inline constexpr const char* kFlipAngle = "flip angle";     ///< FlipAngle, degrees
inline constexpr const char* kDetail = "detail";            ///< ImageType of CT from value 4 on
inline constexpr const char* kInstance = "instance";        ///< InstanceNumber of a file with several frames

/// Images that differ in one of these never share a volume: they show different things.
inline constexpr std::array kAlways{kType, kStack, kEcho, kBValue};

/// These separate volumes only where images would otherwise lie at one position: scanners also let them vary from slice
/// to slice of one volume. In the order in which they are tried.
inline constexpr std::array kWhenNeeded{kTime,    kDirection, kAcquisition, kEchoTime,  kInversion,
                                        kTrigger, kFlipAngle, kDetail,      kDimension, kInstance};

}  // namespace voxprior::trait
