import Testing

@testable import Transport

/// What a peer cannot do to us, however it behaves.
@Suite(.timeLimit(.minutes(1)))
struct BoundsTests {
    @Test
    func `a frame of ours that is too long is not sent, and the link goes on`() async throws {
        let province = try TestAuthority()
        let limits = LinkLimits(frameBytesMax: 1_000)
        let received = Mailbox<[UInt8]?>()
        try await withListener(province.node("440100"), limits: limits) { link in
            received.put(try await link.receive())
        } during: { _, port in
            try await province.node("440183").dialer(limits: limits).connect(host: "127.0.0.1", port: port) { link in
                let error = await failure { try await link.send([UInt8](repeating: 1, count: 1_001)) }
                #expect(error as? LinkFailure == .frameTooLong(bytes: 1_001, bytesMax: 1_000))
                try await link.send([UInt8](repeating: 2, count: 1_000))
                #expect(try await link.receive() == nil)
            }
            #expect(try await received.take()?.count == 1_000)
        }
    }

    @Test
    func `a peer that sends too long a frame is told so`() async throws {
        let (fault, reason) = try await send(frameBytes: 1_500, limitOfListener: 1_000)
        #expect(fault == .peerFrameTooLong(bytes: 1_500, bytesMax: 1_000))
        #expect(reason.contains("1500 bytes, longer than 1000 bytes"))
    }

    @Test
    func `a frame of far too long a declared length ends the link before any of it is kept`() async throws {
        let (fault, _) = try await send(frameBytes: 8_000_000, limitOfListener: 1_000)
        #expect(fault == .peerFrameTooLong(bytes: nil, bytesMax: 1_000))
    }

    /// Sends one frame from a dialler with a generous limit to a listener with a small one.
    private func send(
        frameBytes: Int, limitOfListener: Int
    ) async throws -> (fault: LinkFailure?, reasonAtSender: String) {
        let province = try TestAuthority()
        let faults = Mailbox<LinkFailure?>()
        let listening = LinkLimits(frameBytesMax: limitOfListener)
        return try await withListener(province.node("440100"), limits: listening) { link in
            do {
                try await link.send([0])
                for try await _ in link.frames {}
                faults.put(nil)
            } catch {
                faults.put(error as? LinkFailure)
                throw error
            }
        } during: { _, port in
            let dialer = try province.node("440183").dialer(limits: LinkLimits(frameBytesMax: 1 << 24))
            let error = await failure {
                try await dialer.connect(host: "127.0.0.1", port: port) { link in
                    // Not before the link stands at the other side too, which then has a handler to tell.
                    _ = try await link.receive()
                    try await link.send([UInt8](repeating: 1, count: frameBytes))
                    for try await _ in link.frames {}
                }
            }
            guard case .lost(let reason)? = error as? LinkFailure else {
                Issue.record("the sender was told \(String(describing: error))")
                return (try await faults.take(), "")
            }
            return (try await faults.take(), reason)
        }
    }

    @Test(arguments: [1_500, 8_000_000])
    func `a listener that sends too long a frame loses its dialler`(frameBytes: Int) async throws {
        let province = try TestAuthority()
        try await withListener(
            province.node("440100"), limits: LinkLimits(frameBytesMax: 1 << 24)
        ) { link in
            try await link.send([UInt8](repeating: 1, count: frameBytes))
            for try await _ in link.frames {}
        } during: { _, port in
            let dialer = try province.node("440183").dialer(limits: LinkLimits(frameBytesMax: 1_000))
            let error = await failure {
                try await dialer.connect(host: "127.0.0.1", port: port) { for try await _ in $0.frames {} }
            }
            let told = frameBytes > 2_000 ? nil : frameBytes
            #expect(error as? LinkFailure == .peerFrameTooLong(bytes: told, bytesMax: 1_000))
        }
    }

