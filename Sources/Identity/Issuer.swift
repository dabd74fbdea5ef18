import Crypto
package import Divisions
package import Foundation
import SwiftASN1
import X509

/// The right to say who a node is, for one division and those below it: makes tokens, and honours each once.
///
/// Every call holds the directory's lock and reads the tokens anew, so that a running node and a command beside it
/// never honour one token twice. That a token is used is durable before its certificate leaves.
package struct Issuer: Sendable {
    package let division: DivisionCode
    private let files: IdentityDirectory
    private let rootDER: [UInt8]
    private let credential: IssuerCredential

    /// Reads the issuer's part of an identity directory.
    package static func load(directory: String) throws(IdentityFault) -> Issuer {
        let files = IdentityDirectory(path: directory)
        guard files.mayIssue else {
            throw IdentityFault(
                problem: .missing, file: files.issuerFile, what: "is not there: this node may not issue",
                remedy: "use the directory of the province, or of a city or county that joined as an issuer")
        }
        let rootDER = try files.readRoot()
        let chain = try files.readCertificates(files.issuerFile)
        return try Issuer(files: files, rootDER: rootDER, chain: chain, key: files.readKey(files.issuerKeyFile))
    }

    private init(
        files: IdentityDirectory, rootDER: [UInt8], chain: [[UInt8]], key: P256.Signing.PrivateKey
    ) throws(IdentityFault) {
        let publicKey = Array(key.publicKey.x963Representation)
        let isRoot = chain == [rootDER]
        let holder: ReadCertificate
        do throws(ChainFault) {
            let root = try ChainVerifier.readRoot(rootDER)
            holder = isRoot ? root : try ChainVerifier.judge(chain, publicKey: publicKey, of: .issuer, root: root)[0]
        } catch {
            throw files.mismatched(
                error.problem == .otherKey ? files.issuerKeyFile : files.issuerFile,
                "\(error) (issuer.pem, issuer.key and root.pem were held against each other)")
        }
        guard holder.publicKey == publicKey else {
            throw files.mismatched(files.issuerKeyFile, "is not the key of the certificate in issuer.pem")
        }
        self.division = holder.division
        self.files = files
        self.rootDER = rootDER
        self.credential = IssuerCredential(key: key, certificate: holder, chain: isRoot ? [] : chain)
    }

    // MARK: Making a token

    /// Makes a token for one joiner. Its text is not kept: it can be shown now and never again.
    ///
    /// - Parameters:
    ///   - division: what the joiner will be; at or below the issuer's own.
    ///   - mayIssue: whether the joiner becomes an issuer too; for cities and counties only.
    ///   - validSeconds: from `now` on, at most `IdentityLimits.tokenLifetimeSecondsMax`.
    package func makeToken(
        for division: DivisionCode, mayIssue: Bool, validSeconds: Int, at now: Date, tree: DivisionTree
    ) throws(EnrolmentRefusal) -> EnrolmentToken {
        let token = EnrolmentToken(
            division: division, mayIssue: mayIssue, rootFingerprint: fingerprint(ofDER: rootDER),
            secret: Randomness.bytes(EnrolmentToken.secretBytes))
        try judge(token, at: now, tree: tree)
        try changeTokens { (book: inout TokenBook) throws(EnrolmentRefusal) in
            try book.add(token, seconds: validSeconds, at: now)
        }
        return token
    }

    // MARK: Honouring a token

    /// Gives the joiner its certificates, once. A refusal leaves the token as it was.
    package func redeem(
        _ request: EnrolmentRequest, at now: Date, tree: DivisionTree, lifetimes: CertificateLifetimes = .standard
    ) throws(EnrolmentRefusal) -> EnrolmentAnswer {
        guard let token = EnrolmentToken(request.token) else { throw .tokenMalformed }
        guard token.rootFingerprint == fingerprint(ofDER: rootDER) else { throw .otherRoot }
        let node = try SigningRequest(request.nodeRequest, role: .node, division: token.division)
        guard token.mayIssue == (request.issuerRequest != nil) else { throw .issuerRequest(expected: token.mayIssue) }
        var issuer: SigningRequest?
        if let text = request.issuerRequest {
            issuer = try SigningRequest(text, role: .issuer, division: token.division)
        }
        guard issuer?.key.rawRepresentation != node.key.rawRepresentation else { throw .keysNotSeparate }
        return try changeTokens { (book: inout TokenBook) throws(EnrolmentRefusal) in
            try book.use(token, at: now)
            try judge(token, at: now, tree: tree)
            let maker = CertificateMaker(now: now, lifetimes: lifetimes)
            return EnrolmentAnswer(
                root: PEM.text([rootDER]), nodeChain: try certify(node, maker),
                issuerChain: try issuer.map { (request) throws(EnrolmentRefusal) in try certify(request, maker) })
        }
    }

    /// Whether this issuer may honour such a token now, whatever its book says.
    private func judge(_ token: EnrolmentToken, at now: Date, tree: DivisionTree) throws(EnrolmentRefusal) {
        let end = credential.certificate.certificate.notValidAfter
        guard now <= end else { throw .issuerExpired(at: end) }
        guard tree.isAtOrBelow(token.division, division) else {
            throw .outsideIssuer(token.division, issuer: division)
        }
        guard token.mayIssue else { return }
        guard let level = tree.level(of: token.division), level == .city || level == .county else {
            throw .levelMayNotIssue(token.division)
        }
        guard credential.belowAppointedMax != nil else { throw .issuersTooDeep }
    }

    private func certify(_ request: SigningRequest, _ maker: CertificateMaker) throws(EnrolmentRefusal) -> String {
        do {
            let certificate = try maker.issue(
                request.subject, request.key, by: credential, issuersBelowMax: credential.belowAppointedMax ?? 0)
            return PEM.text(try [certificate.derBytes] + credential.chain)
        } catch {
            throw .issuerFailed("the certificate could not be made")
        }
    }

    /// Reads, changes and durably writes the tokens, with nobody else in between.
    private func changeTokens<Answer>(
        _ change: (inout TokenBook) throws(EnrolmentRefusal) -> Answer
    ) throws(EnrolmentRefusal) -> Answer {
        try IdentityFiles.withLock(files.lockFile, lockFailed: Self.refusal) { () throws(EnrolmentRefusal) -> Answer in
            var book = try Self.refusing { () throws(IdentityFault) in try files.readTokens() }
            let answer = try change(&book)
            try Self.refusing { () throws(IdentityFault) in try files.writeTokens(book) }
            return answer
        }
    }

    private static func refusing<Value>(
        _ body: () throws(IdentityFault) -> Value
    ) throws(EnrolmentRefusal) -> Value {
        do throws(IdentityFault) { return try body() } catch { throw refusal(error) }
    }

    /// What a stranger may know of a fault in the issuer's files: which one, but not where it lies.
    private static func refusal(_ fault: IdentityFault) -> EnrolmentRefusal {
        let name = fault.file.split(separator: "/").last ?? "a file"
        return .issuerFailed("its \(name) \(fault.what)")
    }
}

/// A joiner's signing request, found to be honest: its sender holds the key.
private struct SigningRequest {
    let subject: CertificateSubject
    let key: P256.Signing.PublicKey

    init(_ text: String, role: CertificateSubject.Role, division: DivisionCode) throws(EnrolmentRefusal) {
        guard text.utf8.count <= IdentityLimits.requestCharactersMax,
            let request = try? CertificateSigningRequest(pemEncoded: text),
            let key = P256.Signing.PublicKey(request.publicKey), request.signatureAlgorithm == .ecdsaWithSHA256,
            let subject = CertificateSubject(request.subject), subject.role == role
        else { throw .requestMalformed }
        guard subject.division == division else {
            throw .otherDivision(token: division, request: subject.division)
        }
        guard request.publicKey.isValidSignature(request.signature, for: request) else { throw .requestSignature }
        (self.subject, self.key) = (subject, key)
    }
}

/// The SHA-256 by which people and tokens know a certificate.
func fingerprint(ofDER der: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: der)) }
