import Crypto
import Divisions
import Foundation
import SwiftASN1
import Testing
import X509

@testable import Identity

/// A moment in 2027, whole seconds.
let today = Date(timeIntervalSince1970: 1_800_000_000)
let day = TimeInterval(IdentityLimits.secondsPerDay)

/// A province with two cities; the first has two counties with a township each.
func smallTree() throws -> DivisionTree {
    func division(_ code: DivisionCode, _ level: Level, below parent: DivisionCode?) -> Division {
        Division(code: code, name: "区划\(code)", level: level, parent: parent)
    }
    return try DivisionTree(
        divisions: [
            division("44", .province, below: nil),
            division("4401", .city, below: "44"),
            division("4403", .city, below: "44"),
            division("440103", .county, below: "4401"),
            division("440104", .county, below: "4401"),
            division("440103001", .township, below: "440103"),
            division("440104001", .township, below: "440104"),
        ], seats: [])
}

/// Hands `body` a fresh directory and removes it afterwards.
func withScratch<Answer>(_ body: (String) throws -> Answer) throws -> Answer {
    let path = scratchPath()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}

func scratchPath() -> String {
    FileManager.default.temporaryDirectory.appending(path: "identity-\(UUID().uuidString)").path
}

/// The offices of a scratch directory, each in a directory of its own named by its code.
struct Offices {
    let path: String
    let tree: DivisionTree

    /// Starts with a province.
    init(in path: String) throws {
        self.path = path
        self.tree = try smallTree()
        _ = try Enrolment.initialise(directory: directory("44"), division: "44", name: "广东省", now: today)
    }

    func directory(_ code: DivisionCode) -> String { "\(path)/\(code)" }

    func token(_ code: DivisionCode, from issuer: DivisionCode, mayIssue: Bool = false) throws -> String {
        try Enrolment.token(
            directory: directory(issuer), division: code, mayIssue: mayIssue, validSeconds: 3_600, now: today,
            tree: tree
        ).text
    }

    @discardableResult
    func join(_ code: DivisionCode, from issuer: DivisionCode, mayIssue: Bool = false) throws -> NodeIdentity {
        try Enrolment.join(
            directory: directory(code), token: try token(code, from: issuer, mayIssue: mayIssue), name: "区划\(code)",
            issuerDirectory: directory(issuer), now: today, tree: tree)
    }

    /// Province, city, county and township, each enrolled by the one above.
    func joinAllLevels() throws -> [NodeIdentity] {
        [
            try NodeIdentity.load(directory: directory("44")),
            try join("4401", from: "44", mayIssue: true),
            try join("440103", from: "4401", mayIssue: true),
            try join("440103001", from: "440103"),
        ]
    }
}

/// Certificates made without any office: what an honest or a dishonest issuer can make.
struct Issuance {
    let tree: DivisionTree
    let root: IssuerCredential
    let rootDER: [UInt8]
    let maker = CertificateMaker(now: today, lifetimes: .standard)

    init() throws {
        let key = P256.Signing.PrivateKey()
        let certificate = try maker.root(key, division: "44", name: "广东省")
        self.tree = try smallTree()
        self.root = IssuerCredential(key: key, certificate: try ReadCertificate(certificate, at: .root), chain: [])
        self.rootDER = try certificate.derBytes
    }

    var verifier: ChainVerifier { get throws { try ChainVerifier(rootDER: rootDER, tree: tree) } }

    func issuer(_ code: DivisionCode, by issuer: IssuerCredential, belowMax: Int = 3) throws -> IssuerCredential {
        let key = P256.Signing.PrivateKey()
        let subject = CertificateSubject(role: .issuer, division: code, name: "签发")
        let certificate = try maker.issue(subject, key.publicKey, by: issuer, issuersBelowMax: belowMax)
        return IssuerCredential(
            key: key, certificate: try ReadCertificate(certificate, at: .certificate(0)),
            chain: try [certificate.derBytes] + issuer.chain)
    }

    func node(_ code: DivisionCode, by issuer: IssuerCredential) throws -> Node {
        let key = P256.Signing.PrivateKey()
        let subject = CertificateSubject(role: .node, division: code, name: "节点")
        let certificate = try maker.issue(subject, key.publicKey, by: issuer)
        return Node(key: key, certificate: certificate, chain: try [certificate.derBytes] + issuer.chain)
    }

    struct Node {
        let key: P256.Signing.PrivateKey
        let certificate: Certificate
        let chain: [[UInt8]]
        var publicKey: [UInt8] { Array(key.publicKey.x963Representation) }
    }
}
