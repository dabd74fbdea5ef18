import Divisions
import Foundation
import Identity
import Ledger
import Logging
import Node
import Synchronization
import Testing
import Transport

@testable import Replication
@testable import tributary

extension ProcessStories {
    /// Who is not who he should be does not get in, and somebody can read why.
    @Suite struct CertificateStories {
        @Test
        func `a node that reaches another division than it dialled is refused with a reason in both logs`() async throws
        {
            try await withProvince(isStarted: false) { story in
                try misdirectCity(story)
                try await story.county.start()
                try await story.city.start()
                let (city, county) = (story.city.seat, story.county.seat)
                let reason = "\(city) does not lie below \(county)"
                try await story.logged("refused a peer", reason, by: story.county)
                try await story.logged("refused", reason, by: story.city)
                // The county's own link to the city is lawful and may stand by now.
                let upward = try await story.city.client().status().links.filter(\.isUp)
                #expect(upward.allSatisfy { $0.phase != "streaming" })
            }
        }

        /// The city is told that the province answers where its own county does, and the other way round.
        private func misdirectCity(_ story: StoryProvince) throws {
            let topology = story.city.topologyFile
            let line = try #require(story.city.line(to: story.province.seat))
            let (province, county) = ("port: \(line.port) ", "port: \(story.county.linkPort) ")
            let parts = try String(contentsOfFile: topology, encoding: .utf8).split(separator: province)
                .map { $0.replacing(county, with: province) }
            #expect(parts.count == 2)
            try Files.write(parts.joined(separator: county), to: topology)
        }

        @Test
        func `a greeting in the name of another division than the certificate's is refused, and both sides learn why`()
            async throws
        {
            try await withProvince(isStarted: false) { story in
                try await story.county.start()
                // A machine of one township speaks for the other. No node of ours does that, so a bare link does.
                let identity = try NodeIdentity.load(directory: story.township.data.identityDirectory)
                let greeting = Greeting(
                    protocolVersion: ReplicationLimits.protocols.upperBound,
                    protocolOldest: ReplicationLimits.protocols.lowerBound, division: DemoCast.cutOff,
                    tree: story.offices.tree.version, nonce: [UInt8](repeating: 7, count: 16), remembers: [],
                    root: .zero, clock: 0, release: "story")
                let dialer = try LinkDialer(
                    identity: TransportIdentity(identity),
                    limits: LinkLimits(frameBytesMax: ReplicationLimits.frameBytesMax), logger: Logger(label: "story"))
                let heard = Mutex<[Message]>([])
                try await dialer.connect(host: "127.0.0.1", port: story.county.linkPort) { connection in
                    try await connection.send(Message.greeting(greeting).encoded)
                    for try await frame in connection.frames {
                        let message = try Message(decoding: frame)
                        heard.withLock { $0.append(message) }
                    }
                }
                let reason = "it greets as \(DemoCast.cutOff), its certificate names \(story.township.seat)"
                try await story.logged("refused a peer", reason, by: story.county)
                let messages = heard.withLock { $0 }
                guard messages.count == 1, case .farewell(.notYourDivision, reason) = messages[0] else {
                    Issue.record("the county said something else than farewell: \(messages)")
                    return
                }
            }
        }

        @Test
        func `a node does not start with the certificate of another division`() async throws {
            try await withProvince(isStarted: false) { story in
                let (own, other) = (story.township.data, story.county.data)
                try FileManager.default.removeItem(atPath: own.identityDirectory)
                try FileManager.default.copyItem(atPath: other.identityDirectory, toPath: own.identityDirectory)
                let process = try story.township.launch()
                await process.ended()
                #expect(process.status == ExitStatus.badConfiguration.rawValue)
                try await story.logged("the identity is of division \(story.county.seat)", by: story.township)
            }
        }

        @Test
        func `a node of another province is refused in the handshake, and the refuser's log says why`() async throws {
            try await withProvince(isStarted: false) { story in
                // The same offices, made a second time, are another province: another root.
                let elsewhere = try await LocalProvince(
                    story.offices.tree, at: "\(story.offices.path)/elsewhere", executable: builtProgram)
                let stranger = elsewhere[story.city.seat]
                try FileManager.default.removeItem(atPath: story.city.data.identityDirectory)
                try FileManager.default.copyItem(
                    atPath: stranger.data.identityDirectory, toPath: story.city.data.identityDirectory)
                await elsewhere.stop()
                try await story.province.start()
                try await story.city.start()
                try await story.logged("of another province", by: story.city)
                #expect(try await story.province.client().status().links.isEmpty)
            }
        }

        @Test
        func `an expired certificate is refused in the handshake, and the refuser's log says since when`() async throws
        {
            try await withProvince(prepare: expire, isStarted: false) { story in
                try await story.province.start()
                try await story.city.start()
                try await story.logged("has expired on", by: story.province)
                #expect(try await story.province.client().status().links.isEmpty)
            }
        }

        /// Makes the identities of the province and its city four years ago, when the city's was given for three.
        private func expire(_ story: StoryProvince) throws {
            let past = Date(timeIntervalSinceNow: -4 * 366 * 86_400)
            var lifetimes = CertificateLifetimes.standard
            lifetimes.nodeSeconds *= 3
            let (province, city) = (story.province, story.city)
            for office in [province, city] {
                try FileManager.default.removeItem(atPath: office.data.identityDirectory)
            }
            _ = try Enrolment.initialise(
                directory: province.data.identityDirectory, division: province.seat, name: province.name, now: past,
                lifetimes: lifetimes)
            let token = try Enrolment.token(
                directory: province.data.identityDirectory, division: city.seat, mayIssue: true, validSeconds: 3_600,
                now: past, tree: story.offices.tree)
            _ = try Enrolment.join(
                directory: city.data.identityDirectory, token: token.text, name: city.name,
                issuerDirectory: province.data.identityDirectory, now: past, tree: story.offices.tree)
        }
    }
}
