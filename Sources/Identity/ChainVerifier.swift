package import Divisions
package import Foundation
import X509

/// Answers for which division a key speaks, so that an entry, a seal or a link can be held against the tree.
///
/// A pure function of the root, the tree and the bytes given: no clock, no cache, no IO. Whether a certificate has
/// expired is *not* judged by `division`, since history must read alike on every day; links ask `validity` as well.
/// Chains run from the holder's certificate upwards and leave the root out.
package struct ChainVerifier: Sendable {
    package let tree: DivisionTree
    private let root: ReadCertificate

    /// - Throws: a fault at `.root` if the bytes are not a self-signed issuer that names one division.
    package init(rootDER: [UInt8], tree: DivisionTree) throws(ChainFault) {
        self.tree = tree
        self.root = try Self.readRoot(rootDER)
    }

    /// The division of the node that holds `publicKey`.
    ///
    /// - Parameters:
    ///   - chain: DER certificates, the node's first, each issued by the next, the last by the root (not included).
    ///   - publicKey: the node's P-256 point, uncompressed as in X9.63: `04`, X, Y, 65 bytes
    ///     (`P256.Signing.PublicKey.x963Representation`).
    /// - Returns: the division; or the first fault, looking from the node's certificate upwards.
    package func division(chain: [[UInt8]], publicKey: [UInt8]) -> Result<DivisionCode, ChainFault> {
        division(chain: chain, publicKey: publicKey, of: .node)
    }

    /// The division of an issuer that holds `publicKey`, judged like a node's.
    func issuerDivision(chain: [[UInt8]], publicKey: [UInt8]) -> Result<DivisionCode, ChainFault> {
        division(chain: chain, publicKey: publicKey, of: .issuer)
    }

    private func division(
        chain: [[UInt8]], publicKey: [UInt8], of role: CertificateSubject.Role
    ) -> Result<DivisionCode, ChainFault> {
        Result { () throws(ChainFault) in
            let links = try Self.judge(chain, publicKey: publicKey, of: role, root: root)
            for (number, (link, issuer)) in zip(links, links.dropFirst() + [root]).enumerated() {
                guard tree.isAtOrBelow(link.division, issuer.division) else {
                    throw ChainFault(.certificate(number), .notBelow(link.division, issuer: issuer.division))
                }
            }
            return links[0].division
        }
    }

    // MARK: Without a tree

    static func readRoot(_ der: [UInt8]) throws(ChainFault) -> ReadCertificate {
        let root = try ReadCertificate(der: der, at: .root)
        guard root.subject.role == .root, case .issuer = root.authority else {
            throw ChainFault(.root, .notAnIssuer)
        }
        try root.isIssued(by: root, at: .root)
        return root
    }

    /// Checks all that does not depend on the tree: encodings, roles, the holder's key, path lengths, signatures.
    ///
    /// - Returns: the certificates read, the holder's first; never empty.
    static func judge(
        _ chain: [[UInt8]], publicKey: [UInt8], of role: CertificateSubject.Role, root: ReadCertificate
    ) throws(ChainFault) -> [ReadCertificate] {
        let links = try read(chain)
        guard let holder = links.first else { throw ChainFault(.chain, .empty) }
        try check(holder, is: role)
        guard holder.publicKey == publicKey else { throw ChainFault(.certificate(0), .otherKey) }
        let isIssuer = role == .issuer
        for (number, link) in links.enumerated() {
            let isLast = number + 1 == links.count
            let issuer = isLast ? root : links[number + 1]
            let place: ChainFault.Place = isLast ? .root : .certificate(number + 1)
            guard case .issuer(let belowMax) = issuer.authority, isLast || issuer.subject.role == .issuer else {
                throw ChainFault(place, .notAnIssuer)
            }
            let below = isIssuer ? number + 1 : number
            guard belowMax.map({ below <= $0 }) ?? true else { throw ChainFault(place, .pathTooLong) }
            try link.isIssued(by: issuer, at: .certificate(number))
        }
        return links
    }

    static func read(_ chain: [[UInt8]]) throws(ChainFault) -> [ReadCertificate] {
        guard !chain.isEmpty else { throw ChainFault(.chain, .empty) }
        guard chain.count <= IdentityLimits.chainCertificatesMax else {
            throw ChainFault(.chain, .tooMany(chain.count))
        }
        var links: [ReadCertificate] = []
        for (number, der) in chain.enumerated() {
            links.append(try ReadCertificate(der: der, at: .certificate(number)))
        }
        return links
    }

    private static func check(
        _ holder: ReadCertificate, is role: CertificateSubject.Role
    ) throws(ChainFault) {
        switch (role, holder.authority) {
        case (.node, .none) where holder.subject.role == .node && holder.maySign: return
        case (.issuer, .issuer) where holder.subject.role == .issuer: return
        case (.node, _): throw ChainFault(.certificate(0), .notANode)
        default: throw ChainFault(.certificate(0), .notAnIssuer)
        }
    }
}

// MARK: - Expiry

/// Whether a whole chain, root included, is within its time.
package enum ChainValidity: Equatable, Sendable {
    /// Until the earliest end of any certificate in the chain.
    case valid(until: Date)
    case notYetValid(from: Date)
    case expired(since: Date)
    /// The chain could not be read at all.
    case faulty(ChainFault)
}

extension ChainVerifier {
    /// Whether links may be made with this chain at `now`. Says nothing about whether the chain is genuine.
    package func validity(chain: [[UInt8]], at now: Date) -> ChainValidity {
        do throws(ChainFault) {
            return Self.validity(of: try Self.read(chain) + [root], at: now)
        } catch {
            return .faulty(error)
        }
    }

    static func validity(of links: [ReadCertificate], at now: Date) -> ChainValidity {
        let begin = links.map(\.certificate.notValidBefore).max() ?? .distantFuture
        let end = links.map(\.certificate.notValidAfter).min() ?? .distantPast
        if now > end { return .expired(since: end) }
        return now < begin ? .notYetValid(from: begin) : .valid(until: end)
    }
}
