import Crypto
import Divisions
import Foundation
import SwiftASN1
import Testing
import X509

@testable import Identity

struct ChainVerifierTests {
    let world: Issuance
    let verifier: ChainVerifier
    let city: IssuerCredential
    let county: IssuerCredential
    let township: Issuance.Node

    init() throws {
        world = try Issuance()
        verifier = try world.verifier
        city = try world.issuer("4401", by: world.root, belowMax: 2)
        county = try world.issuer("440103", by: city, belowMax: 0)
        township = try world.node("440103001", by: county)
    }

    private func fault(_ chain: [[UInt8]], _ publicKey: [UInt8]) -> ChainFault? {
        guard case .failure(let fault) = verifier.division(chain: chain, publicKey: publicKey) else { return nil }
        return fault
    }

    @Test func `a node of every level speaks for its division`() throws {
        #expect(township.chain.count == 3)
        #expect(verifier.division(chain: township.chain, publicKey: township.publicKey) == .success("440103001"))
        for (code, issuer) in [("440103", county), ("440103", city), ("4401", city), ("44", world.root)] {
            let node = try world.node(try #require(DivisionCode(code)), by: issuer)
            let division = try verifier.division(chain: node.chain, publicKey: node.publicKey).get()
            #expect(division.text == code)
        }
    }

    @Test func `the public key is the uncompressed point and nothing else`() {
        #expect(township.publicKey.count == 65)
        #expect(township.publicKey[0] == 4)
        let compressed = Array(township.key.publicKey.compressedRepresentation)
        #expect(fault(township.chain, compressed) == ChainFault(.certificate(0), .otherKey))
        #expect(fault(township.chain, []) == ChainFault(.certificate(0), .otherKey))
        let other = Array(P256.Signing.PrivateKey().publicKey.x963Representation)
        #expect(fault(township.chain, other) == ChainFault(.certificate(0), .otherKey))
    }

    @Test func `a chain of another province with the same names is refused`() throws {
        let other = try Issuance()
        let node = try other.node("4401", by: other.root)
        #expect(fault(node.chain, node.publicKey) == ChainFault(.certificate(0), .otherIssuer))
        let deep = try other.node("440103", by: try other.issuer("4401", by: other.root))
        #expect(fault(deep.chain, deep.publicKey) == ChainFault(.certificate(1), .otherIssuer))
    }

    @Test func `a county cannot issue for its neighbour's township`() throws {
        let node = try world.node("440104001", by: county)
        #expect(
            fault(node.chain, node.publicKey)
                == ChainFault(.certificate(0), .notBelow("440104001", issuer: "440103")))
    }

