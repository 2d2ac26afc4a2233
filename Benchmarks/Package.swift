// swift-tools-version: 6.2
// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// What measures the library, in a package of its own, so that nobody builds it to use the library or
// to see its demo. `Shared` and `Support` are symbolic links to folders of the demo and of its tests:
// one set of files, compiled into each program, so that measured loops are inlined as they are.
let testSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]
let settings = testSettings + [.strictMemorySafety()]
let gnuSource: [CSetting] = [.define("_GNU_SOURCE")]

let package = Package(
  name: "Benchmarks",
  traits: [
    .trait(name: "FALLBACK_ALWAYS", description: "Stitch every block of more than one page."),
    .default(enabledTraits: []),
  ],
  dependencies: [
    .package(
      name: "VCompound", path: "..",
      traits: [.trait(name: "FALLBACK_ALWAYS", condition: .when(traits: ["FALLBACK_ALWAYS"]))])
  ],
  targets: [
    .executableTarget(
      name: "vcbench", dependencies: [.product(name: "VCompound", package: "VCompound")],
      cSettings: gnuSource, swiftSettings: settings),
    .testTarget(
      name: "vcbenchTests",
      dependencies: ["vcbench", .product(name: "VCompound", package: "VCompound")],
      cSettings: gnuSource, swiftSettings: testSettings + [.define("VCBENCH")]),
  ],
  swiftLanguageModes: [.v6]
)
