// swift-tools-version: 6.2
// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// Programs that use the library as their own. With the trait every block of theirs is stitched.
let package = Package(
  name: "Examples",
  traits: [
    .trait(name: "FALLBACK_ALWAYS", description: "Stitch every block of more than one page."),
    .default(enabledTraits: []),
  ],
  dependencies: [
    .package(
      name: "VCompound", path: "..",
      traits: [.trait(name: "FALLBACK_ALWAYS", condition: .when(traits: ["FALLBACK_ALWAYS"]))])
  ],
  targets: ["FramePool", "ValueCache", "GrowingLog", "PacketServer", "BlobStore"].map { name in
    .executableTarget(
      name: name, dependencies: [.product(name: "VCompound", package: "VCompound")])
  },
  swiftLanguageModes: [.v6]
)