    /// No clock: a second link between the same two nodes carries as much as the first is meant to. Whoever sends
    /// without waiting would be long done with the first by then.
    @Test
    func `a sender waits for a peer that does not read, and goes on when it does`() async throws {
        let province = try TestAuthority()
        let begin = Mailbox<Void>()
        let received = Mailbox<Int>()
        let isFirst = Mailbox<Bool>()
        isFirst.put(true)
        isFirst.put(false)
        try await withListener(province.node("440100")) { link in
            if try await isFirst.take() { try await begin.take() }
            var count = 0
            for try await frame in link.frames where frame.count == bulk.count { count += 1 }
            received.put(count)
        } during: { _, port in
            let dialer = try province.node("440183").dialer()
            try await dialer.connect(host: "127.0.0.1", port: port) { slow in
                let accepted = Counter()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for _ in 0..<bulkCount {
                            try await slow.send(bulk)
                            accepted.increment()
                        }
                    }
                    try await dialer.connect(host: "127.0.0.1", port: port) { quick in
                        for _ in 0..<bulkCount { try await quick.send(bulk) }
                    }
                    #expect(try await received.take() == bulkCount)
                    #expect(accepted.value < bulkCount / 4)
                    begin.put(())
                    try await group.waitForAll()
                }
            }
            #expect(try await received.take() == bulkCount)
        }
    }

    private let bulk = [UInt8](repeating: 7, count: 65_536)
    private let bulkCount = 256

    /// The same clock: when the second link has carried as much, the first one's sender has long been made to wait.
    @Test
    func `a peer that never reads cannot hold a link that was closed`() async throws {
        let province = try TestAuthority()
        let limits = LinkLimits(closeTimeoutSeconds: 1)
        let sent = Counter()
        let ended = Mailbox<Bool>()
        let isFirst = Mailbox<Bool>()
        isFirst.put(true)
        isFirst.put(false)
        try await withListener(province.node("440100"), limits: limits) { link in
            guard try await isFirst.take() else {
                for try await _ in link.frames {}
                return
            }
            let error = await failure { try await fill(link, counting: sent) }
            ended.put(error != nil)
        } during: { _, port in
            let dialer = try province.node("440183").dialer(limits: limits)
            let error = await failure {
                try await dialer.connect(host: "127.0.0.1", port: port) { slow in
                    try await dialer.connect(host: "127.0.0.1", port: port) { quick in
                        for _ in 0..<bulkCount { try await quick.send(bulk) }
                    }
                    #expect(sent.value < bulkCount / 4)
                    try await slow.send([1])
                    #expect(try await ended.take())
                }
            }
            #expect(error is LinkFailure)
        }
    }

    /// Sends without end, and closes the link when the peer sends a frame.
    private func fill(_ link: LinkConnection, counting sent: Counter) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    try await link.send(bulk)
                    sent.increment()
                }
            }
            _ = try await link.receive()
            link.close()
            try await group.waitForAll()
        }
    }

    @Test
    func `a line that falls silent is noticed on both sides`() async throws {
        let province = try TestAuthority()
        let log = CapturedLog()
        let limits = LinkLimits(keepaliveSeconds: 1, keepaliveTimeoutSeconds: 1)
        let ended = Mailbox<(any Error)?>()
        try await withListener(province.node("440100"), limits: limits, log: log) { link in
            try await link.send([1])
            ended.put(await failure { for try await _ in link.frames {} })
        } during: { _, port in
            let line = try await SilentLine.open(to: port)
            let dialer = try province.node("440183").dialer(limits: limits)
            let error = await failure {
                try await dialer.connect(host: "127.0.0.1", port: line.port) { link in
                    _ = try await link.receive()
                    try await line.fallSilent()
                    for try await _ in link.frames {}
                }
            }
            #expect(error is LinkFailure)
            #expect(try await ended.take() != nil)
            _ = try await log.line(with: "a peer has fallen silent", "127.0.0.1")
            try await line.close()
        }
    }

    @Test
    func `a link that has nothing to say stays`() async throws {
        let province = try TestAuthority()
        let limits = LinkLimits(keepaliveSeconds: 1, keepaliveTimeoutSeconds: 1)
        let log = CapturedLog()
        try await withListener(province.node("440100"), limits: limits, log: log) { link in
            for try await frame in link.frames { try await link.send(frame) }
        } during: { _, port in
            let dialer = try province.node("440183").dialer(limits: limits)
            try await dialer.connect(host: "127.0.0.1", port: port) { quiet in
                // A silent line beside it measures the time after which the quiet link would be cut.
                let line = try await SilentLine.open(to: port)
                _ = await failure {
                    try await dialer.connect(host: "127.0.0.1", port: line.port) { link in
                        try await link.send([1])
                        _ = try await link.receive()
                        try await line.fallSilent()
                        for try await _ in link.frames {}
                    }
                }
                _ = try await log.line(with: "a peer has fallen silent")
                try await quiet.send([2])
                let frame = try await quiet.receive()
                #expect(frame == [2])
                try await line.close()
            }
        }
    }

    @Test
    func `a dialler that meets silence can be cancelled at once`() async throws {
        let province = try TestAuthority()
        // The handshake alone would outlast the time this test may take.
        let limits = LinkLimits(connectTimeoutSeconds: 600)
        try await withListener(province.node("440100")) { _ in
            Issue.record("a link stood")
        } during: { _, port in
            let line = try await SilentLine.open(to: port)
            try await line.fallSilent()
            let dialer = try province.node("440183").dialer(limits: limits)
            try await withThrowingTaskGroup(of: (any Error)?.self) { group in
                group.addTask {
                    await failure { try await dialer.connect(host: "127.0.0.1", port: line.port) { _ in } }
                }
                try await line.connections.take()
                group.cancelAll()
                for try await error in group { #expect(error is CancellationError) }
            }
            try await line.close()
        }
    }

    @Test
    func `a listener stops although a peer has fallen silent`() async throws {
        let province = try TestAuthority()
        // Keepalive alone would outlast the time this test may take.
        let limits = LinkLimits(keepaliveSeconds: 600, closeTimeoutSeconds: 1)
        let line = Mailbox<SilentLine>()
        let dialling = Mailbox<Task<Void, Never>>()
        try await withListener(province.node("440100"), limits: limits) { link in
            try await link.send([1])
            for try await _ in link.frames {}
        } during: { _, port in
            let silent = try await SilentLine.open(to: port)
            let dialer = try province.node("440183").dialer(limits: limits)
            let isSilent = Mailbox<Void>()
            dialling.put(
                Task {
                    _ = await failure {
                        try await dialer.connect(host: "127.0.0.1", port: silent.port) { link in
                            _ = try await link.receive()
                            try await silent.fallSilent()
                            isSilent.put(())
                            for try await _ in link.frames {}
                        }
                    }
                })
            try await isSilent.take()
            line.put(silent)
        }
        // The listener has stopped: only now is the dialler let go.
        let task = try await dialling.take()
        task.cancel()
        await task.value
        try await line.take().close()
    }
}
