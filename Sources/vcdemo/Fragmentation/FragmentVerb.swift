// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

private let defaultSize = "\(FragmentOptions.defaultSize >> 20)MiB"

extension Verb {
  /// `vcdemo fragment`, and what the program does without a verb.
  package static let fragment = Verb(
    name: "fragment",
    summary: "show how much of fragmented free memory is usable",
    help: """
      Fills an arena with blocks, frees some at random, and shows for each size of buffer how much
      of the free memory can still be had: by a classic buddy, by placement in any contiguous run,
      and by VCompound, which really allocates the buffers, stamps them and checks them.

      Examples:
        vcdemo
        vcdemo fragment --size 1GiB --seed 7
        vcdemo fragment --block 4KiB --freed 0.3 --size 64MiB
        vcdemo fragment --json

      Usage: vcdemo [fragment] [options]
        --size SIZE     the arena (default \(defaultSize)): 4096, 64KiB, 2MiB, 1GiB
        --seed N        the seed of the random choices (default 1)
        --fill SHARE    the share of the arena that is filled first (default 1.0)
        --block SIZE    the size of the blocks it is filled with (default 16KiB)
        --freed SHARE   the share of those blocks that is freed again (default 0.5)
        --html FILE     write a page with a map of the arena over time, that needs no other file
        --json          one JSON object

      100 % is the most that anybody can serve: the free bytes divided by the size, rounded down.
      'buddy' counts aligned power-of-two blocks that are wholly free, 'any run' what fits into
      the free runs. The exit code is 1 if VCompound is below 100 % for any size or a check fails.
      The same options give the same figures, but for the times.
      """,
    run: { arguments in
      let options = try FragmentOptions(&arguments)
      try options.html.map(OutputFile.prepare)
      var film = ArenaFilm(capacity: options.size)
      let result = try FragmentResult.run(options) { blocks, freed, freeBytes in
        guard !options.json else { return }
        StandardOutput.line(
          FragmentTable.heading(options, blocks: blocks, freed: freed, freeBytes: freeBytes))
      } found: { row in
        if !options.json { StandardOutput.line(FragmentTable.row(row)) }
      } watch: { allocator, text in
        guard options.html != nil else { return }
        film.add(allocator.map(pagesPerCell: film.pagesPerCell), text)
      }
      if options.json {
        StandardOutput.line(FragmentDocument.json(result).text)
      } else {
        StandardOutput.line("\n" + FragmentTable.conclusion(result))
      }
      if let html = options.html {
        try OutputFile.write(FragmentPage.page(result, film).text, to: html)
      }
      return result.isWhole ? .success : .violated
    })
}
