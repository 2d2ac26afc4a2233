// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcdemo

/// Looks for libraries in folders made up for it.
@Suite struct PeerLibraryTests {
  /// Runs `body` with two folders that hold empty files of these names.
  private func withFolders(
    _ first: [String], _ second: [String], _ body: ([String]) throws -> Void
  ) throws {
    let root = FileManager.default.temporaryDirectory
      .appending(path: "vcdemo-test-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    let folders = try [first, second].enumerated().map { number, names in
      let folder = root.appending(path: "\(number)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for name in names { try Data().write(to: folder.appending(path: name)) }
      return folder.path
    }
    try body(folders)
  }

  private func find(_ name: String, in folders: [String]) -> String? {
    PeerLibrary.known.first { $0.name == name }?.find(in: folders)
  }

  @Test func findsEachInTheFirstFolderThatHasIt() throws {
    let first = ["libjemalloc.so.2", "libmimalloc.so.3", "librpmallocwrap.so", "libc.so.6"]
    let second = ["libjemalloc.so.2", "libmimalloc.so.2", "libtcmalloc.so.4"]
    try withFolders(first, second) { folders in
      #expect(find("jemalloc", in: folders) == folders[0] + "/libjemalloc.so.2")
      // The preferred file, though it is in the later folder.
      #expect(find("mimalloc", in: folders) == folders[1] + "/libmimalloc.so.2")
      #expect(find("tcmalloc", in: folders) == folders[1] + "/libtcmalloc.so.4")
      #expect(find("rpmalloc", in: folders) == folders[0] + "/librpmallocwrap.so")
      #expect(find("snmalloc", in: folders) == nil)
    }
  }

  @Test func saysHowToGetWhatIsMissing() throws {
    func peer(_ name: String) throws -> PeerLibrary {
      try #require(PeerLibrary.known.first { $0.name == name })
    }
    #expect(try peer("jemalloc").absence.contains("Debian package libjemalloc2"))
    #expect(try peer("mimalloc").absence.contains("libmimalloc2.0"))
    #expect(try peer("tcmalloc").absence.contains("libtcmalloc-minimal4"))
    #expect(try peer("snmalloc").absence.contains("--peer snmalloc=PATH"))
  }

  @Test func theLineupHasAllThatAreHere() throws {
    try withFolders(["libjemalloc.so.2"], []) { folders in
      var options = CompareOptions(paths: ["x"])
      options.budgets = [Ratio(millionths: 1_050_000)]
      let lineup = try Lineup(options, folders: folders)
      #expect(lineup.contenders.map(\.name) == ["VCompound 1.05", "glibc", "jemalloc"])
      #expect(lineup.absences.count == PeerLibrary.known.count - 1)
      options.only = ["glibc", "jemalloc"]
      let some = try Lineup(options, folders: folders)
      #expect(some.contenders.map(\.name) == ["glibc", "jemalloc"])
      #expect(some.absences.isEmpty)
    }
  }

  @Test func aNamedPeerStandsInForTheOneOfItsName() throws {
    try withFolders(["libjemalloc.so.2"], ["mine.so"]) { folders in
      var options = CompareOptions(paths: ["x"])
      options.peers = [.init(name: "jemalloc", library: folders[1] + "/mine.so")]
      options.only = ["jemalloc"]
      let lineup = try Lineup(options, folders: folders)
      #expect(lineup.contenders.count == 1)
      #expect(lineup.contenders[0].library?.hasSuffix("/mine.so") == true)
    }
  }

  @Test func refusesWhoIsNotHere() throws {
    try withFolders([], ["with blank.so"]) { folders in
      var options = CompareOptions(paths: ["x"])
      options.only = ["glibc", "jemaloc"]
      var failure = #expect(throws: CommandFailure.self) { try Lineup(options, folders: folders) }
      #expect(failure?.message.contains("unknown name 'jemaloc'") == true)
      options.only = ["jemalloc"]
      failure = #expect(throws: CommandFailure.self) { try Lineup(options, folders: folders) }
      #expect(failure?.message.contains("libjemalloc2") == true)
      options.only = nil
      options.peers = [.init(name: "mine", library: folders[1] + "/with blank.so")]
      failure = #expect(throws: CommandFailure.self) { try Lineup(options, folders: folders) }
      #expect(failure?.message.contains("cannot be preloaded") == true)
    }
  }

  @Test func replaysAsItsKindNeeds() {
    let ratio = Ratio(millionths: 1_200_000)
    var options = CompareOptions(paths: ["x"])
    options.hasUpkeep = true
    options.linger = 2_500_000_000
    let common = ["replay", "--json", "--repeat", "4", "--clock-once", "--linger", "2.50"]
    let ours = ["--upkeep", "--backend", "compound", "--budget", "1.20", "--", "x"]
    #expect(Contender.compound(ratio).words(replaying: "x", options) == common + ours)
    #expect(Contender.compound(ratio).library == nil)
    let peer = Contender.preloaded("a", library: "/b.so")
    let theirs = ["--backend", "malloc", "--", "x"]
    #expect(peer.words(replaying: "x", options) == common + theirs)
    options = CompareOptions(paths: ["x"])
    options.repetitions = 1
    // Latencies can only come from the one replay there is.
    #expect(peer.words(replaying: "x", options) == ["replay", "--json", "--repeat", "1"] + theirs)
    #expect(peer.library == "/b.so")
    #expect(Contender.system.library == nil)
  }
}
