// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct ComparePageTests {
  @Test func tellsEverything() {
    let dropout = Comparison.Dropout(contender: "tcmalloc", trace: "x", reason: "exit code 1")
    let result = CompareResult(
      CompareOptions(paths: ["some/a<b>&.trace"]), host: .current(),
      traces: [MadeUp.usual, MadeUp.usual], dropouts: [dropout])
    let contenders = MadeUp.usual.results.map(\.contender)
    let text = ComparePage.page(result, contenders).text
    for contender in contenders {
      // In both tables of both traces, and one more of resident memory where it is shown there.
      #expect(text.split(separator: "<th scope=\"row\">\(contender.name)<").count >= 5)
      // What is shown for a mouse.
      #expect(text.contains("<title>\(contender.name): footprint 1."))
    }
    #expect(text.contains("Is VCompound worth it for this program? It depends."))
    #expect(text.contains("<li>It takes 0.15 times the time of glibc.</li>"))
    #expect(text.contains("<li>The program keeps only 1 MiB alive.</li>"))
    #expect(text.contains("all traces, geometric means, steady state:"))
    #expect(text.contains("tcmalloc is left out of x: exit code 1"))
    #expect(
      text.contains(
        "LD_PRELOAD=/jemalloc.so vcdemo replay --json --repeat 4 --clock-once --backend malloc -- "
          + "'some/a&lt;b&gt;&amp;.trace'"))
    #expect(text.split(separator: "<svg ").count == 5)
    #expect(!text.contains("<script") && !text.contains("a<b>"))
  }

  @Test func saysThatNobodyGotThrough() {
    let result = CompareResult(
      CompareOptions(paths: ["x"]), host: .current(), traces: [TraceResult(MadeUp.trace, [])],
      dropouts: [])
    let text = ComparePage.page(result, []).text
    #expect(text.contains("Nothing can be said.") && text.contains("Nobody got through."))
  }
}
