// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcdemo

/// Pages as the real program writes them; `Config/check-pages` opens them in a browser.
@Suite struct PageProcessTests {
  /// Runs a verb, and gives what it says and its page.
  private func page(_ words: String...) throws -> (run: ProgramProcess, page: String) {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "vcdemo-test-\(UUID().uuidString).html")
    defer { try? FileManager.default.removeItem(at: file) }
    let run = try ProgramProcess(words + ["--html", file.path])
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.hasPrefix("<!DOCTYPE html>") && text.hasSuffix("</html>\n"))
    // It needs nothing from elsewhere.
    let links = text.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
    #expect(!links.contains("http") && !links.contains("src=") && !links.contains("@import"))
    #expect(text.contains("vcdemo \(words.joined(separator: " ")) --html "))
    return (run, text)
  }

  /// The moments of its film.
  private func moments(_ page: String) -> Int { page.split(separator: ". In the arena: ").count }

  @Test func aReplayHasAFilm() throws {
    let trace = Samples.path("ffmpeg-decode.trace")
    let (run, page) = try page("replay", trace, "--json", "--repeat", "2", "--budget", "1.00")
    #expect(JSONReader.read(Array(run.output.utf8))?["events"]?.integer == 1540)
    #expect(moments(page) > 120)
    #expect(page.contains("Event 1,540 of 1,540"))
    #expect(page.split(separator: "<svg ").count == 4)
    #expect(page.contains("Latency of requests, by percentile") && page.contains("capacity"))
  }

  @Test(arguments: ["malloc", "buddy"])
  func othersHaveNoMap(backend: String) throws {
    let trace = Samples.path("ffmpeg-decode.trace")
    let (run, page) = try page("replay", trace, "--backend", backend)
    #expect(run.output.contains("Next: vcdemo replay"))
    #expect(!page.contains("<canvas") && !page.contains("<script"))
    #expect(page.split(separator: "<svg ").count == 3)
  }

  @Test func theDemoHasAFilm() throws {
    let (run, page) = try page("fragment", "--size", "16MiB")
    #expect(run.output.contains("buffer of 8 MiB"))
    // Eight while it fills, eight while it frees, one for each size.
    #expect(moments(page) >= 8 + 8 + 15)
    #expect(page.contains("Served 1 buffer of 8 MiB. In the arena: "))
    #expect(page.contains("buddy, buffers of 8 MiB: 0.0 %"))
  }

  @Test func aPageThatCannotBeWrittenIsToldFirst() throws {
    for words in [["fragment"], ["replay", Samples.path("numpy.trace")]] {
      let run = try ProgramProcess(words + ["--html", "/nowhere/x.html"])
      #expect(run.status == 2)
      #expect(run.output.isEmpty)
      #expect(run.messages == "vcdemo: /nowhere/x.html: No such file or directory\n")
    }
  }

  @Test func compareReadsStandardInput() throws {
    let folder = FileManager.default.temporaryDirectory
    let text = folder.appending(path: "vcdemo-test-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: text) }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c", "cat \"$0\" | \"$1\" compare - --only compound,glibc --rounds 1 >\"$2\"",
      Samples.path("python.heaptrack"), try ProgramProcess.program().path, text.path,
    ]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let output = try String(contentsOf: text, encoding: .utf8)
    #expect(output.contains("standard input: is VCompound worth it for this program? "))
    #expect(output.contains("standard input: 2,599 events, peak live 10.0 MiB"))
  }
}
