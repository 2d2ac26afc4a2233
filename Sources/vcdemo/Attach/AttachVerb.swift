// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Verb {
  /// `vcdemo attach`.
  package static let attach = Verb(
    name: "attach",
    summary: "watch the arena of a running program",
    help: """
      Shows the arena of a program that makes it visible at a socket, which takes it a line:

        let reports = try ReportServer(of: allocator, at: "/tmp/my.socket")

      Examples:
        vcdemo attach /tmp/my.socket
        vcdemo attach /tmp/my.socket --once

      Usage: vcdemo attach PATH [options]
        --once            print the report and a map once; so it is without a terminal
        --color WHEN      auto (default: unless the environment has NO_COLOR), always or never
        --ascii           ASCII only; so it is where the locale has no UTF-8

      Keys: space stops looking and goes on, s looks once, q ends. Looking disturbs nothing: the
      program goes on meanwhile, and empties no cache. When it ends, the view does, and says so.
      """,
    run: { arguments in
      let once = try arguments.flag("--once")
      let colour = try arguments.value("--color", Values.choice(LiveLook.Choice.self)) ?? .auto
      let isASCII = try arguments.flag("--ascii")
      let path = try arguments.operand("PATH")
      try arguments.finish()
      let client = try ReportClient(path)
      var source = AttachSource(client, at: path)
      if once || !Terminal.isThere {
        do throws(ReportClient.Failure) {
          StandardOutput.line(try source.text())
        } catch {
          throw CommandFailure.input(AttachSource.words(error, path))
        }
        return .success
      }
      try LiveLoop.run(&source, LiveLook(colour, isASCII: isASCII))
      if let end = source.end { StandardOutput.line(end) }
      return .success
    })
}
