// swift-tools-version: 6.2
// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// The flags a source can be built with, beside debug and release:
//   FALLBACK_ALWAYS            every block of more than one page is stitched (trait, or
//                              `--toolset Config/fallback-always.json`)
//   VCOMPOUND_INTERNAL_CHECKS  the frame model and the address space check all their invariants
//                              after every change (`--toolset Config/internal-checks.json`)
let testSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  // `@_lifetime`, without which no property of ours could return a Span.
  .enableExperimentalFeature("Lifetimes"),
]
// Tests handle raw memory all the time, on purpose; there the marks would only be noise.
let settings = testSettings + [.strictMemorySafety()]

// memfd_create, fallocate and the like are GNU extensions: without this definition the Glibc
// module does not show them. It is no unsafe flag, so versioned clients build with it too.
let gnuSource: [CSetting] = [.define("_GNU_SOURCE")]

// The demo, left out where only the library is tested: sanitized builds take half as long then.
let isLibraryOnly = Context.environment["VCOMPOUND_LIBRARY_ONLY"] != nil
let demoTargets: [Target] = [
  // What `vcdemo record` preloads: without Swift's runtime, which the driver would link.
  .target(
    name: "vcrecord", path: "Sources/vcdemo/Record/vcrecord", cSettings: gnuSource,
    linkerSettings: [.unsafeFlags(["-nostartfiles", "-static-stdlib"])]),
  .executableTarget(
    name: "vcdemo", dependencies: ["VCompound"], exclude: ["Record/vcrecord"],
    cSettings: gnuSource, swiftSettings: settings),
  .testTarget(
    name: "vcdemoTests", dependencies: ["vcdemo"], cSettings: gnuSource,
    swiftSettings: testSettings),
]

let package = Package(
  name: "VCompound",
  products: [.library(name: "VCompound", targets: ["VCompound"])]
    + (isLibraryOnly
      ? []
      : [
        .executable(name: "vcdemo", targets: ["vcdemo"]),
        .library(name: "vcrecord", type: .dynamic, targets: ["vcrecord"]),
      ]),
  traits: [
    .trait(
      name: "FALLBACK_ALWAYS",
      description: "Stitch every block of more than one page, so that all callers meet it."),
    .default(enabledTraits: []),
  ],
  targets: [
    // A variable for each thread, a compiler fence and membarrier(2): what Swift cannot say.
    .target(name: "ThreadSlot", path: "Sources/VCompound/System/ThreadSlot", cSettings: gnuSource),
    .target(
      name: "VCompound", dependencies: ["ThreadSlot"], exclude: ["System/ThreadSlot"],
      cSettings: gnuSource, swiftSettings: settings),
    // Stands in for malloc in the process of the tests, and counts; not in sanitized builds.
    .target(name: "MallocCount", path: "Tests/MallocCount"),
    .testTarget(
      name: "VCompoundTests", dependencies: ["VCompound", "MallocCount"], cSettings: gnuSource,
      swiftSettings: testSettings),
  ] + (isLibraryOnly ? [] : demoTargets),
  swiftLanguageModes: [.v6]
)
