// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

@Suite struct ArenaNameTests {
  private func open(_ name: String?) throws -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    if let name { configuration.name = name }
    configuration.fallback = .always
    return try CompoundAllocator(capacity: .mebibytes(2), configuration: configuration)
  }

  /// The names of the arena's mappings, as the kernel lists them.
  private func names(_ allocator: CompoundAllocator) -> [String] {
    KernelView(allocator).mappings.map { String($0.path.drop { $0 == " " }) }
  }

  /// The linear map and the pieces of windows.
  @Test(arguments: [nil, "textures", "", "two words", "für Bücher"])
  func mappingsShowTheName(name: String?) throws {
    let allocator = try open(name)
    let buffer = try allocator.allocate(pageCount: 4)
    let paths = names(allocator)
    #expect(paths.count >= 1 + buffer.runs.count)
    #expect(paths.allSatisfy { $0 == "/memfd:\(name ?? "vcompound") (deleted)" }, "\(paths)")
  }

  @Test(arguments: ["a", "ä", "€", "𝛼"])
  func aLongNameIsCutOffBeforeTheCharacterThatDoesNotFit(character: Character) throws {
    let whole = String(repeating: character, count: 300)
    let fitting = String(repeating: character, count: 249 / character.utf8.count)
    #expect(Arena.fileName(whole) == fitting)
    #expect(Arena.fileName(fitting) == fitting)
    let allocator = try open(whole)
    let paths = names(allocator)
    #expect(!paths.isEmpty)
    #expect(paths.allSatisfy { $0 == "/memfd:\(fitting) (deleted)" }, "\(paths)")
  }

  @Test func aNameEndsBeforeANUL() { #expect(Arena.fileName("ab\0cd") == "ab") }
}
