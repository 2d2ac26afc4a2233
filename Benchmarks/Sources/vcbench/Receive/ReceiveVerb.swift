// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Verb {
  /// `vcbench receive`.
  package static let receive = Verb(
    name: "receive",
    summary: "receive datagrams into pages, with and without a page pool",
    help: """
      Receives UDP datagrams on the loopback interface, from a sender of its own, into a page each;
      another thread checks them and lets go of the pages. Pages come from a page pool, in bulk,
      one by one from the frames, from malloc, or from a bare ring, which nothing can be cheaper
      than.

      Examples:
        vcbench receive
        vcbench receive --way pool --way frames --rounds 9
        vcbench receive --keep 0.3 --size 64 --json

      Usage: vcbench receive [options]
        --count N      the datagrams of one run, at most (default 50000)
        --seconds S    the time of one run, at most (default 0.2, at most 60)
        --size BYTES   the length of a datagram, a multiple of 8 up to 4096 (default 1472)
        --call NAME    only this call; may be given twice: recvmmsg, a message for each datagram,
                       or train, with UDP_GRO, a message for many datagrams of one length
        --batch N      the datagrams that recvmmsg may bring, but for trains (default 64)
        --burst N      the datagrams that are sent before any is received (default 1024; no more
                       than the socket holds)
        --keep SHARE   what the host-like consumer keeps for a while (default 0.1)
        --rounds N     how often everything is measured, in turns (default 5)
        --way NAME     only this way: pool, bulk, frames, malloc or ring; may be given several times
        --seed N       the seed of the random choices (default 1)
        --json         one JSON object with the figures of every round

      The sender, a process, sends a burst and sleeps; then receiver and consumer, on a processor
      each, are timed until the last page is dealt with. So the receiver is measured, not the
      sender, which has more to do. The first bursts of a run do not count.
      A router lets go of every page at once; a host keeps some, up to \(ReceiveOptions.mostKept),
      for a while. The exit code is 1 if a datagram comes damaged or twice, if none comes, or if a
      page is still out at the end. Lost datagrams are counted; they are no failure.
      """,
    run: { arguments in
      if try arguments.flag(DatagramSender.option) { return try DatagramSender.run(&arguments) }
      return try Receive.run(try ReceiveOptions(&arguments))
    })
}
