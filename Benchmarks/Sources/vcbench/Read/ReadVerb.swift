// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Verb {
  /// `vcbench read`.
  package static let read = Verb(
    name: "read",
    summary: "read files into pages, as a file server does",
    help: """
      Reads files again and again into pages, many requests in flight, as a file server fills its
      page array, and checks every block. Compares four ways of getting the pages.

      Examples:
        vcbench read
        vcbench read book.pdf film.mkv --seconds 1
        vcbench read big.iso --pages 256 --depth 8 --readers 1 --hashers 1
        vcbench read --way pool --way frames --rounds 15 --json

      Usage: vcbench read [FILE...] [options]
        FILE         a regular file (default \(ReadOptions.ownExecutable), this program)
        --rounds N   how often every way is measured (default 5)
        --seconds S  the time of one measurement (default 0.2, at most 60); each of them reads all
                     files at least once, however long that takes
        --pages N    the pages of a request, and of one preadv: 1 to 1024 (default 64)
        --depth N    the requests in flight: 1 to 256 (default 16)
        --readers N  the threads that take pages and read: 1 to 64 (default 2)
        --hashers N  the threads that check and release the pages: 1 to 64 (default 2)
        --way NAME   only this way: pool, bulk, frames or malloc; may be given several times
        --json       one JSON object with the figures of every round

      'page pool' takes each page from a pool of the reader's own, and drops it on the hasher's
      thread; 'bulk, no pool' fills the empty slots of an array in one call and frees it in one;
      'page by page' takes and frees each page by itself, with no magazine between it and the
      frames; 'malloc' calls malloc(4096). All ways take turns. Figures are medians.

      'ratio' is that of the MB/s to 'page by page'; 'work/page' is the time to take and to release
      a page, in the middle one of all requests, 'mean' that over all of them, with every wait for
      another thread, for the kernel or for a processor; 'from below' counts the pages of a
      measurement that came from the frames, or from malloc, 'recycled' is the share that a pool
      had instead; 'preadv' is the share of that call in the time that all threads were busy. The
      files are read by plain pread first, so that they are in the page cache where that has room.
      The hash is XXH64: of each block of 4 KiB, and then of those hashes in order.
      The exit code is 1 if a block differs from what pread found, or a page did not come back.
      """,
    run: { arguments in
      let options = try ReadOptions(&arguments)
      let job = try ReadJob(options.paths, pages: options.pages)
      let result = try ReadResult(options, job)
      StandardOutput.line(
        options.json ? ReadDocument.json(result).text : ReadTable.text(result))
      for line in result.violations { Program.complain(line) }
      return result.violations.isEmpty ? .success : .violated
    })
}
