import Divisions
import Foundation
import Identity
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct EnrolledNodeTests {
    @Test
    func `two enrolled nodes link, and what a link shows of its peer holds against the tree`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "transport-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let tree = try DivisionTree(
            divisions: [
                Division(code: "44", name: "广东省", level: .province, parent: nil),
                Division(code: "4401", name: "广州市", level: .city, parent: "44"),
                Division(code: "440103", name: "荔湾区", level: .county, parent: "4401"),
            ], seats: [])
        let now = Date()
        func join(_ division: DivisionCode, from issuer: DivisionCode, mayIssue: Bool) throws -> NodeIdentity {
            let token = try Enrolment.token(
                directory: "\(directory)/\(issuer)", division: division, mayIssue: mayIssue, validSeconds: 3_600,
                now: now, tree: tree)
            return try Enrolment.join(
                directory: "\(directory)/\(division)", token: token.text, name: "办公室",
                issuerDirectory: "\(directory)/\(issuer)", now: now, tree: tree)
        }
        let province = try Enrolment.initialise(directory: "\(directory)/44", division: "44", name: "广东省", now: now)
        _ = try join("4401", from: "44", mayIssue: true)
        let county = try join("440103", from: "4401", mayIssue: false)

        let peers = Mailbox<LinkPeer>()
        try await withListener(TransportIdentity(province)) {
            peers.put($0.peer)
        } during: { _, port in
            try await TransportIdentity(county).dialer().connect(host: "127.0.0.1", port: port) { link in
                #expect(link.peer.division == "44")
            }
            let peer = try await peers.take()
            #expect(peer.chainDER == county.certificateChain)
            #expect(peer.publicKey == county.publicKey)
            let verifier = try ChainVerifier(rootDER: province.rootDER, tree: tree)
            #expect(verifier.division(chain: peer.chainDER, publicKey: peer.publicKey) == .success("440103"))
        }
    }
}