    @Test func `an issuer cannot appoint an issuer above or beside itself`() throws {
        for (code, division): (DivisionCode, DivisionCode) in [("44", "4401"), ("4403", "4403")] {
            let bold = try world.issuer(code, by: city, belowMax: 0)
            let node = try world.node(division, by: bold)
            #expect(
                fault(node.chain, node.publicKey) == ChainFault(.certificate(1), .notBelow(code, issuer: "4401")))
        }
    }

    @Test func `a division that is not in the tree is refused`() throws {
        let node = try world.node("440199", by: city)
        #expect(
            fault(node.chain, node.publicKey) == ChainFault(.certificate(0), .notBelow("440199", issuer: "4401")))
    }

    @Test func `a node's certificate cannot issue`() throws {
        let leaf = IssuerCredential(
            key: township.key, certificate: try ReadCertificate(township.certificate, at: .certificate(0)),
            chain: township.chain)
        let node = try world.node("440103001", by: leaf)
        #expect(fault(node.chain, node.publicKey) == ChainFault(.certificate(1), .notAnIssuer))
        let issuer = try world.issuer("440103001", by: leaf, belowMax: 0)
        let below = try world.node("440103001", by: issuer)
        #expect(fault(below.chain, below.publicKey) == ChainFault(.certificate(2), .notAnIssuer))
    }

    @Test func `an issuer's key does not seal`() {
        let publicKey = county.certificate.publicKey
        #expect(fault(county.chain, publicKey) == ChainFault(.certificate(0), .notANode))
        #expect(verifier.issuerDivision(chain: county.chain, publicKey: publicKey) == .success("440103"))
        #expect(fault([world.rootDER], world.root.certificate.publicKey) == ChainFault(.certificate(0), .notANode))
    }

    @Test func `no more issuers stand below one than it may have`() throws {
        let deep = try world.issuer("440103", by: county, belowMax: 0)
        let node = try world.node("440103001", by: deep)
        #expect(fault(node.chain, node.publicKey) == ChainFault(.certificate(2), .pathTooLong))
        #expect(
            verifier.issuerDivision(chain: deep.chain, publicKey: deep.certificate.publicKey)
                == .failure(ChainFault(.certificate(1), .pathTooLong)))
    }

    @Test func `the deepest chain the root allows is accepted and one more is not`() throws {
        var issuer = world.root
        for _ in 0..<IdentityLimits.issuersBelowRootMax {
            issuer = try world.issuer("4401", by: issuer, belowMax: 9)
        }
        let node = try world.node("4401", by: issuer)
        #expect(node.chain.count == IdentityLimits.chainCertificatesMax)
        #expect(verifier.division(chain: node.chain, publicKey: node.publicKey) == .success("4401"))
        let deeper = try world.node("4401", by: try world.issuer("4401", by: issuer))
        #expect(fault(deeper.chain, deeper.publicKey) == ChainFault(.chain, .tooMany(7)))
    }

    @Test func `a chain with a link missing, doubled or out of order is refused`() {
        let (leaf, middle, top) = (township.chain[0], township.chain[1], township.chain[2])
        let key = township.publicKey
        #expect(fault([], key) == ChainFault(.chain, .empty))
        #expect(fault([leaf], key) == ChainFault(.certificate(0), .otherIssuer))
        #expect(fault([leaf, top], key) == ChainFault(.certificate(0), .otherIssuer))
        #expect(fault([leaf, middle], key) == ChainFault(.certificate(1), .otherIssuer))
        #expect(fault([leaf, top, middle], key) == ChainFault(.certificate(0), .otherIssuer))
        #expect(fault([leaf, middle, middle, top], key) != nil)
        #expect(fault([middle, top], key) == ChainFault(.certificate(0), .notANode))
    }

    @Test func `every truncation of a certificate is refused`() {
        let key = township.publicKey
        for length in 0..<township.chain[0].count {
            let cut = Array(township.chain[0].prefix(length))
            #expect(fault([cut] + township.chain.dropFirst(), key) == ChainFault(.certificate(0), .malformed))
        }
        for length in 0..<township.chain[1].count {
            let cut = Array(township.chain[1].prefix(length))
            #expect(
                fault([township.chain[0], cut, township.chain[2]], key) == ChainFault(.certificate(1), .malformed))
        }
        #expect(
            fault([township.chain[0] + [0]] + township.chain.dropFirst(), key)
                == ChainFault(.certificate(0), .malformed))
    }

    @Test func `a certificate with any byte changed is refused`() {
        for place in township.chain[0].indices {
            var changed = township.chain
            changed[0][place] ^= 1 << UInt8(place % 8)
            #expect(fault(changed, township.publicKey) != nil, "byte \(place)")
        }
        for place in township.chain[2].indices {
            var changed = township.chain
            changed[2][place] ^= 0x80 >> UInt8(place % 8)
            #expect(fault(changed, township.publicKey) != nil, "byte \(place)")
        }
    }

    @Test func `a changed signature is told from a changed name`() throws {
        var changed = township.chain
        let last = try #require(changed[0].indices.last)
        changed[0][last] ^= 1
        #expect(fault(changed, township.publicKey) == ChainFault(.certificate(0), .signature))
    }

    @Test func `a signature that claims unused bits is refused`() throws {
        // A reader that overlooks the claim takes such a certificate for whole if the signature's last bit is 0.
        var node = township
        while try #require(node.chain[0].last) & 1 == 1 { node = try world.node("440103001", by: county) }
        let signature = node.certificate.signature.rawRepresentation
        var changed = node.chain
        changed[0][changed[0].count - signature.count - 1] = 1
        #expect(fault(changed, node.publicKey) == ChainFault(.certificate(0), .malformed))
    }

    @Test func `random bytes are refused`() {
        var generator = SplitMix(state: 7)
        for length in 0..<600 {
            let garbage = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            #expect(fault([garbage], township.publicKey) == ChainFault(.certificate(0), .malformed))
        }
    }

    @Test func `a certificate above the limit is not even parsed`() {
        let large = [UInt8](repeating: 0x30, count: IdentityLimits.certificateBytesMax + 1)
        #expect(fault([large], township.publicKey) == ChainFault(.certificate(0), .tooLarge(bytes: 4_097)))
        let many = [[UInt8]](repeating: [], count: 10_000)
        #expect(fault(many, township.publicKey) == ChainFault(.chain, .tooMany(10_000)))
    }

    @Test func `a root that is not a self-signed issuer is refused`() throws {
        #expect(throws: ChainFault(.root, .malformed)) { try ChainVerifier(rootDER: [1, 2, 3], tree: world.tree) }
        #expect(throws: ChainFault(.root, .notAnIssuer)) {
            try ChainVerifier(rootDER: city.chain[0], tree: world.tree)
        }
        #expect(throws: ChainFault(.root, .notAnIssuer)) {
            try ChainVerifier(rootDER: township.chain[0], tree: world.tree)
        }
        var changed = world.rootDER
        changed[changed.count - 1] ^= 1
        #expect(throws: ChainFault(.root, .signature)) { try ChainVerifier(rootDER: changed, tree: world.tree) }
    }

    // MARK: Expiry

    @Test func `an expired chain still speaks in history but is flagged for links`() throws {
        var brief = CertificateLifetimes.standard
        brief.nodeSeconds = 10
        let maker = CertificateMaker(now: today, lifetimes: brief)
        let key = P256.Signing.PrivateKey()
        let subject = CertificateSubject(role: .node, division: "440103001", name: "节点")
        let chain = [try maker.issue(subject, key.publicKey, by: county).derBytes] + county.chain
        let publicKey = Array(key.publicKey.x963Representation)

        let end = today.addingTimeInterval(10)
        let begin = today.addingTimeInterval(-3_600)
        #expect(verifier.validity(chain: chain, at: today) == .valid(until: end))
        #expect(verifier.validity(chain: chain, at: end) == .valid(until: end))
        #expect(verifier.validity(chain: chain, at: end.addingTimeInterval(1)) == .expired(since: end))
        #expect(verifier.validity(chain: chain, at: begin) == .valid(until: end))
        #expect(verifier.validity(chain: chain, at: begin.addingTimeInterval(-1)) == .notYetValid(from: begin))
        #expect(verifier.division(chain: chain, publicKey: publicKey) == .success("440103001"))
    }

    @Test func `validity sees the earliest end in the chain and says when it cannot read`() throws {
        let end = today.addingTimeInterval(TimeInterval(CertificateLifetimes.standard.nodeSeconds))
        #expect(verifier.validity(chain: township.chain, at: today) == .valid(until: end))
        #expect(verifier.validity(chain: [], at: today) == .faulty(ChainFault(.chain, .empty)))
        #expect(verifier.validity(chain: [[9]], at: today) == .faulty(ChainFault(.certificate(0), .malformed)))
    }

    @Test func `no certificate outlives its issuer`() throws {
        let late = today.addingTimeInterval(9 * 366 * day)
        let maker = CertificateMaker(now: late, lifetimes: .standard)
        let subject = CertificateSubject(role: .node, division: "4401", name: "节点")
        let node = try maker.issue(subject, P256.Signing.PrivateKey().publicKey, by: city)
        #expect(node.notValidAfter == city.certificate.certificate.notValidAfter)
        #expect(city.certificate.certificate.notValidAfter == today.addingTimeInterval(10 * 366 * day))
    }
}

/// A small generator whose sequence is the same everywhere (Steele and others, 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
